//! What the measured costs say, in words.

use crate::edit;
use crate::format::brief;
use descent_protocol::{Cost, Costs};
use descent_spec::Experiment;

/// What the two numbers say, in one line.
pub(super) fn sentence(costs: Costs, experiment: &Experiment, has_no_gpu: bool) -> String {
    match (costs.cpu, costs.gpu) {
        (Cost::Measured(cpu), Cost::Measured(gpu)) => {
            let (cpu_ms, gpu_ms) = (cpu.ms, gpu.ms);
            let is_cpu_quicker = cpu_ms < gpu_ms;
            let (quicker, factor) = if is_cpu_quicker { ("CPU", gpu_ms / cpu_ms) } else { ("GPU", cpu_ms / gpu_ms) };
            let why = if !is_cpu_quicker {
                "Most of the work need not wait for the rest, so many lanes share it."
            } else if !edit::is_wide(experiment) {
                "Starting the work on the GPU takes longer than doing it."
            } else if costs.is_emulated {
                "This browser's GPU is emulated on the CPU, so it has no more lanes to share the work."
            } else {
                "This GPU has too few lanes to gain from sharing the work."
            };
            let [cpu_ms, gpu_ms, factor] = [cpu_ms, gpu_ms, factor].map(brief);
            format!("This network: CPU {cpu_ms} ms a step, GPU {gpu_ms} ms. The {quicker} is {factor} times as fast. {why}")
        }
        (Cost::Measured(cpu), _) if has_no_gpu => {
            format!("This network: CPU {} ms a step. There is no GPU to measure in this browser.", brief(cpu.ms))
        }
        (Cost::Measured(cpu), other) => format!("This network: CPU {} ms a step. The GPU {}.", brief(cpu.ms), why_missing(other)),
        (other, Cost::Measured(gpu)) => format!("This network: GPU {} ms a step. The CPU {}.", brief(gpu.ms), why_missing(other)),
        _ => "While the network trains, this page times a step on your CPU and, if there is one, on your GPU, and shows which is faster."
            .into(),
    }
}

/// Why a device has no cost.
fn why_missing(cost: Cost) -> &'static str {
    if cost == Cost::Unmeasurable { "could not be measured" } else { "is being measured" }
}

/// The preset with a network that may turn the result around, and what its button says; none
/// without a result or another network.
pub(super) fn other_network(costs: Costs, experiment: &Experiment) -> Option<(&'static str, &'static str)> {
    let is_cpu_quicker = costs.cpu.measured()?.ms < costs.gpu.measured()?.ms;
    match (is_cpu_quicker, edit::is_wide(experiment)) {
        (true, true) => None,
        (true, false) => Some(("wide", "Try the wide one")),
        (false, _) => Some(("spiral", "Try a small one")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_protocol::StepCost;

    fn costs(cpu_ms: f64, gpu_ms: f64) -> Costs {
        let cost = |ms| Cost::Measured(StepCost { ms, steps: 100 });
        Costs { cpu: cost(cpu_ms), gpu: cost(gpu_ms), is_emulated: false }
    }

    #[test]
    fn the_quicker_device_is_named_with_its_factor() {
        let small = Experiment::first_visit();
        let said = sentence(costs(0.1, 0.4), &small, false);
        assert!(said.contains("The CPU is 4.0 times as fast. Starting the work on the GPU"), "{said}");
        let said = sentence(costs(40.0, 2.0), &small, false);
        assert!(said.contains("The GPU is 20 times as fast. Most of the work"), "{said}");
    }

    #[test]
    fn a_missing_gpu_is_not_being_measured() {
        let cpu_only = Costs { gpu: Cost::Awaited, ..costs(0.1, 0.0) };
        assert!(sentence(cpu_only, &Experiment::first_visit(), true).contains("no GPU to measure"));
        assert!(sentence(cpu_only, &Experiment::first_visit(), false).contains("is being measured"));
    }

    #[test]
    fn a_device_that_cannot_be_measured_is_not_waited_for() {
        let small = Experiment::first_visit();
        let said = |costs| sentence(costs, &small, false);
        assert!(said(Costs { gpu: Cost::Unmeasurable, ..costs(0.1, 0.0) }).ends_with("The GPU could not be measured."));
        assert!(said(Costs { cpu: Cost::Unmeasurable, ..costs(0.0, 2.0) }).ends_with("The CPU could not be measured."));
    }

    #[test]
    fn the_other_network_is_one_that_favours_the_other_device() {
        let small = Experiment::first_visit();
        let wide = edit::preset("wide").expect("a preset");
        assert_eq!(other_network(costs(0.1, 0.4), &small).map(|(id, _)| id), Some("wide"));
        assert_eq!(other_network(costs(0.4, 0.1), &wide).map(|(id, _)| id), Some("spiral"));
        assert_eq!(other_network(costs(0.1, 0.4), &wide), None);
        assert_eq!(other_network(Costs::default(), &small), None);
    }
}
