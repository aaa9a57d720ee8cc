//! What changed choices ask of a run that is there already.

use descent_protocol::Command;
use descent_spec::{Experiment, View};

/// The commands by which a run goes on with the experiment `next`; `None` if it must be built anew.
pub(crate) fn live_commands(before: &Experiment, next: &Experiment) -> Option<Vec<Command>> {
    if *next != (Experiment { learning_rate: next.learning_rate, ..before.clone() }) {
        return None;
    }
    let is_changed = before.learning_rate != next.learning_rate;
    Some(is_changed.then_some(Command::LearningRate { learning_rate: next.learning_rate }).into_iter().collect())
}

/// The commands by which a run goes on with the view `next`.
pub(crate) fn view_commands(before: View, next: View) -> Vec<Command> {
    let device = (before.device != next.device).then_some(Command::Device { device: next.device });
    let speed = (before.speed != next.speed).then_some(Command::Speed { speed: next.speed });
    device.into_iter().chain(speed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_spec::{DeviceChoice, Level, Model};

    #[test]
    fn what_is_only_shown_asks_nothing_of_the_run() {
        let next = View { level: Level::All, show_test: true, discretize: true, ..View::default() };
        assert_eq!(view_commands(View::default(), next), []);
    }

    #[test]
    fn device_and_learning_rate_change_live() {
        let device = DeviceChoice::Cpu;
        assert_eq!(view_commands(View::default(), View { device, ..View::default() }), [Command::Device { device }]);
        let before = Experiment::first_visit();
        let next = Experiment { learning_rate: 0.5, ..before.clone() };
        assert_eq!(live_commands(&before, &next), Some(vec![Command::LearningRate { learning_rate: 0.5 }]));
        assert_eq!(live_commands(&next, &next), Some(Vec::new()));
    }

    #[test]
    fn another_network_is_built_anew() {
        let before = Experiment::first_visit();
        let next = Experiment { model: Model::default(), learning_rate: 0.5, ..before.clone() };
        assert_eq!(live_commands(&before, &next), None);
    }
}
