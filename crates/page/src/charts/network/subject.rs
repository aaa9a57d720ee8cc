//! What the pointer or the keyboard rests on, and what is said of it.

use super::layout::{Layout, Link};
use super::places::UNIT;
use crate::format::fixed;

/// A unit or a weight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Subject {
    Unit { column: usize, unit: usize },
    Weight(Link),
}

impl Subject {
    /// Whether it is drawn. What a visitor pointed at may be gone from a network that was edited
    /// since.
    pub(crate) fn is_in(self, layout: &Layout) -> bool {
        match self {
            Self::Unit { column, unit } => layout.corner(column, unit).is_some(),
            Self::Weight(link) => layout.path(link).is_some(),
        }
    }

    /// Whether a line belongs to it.
    pub(crate) fn touches(self, link: Link) -> bool {
        match self {
            Self::Unit { column, unit } => [link.from, link.to].contains(&[column, unit]),
            Self::Weight(other) => other == link,
        }
    }

    /// The unit whose map is enlarged, as column and unit.
    pub(crate) fn unit(self) -> [usize; 2] {
        match self {
            Self::Unit { column, unit } => [column, unit],
            Self::Weight(link) => link.from,
        }
    }
}

/// What is said of a subject.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Note {
    pub(crate) title: String,
    /// What it is.
    pub(crate) what: String,
    /// What its answer is made of, each with its number if it has one; `None` for the inputs.
    pub(crate) parts: Option<Vec<[String; 2]>>,
    /// What is not listed.
    pub(crate) more: String,
}

impl Note {
    /// What is said of a subject when these are the parameters of the frame.
    pub(crate) fn of(subject: Subject, layout: &Layout, params: &[f32]) -> Self {
        let number = |index: Option<usize>| index.and_then(|i| params.get(i)).map_or_else(|| "–".to_string(), |&v| fixed(f64::from(v), 2));
        match subject {
            Subject::Weight(link) => {
                let ends = [link.from, link.to].map(|[column, unit]| layout.unit_name(column, unit));
                Self { title: format!("Weight {}", number(layout.weight(link))), what: ends.join(" → "), ..Self::default() }
            }
            Subject::Unit { column: 0, unit } => Self {
                title: format!("Input {}", layout.unit_name(0, unit)),
                what: "What the network is given at every point.".into(),
                ..Self::default()
            },
            Subject::Unit { column, unit } => Self::of_layer(layout, column, unit, number),
        }
    }

    fn of_layer(layout: &Layout, column: usize, unit: usize, number: impl Fn(Option<usize>) -> String) -> Self {
        let Some(layer) = layout.columns.get(column) else { return Self::default() };
        let weight = |from: [usize; 2]| number(layout.weight(Link { from, to: [column, unit] }));
        let part = |from: [usize; 2]| [layout.unit_name(from[0], from[1]), if layer.is_dense() { weight(from) } else { String::new() }];
        // What follows a single unit is told by its line.
        let is_sum = layer.is_dense() || layer.parents.len() > 1;
        let sources = if is_sum { layout.sources([column, unit]) } else { Vec::new() };
        let bias = layout.bias(column, unit).map(|index| ["bias".to_string(), number(Some(index))]);
        let inputs: usize = layer.parents.iter().filter_map(|&parent| layout.columns.get(parent)).map(|parent| parent.units).sum();
        let is_cut = layer.is_dense() && sources.len() < inputs;
        Self {
            title: layout.unit_name(column, unit),
            what: match (layer.is_dense(), layer.detail.as_str()) {
                (true, detail) => format!("{detail} of the sum of"),
                (false, "") => layer.title.clone(),
                (false, detail) => format!("{}, {detail}", layer.title),
            },
            more: if is_cut { format!("and {} more", inputs - sources.len()) } else { String::new() },
            parts: Some(sources.into_iter().map(part).chain(bias).collect()),
        }
    }
}

/// Where a note stands: so far from the left or the right edge of the picture, and from its top.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Place {
    pub(crate) is_right: bool,
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Place {
    /// To the side of a subject with more room, so that the note covers none of the lines it is
    /// about.
    pub(crate) fn beside(subject: Subject, layout: &Layout) -> Option<Self> {
        let [x, y] = match subject {
            Subject::Unit { column, unit } => layout.corner(column, unit)?,
            Subject::Weight(Link { to: [column, unit], .. }) => layout.corner(column, unit)?,
        };
        let is_right = x > layout.places.width / 2.0;
        let x = if is_right { layout.places.width - x + 12.0 } else { x + UNIT + 12.0 };
        Some(Self { is_right, x, y: (y - 60.0).clamp(-30.0, (layout.places.height - 190.0).max(-30.0)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Built;
    use descent_spec::{Dataset, Experiment, Model};

    fn layout_of(text: &str) -> Layout {
        let model = Model::read(text).expect("a model");
        Layout::of(&Built::of(Experiment { model, ..Experiment::start(Dataset::Circle) }), 700.0)
    }

    /// Inputs x₁ and x₂, so many units, 1 output.
    fn layout(units: usize) -> Layout {
        layout_of(&format!("dense:{units}:tanh"))
    }

    #[test]
    fn a_unit_touches_the_lines_before_and_behind_it() {
        let unit = Subject::Unit { column: 1, unit: 2 };
        let touched = layout(4).links().into_iter().filter(|link| unit.touches(*link)).count();
        assert_eq!(touched, 2 + 1);
    }

    #[test]
    fn a_unit_is_told_by_its_weights_and_its_bias() {
        let layout = layout(2);
        // Weights [2, 2], biases [2], and those of the output.
        let params = [0.5, -1.25, 0.25, 2.0, 0.125, -0.5, 1.0, 1.0, 0.0];
        let note = Note::of(Subject::Unit { column: 1, unit: 1 }, &layout, &params);
        assert_eq!([note.title.as_str(), &note.what, &note.more], ["Layer 1, unit 2", "tanh of the sum of", ""]);
        let parts = [["x₁", "−1.25"], ["x₂", "2.00"], ["bias", "−0.50"]].map(|part| part.map(String::from));
        assert_eq!(note.parts, Some(parts.to_vec()));
        let weight = Note::of(Subject::Weight(Link { from: [0, 1], to: [1, 0] }), &layout, &params);
        assert_eq!([weight.title.as_str(), &weight.what], ["Weight 0.25", "x₂ → Layer 1, unit 1"]);
    }

    #[test]
    fn of_a_wide_layer_it_says_how_many_weights_are_not_listed() {
        let note = Note::of(Subject::Unit { column: 2, unit: 0 }, &layout(20), &[]);
        assert_eq!(note.more, "and 12 more");
        assert_eq!(note.parts.map(|parts| parts.len()), Some(8 + 1));
    }

    #[test]
    fn a_unit_that_joins_others_names_them_by_their_way() {
        let layout = layout_of("dense:2:relu,residual:tanh(dense:3:relu,dense:2:linear)");
        let note = Note::of(Subject::Unit { column: 4, unit: 1 }, &layout, &[]);
        assert_eq!([note.title.as_str(), &note.what], ["Residual 1, unit 2", "Add, tanh"]);
        let parts = ["Layer 1, unit 2", "Residual 1, layer 2, unit 2"].map(|name| [name.to_string(), String::new()]);
        assert_eq!(note.parts, Some(parts.to_vec()));
    }

    #[test]
    fn a_subject_that_is_gone_has_no_place() {
        let (large, small) = (layout(4), layout(2));
        let unit = Subject::Unit { column: 1, unit: 3 };
        assert!(unit.is_in(&large) && !unit.is_in(&small));
        assert!(Place::beside(unit, &large).is_some());
        assert_eq!(Place::beside(unit, &small), None);
    }
}
