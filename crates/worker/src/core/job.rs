//! Work beside training that is done again and again.

/// Such work takes at most one part in so many of the time.
const SHARE: f64 = 5.0;

/// Evaluating or drawing: done again when the run has moved on and its share of the time allows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Job {
    /// The step of which it was done last.
    step: Option<u64>,
    ended_ms: f64,
    cost_ms: f64,
}

impl Job {
    /// Whether it was done of this step.
    pub(super) fn is_done(&self, step: u64) -> bool {
        self.step == Some(step)
    }

    /// When it may be done again while training takes the time, but no sooner than `least_ms` after
    /// the last time.
    pub(super) fn due_ms(&self, least_ms: f64) -> f64 {
        self.ended_ms + least_ms.max((SHARE - 1.0) * self.cost_ms)
    }

    pub(super) fn done(&mut self, step: u64, began_ms: f64, ended_ms: f64) {
        *self = Self { step: Some(step), ended_ms, cost_ms: ended_ms - began_ms };
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
    fn a_job_takes_a_fifth_of_the_time_at_most() {
        let mut job = Job::default();
        job.done(1, 1_000.0, 1_100.0);
        assert_eq!(job.due_ms(66.0), 1_500.0);
        job.done(2, 1_000.0, 1_001.0);
        assert_eq!(job.due_ms(66.0), 1_067.0);
    }
}
