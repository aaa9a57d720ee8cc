//! Random commands, losses and delays never break what a visitor relies on.

use super::world::{World, last_state, step_of};
use crate::core::*;
use descent_protocol::{Command, Event, NoticeKind, RunState};
use descent_spec::random::{Rng, Stream};
use descent_spec::{DeviceChoice, Speed};

/// Sequences of commands, which take two seconds.
const SEQUENCES: u64 = 10_000;
const ROUNDS: usize = 300;

/// What the visitor has asked for, told without the machine's words.
#[derive(Default)]
struct Asked {
    /// Steps that may be taken: none, so many, or any number.
    may_train: Option<u64>,
    /// The snapshot from which the run was built.
    start: Option<Snapshot>,
    /// The last snapshot that was said of this run since its last Reset.
    saved: Option<Snapshot>,
    is_reset_awaited: bool,
}

impl Asked {
    fn obey(&mut self, command: &Command) {
        match command {
            Command::Play => self.may_train = Some(u64::MAX),
            Command::Step { steps } => self.may_train = Some(u64::from(*steps)),
            Command::Pause | Command::Reset => self.may_train = None,
            _ => {}
        }
    }

    /// What is said has to follow from what was asked.
    fn check(&mut self, said: &Said, run: RunId) {
        assert_eq!(said.message.run, run, "{said:?} is of another run");
        if self.is_reset_awaited {
            let is_of_before = match &said.message.message {
                Event::Saved { .. } | Event::Frame { .. } => true,
                Event::State { step, .. } => *step > 0,
                Event::Metrics(metrics) => metrics.step > 0,
                _ => false,
            };
            assert!(!is_of_before, "{said:?} is of before a Reset");
        }
        match &said.message.message {
            Event::State { state: RunState::Ready, step: 0, .. } if self.is_reset_awaited => self.is_reset_awaited = false,
            Event::State { step, state, .. } if *state != RunState::Failed && !self.is_reset_awaited => {
                let saved = self.saved.as_ref().map_or(0, step_of);
                assert!(*step >= saved, "{state:?} at step {step}, but {saved} was saved");
            }
            Event::Saved { step, .. } => {
                let snapshot = said.snapshot.as_ref().expect("a snapshot is attached");
                assert_eq!(step_of(snapshot), *step);
                assert!(*step >= self.saved.as_ref().map_or(0, step_of), "a snapshot goes back to step {step}");
                self.saved = Some(snapshot.clone());
            }
            Event::Notice { kind: NoticeKind::NoWebgpu, text } => panic!("there was a GPU: {text}"),
            Event::Costs(costs) => assert!(costs.measured().all(|cost| cost.steps > 0)),
            _ => {}
        }
    }
}

fn random_command(rng: &mut Rng) -> Command {
    match rng.below(12) {
        0..=2 => Command::Play,
        3 => Command::Pause,
        4 => Command::Step { steps: 1 + rng.below(40) },
        5 => Command::Reset,
        6 => Command::Device { device: random_choice(rng) },
        7 => Command::Speed { speed: Speed::ALL[rng.below(5) as usize] },
        8 => Command::LearningRate { learning_rate: [0.03, 0.9][rng.below(2) as usize] },
        9 => Command::Inspect { sample: 2 },
        10 => Command::Files,
        _ => Command::WantFrame,
    }
}

fn random_choice(rng: &mut Rng) -> DeviceChoice {
    DeviceChoice::ALL[rng.below(3) as usize]
}

fn random_gpu(rng: &mut Rng) -> Gpu {
    [Gpu::Absent, Gpu::Found { is_software: true }, Gpu::Found { is_software: false }][rng.below(3) as usize]
}

/// One sequence; `None` if the worker gave up, which a fresh one mends.
fn sequence(seed: u64) -> Option<World> {
    let mut rng = Rng::new(seed, Stream::Sample, 0);
    let mut world = World::new();
    let mut asked = Asked::default();
    let mut waiting: Vec<Command> = Vec::new();
    let mut run = 0;
    for round in 0..ROUNDS {
        if round == 0 || rng.below(60) == 0 {
            run += 1;
            let saved = asked.saved.take().filter(|_| rng.below(2) == 0);
            asked = Asked { start: saved.clone(), saved: saved.clone(), ..Asked::default() };
            waiting.clear();
            world.build(run, random_choice(&mut rng), saved);
        }
        if rng.below(40) == 0 {
            world.lose();
        }
        world.next_gpu = random_gpu(&mut rng);
        world.diverges_after = Some(u64::from(rng.below(3_000)));
        world.step_ms = [0.01, 1.0, 300.0][rng.below(3) as usize];
        world.now_ms += f64::from(rng.below(30));

        for command in waiting.drain(..) {
            asked.obey(&command);
        }
        let work = world.begin();
        match &work {
            Work::Train { steps, .. } => {
                assert!(asked.may_train.is_some_and(|left| u64::from(*steps) <= left), "{seed}: {steps} steps that nobody asked for");
                assert_eq!(world.session_step(), world.machine.run.as_ref().expect("a run").step(), "{seed}: steps are counted wrongly");
            }
            Work::Restore { snapshot } => {
                let wanted = world.machine.run.as_ref().and_then(|run| run.saved.as_ref()).map(|(_, saved)| saved.clone());
                let wanted = wanted.or(asked.start.clone()).expect("something was saved");
                assert_eq!(*snapshot, wanted, "{seed}: not the last snapshot");
                assert!(step_of(snapshot) >= asked.saved.as_ref().map_or(0, step_of), "{seed}: a saved step is lost");
            }
            Work::GiveUp { .. } => return None,
            _ => {}
        }
        for said in world.events.drain(..) {
            asked.check(&said, RunId(run));
        }
        let report = world.perform(work.clone());
        // What the page sends while the work is under way.
        if rng.below(3) == 0 {
            let command = random_command(&mut rng);
            if command == Command::Reset {
                asked.saved = None;
                asked.is_reset_awaited = true;
            }
            world.hear(command.clone());
            waiting.push(command);
        }
        let is_forgotten = waiting.contains(&Command::Reset);
        if let Outcome::Trained(progress) = &report.outcome
            && !is_forgotten
        {
            let Work::Train { steps, .. } = work else { panic!("{seed}: trained without being asked") };
            asked.may_train = asked.may_train.map(|left| if left == u64::MAX { left } else { left - u64::from(steps) });
            asked.may_train = asked.may_train.filter(|left| *left > 0 && progress.divergence.is_none());
        }
        world.report(report);
        for said in world.events.drain(..) {
            asked.check(&said, RunId(run));
        }
    }
    Some(world)
}

#[test]
fn random_commands_losses_and_delays_break_no_promise() {
    let mut went_on = 0;
    for seed in 0..SEQUENCES {
        let Some(mut world) = sequence(seed) else { continue };
        // Whatever happened, a run that is asked to train does.
        world.next_gpu = super::world::REAL;
        (world.diverges_after, world.step_ms) = (None, 1.0);
        for command in [Command::LearningRate { learning_rate: 0.03 }, Command::Speed { speed: Speed::Max }, Command::Play] {
            world.hear(command);
        }
        let before = world.trained();
        world.heard();
        world.turns(150);
        let events = world.heard();
        assert!(world.trained() > before, "{seed}: {:?}, {:?}", &world.done[world.done.len() - 20..], last_state(&events));
        went_on += 1;
    }
    assert!(went_on > SEQUENCES * 9 / 10, "{went_on} of {SEQUENCES}");
}
