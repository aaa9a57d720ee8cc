//! Places of units and lines, in pixels.

use crate::charts::arcs::{Arc, lanes};
use crate::format::at;
use descent_spec::DRAWN_UNITS;

/// Side of a unit's picture.
pub(crate) const UNIT: f64 = 40.0;
/// From one unit of a column to the next, in a picture that runs from left to right.
const SPACING: f64 = 46.5;
/// From one layer to the next, in a picture that runs from top to bottom.
const PITCH: f64 = 112.0;
/// A narrower picture runs from top to bottom, and so does one whose columns would touch.
const TALL_BELOW: f64 = 480.0;
/// From one column to the next, at least.
const LEAST_STRIDE: f64 = UNIT + 4.0;
/// From one column to the next, if their headers stand side by side in full.
const WIDE_HEADERS: f64 = 108.0;
/// Left and right of a picture that runs from left to right: room for the names of the inputs, and
/// for the last header.
const MARGINS: [f64; 2] = [42.0, 44.0];
/// Between the units and the first lane of arcs.
const ARC_GAP: f64 = 14.0;
/// Width of a lane, which holds the lines of [`DRAWN_UNITS`] units.
const LANE: f64 = 26.0;
/// The most room for all lanes beside a picture that runs from top to bottom.
const LANES_BESIDE: f64 = 36.0;
/// Along this way a line turns into its lane, at most.
const TURN: f64 = 36.0;

/// Where everything stands.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Places {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Whether it runs from top to bottom.
    pub(crate) is_tall: bool,
    /// From one column to the next, in a picture that runs from left to right.
    pub(crate) stride: f64,
    /// The upper left corner of each unit that is drawn, column by column.
    corners: Vec<Vec<[f64; 2]>>,
    arcs: Vec<Arc>,
    /// Where the first lane begins: down, or across in a tall picture.
    first_lane: f64,
    lane: f64,
}

impl Places {
    /// Columns with so many units each, in a picture of that width.
    pub(super) fn of(shown: &[usize], arcs: Vec<Arc>, width: f64) -> Self {
        let stride = (width - MARGINS[0] - MARGINS[1] - UNIT) / shown.len().saturating_sub(1).max(1) as f64;
        let is_tall = width < TALL_BELOW || stride < LEAST_STRIDE;
        let places = Self { width, is_tall, stride, arcs, ..Self::default() };
        if is_tall { places.tall(shown) } else { places.wide(shown) }
    }

    /// Left to right: the columns spread over the width, the units of each around the middle, arcs
    /// below them.
    fn wide(self, shown: &[usize]) -> Self {
        // The same for every network without arcs, so that nothing below it moves when one is
        // edited.
        let height = DRAWN_UNITS as f64 * SPACING;
        let column = |(i, &units): (usize, &usize)| {
            let spacing = if units <= 2 { SPACING * 2.0 } else { SPACING };
            let top = (height - (units as f64 - 1.0) * spacing - UNIT) / 2.0;
            (0..units).map(|unit| [MARGINS[0] + i as f64 * self.stride, top + unit as f64 * spacing]).collect()
        };
        let corners: Vec<Vec<[f64; 2]>> = shown.iter().enumerate().map(column).collect();
        let lowest = corners.iter().flatten().map(|[_, y]| y + UNIT).fold(0.0, f64::max);
        let first_lane = lowest + ARC_GAP;
        let height = height.max(first_lane + lanes(&self.arcs) as f64 * LANE);
        Self { height, corners, first_lane, lane: LANE, ..self }
    }

    /// Top to bottom: each layer a row with its name above, arcs at the right edge.
    fn tall(self, shown: &[usize]) -> Self {
        let lanes = lanes(&self.arcs) as f64;
        let beside = (lanes * LANE).min(LANES_BESIDE);
        let width = self.width - beside;
        let row = |(i, &units): (usize, &usize)| {
            let n = units as f64;
            let spacing = ((width - UNIT) / (n - 1.0).max(1.0)).min(64.0);
            let left = (width - (n - 1.0) * spacing - UNIT) / 2.0;
            (0..units).map(|unit| [left + unit as f64 * spacing, 44.0 + i as f64 * PITCH]).collect()
        };
        let corners = shown.iter().enumerate().map(row).collect();
        let height = 44.0 + shown.len().saturating_sub(1) as f64 * PITCH + UNIT + 4.0;
        Self { height, corners, first_lane: width + 8.0, lane: (beside - 8.0) / lanes.max(1.0), ..self }
    }

    /// Whether the columns stand too close for full headers.
    pub(crate) fn is_compact(&self) -> bool {
        !self.is_tall && self.stride < WIDE_HEADERS
    }

    /// Upper left corner of a unit.
    pub(crate) fn corner(&self, column: usize, unit: usize) -> Option<[f64; 2]> {
        self.corners.get(column)?.get(unit).copied()
    }

    /// The line between two units, as an SVG path: from one column to the next, or in a lane past
    /// those between. `None` where one of them is not drawn or nothing leads from one to the other.
    pub(crate) fn path(&self, from: [usize; 2], to: [usize; 2]) -> Option<String> {
        // In a tall picture all is turned: along is down.
        let turned = |[x, y]: [f64; 2]| if self.is_tall { [y, x] } else { [x, y] };
        let [start, end] = [turned(self.corner(from[0], from[1])?), turned(self.corner(to[0], to[1])?)];
        let half = UNIT / 2.0;
        let [a0, b0, a1, b1] = [start[0] + UNIT, start[1] + half, end[0], end[1] + half];
        let point = |along: f64, aside: f64| {
            let [x, y] = turned([along, aside]);
            format!("{} {}", at(x), at(y))
        };
        if from[0] + 1 == to[0] {
            let middle = (a0 + a1) / 2.0;
            return Some(format!("M{}C{} {} {}", point(a0, b0), point(middle, b0), point(middle, b1), point(a1, b1)));
        }
        let lane = self.arcs.iter().find(|arc| [arc.from, arc.to] == [from[0], to[0]])?.lane as f64;
        let in_lane = from[1] as f64 / DRAWN_UNITS as f64 * 0.7;
        let aside = self.first_lane + (lane + in_lane) * self.lane;
        let turn = if self.is_tall { TURN } else { (self.stride - UNIT).min(TURN) };
        let [t0, t1] = [a0 + turn, a1 - turn];
        Some(format!(
            "M{}C{} {} {}L{}C{} {} {}",
            point(a0, b0),
            point(t0, b0),
            point(a0, aside),
            point(t0, aside),
            point(t1, aside),
            point(a1, aside),
            point(t1, b1),
            point(a1, b1),
        ))
    }
}
