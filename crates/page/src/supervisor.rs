//! Watches over the worker from the page: notices that it died or fell silent and says how to go on.
//!
//! Turns what was sent, what was heard and the clock into verdicts. It knows no `Worker` object: `client` carries the verdicts out.
//! The worker is disposable, since a driver's error, a bug or a lack of memory can end it at any time; what must survive lives here.

use descent_protocol::{Command, Event, RunId, RunState};
use descent_spec::Experiment;

/// A worker that listens says something at least four times a second; after this long it counts as dead.
const SILENCE_MS: f64 = 5_000.0;
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
    build: Option<(RunId, Experiment)>,
    /// Step and run of the snapshot that the client holds.
    saved: Option<(RunId, u64)>,
    inspected: Option<usize>,
    is_training: bool,
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
            inspected: None,
            is_training: false,
            patience_ms: SILENCE_AT_LOAD_MS,
            heard_ms: now_ms,
            ticked_ms: now_ms,
            strikes_ms: Vec::new(),
        }
    }

    /// A worker was started in the place of another.
    pub fn started(&mut self, now_ms: f64) {
        self.patience_ms = SILENCE_AT_LOAD_MS;
        self.heard_ms = now_ms;
    }

    /// Notes what the page asks for.
    pub fn sent(&mut self, command: &Command) {
        match command {
            Command::Build { run, experiment, has_snapshot } => {
                self.build = Some((*run, experiment.clone()));
                if !has_snapshot {
                    self.saved = None;
                }
                self.inspected = None;
                self.is_training = false;
                self.patience_ms = SILENCE_AT_LOAD_MS;
            }
            Command::Play => self.is_training = true,
            Command::Pause | Command::Step { .. } => self.is_training = false,
            Command::Reset => {
                self.saved = None;
                self.is_training = false;
            }
            Command::Device { device } => {
                self.edit(|experiment| experiment.device = *device);
                self.patience_ms = SILENCE_AT_LOAD_MS;
            }
            Command::Speed { speed } => self.edit(|experiment| experiment.speed = *speed),
            Command::LearningRate { learning_rate } => self.edit(|experiment| experiment.learning_rate = *learning_rate),
            Command::Inspect { sample } => self.inspected = Some(*sample),
            Command::Files => self.patience_ms = SILENCE_AT_LOAD_MS,
            Command::Bench { .. } => self.patience_ms = SILENCE_AT_BENCH_MS,
            Command::WantFrame | Command::Draw | Command::Fault { .. } => {}
        }
    }

    fn edit(&mut self, change: impl FnOnce(&mut Experiment)) {
        if let Some((_, experiment)) = &mut self.build {
            change(experiment);
        }
    }

    /// Notes what the worker said.
    pub fn heard(&mut self, event: &Event, now_ms: f64) {
        self.heard_ms = now_ms;
        match event {
            // What was sent before is only now begun.
            Event::Booted if self.build.is_some() || self.patience_ms == SILENCE_AT_BENCH_MS => {}
            Event::Booted | Event::Bench { .. } => self.patience_ms = SILENCE_MS,
            Event::State { state, .. } => {
                self.patience_ms = SILENCE_MS;
                if matches!(state, RunState::Diverged | RunState::Failed) {
                    self.is_training = false;
                }
            }
            Event::Saved { run, step } => self.saved = Some((*run, *step)),
            _ => {}
        }
    }

    /// Whether the worker has been silent for too long. Called about twice a second.
    pub fn tick(&mut self, now_ms: f64) -> bool {
        if now_ms - self.ticked_ms > SLEEP_MS {
            self.heard_ms = now_ms;
        }
        self.ticked_ms = now_ms;
        now_ms - self.heard_ms > self.patience_ms
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

    /// What brings a fresh worker to where the last one was saved. A `Build` with a snapshot is sent with the one that the client holds.
    pub fn recovery(&self) -> Vec<Command> {
        let Some((run, experiment)) = self.build.clone() else { return Vec::new() };
        let mut commands = vec![Command::Build { run, experiment, has_snapshot: self.saved_step().is_some() }];
        commands.extend(self.inspected.map(|sample| Command::Inspect { sample }));
        if self.is_training {
            commands.push(Command::Play);
        }
        commands
    }

    /// The step from which the present run would go on.
    pub fn saved_step(&self) -> Option<u64> {
        let (run, _) = self.build.as_ref()?;
        self.saved.filter(|(of, _)| of == run).map(|(_, step)| step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn training(now_ms: f64) -> Supervisor {
        let mut supervisor = Supervisor::new(now_ms);
        supervisor.heard(&Event::Booted, now_ms);
        supervisor.sent(&Command::Build { run: RunId(3), experiment: Experiment::first_visit(), has_snapshot: false });
        supervisor.heard(&Event::State { run: RunId(3), state: RunState::Ready, step: 0 }, now_ms);
        supervisor.sent(&Command::Play);
        supervisor.heard(&Event::Saved { run: RunId(3), step: 120 }, now_ms);
        supervisor
    }

    #[test]
    fn silence_is_noticed_after_five_seconds_and_at_load_after_twenty() {
        let mut supervisor = training(0.0);
        let mut quiet_until = |limit_ms: f64| {
            let mut now = 0.0;
            while now <= limit_ms {
                assert!(!supervisor.tick(now), "silent at {now} ms");
                now += 500.0;
            }
            supervisor.tick(now)
        };
        assert!(quiet_until(5_000.0));

        let mut supervisor = Supervisor::new(0.0);
        for at in 0..=40 {
            assert!(!supervisor.tick(f64::from(at) * 500.0));
        }
        assert!(supervisor.tick(20_500.0));
    }

    #[test]
    fn a_build_that_waited_for_the_worker_has_the_patience_of_a_build() {
        let mut supervisor = Supervisor::new(0.0);
        supervisor.sent(&Command::Build { run: RunId(1), experiment: Experiment::first_visit(), has_snapshot: false });
        supervisor.heard(&Event::Booted, 0.0);
        assert!((1..=40).all(|half_second| !supervisor.tick(f64::from(half_second) * 500.0)));
        supervisor.heard(&Event::State { run: RunId(1), state: RunState::Ready, step: 0 }, 20_000.0);
        assert!((41..=50).all(|half_second| !supervisor.tick(f64::from(half_second) * 500.0)));
        assert!(supervisor.tick(25_500.0));
    }

    #[test]
    fn a_benchmark_that_waited_for_the_worker_has_the_patience_of_a_benchmark() {
        let mut supervisor = Supervisor::new(0.0);
        supervisor.sent(&Command::Bench { case: "mlp".into(), backend: "cpu".into(), budget_ms: 1_000.0, steps: None });
        supervisor.heard(&Event::Booted, 0.0);
        assert!((1..=1200).all(|half_second| !supervisor.tick(f64::from(half_second) * 500.0)));
        assert!(supervisor.tick(600_500.0));
        supervisor.heard(&Event::Bench { json: String::new() }, 600_500.0);
        assert!((1202..=1211).all(|half_second| !supervisor.tick(f64::from(half_second) * 500.0)), "a benchmark that is done");
        assert!(supervisor.tick(606_000.0));
    }

    #[test]
    fn a_page_that_slept_gives_the_worker_another_chance() {
        let mut supervisor = training(0.0);
        assert!(!supervisor.tick(500.0));
        assert!(!supervisor.tick(3_600_000.0));
    }

    #[test]
    fn a_restart_goes_on_from_the_snapshot_and_trains_if_it_did() {
        let supervisor = training(0.0);
        let recovery = supervisor.recovery();
        assert!(matches!(recovery[0], Command::Build { run: RunId(3), has_snapshot: true, .. }));
        assert_eq!(recovery[1..], [Command::Play]);
        assert_eq!(supervisor.saved_step(), Some(120));
    }

    #[test]
    fn a_restart_knows_what_was_changed_since_the_build() {
        let mut supervisor = training(0.0);
        supervisor.sent(&Command::LearningRate { learning_rate: 0.5 });
        supervisor.sent(&Command::Pause);
        let recovery = supervisor.recovery();
        assert!(matches!(&recovery[..], [Command::Build { experiment, .. }] if experiment.learning_rate == 0.5));
    }

    #[test]
    fn a_reset_or_a_new_run_forgets_the_snapshot() {
        let mut supervisor = training(0.0);
        supervisor.sent(&Command::Reset);
        assert!(matches!(supervisor.recovery()[..], [Command::Build { has_snapshot: false, .. }]));
        let mut supervisor = training(0.0);
        supervisor.sent(&Command::Build { run: RunId(4), experiment: Experiment::first_visit(), has_snapshot: false });
        supervisor.heard(&Event::Saved { run: RunId(3), step: 130 }, 1.0);
        assert_eq!(supervisor.saved_step(), None);
    }

    #[test]
    fn the_third_strike_within_a_minute_ends_the_attempts() {
        let mut supervisor = training(0.0);
        assert_eq!(supervisor.strike(0.0), Verdict::Restart);
        assert_eq!(supervisor.strike(70_000.0), Verdict::Restart);
        assert_eq!(supervisor.strike(80_000.0), Verdict::Restart);
        assert_eq!(supervisor.strike(90_000.0), Verdict::GiveUp);
        assert!(matches!(supervisor.recovery()[..], [Command::Build { has_snapshot: true, .. }]), "it is held, not trained");
    }
}
