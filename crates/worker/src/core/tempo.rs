//! When a run at a chosen speed takes its next steps.

use descent_spec::Speed;

/// Between two slices: about a picture of the screen.
const SLICE_MS: f64 = 16.0;
/// What a device is behind beyond this it does not make up for.
const MOST_BEHIND_MS: f64 = 100.0;

/// The time of the next slice at a chosen number of steps a second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tempo {
    due_ms: f64,
}

impl Tempo {
    /// Steps may be taken from now on.
    pub(super) fn starting(now_ms: f64) -> Self {
        Self { due_ms: now_ms }
    }

    /// How long to wait before the next slice; 0 if it is due.
    pub(super) fn left_ms(self, now_ms: f64, speed: Speed) -> f64 {
        if speed.per_second().is_some() { (self.due_ms - now_ms).max(0.0) } else { 0.0 }
    }

    /// How many steps a slice has at a speed, at most.
    pub(super) fn slice_steps(speed: Speed) -> u32 {
        speed.per_second().map_or(u32::MAX, |steps| ((f64::from(steps) * SLICE_MS / 1e3) as u32).max(1))
    }

    /// A slice of so many steps is taken now.
    pub(super) fn took(&mut self, steps: u32, now_ms: f64, speed: Speed) {
        if let Some(per_second) = speed.per_second() {
            self.due_ms = self.due_ms.max(now_ms - MOST_BEHIND_MS) + f64::from(steps) * 1e3 / f64::from(per_second);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps in ten seconds, where a slice takes so long and a look at the clock is late by as much
    /// as a millisecond.
    fn steps_in_ten_seconds(speed: Speed, slice_ms: f64) -> u32 {
        let (mut tempo, mut now_ms, mut steps) = (Tempo::starting(5.0), 5.0, 0);
        while now_ms < 10_005.0 {
            let left_ms = tempo.left_ms(now_ms, speed);
            if left_ms > 0.0 {
                now_ms += left_ms.ceil() + 0.7;
                continue;
            }
            let slice = Tempo::slice_steps(speed);
            tempo.took(slice, now_ms, speed);
            steps += slice;
            now_ms += slice_ms;
        }
        steps
    }

    #[test]
    fn a_speed_is_kept_though_the_clock_is_looked_at_late() {
        for (speed, want) in [(Speed::Ten, 100), (Speed::Hundred, 1_000), (Speed::Thousand, 10_000), (Speed::TenThousand, 100_000)] {
            let steps = steps_in_ten_seconds(speed, 2.0);
            assert!(steps.abs_diff(want) * 50 <= want, "{speed:?}: {steps}");
        }
    }

    #[test]
    fn a_slow_device_does_what_it_can_and_owes_nothing() {
        assert_eq!(steps_in_ten_seconds(Speed::Thousand, 100.0), 100 * 16);
        let mut tempo = Tempo::starting(0.0);
        tempo.took(16, 5_000.0, Speed::Thousand);
        assert_eq!(tempo.left_ms(5_000.0, Speed::Thousand), 0.0);
        assert!(tempo.due_ms > 4_900.0, "five seconds are not made up for");
    }

    #[test]
    fn at_most_speed_nothing_is_waited_for() {
        let mut tempo = Tempo::starting(0.0);
        tempo.took(1_000, 0.0, Speed::Max);
        assert_eq!(tempo.left_ms(0.0, Speed::Max), 0.0);
    }
}
