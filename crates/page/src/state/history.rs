//! Losses over steps, as the chart draws them.

use descent_protocol::{Figure, Metrics};

/// The most points of a line.
const MAX_POINTS: usize = 1200;

/// Losses over steps, each line as (step, loss) with rising steps.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct History {
    pub(crate) train: Vec<(u64, f64)>,
    pub(crate) test: Vec<(u64, f64)>,
}

impl History {
    /// Adds what was measured. Points beyond the present step are dropped: after a fault the run
    /// went on from an earlier one.
    pub(crate) fn record(&mut self, metrics: &Metrics) {
        push(&mut self.train, metrics.train_loss, metrics.step);
        push(&mut self.test, metrics.test_loss, metrics.step);
    }
}

fn push(line: &mut Vec<(u64, f64)>, loss: Option<Figure>, now: u64) {
    while line.last().is_some_and(|&(step, _)| step > now) {
        line.pop();
    }
    let Some(Figure { value, step }) = loss else { return };
    match line.last_mut() {
        Some(last) if last.0 == step => last.1 = value,
        Some(last) if last.0 > step => {}
        _ => line.push((step, value)),
    }
    if line.len() > MAX_POINTS {
        let mut index = 0;
        line.retain(|_| {
            index += 1;
            index % 2 == 1
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(step: u64, loss: f64) -> Metrics {
        Metrics { step, test_loss: Some(Figure { value: loss, step }), ..Metrics::default() }
    }

    #[test]
    fn a_step_measured_again_keeps_its_last_loss() {
        let mut history = History::default();
        history.record(&at(10, 0.5));
        history.record(&at(10, 0.4));
        assert_eq!(history.test, [(10, 0.4)]);
        assert_eq!(history.train, []);
    }

    #[test]
    fn a_run_that_went_back_forgets_what_came_later() {
        let mut history = History::default();
        for step in [10, 20, 30] {
            history.record(&at(step, 1.0));
        }
        history.record(&at(15, 2.0));
        assert_eq!(history.test, [(10, 1.0), (15, 2.0)]);
    }

    #[test]
    fn a_long_line_is_thinned_and_keeps_its_first_point() {
        let mut history = History::default();
        for step in 0..=2 * MAX_POINTS as u64 {
            history.record(&at(step, 1.0));
        }
        assert!(history.test.len() <= MAX_POINTS);
        assert_eq!(history.test.first(), Some(&(0, 1.0)));
        assert!(history.test.is_sorted_by_key(|&(step, _)| step));
    }
}
