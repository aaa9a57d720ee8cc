//! What a unit or a weight is, in numbers, with its map enlarged.

use super::choices::FEATURES;
use super::format::fixed;
use super::lab::lab;
use super::layout::Layout;
use super::network::HALF_UNIT;
use super::{layout, paint};
use leptos::prelude::*;
use std::sync::Arc;

/// What the pointer or the keyboard rests on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Subject {
    Unit { column: usize, unit: usize },
    Weight { column: usize, from: usize, to: usize },
}

impl Subject {
    /// Whether a weight's line belongs to it.
    pub(super) fn touches(self, column: usize, from: usize, to: usize) -> bool {
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
pub(super) fn unit_name(layout: &Layout, column: usize, unit: usize) -> String {
    if column == 0 {
        layout.columns[0].features.get(unit).map_or_else(String::new, |&i| FEATURES[i].to_string())
    } else if column + 1 == layout.columns.len() {
        "Output".into()
    } else {
        format!("Layer {column}, unit {}", unit + 1)
    }
}

/// The floating note; it never takes the pointer.
#[component]
pub(super) fn Tip(layout: Memo<Arc<Layout>>, subject: RwSignal<Option<Subject>>) -> impl IntoView {
    let lab = lab();
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    Effect::new(move |_| {
        let (Some(subject), Some(frame), Some(canvas)) = (subject.get(), lab.frame.get(), canvas.get()) else { return };
        let [column, unit] = subject.unit();
        let pixels = frame.unit_size * frame.unit_size;
        let start = layout::read(layout, |l| l.columns.get(column).map_or(0, |c| (c.first_map + unit) * pixels));
        if let Some(map) = frame.arrays[1].get(start..start + pixels) {
            paint::put(&canvas, &paint::signed(map, false), frame.unit_size, frame.unit_size);
        }
    });
    // To the side with more room, so that it covers none of the lines it is about.
    let place = move || {
        let subject = subject.get()?;
        let [column, unit] = match subject {
            Subject::Unit { column, unit } => [column, unit],
            Subject::Weight { column, to, .. } => [column, to],
        };
        layout::read(layout, |l| {
            let at = l.at.get(column)?.get(unit)?;
            let is_right = at[0] > l.width / 2.0;
            let x = if is_right { l.width - at[0] + 12.0 } else { at[0] + 2.0 * HALF_UNIT + 12.0 };
            let y = (at[1] - 60.0).clamp(-30.0, (l.height - 190.0).max(-30.0));
            Some((is_right, x, y))
        })
    };
    let left = move || place().map(|(is_right, x, _)| if is_right { "auto".to_string() } else { format!("{x}px") });
    let right = move || place().map(|(is_right, x, _)| if is_right { format!("{x}px") } else { "auto".to_string() });
    let top = move || place().map(|(_, _, y)| format!("{y}px"));
    let text = move || subject.get().map(|subject| layout::read(layout, |layout| describe(layout, subject)));
    view! {
        <div class="tip net-tip" id="net-tip" role="tooltip" class:gone=move || subject.get().is_none() style:left=left style:right=right style:top=top>
            <canvas class="big-map" width="1" height="1" node_ref=canvas aria-hidden="true"></canvas>
            <div>{text}</div>
        </div>
    }
    .into_any()
}

/// The name and the numbers of a subject.
fn describe(layout: &Layout, subject: Subject) -> AnyView {
    let lab = lab();
    let params = lab.frame.get().map(|frame| frame.floats(2)).unwrap_or_default();
    let number = |index: Option<usize>| index.and_then(|i| params.get(i)).map_or_else(|| "–".to_string(), |&v| fixed(f64::from(v), 2));
    match subject {
        Subject::Weight { column, from, to } => view! {
            <b>"Weight "{number(layout.weight(column, from, to))}</b>
            <span>{unit_name(layout, column - 1, from)}" → "{unit_name(layout, column, to)}</span>
        }
        .into_any(),
        Subject::Unit { column: 0, unit } => view! {
            <b>"Input "{unit_name(layout, 0, unit)}</b>
            <span>"What the network is given at every point."</span>
        }
        .into_any(),
        Subject::Unit { column, unit } => {
            let (inputs, layer) = (&layout.columns[column - 1], &layout.columns[column]);
            let weighed = if layer.title.is_none() { inputs.shown() } else { 0 };
            let rows = (0..weighed).map(|from| {
                view! { <tr><td>{unit_name(layout, column - 1, from)}</td><td>{number(layout.weight(column, from, unit))}</td></tr> }
            });
            let of = match &layer.title {
                None => format!("{} of the sum of", layer.detail),
                Some(title) => format!("{title}, {}", layer.detail),
            };
            let bias = layout.bias(column, unit).map(|index| view! { <tr><td>"bias"</td><td>{number(Some(index))}</td></tr> });
            let hidden = (weighed > 0 && weighed < inputs.units).then(|| format!("and {} more", inputs.units - inputs.shown()));
            view! {
                <b>{unit_name(layout, column, unit)}</b>
                <span>{of}</span>
                <table><tbody>{rows.collect_view()}{bias}</tbody></table>
                <span>{hidden}</span>
            }
            .into_any()
        }
    }
}
