use super::*;
use descent_spec::Model;

const RUN: RunId = RunId(3);

fn of<M>(run: RunId, message: M) -> Addressed<M> {
    Addressed { run, message }
}

fn build(start: Start) -> Command {
    Command::Build { experiment: Experiment::first_visit(), view: View::default(), start }
}

fn ready() -> Event {
    Event::State { state: RunState::Ready, step: 0, resets: 0 }
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
    supervisor.heard(&of(RUN, Event::Saved { step: 120, resets: 0 }), 0.0);
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
fn a_worker_that_computes_a_large_step_is_given_more_time() {
    let mut supervisor = training();
    let model = Model::read("dense:1400:relu,dense:630:relu").expect("a model");
    let experiment = Experiment { model, batch_size: 1_666, ..Experiment::first_visit() };
    let step_ms = experiment.cost().expect("it is within the limits").step_flops / 1_000_000;
    assert!((5_000..20_000).contains(&step_ms), "{step_ms}");
    supervisor.sent(&of(RunId(4), Command::Build { experiment, view: View::default(), start: Start::Beginning }));
    supervisor.heard(&of(RunId(4), ready()), 0.0);
    assert!(is_patient(&mut supervisor, 0..=(5_000 + step_ms as u32) / 500));
    assert!(supervisor.tick(6_000.0 + step_ms as f64));
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
    assert_eq!(recovery(&supervisor), [build(Start::Snapshot { step: 120 }), Command::Play]);
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
    assert_eq!(recovery(&supervisor), [Command::Files, build(Start::Snapshot { step: 120 }), drawing, Command::Inspect { sample: 5 }]);
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
    let saved = |resets| of(RUN, Event::Saved { step: 130, resets });
    assert!(supervisor.is_outdated(&saved(0)));
    supervisor.heard(&of(RUN, ready()), 2.0);
    assert!(supervisor.is_outdated(&saved(0)));
    assert!(!supervisor.is_outdated(&saved(1)));
    // The first of two is done; what was trained between them does not count either.
    supervisor.sent(&of(RUN, Command::Reset));
    supervisor.heard(&of(RUN, ready()), 3.0);
    assert!(supervisor.is_outdated(&saved(1)));
    // Another worker begins where the last reset left the run.
    supervisor.started(4.0);
    assert!(!supervisor.is_outdated(&saved(0)));
}

#[test]
fn a_run_that_was_opened_is_not_lost_to_the_snapshot_of_the_one_before() {
    let mut supervisor = training();
    supervisor.sent(&of(RunId(4), build(Start::Snapshot { step: 7 })));
    assert!(supervisor.is_outdated(&of(RUN, Event::Saved { step: 130, resets: 0 })));
    assert!(!supervisor.is_outdated(&of(RunId(4), Event::Saved { step: 8, resets: 0 })));
    assert_eq!(recovery(&supervisor), [build(Start::Snapshot { step: 7 })]);
}

#[test]
fn a_reset_or_a_new_run_forgets_the_snapshot() {
    let mut supervisor = training();
    supervisor.sent(&of(RUN, Command::Reset));
    assert_eq!(recovery(&supervisor), [build(Start::Beginning)]);
    let mut supervisor = training();
    supervisor.sent(&of(RunId(4), build(Start::Beginning)));
    supervisor.heard(&of(RUN, Event::Saved { step: 130, resets: 0 }), 1.0);
    assert_eq!(supervisor.saved_step(), None);
}

#[test]
fn a_run_that_begins_again_by_itself_has_nothing_saved_and_does_not_train() {
    let mut supervisor = training();
    supervisor.heard(&of(RUN, Event::State { state: RunState::Training, step: 0, resets: 0 }), 0.5);
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
    supervisor.heard(&of(RUN, Event::State { state: RunState::Training, step: 0, resets: 0 }), 2.0);
    supervisor.started(3.0);
    supervisor.heard(&of(RUN, ready()), 4.0);
    assert_eq!(recovery(&supervisor), [build(Start::Beginning), Command::Play], "another worker is asked to train too");
}

#[test]
fn a_play_that_a_refused_build_dropped_is_not_brought_back() {
    let mut supervisor = training();
    supervisor.heard(&of(RUN, Event::State { state: RunState::Failed, step: 0, resets: 0 }), 1.0);
    assert!(!recovery(&supervisor).contains(&Command::Play));
}

#[test]
fn the_state_of_an_earlier_run_changes_nothing() {
    let mut supervisor = training();
    supervisor.sent(&of(RunId(4), build(Start::Beginning)));
    supervisor.sent(&of(RunId(4), Command::Play));
    supervisor.heard(&of(RUN, Event::State { state: RunState::Diverged, step: 121, resets: 0 }), 0.0);
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
    assert_eq!(recovery(&supervisor), [build(Start::Snapshot { step: 120 })], "it is held, not trained");
}
