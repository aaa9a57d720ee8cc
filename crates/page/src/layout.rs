//! Where the units of a network stand in its picture, and which numbers belong to them.

use super::choices::activation_title;
use super::format::at;
use super::reports::Built;
use descent_spec::Activation;
use descent_spec::{DRAWN_UNITS, Features};

/// Side of a unit's picture.
pub(crate) const UNIT: f64 = 40.0;
const SPACING: f64 = 46.5;

/// A layer of units, or the inputs.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Column {
    /// How many units it has; [`DRAWN_UNITS`] of them are drawn.
    pub(crate) units: usize,
    /// Index of its first unit's map in a frame.
    pub(crate) first_map: usize,
    /// Index of its first parameter in a frame: weights `[inputs, units]`, biases behind them, of the units that are drawn.
    pub(crate) first_param: usize,
    /// How many parameters of it are in a frame.
    params: usize,
    /// What it is called where it is no dense layer: each of its units follows one unit before it.
    pub(crate) title: Option<String>,
    /// Its activation, or what else is set of it.
    pub(crate) detail: String,
    /// Indices among all seven inputs, for the first column.
    pub(crate) features: Vec<usize>,
}

/// The columns of a picture and its size.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) columns: Vec<Column>,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Whether it runs from top to bottom.
    pub(crate) is_tall: bool,
    /// Where each shown unit of a column begins.
    pub(crate) at: Vec<Vec<[f64; 2]>>,
}

impl Column {
    pub(crate) fn shown(&self) -> usize {
        self.units.min(DRAWN_UNITS)
    }
}

impl Layout {
    /// The layout of a built run in a picture of that width.
    pub(crate) fn of(built: &Built, features: Features, width: f64) -> Self {
        let features: Vec<usize> = (0..7).filter(|i| features.0 >> i & 1 == 1).collect();
        let detail = format!("{} of 7", features.len());
        let mut columns = vec![Column { units: features.len(), first_map: 0, first_param: 0, params: 0, title: None, detail, features }];
        for layer in &built.layers {
            let before = &columns[columns.len() - 1];
            let (first_map, first_param) = (before.first_map + before.shown(), before.first_param + before.params);
            let units: usize = layer.shape.iter().product();
            let title = (!matches!(layer.title.as_str(), "Dense" | "Output")).then(|| layer.title.clone());
            let detail = Activation::from_id(&layer.detail).map_or_else(|| layer.detail.clone(), |a| activation_title(a).into());
            let shown = units.min(DRAWN_UNITS);
            let params = match title {
                None if layer.params > before.units * units => (before.shown() + 1) * shown,
                None => before.shown() * shown,
                Some(_) => layer.params / units.max(1) * shown,
            };
            columns.push(Column { units, first_map, first_param, params, title, detail, features: Vec::new() });
        }
        let is_tall = width < 480.0;
        let (at, height) = if is_tall { place_tall(&columns, width) } else { place_wide(&columns, width) };
        Self { columns, width, height, is_tall, at }
    }

    /// Middle of a unit.
    pub(crate) fn centre(&self, column: usize, unit: usize) -> [f64; 2] {
        let [x, y] = self.at[column][unit];
        [x + UNIT / 2.0, y + UNIT / 2.0]
    }

    /// Middle of a column, across.
    pub(crate) fn column_x(&self, column: usize) -> f64 {
        self.at[column].first().map_or(0.0, |at| at[0] + UNIT / 2.0)
    }

    /// The line of a weight.
    pub(crate) fn path(&self, column: usize, from: usize, to: usize) -> String {
        let [mut x0, mut y0] = self.centre(column - 1, from);
        let [mut x1, mut y1] = self.centre(column, to);
        if self.is_tall {
            y0 += UNIT / 2.0;
            y1 -= UNIT / 2.0;
            let middle = (y0 + y1) / 2.0;
            let [x0, y0, x1, y1, middle] = [x0, y0, x1, y1, middle].map(at);
            return format!("M{x0} {y0}C{x0} {middle} {x1} {middle} {x1} {y1}");
        }
        x0 += UNIT / 2.0;
        x1 -= UNIT / 2.0;
        let middle = (x0 + x1) / 2.0;
        let [x0, y0, x1, y1, middle] = [x0, y0, x1, y1, middle].map(at);
        format!("M{x0} {y0}C{middle} {y0} {middle} {y1} {x1} {y1}")
    }

    /// Index of a weight among the parameters of a frame, where the line between two units is one.
    pub(crate) fn weight(&self, column: usize, from: usize, to: usize) -> Option<usize> {
        let layer = &self.columns[column];
        layer.title.is_none().then_some(layer.first_param + from * layer.shown() + to)
    }

    /// Index of a bias among the parameters of a frame; the inputs have none.
    pub(crate) fn bias(&self, column: usize, unit: usize) -> Option<usize> {
        let inputs = self.columns.get(column.checked_sub(1)?)?.shown();
        let layer = &self.columns[column];
        let has_bias = layer.title.is_none() && layer.params == (inputs + 1) * layer.shown();
        has_bias.then_some(layer.first_param + inputs * layer.shown() + unit)
    }

    /// Every drawn line as column, from, to: all weights of a dense layer, and one line a unit of any other.
    pub(crate) fn links(&self) -> Vec<[usize; 3]> {
        let mut links = Vec::new();
        for column in 1..self.columns.len() {
            let is_dense = self.columns[column].title.is_none();
            for to in 0..self.columns[column].shown() {
                let before = if is_dense { 0..self.columns[column - 1].shown() } else { to..to + 1 };
                links.extend(before.map(|from| [column, from, to]));
            }
        }
        links
    }
}

/// Left to right: the columns spread over the width, the units of each around the middle.
fn place_wide(columns: &[Column], width: f64) -> (Vec<Vec<[f64; 2]>>, f64) {
    // The same for every network, so that nothing below it moves when one is edited.
    let height = DRAWN_UNITS as f64 * SPACING;
    let (left, right) = (42.0, width - 44.0 - UNIT);
    let stride = (right - left) / (columns.len() - 1).max(1) as f64;
    let place = |(i, column): (usize, &Column)| {
        let spacing = if column.shown() <= 2 { SPACING * 2.0 } else { SPACING };
        let top = (height - (column.shown() - 1) as f64 * spacing - UNIT) / 2.0;
        (0..column.shown()).map(|unit| [left + i as f64 * stride, top + unit as f64 * spacing]).collect()
    };
    (columns.iter().enumerate().map(place).collect(), height)
}

/// Top to bottom, for narrow pages: each layer a row with its name above.
fn place_tall(columns: &[Column], width: f64) -> (Vec<Vec<[f64; 2]>>, f64) {
    let pitch = 112.0;
    let place = |(i, column): (usize, &Column)| {
        let n = column.shown() as f64;
        let spacing = ((width - UNIT) / (n - 1.0).max(1.0)).min(64.0);
        let left = (width - (n - 1.0) * spacing - UNIT) / 2.0;
        (0..column.shown()).map(|unit| [left + unit as f64 * spacing, 44.0 + i as f64 * pitch]).collect()
    };
    (columns.iter().enumerate().map(place).collect(), 44.0 + (columns.len() - 1) as f64 * pitch + UNIT + 4.0)
}
