//! What a changed experiment asks of a run that is there already.

use descent_protocol::Command;
use descent_spec::Experiment;

/// The commands by which a run goes on with `next`; `None` if it must be built anew.
pub(crate) fn live_commands(before: &Experiment, next: &Experiment) -> Option<Vec<Command>> {
    let live = Experiment {
        level: next.level,
        show_test: next.show_test,
        discretize: next.discretize,
        device: next.device,
        speed: next.speed,
        learning_rate: next.learning_rate,
        ..before.clone()
    };
    if live != *next {
        return None;
    }
    let mut commands = Vec::new();
    if before.device != next.device {
        commands.push(Command::Device { device: next.device });
    }
    if before.speed != next.speed {
        commands.push(Command::Speed { speed: next.speed });
    }
    if before.learning_rate != next.learning_rate {
        commands.push(Command::LearningRate { learning_rate: next.learning_rate });
    }
    Some(commands)
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_spec::{DeviceChoice, Level, Model};

    #[test]
    fn what_is_only_shown_asks_nothing_of_the_run() {
        let before = Experiment::first_visit();
        let next = Experiment { level: Level::All, show_test: true, discretize: true, ..before.clone() };
        assert_eq!(live_commands(&before, &next), Some(Vec::new()));
    }

    #[test]
    fn device_and_learning_rate_change_live() {
        let before = Experiment::first_visit();
        let next = Experiment { device: DeviceChoice::Cpu, learning_rate: 0.5, ..before.clone() };
        let commands = [Command::Device { device: DeviceChoice::Cpu }, Command::LearningRate { learning_rate: 0.5 }];
        assert_eq!(live_commands(&before, &next).as_deref(), Some(&commands[..]));
    }

    #[test]
    fn another_network_is_built_anew() {
        let before = Experiment::first_visit();
        let next = Experiment { model: Model::default(), learning_rate: 0.5, ..before.clone() };
        assert_eq!(live_commands(&before, &next), None);
    }
}
