//! What a visitor can rely on where steps take long or pictures are on their way.

use super::world::{World, last_state};
use crate::core::*;
use descent_spec::DeviceChoice;

#[test]
fn a_step_that_was_given_up_is_not_counted_and_a_pause_ends_it() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.step_ms = 4_000.0;
    world.hear(Command::Play);
    while !matches!(world.begin(), Work::Train { steps: 1, .. }) {}
    world.hear(Command::Pause);
    let given_up = Report { began_ms: world.now_ms, ended_ms: world.now_ms + 200.0, outcome: Outcome::Done };
    world.report(given_up);
    world.settle();
    assert_eq!(last_state(&world.heard()), Some((RunState::Paused, 0)));
    world.hear(Command::Step { steps: 1 });
    world.settle();
    assert_eq!(last_state(&world.heard()), Some((RunState::Paused, 1)));
}

#[test]
fn a_slow_run_takes_its_first_step_before_it_is_evaluated_or_drawn() {
    let mut world = World::new();
    world.step_ms = 4_000.0;
    world.build(1, DeviceChoice::Cpu, None);
    world.hear(Command::Play);
    world.hear(Command::WantFrame);
    while world.trained() < 3 {
        world.turn();
    }
    let is_beside = |work: &Work| matches!(work, Work::Evaluate { .. } | Work::Draw { .. });
    assert!(!world.done.iter().any(is_beside), "{:?}", world.done);
    while !world.done.iter().any(is_beside) {
        world.turn();
    }
    // 1,000 rows of a picture take 33 times as long as the 30 of a step, back and forth.
    assert!(world.trained() > 30, "{} steps", world.trained());
}

#[test]
fn a_drawing_that_came_while_a_picture_was_on_its_way_is_shown_by_another() {
    let mut world = World::with_run(DeviceChoice::Cpu);
    world.hear(Command::WantFrame);
    let work = loop {
        let work = world.begin();
        if matches!(work, Work::Draw { .. }) {
            break work;
        }
        world.end(work);
    };
    world.hear(Command::Draw { pixels: vec![7] });
    world.end(work);
    world.done.clear();
    world.settle();
    let shows_it = |work: &Work| matches!(work, Work::Draw { request, .. } if request.drawing == Some(vec![7]));
    assert!(world.done.iter().any(shows_it), "{:?}", world.done);
}
