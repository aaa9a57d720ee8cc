//! Watches over the worker from the page: notices that it died or fell silent and says how to go
//! on.
//!
//! Turns what was sent, what was heard and the clock into verdicts. It knows no `Worker` object:
//! the page's `client` carries the verdicts out. The worker is disposable, since a driver's error, a
//! bug or a lack of memory can end it at any time; what must survive lives here.

use crate::{Addressed, Command, Event, RunId, RunState, Start};
use descent_spec::{Experiment, View};

/// A worker that listens says something at least four times a second; after this long it counts as
/// dead.
const SILENCE_MS: f64 = 5_000.0;
/// The slowest core that counts as alive, in floating-point operations a millisecond. A kernel is
/// not cut, so a worker may be silent for as long as a whole step takes at this speed.
const SLOW_FLOPS_A_MS: u64 = 1_000_000;
/// Loading, compiling and moving to another device may take this long without a word.
const SILENCE_AT_LOAD_MS: f64 = 20_000.0;
/// A benchmark measures without looking up.
const SILENCE_AT_BENCH_MS: f64 = 600_000.0;
/// Strikes further apart than this have nothing to do with each other.
const STRIKE_MEMORY_MS: f64 = 60_000.0;
/// The strike that ends the attempts.
const LAST_STRIKE: usize = 3;
/// Ticks further apart than this mean that the whole page slept, and that silence proves nothing.
const SLEEP_MS: f64 = 3_000.0;

/// What to do about a worker that failed.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// Start another and send it [`Supervisor::recovery`].
    Restart,
    /// It failed too often: leave it until the visitor asks for something.
    GiveUp,
}

/// What the page remembers for a worker.
#[derive(Debug)]
pub struct Supervisor {
    build: Option<(RunId, Experiment, View)>,
    /// Run and step of the snapshot that the client holds.
    saved: Option<(RunId, u64)>,
    /// How often a reset of the run was asked of the present worker.
    resets: u32,
    inspected: Option<usize>,
    /// The drawn image; empty for none.
    drawing: Vec<u8>,
    /// Whether the client holds files of a data set.
    has_files: bool,
    is_training: bool,
    /// Whether the run was asked to train and has not said yet that it does.
    is_play_awaited: bool,
    patience_ms: f64,
    heard_ms: f64,
    ticked_ms: f64,
    strikes_ms: Vec<f64>,
}

impl Supervisor {
    /// Of a worker that is started now.
    pub fn new(now_ms: f64) -> Self {
        Self {
            build: None,
            saved: None,
            resets: 0,
            inspected: None,
            drawing: Vec::new(),
            has_files: false,
            is_training: false,
            is_play_awaited: false,
            patience_ms: SILENCE_AT_LOAD_MS,
            heard_ms: now_ms,
            ticked_ms: now_ms,
            strikes_ms: Vec::new(),
        }
    }

    /// How much longer than usual a worker may be silent that computes the present run.
    fn allowance_ms(&self) -> f64 {
        let cost = self.build.as_ref().and_then(|(_, experiment, _)| experiment.cost().ok());
        cost.map_or(0.0, |cost| (cost.step_flops / SLOW_FLOPS_A_MS) as f64)
    }

    /// A worker was started in the place of another.
    pub fn started(&mut self, now_ms: f64) {
        self.patience_ms = SILENCE_AT_LOAD_MS;
        self.heard_ms = now_ms;
        self.resets = 0;
        // It is sent the Play again.
        self.is_play_awaited = self.is_training;
    }

    /// Notes what the page asks for.
    pub fn sent(&mut self, sent: &Addressed<Command>) {
        match &sent.message {
            Command::Build { experiment, view, start } => {
                self.build = Some((sent.run, experiment.clone(), *view));
                self.saved = match start {
                    Start::Beginning => None,
                    Start::Snapshot { step } => Some((sent.run, *step)),
                };
                self.inspected = None;
                self.resets = 0;
                self.train(false);
                self.patience_ms = SILENCE_AT_LOAD_MS;
            }
            Command::Play => self.train(true),
            Command::Pause | Command::Step { .. } => self.train(false),
            Command::Reset => {
                self.saved = None;
                self.resets += 1;
                self.train(false);
            }
            Command::Device { device } => {
                self.edit(|_, view| view.device = *device);
                self.patience_ms = SILENCE_AT_LOAD_MS;
            }
            Command::Speed { speed } => self.edit(|_, view| view.speed = *speed),
            Command::LearningRate { learning_rate } => self.edit(|experiment, _| experiment.learning_rate = *learning_rate),
            Command::Inspect { sample } => self.inspected = Some(*sample),
            Command::Draw { pixels } => self.drawing.clone_from(pixels),
            Command::Files => {
                self.has_files = true;
                self.patience_ms = SILENCE_AT_LOAD_MS;
            }
            Command::Bench { .. } => self.patience_ms = SILENCE_AT_BENCH_MS,
            Command::WantFrame | Command::Check { .. } => {}
            #[cfg(feature = "faults")]
            Command::Fault(_) => {}
        }
    }

    /// The run was asked to train, or to stop.
    fn train(&mut self, is_training: bool) {
        (self.is_training, self.is_play_awaited) = (is_training, is_training);
    }

    fn edit(&mut self, change: impl FnOnce(&mut Experiment, &mut View)) {
        if let Some((_, experiment, view)) = &mut self.build {
            change(experiment, view);
        }
    }

    /// Notes what the worker said.
    pub fn heard(&mut self, heard: &Addressed<Event>, now_ms: f64) {
        self.heard_ms = now_ms;
        match &heard.message {
            // What was sent before is only now begun.
            Event::Booted if self.build.is_some() || self.patience_ms == SILENCE_AT_BENCH_MS => {}
            Event::Booted | Event::Bench { .. } => self.patience_ms = SILENCE_MS,
            Event::State { state, step, .. } if !self.is_outdated(heard) => self.heard_state(*state, *step),
            Event::Saved { step, .. } if !self.is_outdated(heard) => self.saved = Some((heard.run, *step)),
            _ => {}
        }
    }

    /// The present run says what it does.
    fn heard_state(&mut self, state: RunState, step: u64) {
        // A Play after a refused build builds the run again.
        self.patience_ms = if state == RunState::Failed { SILENCE_AT_LOAD_MS } else { SILENCE_MS };
        match state {
            RunState::Training => self.is_play_awaited = false,
            RunState::Paused => {}
            RunState::Diverged | RunState::Failed => self.train(false),
            // It begins, maybe with other samples: only what it has not obeyed yet still counts.
            RunState::Ready if step == 0 => {
                self.saved = None;
                self.is_training = self.is_play_awaited;
            }
            RunState::Ready => {}
        }
    }

    /// Whether the event is of before a reset or a build that was asked for since: a snapshot under
    /// way then must not come back, and a state says nothing of what was asked for since.
    pub fn is_outdated(&self, event: &Addressed<Event>) -> bool {
        match event.message {
            Event::State { resets, .. } | Event::Saved { resets, .. } => resets != self.resets || event.run != self.run(),
            _ => false,
        }
    }

    /// Whether the worker has been silent for too long. Called about twice a second.
    pub fn tick(&mut self, now_ms: f64) -> bool {
        if now_ms - self.ticked_ms > SLEEP_MS {
            self.heard_ms = now_ms;
        }
        self.ticked_ms = now_ms;
        let silence_ms = now_ms - self.heard_ms;
        silence_ms > self.patience_ms && silence_ms > self.patience_ms + self.allowance_ms()
    }

    /// Counts a death.
    pub fn strike(&mut self, now_ms: f64) -> Verdict {
        self.strikes_ms.retain(|at| now_ms - at < STRIKE_MEMORY_MS);
        self.strikes_ms.push(now_ms);
        if self.strikes_ms.len() < LAST_STRIKE {
            return Verdict::Restart;
        }
        self.strikes_ms.clear();
        self.is_training = false;
        Verdict::GiveUp
    }

    /// What brings a fresh worker to where the last one was saved, in order. [`Command::Files`] and
    /// a build from a snapshot are sent with what the client holds of them.
    pub fn recovery(&self) -> Vec<Addressed<Command>> {
        let mut commands = Vec::new();
        if self.has_files {
            commands.push(Command::Files);
        }
        if let Some((_, experiment, view)) = &self.build {
            let start = self.saved_step().map_or(Start::Beginning, |step| Start::Snapshot { step });
            commands.push(Command::Build { experiment: experiment.clone(), view: *view, start });
            if !self.drawing.is_empty() {
                commands.push(Command::Draw { pixels: self.drawing.clone() });
            }
            commands.extend(self.inspected.map(|sample| Command::Inspect { sample }));
            if self.is_training {
                commands.push(Command::Play);
            }
        }
        let run = self.run();
        commands.into_iter().map(|message| Addressed { run, message }).collect()
    }

    /// The run that was built last.
    pub fn run(&self) -> RunId {
        self.build.as_ref().map_or_else(RunId::default, |(run, ..)| *run)
    }

    /// The step from which the present run would go on.
    pub fn saved_step(&self) -> Option<u64> {
        let (run, ..) = self.build.as_ref()?;
        self.saved.filter(|(of, _)| of == run).map(|(_, step)| step)
    }
}

#[cfg(test)]
mod tests;
