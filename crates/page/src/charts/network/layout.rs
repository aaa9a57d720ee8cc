//! Where the units of a network stand in its picture, and which numbers of a frame belong to them.

use super::column::Column;
use crate::format::at;
use crate::state::Built;
use descent_spec::DRAWN_UNITS;

/// Side of a unit's picture.
pub(crate) const UNIT: f64 = 40.0;
/// From one unit of a column to the next, in a picture that runs from left to right.
const SPACING: f64 = 46.5;
/// From one layer to the next, in a picture that runs from top to bottom.
const PITCH: f64 = 112.0;
/// A narrower picture runs from top to bottom.
const TALL_BELOW: f64 = 480.0;

/// The line between a unit of a column and one of the column before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Link {
    pub(crate) column: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// The columns of a picture and its size. Empty where there is no network of units.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) columns: Vec<Column>,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Whether it runs from top to bottom.
    pub(crate) is_tall: bool,
    /// The upper left corner of each unit that is drawn, column by column.
    corners: Vec<Vec<[f64; 2]>>,
}

impl Layout {
    /// The layout of a network in a picture of that width. All of it comes from one build: inputs that were chosen since are not drawn yet.
    pub(crate) fn of(built: &Built, width: f64) -> Self {
        if !built.experiment.dataset.is_2d() {
            return Self::default();
        }
        let mut before = Column::inputs(&built.experiment);
        let mut columns = Vec::with_capacity(built.layers.len() + 1);
        for layer in &built.layers {
            let column = Column::layer(layer, &before);
            columns.push(std::mem::replace(&mut before, column));
        }
        columns.push(before);
        let is_tall = width < TALL_BELOW;
        let (corners, height) = if is_tall { place_tall(&columns, width) } else { place_wide(&columns, width) };
        Self { columns, width, height, is_tall, corners }
    }

    /// Upper left corner of a unit.
    pub(crate) fn corner(&self, column: usize, unit: usize) -> Option<[f64; 2]> {
        self.corners.get(column)?.get(unit).copied()
    }

    /// Middle of a column, across.
    pub(crate) fn middle(&self, column: usize) -> f64 {
        self.corner(column, 0).map_or(0.0, |[x, _]| x + UNIT / 2.0)
    }

    /// Whether this column is the output.
    pub(crate) fn is_output(&self, column: usize) -> bool {
        column > 0 && column + 1 == self.columns.len()
    }

    /// Whether a visitor can change how many units a column has.
    pub(crate) fn is_sizable(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|c| c.is_dense) && !self.is_output(column)
    }

    /// What a unit is called.
    pub(crate) fn unit_name(&self, column: usize, unit: usize) -> String {
        if column == 0 {
            self.columns.first().and_then(|inputs| inputs.names.get(unit)).map_or_else(String::new, |name| (*name).into())
        } else if self.is_output(column) {
            "Output".into()
        } else {
            format!("Layer {column}, unit {}", unit + 1)
        }
    }

    /// Every unit that is drawn, as column and unit.
    pub(crate) fn units(&self) -> Vec<[usize; 2]> {
        let columns = self.columns.iter().enumerate();
        columns.flat_map(|(column, c)| (0..c.shown()).map(move |unit| [column, unit])).collect()
    }

    /// Every line that is drawn: all weights of a dense layer, and one line a unit of any other.
    pub(crate) fn links(&self) -> Vec<Link> {
        let mut links = Vec::new();
        for (column, pair) in (1..).zip(self.columns.windows(2)) {
            let inputs = pair[0].shown();
            for to in 0..pair[1].shown() {
                let before = if pair[1].is_dense { 0..inputs } else { to.min(inputs)..(to + 1).min(inputs) };
                links.extend(before.map(|from| Link { column, from, to }));
            }
        }
        links
    }

    /// The line of a link, as an SVG path.
    pub(crate) fn path(&self, link: Link) -> Option<String> {
        let [x0, y0] = self.corner(link.column.checked_sub(1)?, link.from)?;
        let [x1, y1] = self.corner(link.column, link.to)?;
        let half = UNIT / 2.0;
        if self.is_tall {
            let middle = at((y0 + UNIT + y1) / 2.0);
            let [x0, y0, x1, y1] = [x0 + half, y0 + UNIT, x1 + half, y1].map(at);
            Some(format!("M{x0} {y0}C{x0} {middle} {x1} {middle} {x1} {y1}"))
        } else {
            let middle = at((x0 + UNIT + x1) / 2.0);
            let [x0, y0, x1, y1] = [x0 + UNIT, y0 + half, x1, y1 + half].map(at);
            Some(format!("M{x0} {y0}C{middle} {y0} {middle} {y1} {x1} {y1}"))
        }
    }

    /// Index of a unit's map among the maps of a frame.
    pub(crate) fn map(&self, column: usize, unit: usize) -> Option<usize> {
        let place = self.columns.get(column)?;
        (unit < place.shown()).then_some(place.first_map + unit)
    }

    /// Index of a weight among the parameters of a frame, where the line between two units is one.
    pub(crate) fn weight(&self, Link { column, from, to }: Link) -> Option<usize> {
        let inputs = self.columns.get(column.checked_sub(1)?)?.shown();
        let layer = self.columns.get(column)?;
        (layer.is_dense && from < inputs && to < layer.shown()).then_some(layer.first_param + from * layer.shown() + to)
    }

    /// Index of a bias among the parameters of a frame; the inputs have none.
    pub(crate) fn bias(&self, column: usize, unit: usize) -> Option<usize> {
        let inputs = self.columns.get(column.checked_sub(1)?)?.shown();
        let layer = self.columns.get(column)?;
        (layer.has_bias && unit < layer.shown()).then_some(layer.first_param + inputs * layer.shown() + unit)
    }
}

/// Left to right: the columns spread over the width, the units of each around the middle.
fn place_wide(columns: &[Column], width: f64) -> (Vec<Vec<[f64; 2]>>, f64) {
    // The same for every network, so that nothing below it moves when one is edited.
    let height = DRAWN_UNITS as f64 * SPACING;
    let (left, right) = (42.0, width - 44.0 - UNIT);
    let stride = (right - left) / columns.len().saturating_sub(1).max(1) as f64;
    let place = |(i, column): (usize, &Column)| {
        let spacing = if column.shown() <= 2 { SPACING * 2.0 } else { SPACING };
        let top = (height - (column.shown() as f64 - 1.0) * spacing - UNIT) / 2.0;
        (0..column.shown()).map(|unit| [left + i as f64 * stride, top + unit as f64 * spacing]).collect()
    };
    (columns.iter().enumerate().map(place).collect(), height)
}

/// Top to bottom, for narrow pages: each layer a row with its name above.
fn place_tall(columns: &[Column], width: f64) -> (Vec<Vec<[f64; 2]>>, f64) {
    let place = |(i, column): (usize, &Column)| {
        let n = column.shown() as f64;
        let spacing = ((width - UNIT) / (n - 1.0).max(1.0)).min(64.0);
        let left = (width - (n - 1.0) * spacing - UNIT) / 2.0;
        (0..column.shown()).map(|unit| [left + unit as f64 * spacing, 44.0 + i as f64 * PITCH]).collect()
    };
    let height = 44.0 + columns.len().saturating_sub(1) as f64 * PITCH + UNIT + 4.0;
    (columns.iter().enumerate().map(place).collect(), height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_protocol::LayerReport;
    use descent_spec::{Dataset, Experiment, Features};

    /// A dense layer with biases.
    fn dense(inputs: usize, units: usize) -> LayerReport {
        let params = (inputs + 1) * units;
        LayerReport { title: "Dense".into(), detail: "relu".into(), shape: vec![units], params, multiplications: inputs * units }
    }

    fn norm(units: usize) -> LayerReport {
        LayerReport { title: "Normalise".into(), detail: "tanh".into(), shape: vec![units], params: 2 * units, multiplications: units }
    }

    /// A network of points with so many inputs.
    fn network(inputs: u32, layers: Vec<LayerReport>) -> Built {
        let experiment = Experiment { features: Features((1 << inputs) - 1), ..Experiment::start(Dataset::Spiral) };
        Built { experiment, layers, params: 0, train_rows: 0, test_rows: 0, program: String::new() }
    }

    /// How many parameters of it are in a frame.
    fn params(layout: &Layout) -> usize {
        layout.columns.last().map_or(0, |column| column.first_param + column.params)
    }

    #[test]
    fn a_norm_layer_may_come_first_and_the_inputs_may_change() {
        for inputs in 1..=7 {
            let built = network(inputs, vec![norm(inputs as usize), dense(inputs as usize, 4), dense(4, 1)]);
            let layout = Layout::of(&built, 700.0);
            let from_inputs = layout.links().into_iter().filter(|link| link.column == 1);
            assert_eq!(
                from_inputs.map(|link| [link.from, link.to]).collect::<Vec<_>>(),
                (0..inputs as usize).map(|i| [i, i]).collect::<Vec<_>>()
            );
            assert!(layout.links().into_iter().all(|link| layout.path(link).is_some()));
        }
        // A report that fits no network of ours is drawn as far as it goes.
        let layout = Layout::of(&network(1, vec![norm(3), dense(3, 1)]), 700.0);
        assert_eq!(layout.links().len(), 1 + 3);
    }

    #[test]
    fn weights_and_biases_follow_each_other_as_in_a_frame() {
        // 2 inputs, 4 units, a norm with two vectors of 4, 1 output.
        let layout = Layout::of(&network(2, vec![dense(2, 4), norm(4), dense(4, 1)]), 700.0);
        let weight = |column, from, to| layout.weight(Link { column, from, to });
        assert_eq!([weight(1, 0, 0), weight(1, 0, 3), weight(1, 1, 0)], [Some(0), Some(3), Some(4)]);
        assert_eq!([layout.bias(1, 0), layout.bias(1, 3), layout.bias(2, 0), layout.bias(0, 0)], [Some(8), Some(11), None, None]);
        assert_eq!([weight(2, 0, 0), weight(3, 0, 0), weight(3, 3, 0), layout.bias(3, 0)], [None, Some(20), Some(23), Some(24)]);
        assert_eq!(params(&layout), 25);
        assert_eq!([layout.map(0, 1), layout.map(1, 0), layout.map(2, 0), layout.map(3, 0)], [Some(1), Some(2), Some(6), Some(10)]);
    }

    #[test]
    fn of_a_wide_layer_eight_units_are_drawn_and_no_more_numbers_come() {
        let layout = Layout::of(&network(2, vec![dense(2, 1024), dense(1024, 1024), dense(1024, 1)]), 700.0);
        assert_eq!(layout.columns.iter().map(Column::shown).collect::<Vec<_>>(), [2, 8, 8, 1]);
        assert_eq!(params(&layout), 3 * 8 + 9 * 8 + 9);
        assert_eq!(layout.links().len(), 2 * 8 + 8 * 8 + 8);
        assert_eq!(layout.weight(Link { column: 2, from: 8, to: 0 }), None);
        assert_eq!(layout.map(1, 8), None);
    }

    #[test]
    fn a_dense_layer_without_biases_has_no_numbers_for_them() {
        let plain = LayerReport { params: 2 * 3, ..dense(2, 3) };
        let layout = Layout::of(&network(2, vec![plain, norm(3), dense(3, 1)]), 700.0);
        assert_eq!([layout.bias(1, 0), layout.bias(3, 0)], [None, Some(6 + 6 + 3)]);
    }

    #[test]
    fn networks_of_all_sizes_have_a_layout() {
        let deep = (0..12).map(|_| dense(8, 8)).chain([dense(8, 1)]).collect();
        for layers in [vec![], vec![dense(2, 1)], vec![norm(2), dense(2, 1)], deep] {
            for width in [0.0, 320.0, 700.0] {
                let layout = Layout::of(&network(2, layers.clone()), width);
                assert_eq!(layout.columns.len(), layers.len() + 1);
                assert!(layout.height > 0.0 && layout.height.is_finite());
                for [column, unit] in layout.units() {
                    let corner = layout.corner(column, unit).expect("a unit that is drawn has a place");
                    assert!(corner.iter().all(|place| place.is_finite()));
                    assert!(!layout.unit_name(column, unit).is_empty());
                }
                assert!(layout.links().into_iter().all(|link| layout.path(link).is_some()));
            }
        }
    }

    #[test]
    fn what_is_not_drawn_has_no_place() {
        let layout = Layout::of(&network(2, vec![dense(2, 1)]), 700.0);
        let nowhere = Link { column: 7, from: 0, to: 0 };
        assert_eq!([layout.path(nowhere), layout.path(Link { column: 0, from: 0, to: 0 })], [None, None]);
        assert_eq!([layout.weight(nowhere), layout.bias(7, 0), layout.map(7, 0)], [None; 3]);
        assert!(!layout.is_sizable(7));
        let images = Built { experiment: Experiment::start(Dataset::Digits), ..network(2, vec![dense(64, 10)]) };
        assert_eq!(Layout::of(&images, 700.0), Layout::default());
        assert_eq!(Layout::default().links(), []);
    }

    #[test]
    fn a_narrow_picture_runs_from_top_to_bottom() {
        let built = network(2, vec![dense(2, 8), dense(8, 1)]);
        for (width, is_tall) in [(479.0, true), (480.0, false)] {
            let layout = Layout::of(&built, width);
            assert_eq!(layout.is_tall, is_tall);
            let along = usize::from(is_tall);
            let start = |column| layout.corner(column, 0).expect("each column has a unit")[along];
            assert!(start(0) + UNIT < start(1) && start(1) + UNIT < start(2));
            assert!(
                layout
                    .units()
                    .iter()
                    .all(|&[column, unit]| layout.corner(column, unit).is_some_and(|[x, _]| x >= 0.0 && x + UNIT <= width))
            );
        }
    }
}
