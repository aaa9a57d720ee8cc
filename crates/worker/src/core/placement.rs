//! On which device a run is computed, and why.

use super::work::Gpu;
use descent_protocol::DeviceKind;
use descent_spec::DeviceChoice;

/// Below this many floating-point operations a step, asking a GPU costs more than the step: about
/// 20 dispatches at 10 to 20 µs each, while one core does 10 to 20 GFLOP/s.
const TINY_STEP_FLOPS: u64 = 5_000_000;

/// Why a run is on the CPU whose GPU was asked for and stays silent.
pub(super) const NO_ANSWER: &str = "The GPU does not answer.";
/// The same, once the GPU has answered.
pub(super) const LATE_ANSWER: &str = "The GPU answered too late for this run; the next one can use it.";
/// Why a run is on the CPU whose GPU was lost.
pub(super) const STAYED_AWAY: &str = "The GPU was lost and did not come back.";
/// The same, once it is back.
pub(super) const BACK: &str = "The GPU was lost, but it is back: choose it to go on there.";
const INSECURE: &str = "The frame around this page has no secure context, in which browsers offer no GPU.";

/// Chooses a device for a step of `step_flops`; says why in one sentence.
pub(super) fn place(choice: DeviceChoice, step_flops: u64, gpu: Gpu) -> (DeviceKind, &'static str) {
    use DeviceKind::{Cpu, Gpu as OnGpu};
    match (choice, gpu) {
        (DeviceChoice::Cpu, _) => (Cpu, "You chose the CPU."),
        (DeviceChoice::Gpu, Gpu::Found { .. }) => (OnGpu, "You chose the GPU."),
        (DeviceChoice::Gpu, Gpu::Silent) => (Cpu, NO_ANSWER),
        (DeviceChoice::Gpu, Gpu::Lost | Gpu::Gone) => (Cpu, STAYED_AWAY),
        (_, Gpu::Insecure) => (Cpu, INSECURE),
        (DeviceChoice::Gpu, _) => (Cpu, "You chose the GPU, but this browser offers none."),
        (DeviceChoice::Auto, Gpu::Absent) => (Cpu, "This browser has no WebGPU."),
        (DeviceChoice::Auto, _) if step_flops < TINY_STEP_FLOPS => {
            (Cpu, "This network is so small that asking a GPU takes longer than a step.")
        }
        (DeviceChoice::Auto, Gpu::Silent) => (Cpu, NO_ANSWER),
        (DeviceChoice::Auto, Gpu::Lost | Gpu::Gone) => (Cpu, STAYED_AWAY),
        (DeviceChoice::Auto, Gpu::Asked { .. }) => (Cpu, "This browser offers no GPU."),
        (DeviceChoice::Auto, Gpu::Found { is_software: true }) => (Cpu, "The GPU that this browser offers is emulated on the CPU."),
        (DeviceChoice::Auto, Gpu::Found { is_software: false }) => (OnGpu, "This network is large enough to gain from a GPU."),
    }
}

/// Whether the device of [`place`] depends on what the browser answers, so that the answer has to
/// be awaited.
pub(super) fn depends_on_gpu(choice: DeviceChoice, step_flops: u64) -> bool {
    let answers = [Gpu::Absent, Gpu::Found { is_software: true }, Gpu::Found { is_software: false }];
    let devices = answers.map(|gpu| place(choice, step_flops, gpu).0);
    devices.iter().any(|device| *device != devices[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: Gpu = Gpu::Found { is_software: false };
    const SOFTWARE: Gpu = Gpu::Found { is_software: true };

    #[test]
    fn auto_takes_the_gpu_for_large_networks_on_real_adapters_only() {
        let on = |flops, gpu| place(DeviceChoice::Auto, flops, gpu).0;
        assert_eq!(on(100_000_000, REAL), DeviceKind::Gpu);
        assert_eq!(on(100_000_000, SOFTWARE), DeviceKind::Cpu);
        assert_eq!(on(100_000_000, Gpu::Absent), DeviceKind::Cpu);
        assert_eq!(on(10_000, REAL), DeviceKind::Cpu);
        assert!(!depends_on_gpu(DeviceChoice::Auto, 10_000));
        assert!(depends_on_gpu(DeviceChoice::Auto, 100_000_000));
    }

    #[test]
    fn an_explicit_choice_is_followed_where_possible() {
        assert_eq!(place(DeviceChoice::Gpu, 10, SOFTWARE).0, DeviceKind::Gpu);
        assert_eq!(place(DeviceChoice::Gpu, u64::MAX, Gpu::Absent).0, DeviceKind::Cpu);
        assert_eq!(place(DeviceChoice::Cpu, u64::MAX, REAL).0, DeviceKind::Cpu);
        assert!(depends_on_gpu(DeviceChoice::Gpu, 10) && !depends_on_gpu(DeviceChoice::Cpu, u64::MAX));
    }

    #[test]
    fn a_silent_gpu_is_told_apart_from_none() {
        assert_eq!(place(DeviceChoice::Gpu, 10, Gpu::Silent), (DeviceKind::Cpu, NO_ANSWER));
        assert_eq!(place(DeviceChoice::Auto, u64::MAX, Gpu::Silent), (DeviceKind::Cpu, NO_ANSWER));
        assert_ne!(place(DeviceChoice::Gpu, 10, Gpu::Absent).1, NO_ANSWER);
    }

    #[test]
    fn a_gpu_that_was_there_or_is_hidden_is_not_said_to_be_missing() {
        for choice in [DeviceChoice::Gpu, DeviceChoice::Auto] {
            assert_eq!(place(choice, u64::MAX, Gpu::Gone), (DeviceKind::Cpu, STAYED_AWAY));
            assert_eq!(place(choice, 10, Gpu::Insecure), (DeviceKind::Cpu, INSECURE));
        }
    }

    #[test]
    fn a_missing_webgpu_is_the_reason_even_for_a_tiny_network() {
        assert_eq!(place(DeviceChoice::Auto, 10, Gpu::Absent).1, "This browser has no WebGPU.");
    }
}
