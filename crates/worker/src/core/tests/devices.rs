//! What a visitor can rely on of devices: that are found, missing, silent, lost or changed.

use super::world::{ON_CPU, REAL, World, last_state, snapshot, step_of};
use crate::core::*;
use descent_protocol::DeviceKind;
use descent_spec::Model;

#[test]
fn a_lost_device_comes_back_and_the_run_goes_on_from_the_last_saved_step() {
    let mut world = World::with_run(DeviceChoice::Gpu);
    world.hear(Command::Play);
    world.turns(100);
    world.heard();
    let saved = world.machine.run.as_ref().and_then(|run| run.saved.as_ref().map(|(step, _)| *step)).expect("a snapshot");
    world.lose();
    while !world.events.iter().any(|said| matches!(said.message.message, Event::Notice { kind: NoticeKind::DeviceLost, .. })) {
        world.turn();
    }
    let events = world.heard();
    assert_eq!(last_state(&events), Some((RunState::Training, saved)));
    assert!(events.iter().any(|event| matches!(event, Event::Device(report) if report.why == "It was lost and came back.")));
    world.turns(10);
    assert!(world.session_step() > saved);
}

#[test]
fn a_device_that_stays_away_is_asked_for_four_times_and_then_the_cpu_goes_on() {
    let mut world = World::with_run(DeviceChoice::Gpu);
    world.hear(Command::Step { steps: 30 });
    world.settle();
    world.next_gpu = Gpu::Absent;
    world.lose();
    world.hear(Command::Play);
    world.done.clear();
    world.turns(200);
    let opened = world.done.iter().position(|work| matches!(work, Work::Open { device: DeviceKind::Cpu, .. })).expect("a session");
    assert_eq!(world.done[..opened].iter().filter(|work| **work == Work::AskGpu).count(), 4);
    let events = world.heard();
    let report = events.iter().rev().find_map(|event| if let Event::Device(report) = event { Some(report) } else { None });
    let report = report.expect("a device");
    assert_eq!((report.kind, report.has_gpu), (DeviceKind::Cpu, false));
    assert!(report.why.starts_with("The GPU was lost and did not come back"));
    assert!(!events.iter().any(|event| matches!(event, Event::Notice { kind: NoticeKind::NoWebgpu, .. })), "it was lost, not missing");
    assert!(world.session_step() > 30);
}

#[test]
fn a_gpu_that_stayed_away_is_offered_again_once_it_is_back() {
    let mut world = World::with_run(DeviceChoice::Gpu);
    world.next_gpu = Gpu::Absent;
    world.lose();
    world.hear(Command::Play);
    world.turns(600);
    world.heard();
    world.next_gpu = REAL;
    // It is asked for once a minute.
    while world.gpu != REAL {
        world.turn();
    }
    world.turns(3);
    let events = world.heard();
    let report = events.iter().rev().find_map(|event| if let Event::Device(report) = event { Some(report) } else { None });
    let report = report.expect("a device");
    assert_eq!((report.kind, report.has_gpu), (DeviceKind::Cpu, true));
    assert!(report.why.contains("it is back"), "{}", report.why);
    world.hear(Command::Device { device: DeviceChoice::Gpu });
    world.turns(20);
    assert_eq!(world.session.as_ref().map(|session| session.device), Some(DeviceKind::Gpu));
}

/// Which piece of work is meant.
type Meant = fn(&Work) -> bool;

fn is_gpu_opened(work: &Work) -> bool {
    matches!(work, Work::Open { device: DeviceKind::Gpu, .. })
}

fn is_restored(work: &Work) -> bool {
    matches!(work, Work::Restore { .. })
}

/// Does the machine's work, loses the GPU during the first that `is_meant`, and says what became
/// of it.
fn lost_during(world: &mut World, is_meant: impl Fn(&Work) -> bool) -> Vec<Event> {
    world.heard();
    let mut is_lost = false;
    for _ in 0..300 {
        let work = world.begin();
        if is_meant(&work) && !std::mem::replace(&mut is_lost, true) {
            world.lose();
        }
        world.end(work);
    }
    assert!(is_lost, "there was no such work");
    let events = world.heard();
    let is_false = |event: &Event| matches!(event, Event::Notice { kind: NoticeKind::NoWebgpu, .. });
    assert!(!events.iter().any(is_false), "a reason that is not so: {events:?}");
    events
}

#[test]
fn a_gpu_that_is_lost_while_a_run_is_built_is_asked_for_again() {
    let saved = || Some(snapshot(70, false));
    let cases: [(_, Meant); 3] = [(None, is_gpu_opened), (saved(), is_gpu_opened), (saved(), is_restored)];
    for (start, is_meant) in cases {
        let step = start.as_ref().map_or(0, step_of);
        let mut world = World::new();
        world.build(1, DeviceChoice::Gpu, start);
        let events = lost_during(&mut world, is_meant);
        assert_eq!(world.session.as_ref().map(|session| (session.device, session.step)), Some((DeviceKind::Gpu, step)));
        let state = if step == 0 { RunState::Ready } else { RunState::Paused };
        assert_eq!(last_state(&events), Some((state, step)));
        let notice =
            |event: &Event| if let Event::Notice { kind: NoticeKind::DeviceLost, text } = event { Some(text.clone()) } else { None };
        let notice = events.iter().find_map(notice).expect("a notice");
        assert!(notice.starts_with("The GPU was lost while the run was built."), "{notice}");
    }
}

#[test]
fn a_gpu_that_is_lost_while_a_run_moves_there_is_asked_for_again() {
    for is_meant in [is_gpu_opened as Meant, is_restored] {
        let mut world = World::with_run(DeviceChoice::Cpu);
        world.hear(Command::Step { steps: 12 });
        world.settle();
        world.hear(Command::Device { device: DeviceChoice::Gpu });
        let events = lost_during(&mut world, is_meant);
        assert_eq!(world.session.as_ref().map(|session| (session.device, session.step)), Some((DeviceKind::Gpu, 12)));
        assert_eq!(last_state(&events), Some((RunState::Paused, 12)));
    }
}

#[test]
fn a_gpu_that_was_lost_before_a_run_is_built_is_asked_for_again() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.lose();
    world.turns(3);
    world.build(2, DeviceChoice::Gpu, None);
    world.turns(200);
    assert_eq!(world.session.as_ref().map(|session| session.device), Some(DeviceKind::Gpu));
}

#[test]
fn a_gpu_that_refuses_a_kernel_is_not_asked_for_again() {
    let mut world = World::with_run(DeviceChoice::Gpu);
    world.hear(Command::Step { steps: 30 });
    world.settle();
    world.hear(Command::Play);
    let work = loop {
        let work = world.begin();
        if matches!(work, Work::Train { .. }) {
            break work;
        }
        world.end(work);
    };
    let mut report = world.perform(work);
    report.outcome = Outcome::Broken(Broken { is_lost: false, text: "the GPU reports: no".into() });
    world.done.clear();
    world.report(report);
    world.turns(20);
    assert!(!world.done.contains(&Work::AskGpu));
    assert_eq!(world.session.as_ref().map(|session| session.device), Some(DeviceKind::Cpu));
    assert!(world.session_step() > 30);
    let events = world.heard();
    let why = events.iter().rev().find_map(|event| if let Event::Device(report) = event { Some(report.why.as_str()) } else { None });
    assert_eq!(why, Some("The GPU met an error, so the run is on the CPU: the GPU reports: no."));
    let notice = |event: &Event| if let Event::Notice { kind: NoticeKind::DeviceLost, text } = event { Some(text.clone()) } else { None };
    let notice = events.iter().find_map(notice).expect("a notice");
    assert!(notice.starts_with("The GPU met an error at step 30: the GPU reports: no. The run goes on from step 30"), "{notice}");
}

#[test]
fn a_gpu_that_is_lost_again_after_each_recovery_is_left_for_the_cpu() {
    let mut world = World::with_run(DeviceChoice::Gpu);
    world.hear(Command::Play);
    world.turns(30);
    world.done.clear();
    for _ in 0..400 {
        // It comes back each time and is lost at the next step.
        let work = world.begin();
        if matches!(work, Work::Train { .. }) {
            world.lose();
        }
        world.end(work);
    }
    assert_eq!(world.done.iter().filter(|work| **work == Work::AskGpu).count(), 4);
    assert_eq!(world.session.as_ref().map(|session| session.device), Some(DeviceKind::Cpu));
}

#[test]
fn a_step_that_is_saved_after_a_recovery_makes_the_next_loss_a_first_one() {
    let mut world = World::with_run(DeviceChoice::Gpu);
    world.hear(Command::Play);
    for _ in 0..6 {
        world.turns(300);
        world.lose();
    }
    world.turns(300);
    assert_eq!(world.session.as_ref().map(|session| session.device), Some(DeviceKind::Gpu));
}

#[test]
fn a_run_moves_with_all_it_has_learned_and_its_rate() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.hear(Command::Step { steps: 12 });
    world.hear(Command::LearningRate { learning_rate: 0.125 });
    world.settle();
    world.hear(Command::Device { device: DeviceChoice::Gpu });
    world.hear(Command::Step { steps: 1 });
    world.settle();
    let session = world.session.as_ref().expect("a session");
    assert_eq!((session.device, session.step, session.learning_rate), (DeviceKind::Gpu, 13, 0.125));
}

#[test]
fn a_missing_webgpu_is_told_once_and_to_a_run() {
    let mut world = World::new();
    world.gpu = Gpu::Absent;
    world.turns(3);
    assert_eq!(world.heard(), Vec::new());
    world.build(1, DeviceChoice::Auto, None);
    world.settle();
    world.build(2, DeviceChoice::Gpu, None);
    world.settle();
    let told = |said: &&Said| matches!(said.message.message, Event::Notice { kind: NoticeKind::NoWebgpu, .. });
    assert_eq!(world.events.iter().filter(told).map(|said| said.message.run).collect::<Vec<_>>(), [RunId(1)]);
}

#[test]
fn a_webgpu_that_turns_out_to_be_missing_changes_the_reason() {
    let mut world = World::new();
    world.gpu = Gpu::Asked { is_offered: true };
    world.build(1, DeviceChoice::Auto, None);
    world.settle();
    world.gpu = Gpu::Absent;
    world.heard();
    world.settle();
    let events = world.heard();
    assert!(
        events.iter().any(|event| matches!(event, Event::Device(report) if report.why == "This browser has no WebGPU." && !report.has_gpu))
    );
}

#[test]
fn a_gpu_that_does_not_answer_leaves_the_run_on_the_cpu_and_is_offered_once_it_does() {
    for device in [DeviceChoice::Gpu, DeviceChoice::Auto] {
        let mut world = World::new();
        world.gpu = Gpu::Asked { is_offered: true };
        let model = Model::read("dense:512:tanh,dense:512:tanh,dense:512:tanh").expect("a model");
        let experiment = Experiment { model, ..Experiment::first_visit() };
        let message = Command::Build { experiment, view: View { device, ..ON_CPU }, start: Start::Beginning };
        world.machine.hear(Addressed { run: RunId(1), message }, None);
        let began_ms = world.now_ms;
        while world.session.is_none() && world.now_ms < 10_000.0 {
            world.turn();
        }
        assert!((5_000.0..5_500.0).contains(&(world.now_ms - began_ms)), "{} ms", world.now_ms - began_ms);
        world.settle();
        let device = |world: &mut World| {
            let mut reports =
                world.heard().into_iter().filter_map(|event| if let Event::Device(report) = event { Some(report) } else { None });
            reports.next_back().expect("a device")
        };
        let report = device(&mut world);
        assert_eq!((report.kind, report.why.as_str(), report.has_gpu), (DeviceKind::Cpu, "The GPU does not answer.", false));
        world.gpu = REAL;
        world.settle();
        let report = device(&mut world);
        assert_eq!((report.kind, report.has_gpu), (DeviceKind::Cpu, true));
        assert!(report.why.starts_with("The GPU answered too late"), "{}", report.why);
    }
}

#[test]
fn a_request_after_a_loss_that_is_not_answered_ends_on_the_cpu() {
    let mut world = World::with_run(DeviceChoice::Gpu);
    world.hear(Command::Play);
    world.turns(50);
    world.next_gpu = Gpu::Asked { is_offered: true };
    world.lose();
    world.turns(1_500);
    assert_eq!(world.done.iter().filter(|work| **work == Work::AskGpu).count(), 1);
    assert_eq!(world.machine.run.as_ref().map(|run| run.placement.why.as_str()), Some("The GPU does not answer."));
    assert_eq!(last_state(&world.heard()).map(|(state, _)| state), Some(RunState::Training));
}
