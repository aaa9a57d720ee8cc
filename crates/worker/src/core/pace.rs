//! How many steps are asked for at once, on a GPU in one submission, and into what parts a step is
//! cut that takes longer.

use descent_protocol::DeviceKind;

/// The most steps of one request. Where the clock is coarse, many steps seem to take no time; the
/// next request must not grow so long that it is taken for a hang.
const MAX_STEPS: u32 = 1 << 16;

/// A part of a step that takes longer than a slice is about this long.
const PART_MS: f64 = 200.0;
/// Floating-point operations of a part before it is known how long a step takes: a slow core and an
/// emulated GPU do them in as long.
pub const FIRST_PART_FLOPS: u64 = 400_000_000;

/// How long a device trains before the worker looks up.
pub(super) fn slice_goal_ms(device: DeviceKind) -> f64 {
    match device {
        DeviceKind::Cpu => 10.0,
        // The wait for its answer is lost, so a longer slice is quicker; a picture still comes in
        // time.
        DeviceKind::Gpu => 50.0,
    }
}

/// Adapts the steps of a request to a span of time.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    steps: u32,
    step_ms: Option<f64>,
}

impl Pace {
    /// Starts carefully.
    pub(super) fn new() -> Self {
        Self { steps: 1, step_ms: None }
    }

    /// Steps of the next request.
    pub(super) fn steps(&self) -> u32 {
        self.steps
    }

    /// How long a step took last.
    pub(super) fn step_ms(&self) -> Option<f64> {
        self.step_ms
    }

    /// Floating-point operations of a part of a step that has so many.
    pub(super) fn part_flops(&self, step_flops: u64) -> u64 {
        self.step_ms.map_or(FIRST_PART_FLOPS, |ms| (step_flops as f64 * PART_MS / ms.max(0.01)) as u64)
    }

    /// Learns that `steps` took `took_ms` where `goal_ms` is wanted. Grows at most fourfold at a
    /// time, since a short span is measured badly.
    pub(super) fn learn(&mut self, steps: u32, took_ms: f64, goal_ms: f64) {
        let wanted = f64::from(steps) * goal_ms / took_ms.max(0.01);
        let most = f64::from(self.steps.max(steps)) * 4.0;
        self.steps = (wanted.min(most) as u32).clamp(1, MAX_STEPS);
        self.step_ms = Some(took_ms / f64::from(steps));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pace_settles_at_the_goal() {
        let step_ms = 0.003;
        let mut pace = Pace::new();
        for _ in 0..12 {
            let steps = pace.steps();
            pace.learn(steps, f64::from(steps) * step_ms, 12.0);
        }
        assert!((f64::from(pace.steps()) * step_ms - 12.0).abs() < 0.1, "{} steps", pace.steps());
    }

    #[test]
    fn pace_takes_at_least_one_step_however_slow() {
        let mut pace = Pace::new();
        pace.learn(1, 900.0, 12.0);
        assert_eq!(pace.steps(), 1);
    }

    #[test]
    fn a_part_of_a_slow_step_takes_a_fifth_of_a_second() {
        let mut pace = Pace::new();
        assert_eq!(pace.part_flops(20_000_000_000), FIRST_PART_FLOPS);
        pace.learn(1, 4_000.0, 50.0);
        assert_eq!(pace.part_flops(20_000_000_000), 1_000_000_000);
        pace.learn(1, 10.0, 50.0);
        assert_eq!(pace.part_flops(1_000), 20_000, "a quick step is not cut");
    }
}
