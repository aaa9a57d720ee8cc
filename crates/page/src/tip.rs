//! What a unit or a weight is, in numbers, with its map enlarged.

use super::choices::FEATURES;
use super::element::{El, follow, html};
use super::format::{fixed, px};
use super::lab::lab;
use super::layout::Layout;
use super::network::HALF_UNIT;
use super::paint;
use super::reports::Frame;
use super::watched::Watched;
use web_sys::HtmlCanvasElement;

/// What the pointer or the keyboard rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Subject {
    Unit { column: usize, unit: usize },
    Weight { column: usize, from: usize, to: usize },
}

impl Subject {
    /// Whether a weight's line belongs to it.
    pub(crate) fn touches(self, column: usize, from: usize, to: usize) -> bool {
        match self {
            Self::Unit { column: c, unit } => (c == column && unit == to) || (c + 1 == column && unit == from),
            Self::Weight { column: c, from: f, to: t } => c == column && f == from && t == to,
        }
    }

    /// The unit whose map is enlarged.
    fn unit(self) -> [usize; 2] {
        match self {
            Self::Unit { column, unit } => [column, unit],
            Self::Weight { column, from, .. } => [column - 1, from],
        }
    }
}

/// What a unit is called.
pub(crate) fn unit_name(layout: &Layout, column: usize, unit: usize) -> String {
    if column == 0 {
        layout.columns[0].features.get(unit).map_or_else(String::new, |&i| FEATURES[i].to_string())
    } else if column + 1 == layout.columns.len() {
        "Output".into()
    } else {
        format!("Layer {column}, unit {}", unit + 1)
    }
}

/// The floating note; it never takes the pointer.
pub(crate) fn tip(layout: Watched<Layout>, subject: Watched<Option<Subject>>) -> El {
    let side = move |of: fn(Place) -> String| place(layout, subject).map(of).unwrap_or_default();
    // What it is about may be gone from a network that was edited since.
    let shown = move || subject.get().filter(|_| place(layout, subject).is_some());
    let text = move || shown().map_or_else(Vec::new, |subject| layout.with(|layout| describe(layout, subject)));
    html("div")
        .class("tip net-tip")
        .set("id", "net-tip")
        .set("role", "tooltip")
        .class_if("gone", move || shown().is_none())
        .style_from("left", move || side(|place| if place.is_right { "auto".to_string() } else { px(place.x) }))
        .style_from("right", move || side(|place| if place.is_right { px(place.x) } else { "auto".to_string() }))
        .style_from("top", move || side(|place| px(place.y)))
        .child(big_map(layout, subject))
        .child(html("div").parts(text))
}

/// The map of the unit it is about, enlarged.
fn big_map(layout: Watched<Layout>, subject: Watched<Option<Subject>>) -> El {
    let lab = lab();
    let map = html("canvas").class("big-map").set("width", "1").set("height", "1").set("aria-hidden", "true");
    let canvas: HtmlCanvasElement = map.node();
    let paint = move |frame: &Frame, subject: Subject| {
        let [column, unit] = subject.unit();
        let pixels = frame.unit_size * frame.unit_size;
        let start = layout.with(|l| l.columns.get(column).map_or(0, |c| (c.first_map + unit) * pixels));
        if let Some(map) = frame.arrays[1].get(start..start + pixels) {
            paint::put(&canvas, &paint::signed(map, false), frame.unit_size, frame.unit_size);
        }
    };
    follow(move || {
        let Some(subject) = subject.get() else { return };
        lab.frame.with(|frame| {
            if let Some(frame) = frame {
                paint(frame, subject);
            }
        });
    });
    map
}

/// Where the note stands: so far from the left or the right of the picture, and from its top.
struct Place {
    is_right: bool,
    x: f64,
    y: f64,
}

/// To the side with more room, so that it covers none of the lines it is about.
fn place(layout: Watched<Layout>, subject: Watched<Option<Subject>>) -> Option<Place> {
    let subject = subject.get()?;
    let ([column, unit], [from_column, from]) = match subject {
        Subject::Unit { column, unit } => ([column, unit], [column, unit]),
        Subject::Weight { column, from, to } => ([column, to], [column - 1, from]),
    };
    layout.with(|l| {
        l.at.get(from_column)?.get(from)?;
        let at = l.at.get(column)?.get(unit)?;
        let is_right = at[0] > l.width / 2.0;
        let x = if is_right { l.width - at[0] + 12.0 } else { at[0] + 2.0 * HALF_UNIT + 12.0 };
        let y = (at[1] - 60.0).clamp(-30.0, (l.height - 190.0).max(-30.0));
        Some(Place { is_right, x, y })
    })
}

/// The name and the numbers of a subject.
fn describe(layout: &Layout, subject: Subject) -> Vec<El> {
    let params = lab().frame.with(|frame| frame.as_ref().map(|frame| frame.floats(2))).unwrap_or_default();
    let number = |index: Option<usize>| index.and_then(|i| params.get(i)).map_or_else(|| "–".to_string(), |&v| fixed(f64::from(v), 2));
    match subject {
        Subject::Weight { column, from, to } => {
            let ends = format!("{} → {}", unit_name(layout, column - 1, from), unit_name(layout, column, to));
            vec![html("b").text("Weight ").text(&number(layout.weight(column, from, to))), html("span").text(&ends)]
        }
        Subject::Unit { column: 0, unit } => {
            vec![html("b").text("Input ").text(&unit_name(layout, 0, unit)), html("span").text("What the network is given at every point.")]
        }
        Subject::Unit { column, unit } => {
            let (inputs, layer) = (&layout.columns[column - 1], &layout.columns[column]);
            let weighed = if layer.title.is_none() { inputs.shown() } else { 0 };
            let row = |name: &str, number: &str| html("tr").child(html("td").text(name)).child(html("td").text(number));
            let weights = (0..weighed).map(|from| row(&unit_name(layout, column - 1, from), &number(layout.weight(column, from, unit))));
            let bias = layout.bias(column, unit).map(|index| row("bias", &number(Some(index))));
            let of = match &layer.title {
                None => format!("{} of the sum of", layer.detail),
                Some(title) => format!("{title}, {}", layer.detail),
            };
            let hidden =
                if weighed > 0 && weighed < inputs.units { format!("and {} more", inputs.units - inputs.shown()) } else { String::new() };
            vec![
                html("b").text(&unit_name(layout, column, unit)),
                html("span").text(&of),
                html("table").child(html("tbody").children(weights).children(bias)),
                html("span").text(&hidden),
            ]
        }
    }
}
