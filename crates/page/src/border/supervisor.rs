//! Watches over the worker from the page: notices that it died or fell silent and says how to go on.
//!
//! Turns what was sent, what was heard and the clock into verdicts. It knows no `Worker` object:
//! `client` carries the verdicts out. The worker is disposable, since a driver's error, a bug or a
//! lack of memory can end it at any time; what must survive lives here.

use descent_protocol::{Addressed, Command, Event, RunId, RunState, Start};
use descent_spec::Experiment;

/// A worker that listens says something at least four times a second; after this long it counts as
/// dead.
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
pub(crate) enum Verdict {
    /// Start another and send it [`Supervisor::recovery`].
    Restart,
    /// It failed too often: leave it until the visitor asks for something.
    GiveUp,
}

/// What the page remembers for a worker.
#[derive(Debug)]
pub(crate) struct Supervisor {
    build: Option<(RunId, Experiment)>,
    /// Run and step of the snapshot that the client holds.
    saved: Option<(RunId, u64)>,
    /// Whether a reset was asked for and the worker has not said that it is done.
    is_resetting: bool,
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
    pub(crate) fn new(now_ms: f64) -> Self {
        Self {
            build: None,
            saved: None,
            is_resetting: false,
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

    /// A worker was started in the place of another.
    pub(crate) fn started(&mut self, now_ms: f64) {
        self.patience_ms = SILENCE_AT_LOAD_MS;
        self.heard_ms = now_ms;
        // It is sent the Play again.
        self.is_play_awaited = self.is_training;
    }

    /// Notes what the page asks for.
    pub(crate) fn sent(&mut self, sent: &Addressed<Command>) {
        match &sent.message {
            Command::Build { experiment, start } => {
                self.build = Some((sent.run, experiment.clone()));
                if *start == Start::Beginning {
                    self.saved = None;
                }
                self.inspected = None;
                self.is_resetting = false;
                self.train(false);
                self.patience_ms = SILENCE_AT_LOAD_MS;
            }
            Command::Play => self.train(true),
            Command::Pause | Command::Step { .. } => self.train(false),
            Command::Reset => {
                self.saved = None;
                self.is_resetting = true;
                self.train(false);
            }
            Command::Device { device } => {
                self.edit(|experiment| experiment.device = *device);
                self.patience_ms = SILENCE_AT_LOAD_MS;
            }
            Command::Speed { speed } => self.edit(|experiment| experiment.speed = *speed),
            Command::LearningRate { learning_rate } => self.edit(|experiment| experiment.learning_rate = *learning_rate),
            Command::Inspect { sample } => self.inspected = Some(*sample),
            Command::Draw { pixels } => self.drawing.clone_from(pixels),
            Command::Files => {
                self.has_files = true;
                self.patience_ms = SILENCE_AT_LOAD_MS;
            }
            Command::Bench { .. } => self.patience_ms = SILENCE_AT_BENCH_MS,
            Command::WantFrame => {}
            #[cfg(feature = "faults")]
            Command::Fault(_) => {}
        }
    }

    /// The run was asked to train, or to stop.
    fn train(&mut self, is_training: bool) {
        (self.is_training, self.is_play_awaited) = (is_training, is_training);
    }

    fn edit(&mut self, change: impl FnOnce(&mut Experiment)) {
        if let Some((_, experiment)) = &mut self.build {
            change(experiment);
        }
    }

    /// Notes what the worker said.
    pub(crate) fn heard(&mut self, heard: &Addressed<Event>, now_ms: f64) {
        self.heard_ms = now_ms;
        match &heard.message {
            // What was sent before is only now begun.
            Event::Booted if self.build.is_some() || self.patience_ms == SILENCE_AT_BENCH_MS => {}
            Event::Booted | Event::Bench { .. } => self.patience_ms = SILENCE_MS,
            Event::State { state, step } if heard.run == self.run() => self.heard_state(*state, *step),
            Event::Saved { step } => self.saved = Some((heard.run, *step)),
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
                self.is_resetting = false;
                self.saved = None;
                self.is_training = self.is_play_awaited;
            }
            RunState::Ready => {}
        }
    }

    /// Whether the event is of before a reset that was asked for since: a snapshot under way then
    /// must not come back.
    pub(crate) fn is_outdated(&self, event: &Event) -> bool {
        self.is_resetting && matches!(event, Event::Saved { .. })
    }

    /// Whether the worker has been silent for too long. Called about twice a second.
    pub(crate) fn tick(&mut self, now_ms: f64) -> bool {
        if now_ms - self.ticked_ms > SLEEP_MS {
            self.heard_ms = now_ms;
        }
        self.ticked_ms = now_ms;
        now_ms - self.heard_ms > self.patience_ms
    }

    /// Counts a death.
    pub(crate) fn strike(&mut self, now_ms: f64) -> Verdict {
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
    pub(crate) fn recovery(&self) -> Vec<Addressed<Command>> {
        let mut commands = Vec::new();
        if self.has_files {
            commands.push(Command::Files);
        }
        if let Some((_, experiment)) = &self.build {
            let start = if self.saved_step().is_some() { Start::Snapshot } else { Start::Beginning };
            commands.push(Command::Build { experiment: experiment.clone(), start });
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
    pub(crate) fn run(&self) -> RunId {
        self.build.as_ref().map_or_else(RunId::default, |(run, _)| *run)
    }

    /// The step from which the present run would go on.
    pub(crate) fn saved_step(&self) -> Option<u64> {
        let (run, _) = self.build.as_ref()?;
        self.saved.filter(|(of, _)| of == run).map(|(_, step)| step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: RunId = RunId(3);

    fn of<M>(run: RunId, message: M) -> Addressed<M> {
        Addressed { run, message }
    }

    fn build(start: Start) -> Command {
        Command::Build { experiment: Experiment::first_visit(), start }
    }

    fn ready() -> Event {
        Event::State { state: RunState::Ready, step: 0 }
    }

    /// What a recovery sends, without the run it is for.
    fn recovery(supervisor: &Supervisor) -> Vec<Command> {
        supervisor.recovery().into_iter().map(|sent| sent.message).collect()
    }

    /// Whether no silence is noticed in these half seconds.
    fn is_patient(supervisor: &mut Supervisor, half_seconds: std::ops::RangeInclusive<u32>) -> bool {
        half_seconds.map(|half_second| supervisor.tick(f64::from(half_second) * 500.0)).all(|is_silent| !is_silent)
    }

    fn training() -> Supervisor {
        let mut supervisor = Supervisor::new(0.0);
        supervisor.heard(&of(RunId(0), Event::Booted), 0.0);
        supervisor.sent(&of(RUN, build(Start::Beginning)));
        supervisor.heard(&of(RUN, ready()), 0.0);
        supervisor.sent(&of(RUN, Command::Play));
        supervisor.heard(&of(RUN, Event::Saved { step: 120 }), 0.0);
        supervisor
    }

    #[test]
    fn silence_is_noticed_after_five_seconds_and_at_load_after_twenty() {
        let mut supervisor = training();
        assert!(is_patient(&mut supervisor, 0..=10));
        assert!(supervisor.tick(5_500.0));
        let mut supervisor = Supervisor::new(0.0);
        assert!(is_patient(&mut supervisor, 0..=40));
        assert!(supervisor.tick(20_500.0));
    }

    #[test]
    fn a_build_that_waited_for_the_worker_has_the_patience_of_a_build() {
        let mut supervisor = Supervisor::new(0.0);
        supervisor.sent(&of(RUN, build(Start::Beginning)));
        supervisor.heard(&of(RunId(0), Event::Booted), 0.0);
        assert!(is_patient(&mut supervisor, 1..=40));
        supervisor.heard(&of(RUN, ready()), 20_000.0);
        assert!(is_patient(&mut supervisor, 41..=50));
        assert!(supervisor.tick(25_500.0));
    }

    #[test]
    fn a_benchmark_that_waited_for_the_worker_has_the_patience_of_a_benchmark() {
        let mut supervisor = Supervisor::new(0.0);
        let bench = Command::Bench { case: "mlp".into(), backend: "cpu".into(), budget_ms: 1_000.0, steps: None };
        supervisor.sent(&of(RunId(0), bench));
        supervisor.heard(&of(RunId(0), Event::Booted), 0.0);
        assert!(is_patient(&mut supervisor, 1..=1200));
        assert!(supervisor.tick(600_500.0));
        supervisor.heard(&of(RunId(0), Event::Bench { json: String::new() }), 600_500.0);
        assert!(is_patient(&mut supervisor, 1202..=1211), "a benchmark that is done");
        assert!(supervisor.tick(606_000.0));
    }

    #[test]
    fn a_page_that_slept_gives_the_worker_another_chance() {
        let mut supervisor = training();
        assert!(!supervisor.tick(500.0));
        assert!(!supervisor.tick(3_600_000.0));
    }

    #[test]
    fn a_restart_goes_on_from_the_snapshot_and_trains_if_it_did() {
        let supervisor = training();
        assert_eq!(recovery(&supervisor), [build(Start::Snapshot), Command::Play]);
        assert!(supervisor.recovery().iter().all(|sent| sent.run == RUN));
        assert_eq!(supervisor.saved_step(), Some(120));
    }

    #[test]
    fn a_restart_brings_files_before_the_build_and_the_drawing_after_it() {
        let mut supervisor = training();
        supervisor.sent(&of(RUN, Command::Pause));
        supervisor.sent(&of(RUN, Command::Files));
        supervisor.sent(&of(RUN, Command::Draw { pixels: vec![7] }));
        supervisor.sent(&of(RUN, Command::Inspect { sample: 5 }));
        let drawing = Command::Draw { pixels: vec![7] };
        assert_eq!(recovery(&supervisor), [Command::Files, build(Start::Snapshot), drawing, Command::Inspect { sample: 5 }]);
    }

    #[test]
    fn a_restart_knows_what_was_changed_since_the_build() {
        let mut supervisor = training();
        supervisor.sent(&of(RUN, Command::LearningRate { learning_rate: 0.5 }));
        supervisor.sent(&of(RUN, Command::Pause));
        assert!(matches!(&recovery(&supervisor)[..], [Command::Build { experiment, .. }] if experiment.learning_rate == 0.5));
    }

    #[test]
    fn a_snapshot_that_was_under_way_at_a_reset_does_not_come_back() {
        let mut supervisor = training();
        supervisor.sent(&of(RUN, Command::Reset));
        let saved = Event::Saved { step: 130 };
        assert!(supervisor.is_outdated(&saved));
        supervisor.heard(&of(RUN, Event::State { state: RunState::Training, step: 131 }), 1.0);
        assert!(supervisor.is_outdated(&saved));
        supervisor.heard(&of(RUN, ready()), 2.0);
        assert!(!supervisor.is_outdated(&saved));
    }

    #[test]
    fn a_reset_or_a_new_run_forgets_the_snapshot() {
        let mut supervisor = training();
        supervisor.sent(&of(RUN, Command::Reset));
        assert_eq!(recovery(&supervisor), [build(Start::Beginning)]);
        let mut supervisor = training();
        supervisor.sent(&of(RunId(4), build(Start::Beginning)));
        supervisor.heard(&of(RUN, Event::Saved { step: 130 }), 1.0);
        assert_eq!(supervisor.saved_step(), None);
    }

    #[test]
    fn a_run_that_begins_again_by_itself_has_nothing_saved_and_does_not_train() {
        let mut supervisor = training();
        supervisor.heard(&of(RUN, Event::State { state: RunState::Training, step: 0 }), 0.5);
        supervisor.heard(&of(RUN, ready()), 1.0);
        assert_eq!(recovery(&supervisor), [build(Start::Beginning)]);
    }

    #[test]
    fn a_play_that_was_sent_before_the_run_was_ready_is_not_forgotten() {
        let mut supervisor = Supervisor::new(0.0);
        supervisor.sent(&of(RUN, build(Start::Beginning)));
        supervisor.sent(&of(RUN, Command::Play));
        supervisor.heard(&of(RUN, ready()), 1.0);
        assert_eq!(recovery(&supervisor), [build(Start::Beginning), Command::Play]);
        supervisor.heard(&of(RUN, Event::State { state: RunState::Training, step: 0 }), 2.0);
        supervisor.started(3.0);
        supervisor.heard(&of(RUN, ready()), 4.0);
        assert_eq!(recovery(&supervisor), [build(Start::Beginning), Command::Play], "another worker is asked to train too");
    }

    #[test]
    fn a_play_that_a_refused_build_dropped_is_not_brought_back() {
        let mut supervisor = training();
        supervisor.heard(&of(RUN, Event::State { state: RunState::Failed, step: 0 }), 1.0);
        assert!(!recovery(&supervisor).contains(&Command::Play));
    }

    #[test]
    fn the_state_of_an_earlier_run_changes_nothing() {
        let mut supervisor = training();
        supervisor.sent(&of(RunId(4), build(Start::Beginning)));
        supervisor.sent(&of(RunId(4), Command::Play));
        supervisor.heard(&of(RUN, Event::State { state: RunState::Diverged, step: 121 }), 0.0);
        assert!(is_patient(&mut supervisor, 0..=40), "the new run is still being built");
        assert!(recovery(&supervisor).contains(&Command::Play));
    }

    #[test]
    fn the_third_strike_within_a_minute_ends_the_attempts() {
        let mut supervisor = training();
        assert_eq!(supervisor.strike(0.0), Verdict::Restart);
        assert_eq!(supervisor.strike(70_000.0), Verdict::Restart);
        assert_eq!(supervisor.strike(80_000.0), Verdict::Restart);
        assert_eq!(supervisor.strike(90_000.0), Verdict::GiveUp);
        assert_eq!(recovery(&supervisor), [build(Start::Snapshot)], "it is held, not trained");
    }
}
