//! How many steps are done in a second.

use std::collections::VecDeque;

/// Over how much of the past the rate is taken.
const SPAN_MS: f64 = 1_000.0;
/// A shorter span than this says too little.
const LEAST_MS: f64 = 20.0;

/// Steps a second over about the last second of training.
#[derive(Clone, Debug, Default)]
pub(super) struct Rate {
    /// (when, steps done until then).
    marks: VecDeque<(f64, u64)>,
}

impl Rate {
    /// Notes how many steps are done.
    pub(super) fn mark(&mut self, now_ms: f64, steps: u64) {
        self.marks.push_back((now_ms, steps));
        while self.marks.len() > 2 && now_ms - self.marks[1].0 >= SPAN_MS {
            self.marks.pop_front();
        }
    }

    /// Forgets: training was held or the run changed.
    pub(super) fn clear(&mut self) {
        self.marks.clear();
    }

    /// Steps a second; 0 while too little is known.
    pub(super) fn per_second(&self) -> f64 {
        match (self.marks.front(), self.marks.back()) {
            (Some((from_ms, from)), Some((to_ms, to))) if to_ms - from_ms >= LEAST_MS && to >= from => {
                (to - from) as f64 * 1e3 / (to_ms - from_ms)
            }
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_covers_the_last_second() {
        let mut rate = Rate::default();
        for tick in 0..100 {
            rate.mark(f64::from(tick) * 50.0, if tick < 50 { 0 } else { (tick as u64 - 50) * 10 });
        }
        assert!((rate.per_second() - 200.0).abs() < 1.0, "{}", rate.per_second());
    }

    #[test]
    fn a_rate_of_one_mark_is_0() {
        let mut rate = Rate::default();
        rate.mark(5.0, 100);
        assert_eq!(rate.per_second(), 0.0);
    }
}
