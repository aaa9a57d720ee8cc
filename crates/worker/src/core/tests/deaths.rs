//! The page's supervisor and the worker's machine together: workers die at random instants, messages
//! take their time, and what the page asked for is what the last worker does.

use super::world::{ON_CPU, REAL, World, step_of};
use crate::core::*;
use descent_protocol::{Addressed, Command, DeviceKind, Event, Start, Supervisor, Verdict};
use descent_spec::random::{Rng, Stream};
use descent_spec::{DeviceChoice, Experiment, Speed, View};

/// Sequences, which take some seconds.
const SEQUENCES: u64 = 10_000;
const ROUNDS: usize = 200;

/// What a visitor asked for, told without the supervisor's words.
struct Asked {
    run: RunId,
    learning_rate: f64,
    device: DeviceChoice,
    is_training: bool,
    /// The snapshot that the page was last told of, since the last build or Reset.
    saved: Option<Snapshot>,
    /// The number of the command before which nothing of the run counts any more.
    since: u64,
}

/// A page, the worker it has now, and what is on its way between them.
struct Page {
    supervisor: Supervisor,
    snapshot: Option<Snapshot>,
    world: World,
    asked: Asked,
    /// Commands with their numbers, and what is attached.
    down: VecDeque<(u64, Addressed<Command>, Option<Snapshot>)>,
    /// What was said, and the number of the last command that the worker had heard.
    up: VecDeque<(u64, Said)>,
    sent: u64,
    heard: u64,
    deaths: u32,
}

impl Page {
    fn new() -> Self {
        let world = World::new();
        Self {
            supervisor: Supervisor::new(world.now_ms),
            snapshot: None,
            world,
            asked: Asked { run: RunId(0), learning_rate: 0.0, device: DeviceChoice::Cpu, is_training: false, saved: None, since: 0 },
            down: VecDeque::new(),
            up: VecDeque::new(),
            sent: 0,
            heard: 0,
            deaths: 0,
        }
    }

    /// As the page's client does.
    fn send(&mut self, command: Command) {
        self.sent += 1;
        match &command {
            Command::Build { experiment, view, start } => {
                let saved = self.snapshot.clone().filter(|_| matches!(start, Start::Snapshot { .. }));
                let run = RunId(self.asked.run.0 + 1);
                let (learning_rate, device) = (experiment.learning_rate, view.device);
                self.asked = Asked { run, learning_rate, device, is_training: false, saved, since: self.sent };
            }
            Command::Play => self.asked.is_training = true,
            Command::Pause | Command::Step { .. } => self.asked.is_training = false,
            Command::Reset => {
                (self.asked.is_training, self.asked.saved, self.asked.since) = (false, None, self.sent);
            }
            Command::LearningRate { learning_rate } => self.asked.learning_rate = *learning_rate,
            Command::Device { device } => self.asked.device = *device,
            _ => {}
        }
        let command = Addressed { run: self.asked.run, message: command };
        self.supervisor.sent(&command);
        self.post(command);
    }

    fn post(&mut self, command: Addressed<Command>) {
        let is_from_snapshot = matches!(command.message, Command::Build { start: Start::Snapshot { .. }, .. });
        self.down.push_back((self.sent, command, self.snapshot.clone().filter(|_| is_from_snapshot)));
    }

    fn deliver_down(&mut self) {
        if let Some((number, command, snapshot)) = self.down.pop_front() {
            self.heard = number;
            self.world.machine.hear(command, snapshot);
        }
    }

    fn deliver_up(&mut self) {
        let Some((number, said)) = self.up.pop_front() else { return };
        let event = said.message;
        if self.supervisor.is_outdated(&event) {
            return;
        }
        self.supervisor.heard(&event, self.world.now_ms);
        if let Event::Saved { step, .. } = event.message {
            assert!(event.run == self.asked.run && number >= self.asked.since, "a snapshot of before the last word came back");
            let least = self.asked.saved.as_ref().map_or(0, step_of);
            assert!(step >= least, "step {step} takes the place of {least}");
            self.snapshot = said.snapshot;
            self.asked.saved.clone_from(&self.snapshot);
        }
    }

    /// A round of the worker; `false` if it gave up.
    fn turn(&mut self) -> bool {
        let work = self.world.begin();
        self.collect();
        if matches!(work, Work::GiveUp { .. }) {
            return false;
        }
        if let Work::Restore { snapshot } = &work {
            let least = self.asked.saved.as_ref().filter(|_| self.world.machine.run() == self.asked.run && self.down.is_empty());
            assert!(step_of(snapshot) >= least.map_or(0, step_of), "a saved step is lost");
        }
        self.world.end(work);
        self.collect();
        true
    }

    fn collect(&mut self) {
        let heard = self.heard;
        self.up.extend(self.world.events.drain(..).map(|said| (heard, said)));
    }

    /// The worker dies with all that is on its way, and another takes over.
    fn die(&mut self) {
        self.deaths += 1;
        let before = std::mem::replace(&mut self.world, World::new());
        (self.world.now_ms, self.world.step_ms) = (before.now_ms, before.step_ms);
        self.down.clear();
        self.up.clear();
        if self.supervisor.strike(self.world.now_ms) == Verdict::GiveUp {
            // The page says so, and waits for the visitor, who asks for something at once.
            self.asked.is_training = false;
        }
        self.supervisor.started(self.world.now_ms);
        for command in self.supervisor.recovery() {
            self.post(command);
        }
    }

    fn ask(&mut self, rng: &mut Rng) {
        let command = match rng.below(14) {
            0..=3 => Command::Play,
            4 => Command::Pause,
            5 => Command::Step { steps: 1 + rng.below(40) },
            6 => Command::Reset,
            7 => Command::Device { device: DeviceChoice::ALL[rng.below(3) as usize] },
            8 => Command::Speed { speed: Speed::ALL[rng.below(5) as usize] },
            9 => Command::LearningRate { learning_rate: [0.03, 0.1][rng.below(2) as usize] },
            10 => Command::WantFrame,
            11 if rng.below(3) == 0 => {
                let start = self.snapshot.as_ref().filter(|_| rng.below(2) == 0);
                let start = start.map_or(Start::Beginning, |snapshot| Start::Snapshot { step: step_of(snapshot) });
                let view = View { device: DeviceChoice::ALL[rng.below(3) as usize], ..ON_CPU };
                Command::Build { experiment: Experiment::first_visit(), view, start }
            }
            _ => return,
        };
        self.send(command);
    }

    /// Everything arrives, and the worker does what it was asked for.
    fn settle(&mut self) {
        for _ in 0..300 {
            while !self.down.is_empty() {
                self.deliver_down();
            }
            assert!(self.turn(), "the worker gives up though nothing is wrong");
            while !self.up.is_empty() {
                self.deliver_up();
            }
        }
    }
}

#[test]
fn what_the_page_asked_for_outlives_every_worker() {
    let mut deaths = 0;
    for seed in 0..SEQUENCES {
        let mut rng = Rng::new(seed, Stream::Sample, 0);
        let mut page = Page::new();
        page.send(Command::Build { experiment: Experiment::first_visit(), view: ON_CPU, start: Start::Beginning });
        for _ in 0..ROUNDS {
            if rng.below(4) == 0 {
                page.ask(&mut rng);
            }
            if rng.below(2) == 0 {
                page.deliver_down();
            }
            page.world.step_ms = [0.01, 1.0, 300.0][rng.below(3) as usize];
            page.world.now_ms += f64::from(rng.below(500));
            if rng.below(60) == 0 {
                page.world.lose();
            }
            let is_alive = page.turn();
            for _ in 0..rng.below(4) {
                page.deliver_up();
            }
            if !is_alive || rng.below(50) == 0 {
                page.die();
            }
        }
        (page.world.next_gpu, page.world.step_ms) = (REAL, 1.0);
        // At a step a picture, forty steps take more rounds than are waited for.
        page.send(Command::Speed { speed: Speed::Max });
        page.settle();

        let Asked { run, learning_rate, device, is_training, saved, .. } = &page.asked;
        assert_eq!(page.world.machine.run(), *run, "{seed}");
        let session = page.world.session.as_ref().unwrap_or_else(|| panic!("{seed}: no run stands"));
        assert_eq!(session.learning_rate, *learning_rate, "{seed}");
        assert!(session.step >= saved.as_ref().map_or(0, step_of), "{seed}: a saved step is lost");
        // A run at step 0 is built anew as well as restored.
        assert_eq!(page.supervisor.saved_step().unwrap_or(0), saved.as_ref().map_or(0, step_of), "{seed}");
        if *device == DeviceChoice::Cpu {
            assert_eq!(session.device, DeviceKind::Cpu, "{seed}");
        }
        let (before, is_held) = (session.step, !is_training);
        page.world.turns(100);
        let is_held_still = page.world.session_step() == before;
        assert_eq!(is_held_still, is_held, "{seed}: steps that nobody asked for, or a Play that was forgotten");
        page.send(Command::Play);
        page.settle();
        assert!(page.world.session_step() > before, "{seed}: Play is dead");
        deaths += page.deaths;
    }
    assert!(u64::from(deaths) > SEQUENCES, "{deaths} deaths");
}
