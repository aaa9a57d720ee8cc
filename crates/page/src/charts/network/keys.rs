//! From unit to unit by the arrow keys.

use super::layout::Layout;

/// The unit that a key leads to from another, as column and unit; the same one at an edge. `None`
/// for keys that do not move.
pub(crate) fn next_unit(layout: &Layout, [column, unit]: [usize; 2], key: &str) -> Option<[usize; 2]> {
    let (across, along) = match key {
        "ArrowRight" => (1, 0),
        "ArrowLeft" => (-1, 0),
        "ArrowDown" => (0, 1),
        "ArrowUp" => (0, -1),
        _ => return None,
    };
    let (by_columns, by_units) = if layout.places.is_tall { (along, across) } else { (across, along) };
    let last_column = layout.columns.len().checked_sub(1)?;
    let column = column.saturating_add_signed(by_columns).min(last_column);
    let last_unit = layout.columns.get(column)?.shown().checked_sub(1)?;
    Some([column, unit.saturating_add_signed(by_units).min(last_unit)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Built;
    use descent_spec::{Dataset, Experiment, Model};

    /// 2 inputs, 4 units, 1 output.
    fn layout(width: f64) -> Layout {
        let model = Model::read("dense:4:tanh").expect("a model");
        Layout::of(&Built::of(Experiment { model, ..Experiment::start(Dataset::Circle) }), width)
    }

    #[test]
    fn arrow_keys_move_within_the_network() {
        let wide = layout(700.0);
        assert_eq!(next_unit(&wide, [0, 1], "ArrowRight"), Some([1, 1]));
        assert_eq!(next_unit(&wide, [1, 3], "ArrowRight"), Some([2, 0]));
        assert_eq!(next_unit(&wide, [2, 0], "ArrowRight"), Some([2, 0]));
        assert_eq!(next_unit(&wide, [1, 0], "ArrowUp"), Some([1, 0]));
        assert_eq!(next_unit(&wide, [1, 3], "ArrowDown"), Some([1, 3]));
        assert_eq!(next_unit(&wide, [1, 0], "Enter"), None);
    }

    #[test]
    fn in_a_tall_picture_down_leads_to_the_next_layer() {
        let tall = layout(320.0);
        assert_eq!(next_unit(&tall, [0, 0], "ArrowDown"), Some([1, 0]));
        assert_eq!(next_unit(&tall, [1, 0], "ArrowRight"), Some([1, 1]));
    }

    #[test]
    fn an_empty_picture_leads_nowhere() {
        assert_eq!(next_unit(&Layout::default(), [0, 0], "ArrowRight"), None);
    }

    #[test]
    fn from_a_unit_that_is_gone_it_leads_to_one_that_is_there() {
        assert_eq!(next_unit(&layout(700.0), [9, 7], "ArrowLeft"), Some([2, 0]));
    }
}
