//! What a visitor can rely on, whatever the worker is doing.

mod deaths;
mod devices;
mod random;
mod slow;
mod world;

use super::*;
use descent_protocol::DeviceKind;
use descent_spec::{Dataset, Goal, Speed};
use world::{ON_CPU, World, last_state, snapshot};

#[test]
fn a_built_run_is_ready_evaluated_and_takes_no_step() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    assert_eq!(world.trained(), 0);
    let events = world.heard();
    assert!(matches!(events[0], Event::Built { .. }) && matches!(events[1], Event::Samples(_)) && matches!(events[2], Event::Device(_)));
    assert_eq!(last_state(&events), Some((RunState::Ready, 0)));
    assert!(events.iter().any(|event| matches!(event, Event::Metrics(metrics) if metrics.test_loss.is_some())));
}

#[test]
fn paused_run_takes_no_steps() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.hear(Command::Play);
    world.turns(50);
    // The visitor presses pause while steps are under way.
    world.hear(Command::Pause);
    world.settle();
    let (state, step) = last_state(&world.heard()).expect("a state");
    assert_eq!((state, step), (RunState::Paused, world.session_step()));
    assert!(step > 0);
    world.turns(50);
    assert_eq!(world.session_step(), step);
}

#[test]
fn a_step_of_n_takes_exactly_n() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    for (steps, total) in [(1, 1), (7, 8), (1_000, 1_008)] {
        world.hear(Command::Step { steps });
        world.settle();
        assert_eq!(last_state(&world.heard()), Some((RunState::Paused, total)));
        assert_eq!(world.session_step(), total);
    }
}

#[test]
fn a_reset_drops_a_save_under_way() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.hear(Command::Step { steps: 5 });
    let save = loop {
        let work = world.begin();
        if work == Work::Save {
            break work;
        }
        world.end(work);
    };
    world.heard();
    world.hear(Command::Reset);
    world.end(save);
    world.settle();
    let events = world.heard();
    assert!(!events.iter().any(|event| matches!(event, Event::Saved { .. })));
    assert_eq!(last_state(&events), Some((RunState::Ready, 0)));
    assert_eq!(world.session_step(), 0);
}

#[test]
fn a_reset_during_a_move_is_told_nothing_of_before_it() {
    for asked_during in ["Save", "Open", "Restore"] {
        let mut world = World::with_run(DeviceChoice::Cpu);
        world.hear(Command::Step { steps: 5 });
        world.settle();
        world.hear(Command::Device { device: DeviceChoice::Gpu });
        loop {
            let work = world.begin();
            let is_the_one = format!("{work:?}").starts_with(asked_during);
            if is_the_one {
                world.heard();
                world.hear(Command::Reset);
            }
            world.end(work);
            if is_the_one {
                break;
            }
        }
        world.settle();
        let events = world.heard();
        let step = |event: &Event| match event {
            Event::State { step, .. } | Event::Saved { step, .. } | Event::Frame { step, .. } => Some(*step),
            Event::Metrics(metrics) => Some(metrics.step),
            _ => None,
        };
        assert!(events.iter().filter_map(step).all(|step| step == 0), "{asked_during}: {events:?}");
        assert_eq!(last_state(&events), Some((RunState::Ready, 0)));
        assert_eq!(world.session.as_ref().map(|session| (session.device, session.step)), Some((DeviceKind::Gpu, 0)));
    }
}

#[test]
fn snapshots_are_less_than_a_second_of_training_apart() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.hear(Command::Play);
    let mut saved_ms = vec![world.now_ms];
    while world.now_ms < 12_000.0 {
        world.turn();
        if world.events.drain(..).any(|said| matches!(said.message.message, Event::Saved { .. })) {
            saved_ms.push(world.now_ms);
        }
    }
    assert!(saved_ms.windows(2).all(|pair| pair[1] - pair[0] < 1_000.0) && saved_ms.len() > 10, "{saved_ms:?}");
}

#[test]
fn after_a_divergence_play_goes_on_from_the_last_good_weights() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.diverges_after = Some(20);
    world.hear(Command::LearningRate { learning_rate: 0.9 });
    world.hear(Command::Play);
    world.settle();
    let events = world.heard();
    assert_eq!(last_state(&events), Some((RunState::Diverged, 20)));
    let text = |event: &Event| if let Event::Notice { kind: NoticeKind::Diverged, text } = event { Some(text.clone()) } else { None };
    let text = events.iter().find_map(text).expect("a notice");
    assert!(
        text.starts_with("Training diverged at step 21: the loss was no longer") && text.ends_with("Try a learning rate of 0.3."),
        "{text}"
    );
    world.hear(Command::LearningRate { learning_rate: 0.3 });
    world.hear(Command::Step { steps: 3 });
    world.settle();
    assert_eq!(last_state(&world.heard()), Some((RunState::Paused, 23)));
}

#[test]
fn a_snapshot_from_after_a_divergence_trains_again() {
    let mut world = World::new();
    world.build(1, DeviceChoice::Cpu, Some(snapshot(20, true)));
    world.hear(Command::Step { steps: 3 });
    world.settle();
    assert_eq!(last_state(&world.heard()), Some((RunState::Paused, 23)));
}

#[test]
fn commands_of_an_earlier_run_change_nothing() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.build(2, DeviceChoice::Cpu, None);
    world.settle();
    world.heard();
    let old = Experiment { seed: "7".into(), ..Experiment::first_visit() };
    for message in [Command::Play, Command::Step { steps: 3 }, Command::Build { experiment: old, view: ON_CPU, start: Start::Beginning }] {
        world.machine.hear(Addressed { run: RunId(1), message }, None);
    }
    world.settle();
    assert_eq!((world.heard(), world.session_step()), (Vec::new(), 0));
}

#[test]
fn what_is_asked_while_a_run_is_built_is_done_when_it_is() {
    let mut world = World::new();
    world.build(1, DeviceChoice::Cpu, Some(snapshot(40, false)));
    world.hear(Command::Step { steps: 2 });
    world.settle();
    assert_eq!(last_state(&world.heard()), Some((RunState::Paused, 42)));
}

#[test]
fn files_that_come_before_the_run_are_taken_for_it_and_later_ones_build_it_again() {
    let mut world = World::new();
    world.hear(Command::Files);
    world.turns(2);
    let experiment = Experiment { dataset: Dataset::Mnist, ..Experiment::first_visit() };
    let message = Command::Build { experiment, view: ON_CPU, start: Start::Beginning };
    world.machine.hear(Addressed { run: RunId(1), message }, None);
    world.done.clear();
    world.settle();
    assert!(matches!(world.done[..2], [Work::TakeFiles { .. }, Work::Load { .. }]));
    world.hear(Command::Files);
    world.done.clear();
    world.settle();
    assert!(world.done.iter().any(|work| matches!(work, Work::Load { .. })));
    world.files_fail = true;
    world.hear(Command::Files);
    world.done.clear();
    world.settle();
    assert!(!world.done.iter().any(|work| matches!(work, Work::Load { .. })), "refused files change nothing");
}

#[test]
fn play_after_a_refused_build_tries_again() {
    let mut world = World::new();
    world.has_files = false;
    world.build(1, DeviceChoice::Cpu, None);
    world.hear(Command::Play);
    world.settle();
    assert_eq!(last_state(&world.heard()), Some((RunState::Failed, 0)));
    world.hear(Command::Play);
    world.done.clear();
    world.settle();
    assert_eq!(world.done.iter().filter(|work| matches!(work, Work::Load { .. })).count(), 1, "a Play is one attempt");
    assert_eq!(last_state(&world.heard()), Some((RunState::Failed, 0)));
    world.has_files = true;
    world.hear(Command::Play);
    world.turns(10);
    assert!(world.session_step() > 0);
}

#[test]
fn an_opened_run_that_waits_for_its_files_goes_on_where_it_was_saved() {
    for (asked, goes_on_at) in [(Command::Play, 40), (Command::Files, 40), (Command::Reset, 0)] {
        let mut world = World::new();
        world.has_files = false;
        let experiment = Experiment { dataset: Dataset::Mnist, ..Experiment::first_visit() };
        let message = Command::Build { experiment, view: ON_CPU, start: Start::Snapshot { step: 40 } };
        world.machine.hear(Addressed { run: RunId(1), message }, Some(snapshot(40, false)));
        world.settle();
        world.hear(Command::Play);
        world.settle();
        assert_eq!(last_state(&world.heard()), Some((RunState::Failed, 0)));
        world.hear(asked.clone());
        world.settle();
        world.has_files = true;
        world.hear(Command::Step { steps: 2 });
        world.settle();
        assert_eq!(last_state(&world.heard()), Some((RunState::Paused, goes_on_at + 2)), "{asked:?}");
        world.hear(Command::Reset);
        world.hear(Command::Files);
        world.settle();
        assert_eq!(last_state(&world.heard()), Some((RunState::Ready, 0)), "the file is not opened twice");
    }
}

#[test]
fn a_rate_changed_while_a_run_is_held_is_saved_too() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    let saves = |world: &mut World| world.heard().iter().filter(|event| matches!(event, Event::Saved { .. })).count();
    world.hear(Command::LearningRate { learning_rate: 0.25 });
    world.settle();
    assert_eq!(saves(&mut world), 0, "there is nothing to lose at step 0");
    world.hear(Command::Step { steps: 5 });
    world.settle();
    assert!(saves(&mut world) > 0);
    world.hear(Command::LearningRate { learning_rate: 0.125 });
    world.settle();
    assert_eq!(saves(&mut world), 1);
    world.settle();
    assert_eq!(saves(&mut world), 0);
}

#[test]
fn settings_changed_while_nothing_is_built_are_those_of_the_next_run() {
    let mut world = World::new();
    world.has_files = false;
    let experiment = Experiment { dataset: Dataset::Mnist, ..Experiment::first_visit() };
    world.machine.hear(Addressed { run: RunId(1), message: Command::Build { experiment, view: ON_CPU, start: Start::Beginning } }, None);
    world.settle();
    for change in [
        Command::Device { device: DeviceChoice::Gpu },
        Command::Speed { speed: Speed::Hundred },
        Command::LearningRate { learning_rate: 0.125 },
    ] {
        world.hear(change);
    }
    world.settle();
    world.has_files = true;
    world.hear(Command::Files);
    world.settle();
    let session = world.session.as_ref().expect("a session");
    assert_eq!((session.device, session.learning_rate), (DeviceKind::Gpu, 0.125));
    assert_eq!(world.machine.view.speed, Speed::Hundred);
}

#[test]
fn what_is_heard_while_files_are_taken_is_of_the_run_with_them() {
    let mut world = World::new();
    let experiment = Experiment { dataset: Dataset::Mnist, ..Experiment::first_visit() };
    world.machine.hear(Addressed { run: RunId(1), message: Command::Build { experiment, view: ON_CPU, start: Start::Beginning } }, None);
    world.hear(Command::Step { steps: 8 });
    world.settle();
    world.heard();
    world.hear(Command::Files);
    let take = world.begin();
    assert!(matches!(take, Work::TakeFiles { .. }));
    world.hear(Command::Step { steps: 3 });
    world.end(take);
    world.settle();
    let events = world.heard();
    assert!(events.contains(&Event::State { state: RunState::Ready, step: 0, resets: 0 }), "nothing of the other samples is left");
    assert_eq!(last_state(&events), Some((RunState::Paused, 3)));
}

#[test]
fn a_goal_is_reached_at_the_same_step_however_fast_the_device_is() {
    for step_ms in [0.001, 1.0, 77.0] {
        let mut world = World::new();
        world.step_ms = step_ms;
        let goal = Goal::read("testLoss<0.3;params<=1000").expect("a goal");
        let experiment = Experiment { goal, evaluate_every: 500, ..Experiment::first_visit() };
        let message = Command::Build { experiment, view: ON_CPU, start: Start::Beginning };
        world.machine.hear(Addressed { run: RunId(1), message }, None);
        world.hear(Command::Play);
        let mut events = Vec::new();
        while last_state(&events).is_none_or(|(state, _)| state != RunState::Paused) {
            world.turn();
            events.extend(world.heard());
        }
        // The loss is 1000 / (1000 + step): under 0.3 from step 2,334 on.
        assert_eq!(last_state(&events), Some((RunState::Paused, 2_500)));
        assert!(events.contains(&Event::Goal { step: 2_500 }));
        world.settle();
        assert!(world.heard().contains(&Event::Saved { step: 2_500, resets: 0 }));
        // It goes on when asked to, and is judged again only after a reset.
        world.hear(Command::Step { steps: 600 });
        world.settle_within(10_000);
        assert_eq!(last_state(&world.heard()), Some((RunState::Paused, 3_100)));
        world.hear(Command::Reset);
        world.hear(Command::Step { steps: 2_600 });
        world.settle_within(10_000);
        assert_eq!(last_state(&world.heard()), Some((RunState::Paused, 2_500)));
    }
}

#[test]
fn a_chosen_speed_is_kept_while_pictures_are_drawn() {
    for (speed, want) in [(Speed::Ten, 10.0), (Speed::Hundred, 100.0), (Speed::Thousand, 1_000.0)] {
        let mut world = World::with_run(DeviceChoice::Cpu);
        world.step_ms = 0.1;
        world.hear(Command::Speed { speed });
        world.hear(Command::Play);
        let (began_ms, before) = (world.now_ms, world.session_step());
        while world.now_ms - began_ms < 5_000.0 {
            world.hear(Command::WantFrame);
            world.turn();
        }
        let rate = (world.session_step() - before) as f64 / 5.0;
        assert!((rate - want).abs() <= 0.05 * want, "{rate} steps a second, not {want}");
    }
}

#[test]
fn metrics_come_ten_times_a_second() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.hear(Command::Play);
    world.turns(20);
    world.heard();
    let began_ms = world.now_ms;
    while world.now_ms - began_ms < 5_000.0 {
        world.turn();
    }
    let n = world.heard().iter().filter(|event| matches!(event, Event::Metrics(_))).count();
    assert!((40..=55).contains(&n), "{n} in 5 s");
}
