//! Numbers of the loss chart by their step.

use crate::state::History;

/// The value of a line at a step, or just before it.
pub(crate) fn value_at(line: &[(u64, f64)], step: u64) -> Option<f64> {
    let after = line.partition_point(|p| p.0 <= step);
    line.get(after.checked_sub(1)?).map(|p| p.1)
}

/// The line with more steps; the cursor moves along it.
fn longer(history: &History) -> &[(u64, f64)] {
    if history.test.len() >= history.train.len() { &history.test } else { &history.train }
}

/// The step with a value that is nearest.
pub(crate) fn nearest(history: &History, step: f64) -> Option<u64> {
    let distance = |p: &(u64, f64)| (p.0 as f64 - step).abs();
    longer(history).iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).map(|p| p.0)
}

/// The step so many values after another, or before it; the last one to begin with.
pub(crate) fn neighbour(history: &History, step: Option<u64>, by: isize) -> Option<u64> {
    let line = longer(history);
    let last = line.len().checked_sub(1)?;
    let index = step.map_or(last, |step| line.partition_point(|p| p.0 < step).saturating_add_signed(by).min(last));
    Some(line[index].0)
}

/// At most twelve steps over the whole run, the latest first.
pub(crate) fn table_steps(history: &History) -> Vec<u64> {
    let line = if history.test.is_empty() { &history.train } else { &history.test };
    let every = line.len().div_ceil(12).max(1);
    line.iter().rev().step_by(every).map(|p| p.0).collect()
}

/// The first step whose loss is not finite.
pub(crate) fn first_bad(history: &History) -> Option<u64> {
    history.train.iter().chain(&history.test).find(|p| !p.1.is_finite()).map(|p| p.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history() -> History {
        History { train: vec![(0, 1.0), (10, 0.5)], test: vec![(0, 2.0), (10, 1.5), (20, f64::NAN)] }
    }

    #[test]
    fn between_two_steps_the_earlier_value_holds() {
        let line = [(5, 1.0), (10, 0.5)];
        assert_eq!([4, 5, 9, 10, 99].map(|step| value_at(&line, step)), [None, Some(1.0), Some(1.0), Some(0.5), Some(0.5)]);
    }

    #[test]
    fn the_cursor_goes_from_value_to_value_and_stops_at_the_ends() {
        let history = history();
        assert_eq!(neighbour(&history, None, -1), Some(20));
        assert_eq!(neighbour(&history, Some(20), -1), Some(10));
        assert_eq!(neighbour(&history, Some(0), -1), Some(0));
        assert_eq!(neighbour(&history, Some(20), 1), Some(20));
        assert_eq!(neighbour(&History::default(), None, 1), None);
        assert_eq!([nearest(&history, 14.0), nearest(&history, -3.0)], [Some(10), Some(0)]);
    }

    #[test]
    fn the_table_shows_a_long_run_in_twelve_rows_and_its_last_step() {
        let history = History { train: Vec::new(), test: (0..1000).map(|step| (step, 1.0)).collect() };
        let steps = table_steps(&history);
        assert!(steps.len() <= 12);
        assert_eq!(steps.first(), Some(&999));
        assert!(table_steps(&History::default()).is_empty());
    }

    #[test]
    fn a_loss_that_is_not_finite_is_found() {
        assert_eq!([first_bad(&history()), first_bad(&History::default())], [Some(20), None]);
    }
}
