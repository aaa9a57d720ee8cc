//! Which device a run is computed on, and why.

use descent_spec::DeviceChoice;

/// Below this many floating-point operations a step, asking a GPU costs more than the step: about
/// 20 dispatches at 10 to 20 µs each, while one core does 10 to 20 GFLOP/s.
const TINY_STEP_FLOPS: u64 = 5_000_000;

/// The GPU that a browser offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Adapter {
    /// Whether it is emulated on the CPU.
    pub is_software: bool,
}

/// The device that was chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChosenDevice {
    /// Whether the GPU computes.
    pub on_gpu: bool,
    /// The reason, in one sentence for a visitor.
    pub why: &'static str,
}

/// Chooses a device for a step of `step_flops` where `adapter` is there.
pub fn choose(choice: DeviceChoice, step_flops: u64, adapter: Option<Adapter>) -> ChosenDevice {
    let (on_gpu, why) = match (choice, adapter) {
        (DeviceChoice::Cpu, _) => (false, "You chose the CPU."),
        (DeviceChoice::Gpu, Some(_)) => (true, "You chose the GPU."),
        (DeviceChoice::Gpu, None) => (false, "You chose the GPU, but this browser offers none."),
        (DeviceChoice::Auto, _) if step_flops < TINY_STEP_FLOPS => {
            (false, "This network is so small that asking a GPU takes longer than a step.")
        }
        (DeviceChoice::Auto, None) => (false, "This browser offers no GPU."),
        (DeviceChoice::Auto, Some(Adapter { is_software: true })) => (false, "The GPU that this browser offers is emulated on the CPU."),
        (DeviceChoice::Auto, Some(Adapter { is_software: false })) => (true, "This network is large enough to gain from a GPU."),
    };
    ChosenDevice { on_gpu, why }
}

/// Whether [`choose`] depends on the adapter.
pub fn depends_on_adapter(choice: DeviceChoice, step_flops: u64) -> bool {
    let offered = [None, Some(Adapter { is_software: true }), Some(Adapter { is_software: false })];
    let mut outcomes = offered.iter().map(|adapter| choose(choice, step_flops, *adapter).on_gpu);
    let first = outcomes.next();
    outcomes.any(|outcome| Some(outcome) != first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_takes_the_gpu_for_large_networks_on_real_adapters_only() {
        let real = Some(Adapter { is_software: false });
        let software = Some(Adapter { is_software: true });
        assert!(choose(DeviceChoice::Auto, 100_000_000, real).on_gpu);
        assert!(!choose(DeviceChoice::Auto, 100_000_000, software).on_gpu);
        assert!(!choose(DeviceChoice::Auto, 100_000_000, None).on_gpu);
        assert!(!choose(DeviceChoice::Auto, 10_000, real).on_gpu);
        assert!(!depends_on_adapter(DeviceChoice::Auto, 10_000));
    }

    #[test]
    fn an_explicit_choice_is_followed_where_possible() {
        let software = Some(Adapter { is_software: true });
        assert!(choose(DeviceChoice::Gpu, 10, software).on_gpu);
        assert!(!choose(DeviceChoice::Gpu, u64::MAX, None).on_gpu);
        assert!(!choose(DeviceChoice::Cpu, u64::MAX, Some(Adapter { is_software: false })).on_gpu);
    }
}
