//! Where the units of a network stand in its picture, and which numbers of a frame belong to them.

use super::column::{Column, columns};
use super::places::{Places, UNIT};
use crate::charts::arcs::arcs;
use crate::names::capitalised;
use crate::state::Built;
use descent_spec::model::SiteKind;

/// The line from a unit to a later one, each as column and unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Link {
    pub(crate) from: [usize; 2],
    pub(crate) to: [usize; 2],
}

/// The columns of a picture and its size. Empty where there is no network of units.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) columns: Vec<Column>,
    pub(crate) places: Places,
}

impl Layout {
    /// The layout of a network in a picture of that width. All of it comes from one build: inputs
    /// that were chosen since are not drawn yet.
    pub(crate) fn of(built: &Built, width: f64) -> Self {
        if !built.experiment.dataset.is_2d() {
            return Self::default();
        }
        let columns = columns(built);
        let shown: Vec<usize> = columns.iter().map(Column::shown).collect();
        let places = Places::of(&shown, arcs(&built.outline), width);
        Self { columns, places }
    }

    /// Upper left corner of a unit.
    pub(crate) fn corner(&self, column: usize, unit: usize) -> Option<[f64; 2]> {
        self.places.corner(column, unit)
    }

    /// Middle of a column, across.
    pub(crate) fn middle(&self, column: usize) -> f64 {
        self.corner(column, 0).map_or(0.0, |[x, _]| x + UNIT / 2.0)
    }

    /// Whether a visitor can change how many units a column has: it is a dense layer and not the
    /// output.
    pub(crate) fn is_sizable(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|c| c.is_dense() && c.place.is_some())
    }

    /// What a unit is called.
    pub(crate) fn unit_name(&self, column: usize, unit: usize) -> String {
        match self.columns.get(column) {
            None => String::new(),
            Some(c) => match c.kind {
                SiteKind::Input => c.names.get(unit).map_or_else(String::new, |name| (*name).into()),
                SiteKind::Output(_) => capitalised(&c.name),
                _ => format!("{}, unit {}", capitalised(&c.name), unit + 1),
            },
        }
    }

    /// Every unit that is drawn, as column and unit.
    pub(crate) fn units(&self) -> Vec<[usize; 2]> {
        let columns = self.columns.iter().enumerate();
        columns.flat_map(|(column, c)| (0..c.shown()).map(move |unit| [column, unit])).collect()
    }

    /// Every line that is drawn: all weights of a dense layer, and to a unit of any other a line
    /// from each unit that it follows.
    pub(crate) fn links(&self) -> Vec<Link> {
        self.units().into_iter().flat_map(|to| self.sources(to).into_iter().map(move |from| Link { from, to })).collect()
    }

    /// The units that are drawn of those that a unit is computed from, each once.
    pub(crate) fn sources(&self, [column, unit]: [usize; 2]) -> Vec<[usize; 2]> {
        let Some(of) = self.columns.get(column) else { return Vec::new() };
        let shown = |parent: usize| self.columns.get(parent).map_or(0, Column::shown);
        if of.is_dense() {
            return of.parents.iter().flat_map(|&parent| (0..shown(parent)).map(move |unit| [parent, unit])).collect();
        }
        if of.kind == SiteKind::Concat {
            let mut first = 0;
            for &parent in &of.parents {
                let units = self.columns.get(parent).map_or(0, |parent| parent.units);
                if unit < first + units {
                    return vec![[parent, unit - first]];
                }
                first += units;
            }
            return Vec::new();
        }
        let mut sources: Vec<[usize; 2]> = Vec::new();
        for &parent in &of.parents {
            if unit < shown(parent) && !sources.contains(&[parent, unit]) {
                sources.push([parent, unit]);
            }
        }
        sources
    }

    /// The line of a link, as an SVG path.
    pub(crate) fn path(&self, link: Link) -> Option<String> {
        self.places.path(link.from, link.to)
    }

    /// Index of a unit's map among the maps of a frame.
    pub(crate) fn map(&self, column: usize, unit: usize) -> Option<usize> {
        let of = self.columns.get(column)?;
        (unit < of.shown()).then_some(of.first_map + unit)
    }

    /// Index of a weight among the parameters of a frame, where the line between two units is one.
    pub(crate) fn weight(&self, Link { from: [parent, from], to: [column, to] }: Link) -> Option<usize> {
        let (of, inputs) = (self.columns.get(column)?, self.columns.get(parent)?.shown());
        let is_one = of.is_dense() && of.parents.contains(&parent) && from < inputs && to < of.shown();
        of.first_weight.filter(|_| is_one).map(|first| first + from * of.shown() + to)
    }

    /// Index of a bias among the parameters of a frame, where a unit has one.
    pub(crate) fn bias(&self, column: usize, unit: usize) -> Option<usize> {
        let of = self.columns.get(column)?;
        of.first_bias.filter(|_| unit < of.shown()).map(|first| first + unit)
    }
}

#[cfg(test)]
mod tests;
