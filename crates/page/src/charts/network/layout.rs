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
    /// The layout of a network in a picture of that width. All of it comes from one build: inputs
    /// that were chosen since are not drawn yet.
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
mod tests;
