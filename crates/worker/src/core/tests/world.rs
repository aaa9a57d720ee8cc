//! What surrounds a machine, without a browser: a session that only counts, a GPU that can be lost,
//! and a clock.

use crate::core::*;
use descent_protocol::{Addressed, Command, DeviceKind, Event, Picture, RunId, Samples, Start, StepCost};
use descent_spec::{DeviceChoice, Experiment, Level, Speed, View};

/// A session that counts steps.
pub(super) struct Session {
    pub(super) device: DeviceKind,
    pub(super) step: u64,
    pub(super) learning_rate: f64,
    is_frozen: bool,
    is_lost: bool,
}

pub(super) struct World {
    pub(super) machine: Machine,
    pub(super) session: Option<Session>,
    pub(super) now_ms: f64,
    pub(super) gpu: Gpu,
    /// What the browser answers to the next requests.
    pub(super) next_gpu: Gpu,
    pub(super) step_ms: f64,
    /// The step after this one is not finite, as long as nobody trains more slowly than 0.5.
    pub(super) diverges_after: Option<u64>,
    pub(super) files_fail: bool,
    pub(super) done: Vec<Work>,
    pub(super) events: Vec<Said>,
    /// Whether the samples of a run can be had.
    pub(super) has_files: bool,
    trial: TrialState,
}

/// How most runs are asked for.
pub(super) const ON_CPU: View =
    View { device: DeviceChoice::Cpu, speed: Speed::Max, level: Level::Simple, show_test: false, discretize: false };

pub(super) const REAL: Gpu = Gpu::Found { is_software: false };

impl World {
    pub(super) fn new() -> Self {
        Self {
            machine: Machine::new(),
            session: None,
            now_ms: 1_000.0,
            gpu: REAL,
            next_gpu: REAL,
            step_ms: 1.0,
            diverges_after: None,
            files_fail: false,
            done: Vec::new(),
            events: Vec::new(),
            has_files: true,
            trial: TrialState::Absent,
        }
    }

    /// With a run that is ready.
    pub(super) fn with_run(device: DeviceChoice) -> Self {
        let mut world = Self::new();
        world.build(1, device, None);
        world.settle();
        world
    }

    pub(super) fn build(&mut self, run: u32, device: DeviceChoice, snapshot: Option<Snapshot>) {
        let view = View { device, ..ON_CPU };
        let start = if snapshot.is_some() { Start::Snapshot { step: 0 } } else { Start::Beginning };
        let message = Command::Build { experiment: Experiment::first_visit(), view, start };
        self.machine.hear(Addressed { run: RunId(run), message }, snapshot);
    }

    /// Tells the machine a command for its present run.
    pub(super) fn hear(&mut self, command: Command) {
        let run = self.machine.run();
        self.machine.hear(Addressed { run, message: command }, None);
    }

    /// The device of the session is lost.
    pub(super) fn lose(&mut self) {
        if let Some(session) = self.session.as_mut().filter(|session| session.device == DeviceKind::Gpu) {
            session.is_lost = true;
        }
        if matches!(self.gpu, Gpu::Found { .. }) {
            self.gpu = Gpu::Lost;
        }
    }

    /// The machine's next piece of work; it is under way from now on.
    pub(super) fn begin(&mut self) -> Work {
        self.machine.observe(Facts { gpu: self.gpu, trial: self.trial }, self.now_ms);
        let work = self.machine.next(self.now_ms);
        self.events.extend(self.machine.said());
        self.done.push(work.clone());
        work
    }

    /// Does it.
    pub(super) fn end(&mut self, work: Work) {
        let report = self.perform(work);
        self.report(report);
    }

    pub(super) fn report(&mut self, report: Report) {
        self.machine.finish(report);
        self.events.extend(self.machine.said());
    }

    /// One round.
    pub(super) fn turn(&mut self) {
        let work = self.begin();
        self.end(work);
    }

    pub(super) fn turns(&mut self, n: usize) {
        (0..n).for_each(|_| self.turn());
    }

    /// Rounds until nothing is left to do but to wait for a command.
    pub(super) fn settle(&mut self) {
        self.settle_within(200);
    }

    /// The same, of so many rounds at most.
    pub(super) fn settle_within(&mut self, rounds: usize) {
        for _ in 0..rounds {
            let work = self.begin();
            let is_idle = work == Work::Wait { ms: 200 } && !matches!(self.machine.phase, Phase::Opening(_));
            self.end(work);
            if is_idle {
                return;
            }
        }
        panic!("the worker does not come to rest: {:?}", &self.done[self.done.len() - 10..]);
    }

    pub(super) fn session_step(&self) -> u64 {
        self.session.as_ref().map_or(0, |session| session.step)
    }

    /// The events, which are then forgotten.
    pub(super) fn heard(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events).into_iter().map(|said| said.message.message).collect()
    }

    pub(super) fn trained(&self) -> u32 {
        let steps = |work: &Work| if let Work::Train { steps, .. } = work { *steps } else { 0 };
        self.done.iter().map(steps).sum()
    }

    pub(super) fn perform(&mut self, work: Work) -> Report {
        let began_ms = self.now_ms;
        let mut took_ms = 1.0;
        let outcome = match work {
            Work::Wait { ms } => {
                took_ms = f64::from(ms.max(1));
                Outcome::Done
            }
            Work::Load { .. } => {
                (self.session, self.trial) = (None, TrialState::Absent);
                let missing = "The files are not beside this page.".to_owned();
                Outcome::Loaded(if self.has_files { Ok(()) } else { Err(missing) })
            }
            Work::TakeFiles { .. } if self.files_fail => Outcome::FilesTaken(Err("This is no image.".into())),
            Work::TakeFiles { .. } => Outcome::FilesTaken(Ok(())),
            Work::AskGpu => {
                self.gpu = self.next_gpu;
                Outcome::Done
            }
            Work::Open { experiment, device } => Outcome::Opened(self.open(&experiment, device)),
            Work::PrepareTrial { .. } => {
                self.trial = TrialState::Ready;
                Outcome::Done
            }
            Work::MeasureTrial => {
                let cost = StepCost { ms: 2.0, steps: 40 };
                Outcome::Measured(Some(Measured { cost, is_doubtful: false }))
            }
            Work::DropTrial => {
                self.trial = TrialState::Absent;
                Outcome::Done
            }
            Work::Bench(_) => Outcome::Benched("{}".into()),
            Work::GiveUp { why } => panic!("{why}"),
            work => self.on_session(work, &mut took_ms),
        };
        self.now_ms += took_ms;
        Report { began_ms, ended_ms: self.now_ms, outcome }
    }

    fn open(&mut self, experiment: &Experiment, device: DeviceKind) -> Result<Box<Opened>, OpenError> {
        if device == DeviceKind::Gpu && !matches!(self.gpu, Gpu::Found { .. }) {
            return Err(OpenError { fault: OpenFault::Lost, text: "the GPU is lost".into() });
        }
        let learning_rate = experiment.learning_rate;
        self.session = Some(Session { device, step: 0, learning_rate, is_frozen: false, is_lost: false });
        Ok(Box::new(Opened {
            device_name: format!("{device:?}"),
            train_rows: 50,
            test_rows: 50,
            epoch_steps: 5,
            mean_batch: 10.0,
            step_flops: 1_000,
            evaluated_rows: 100,
            drawn_rows: 1_000,
            program: String::new(),
            samples: Samples::Points(Default::default()),
        }))
    }

    fn on_session(&mut self, work: Work, took_ms: &mut f64) -> Outcome {
        let session = self.session.as_mut().expect("there is a session");
        if session.is_lost {
            return Outcome::Broken(Broken { is_lost: true, text: "the GPU is lost".into() });
        }
        match work {
            Work::Train { steps, .. } => {
                *took_ms = self.step_ms * f64::from(steps);
                let last = self.diverges_after.filter(|_| session.learning_rate >= 0.5).unwrap_or(u64::MAX).max(session.step);
                let wanted = session.step + u64::from(steps);
                session.is_frozen |= wanted > last;
                let is_frozen = session.is_frozen;
                session.step = if is_frozen { last.min(wanted).max(session.step) } else { wanted };
                let divergence = is_frozen.then(|| Divergence { step: session.step + 1, cause: "the loss".into() });
                Outcome::Trained(Progress { step: session.step, epoch: session.step / 5, divergence, ..Progress::default() })
            }
            Work::Save => Outcome::Saved(snapshot(session.step, session.is_frozen)),
            Work::Restore { snapshot } => {
                session.step = step_of(&snapshot);
                session.is_frozen = snapshot[8] != 0;
                Outcome::Restored(Ok(session.step))
            }
            Work::Reset => {
                (session.step, session.is_frozen) = (0, false);
                Outcome::Done
            }
            Work::Thaw => {
                session.is_frozen = false;
                Outcome::Done
            }
            Work::SetLearningRate { learning_rate } => {
                session.learning_rate = learning_rate;
                Outcome::Done
            }
            Work::Draw { .. } => Outcome::Drawn(Picture::Maps(Default::default())),
            Work::Evaluate { .. } => {
                let test_loss = Some(1_000.0 / (1_000.0 + session.step as f64));
                Outcome::Evaluated(Some(Evaluation { test_loss, ..Evaluation::default() }))
            }
            work => panic!("not a session's work: {work:?}"),
        }
    }
}

/// A snapshot of a step, maybe one after a divergence.
pub(super) fn snapshot(step: u64, is_frozen: bool) -> Snapshot {
    std::rc::Rc::new([&step.to_le_bytes()[..], &[u8::from(is_frozen)]].concat())
}

pub(super) fn step_of(snapshot: &Snapshot) -> u64 {
    u64::from_le_bytes(snapshot[..8].try_into().expect("8 bytes"))
}

/// The last state that was said, and its step.
pub(super) fn last_state(events: &[Event]) -> Option<(descent_protocol::RunState, u64)> {
    let state = |event: &Event| if let Event::State { state, step, .. } = event { Some((*state, *step)) } else { None };
    events.iter().rev().find_map(state)
}
