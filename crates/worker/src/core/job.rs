//! Work beside training that is done again and again.

/// Such work takes at most one part in so many of the time. There are two kinds of it, which
/// together take a fifth.
const SHARE: f64 = 10.0;

/// Evaluating or drawing: done again when the run has moved on and its share of the time allows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    /// The step of which it was done last.
    step: Option<u64>,
    ended_ms: f64,
    /// How long it takes, once that is known or expected.
    cost_ms: Option<f64>,
    /// How often its time was measured.
    times: u32,
}

impl Job {
    /// Whether it was done of this step.
    pub(super) fn is_done(&self, step: u64) -> bool {
        self.step == Some(step)
    }

    /// When it may be done again while training takes the time, but no sooner than `least_ms` after
    /// the last time. Training begins before it is known what else takes time.
    pub(super) fn due_ms(&self, least_ms: f64) -> f64 {
        self.cost_ms.map_or(f64::INFINITY, |cost_ms| self.ended_ms + least_ms.max((SHARE - 1.0) * cost_ms))
    }

    /// When it may be done again while nothing else is to be done.
    pub(super) fn idle_due_ms(&self, least_ms: f64) -> f64 {
        self.ended_ms + least_ms
    }

    /// What it will take, judged by what a step takes now. Counts until the job was measured, and
    /// beside the first measurement, in which a device may have compiled: then the less of both.
    /// The first steps compile too, so the last word counts.
    pub(super) fn expect(&mut self, expected_ms: f64, now_ms: f64) {
        match (self.times, self.cost_ms) {
            (0, None) => (self.cost_ms, self.ended_ms) = (Some(expected_ms), now_ms),
            (0, Some(_)) => self.cost_ms = Some(expected_ms),
            (1, Some(cost_ms)) => self.cost_ms = Some(cost_ms.min(expected_ms)),
            _ => {}
        }
    }

    pub(super) fn done(&mut self, step: u64, began_ms: f64, ended_ms: f64) {
        *self = Self { step: Some(step), ended_ms, cost_ms: Some(ended_ms - began_ms), times: self.times + 1 };
    }

    /// It gave way to something else.
    pub(super) fn interrupted(&mut self, now_ms: f64) {
        self.ended_ms = now_ms;
    }

    /// What it yielded is out of date though the step is the same.
    pub(super) fn outdated(&mut self) {
        self.step = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_takes_a_tenth_of_the_time_at_most() {
        let mut job = Job::default();
        job.done(1, 1_000.0, 1_100.0);
        assert_eq!(job.due_ms(66.0), 2_000.0);
        job.done(2, 1_000.0, 1_001.0);
        assert_eq!(job.due_ms(66.0), 1_067.0);
    }

    #[test]
    fn a_job_whose_cost_is_unknown_waits_for_training_to_tell() {
        let mut job = Job::default();
        assert_eq!(job.due_ms(66.0), f64::INFINITY);
        assert_eq!(job.idle_due_ms(66.0), 66.0);
        job.expect(13_000.0, 1_000.0);
        assert_eq!(job.due_ms(66.0), 118_000.0);
        job.done(1, 2_000.0, 2_100.0);
        job.expect(13_000.0, 3_000.0);
        assert_eq!(job.due_ms(66.0), 3_000.0, "what was measured counts");
    }

    #[test]
    fn a_first_time_that_was_slow_is_not_held_against_it() {
        let mut job = Job::default();
        job.expect(60_000.0, 1_000.0);
        job.expect(10.0, 1_100.0);
        assert_eq!(job.due_ms(66.0), 1_090.0, "the first step had compiled its kernels");
        job.done(1, 2_000.0, 7_000.0);
        assert_eq!(job.due_ms(66.0), 52_000.0);
        job.expect(10.0, 7_100.0);
        assert_eq!(job.due_ms(66.0), 7_090.0, "the first evaluation had, too");
        job.done(2, 8_000.0, 9_000.0);
        job.expect(10.0, 9_100.0);
        assert_eq!(job.due_ms(66.0), 18_000.0, "what is measured twice is believed");
    }
}
