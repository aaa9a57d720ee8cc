//! How many steps are asked for at once, and how many are done in a second.

use std::collections::VecDeque;

/// The most steps of one request, so that a request that never ends is noticed.
const MAX_STEPS: u32 = 1 << 16;

/// Adapts the steps of a request to a span of time.
#[derive(Clone, Debug)]
pub struct Pace {
    steps: u32,
}

impl Pace {
    /// Starts carefully.
    pub fn new() -> Self {
        Self { steps: 1 }
    }

    /// Steps of the next request.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Learns that `steps` took `took_ms` where `goal_ms` is wanted. Grows at most fourfold at a
    /// time, since a short span is measured badly.
    pub fn learn(&mut self, steps: u32, took_ms: f64, goal_ms: f64) {
        let wanted = f64::from(steps) * goal_ms / took_ms.max(0.01);
        let most = f64::from(self.steps.max(steps)) * 4.0;
        self.steps = (wanted.min(most) as u32).clamp(1, MAX_STEPS);
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new()
    }
}

/// Steps a second over about the last second of training.
#[derive(Clone, Debug, Default)]
pub struct Rate {
    /// (when, steps done until then).
    marks: VecDeque<(f64, u64)>,
}

impl Rate {
    /// Notes how many steps are done.
    pub fn mark(&mut self, now_ms: f64, steps: u64) {
        self.marks.push_back((now_ms, steps));
        while self.marks.len() > 2 && now_ms - self.marks[1].0 >= 1_000.0 {
            self.marks.pop_front();
        }
    }

    /// Forgets: training was held or the run changed.
    pub fn clear(&mut self) {
        self.marks.clear();
    }

    /// Steps a second; 0 while too little is known.
    pub fn per_second(&self) -> f64 {
        match (self.marks.front(), self.marks.back()) {
            (Some((from_ms, from)), Some((to_ms, to))) if to_ms - from_ms >= 20.0 && to >= from => {
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
    fn rate_covers_the_last_second() {
        let mut rate = Rate::default();
        for tick in 0..100 {
            rate.mark(f64::from(tick) * 50.0, if tick < 50 { 0 } else { (tick as u64 - 50) * 10 });
        }
        assert!((rate.per_second() - 200.0).abs() < 1.0, "{}", rate.per_second());
    }
}
