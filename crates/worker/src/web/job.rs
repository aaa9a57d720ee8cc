//! When evaluating and drawing are done again.

use descent::train::clock::now_ms;

/// Evaluating and drawing take at most one part in so many of the time.
const SHARE: f64 = 5.0;

/// Work that is done again when the run has moved on and its share of the time allows it.
#[derive(Default)]
pub(super) struct Job {
    /// The step of which it was done last.
    pub(super) step: Option<u64>,
    pub(super) ended_ms: f64,
    cost_ms: f64,
}

impl Job {
    /// Whether it may be done again while training takes the time.
    pub(super) fn is_due(&self, now_ms: f64, least_ms: f64) -> bool {
        now_ms - self.ended_ms >= least_ms.max((SHARE - 1.0) * self.cost_ms)
    }

    pub(super) fn done(&mut self, step: u64, began_ms: f64) {
        let ended_ms = now_ms();
        *self = Self { step: Some(step), ended_ms, cost_ms: ended_ms - began_ms };
    }
}
