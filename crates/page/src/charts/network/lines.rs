//! The lines of the weights.

use super::figure::Net;
use super::layout::Link;
use super::subject::Subject;
use leptos::{prelude::*, svg};

/// All lines, and behind them wider ones without a colour that take the pointer.
#[component]
pub(super) fn Lines(net: Net) -> impl IntoView {
    let links = move || net.layout.with(|layout| layout.links());
    let weights =
        move || net.layout.with(|layout| layout.links().into_iter().filter(|link| layout.weight(*link).is_some()).collect::<Vec<_>>());
    let path = move |link: Link| net.layout.with(|layout| layout.path(link));
    let view_box = move || net.layout.with(|layout| format!("0 0 {} {}", layout.width.max(1.0), layout.height.max(1.0)));
    view! {
        <svg class="lines-svg" viewBox=view_box aria-hidden="true">
            <For each=links key=|link| *link let:link>
                <Line net link />
            </For>
            <For each=weights key=|link| *link let:link>
                <path class="hit" d=move || path(link) on:mouseenter=move |_| net.rest_on(Some(Subject::Weight(link)))></path>
            </For>
        </svg>
    }
}

/// One line: its colour and its dashes are the weight's sign, its width and its strength the weight's size.
#[component]
fn Line(net: Net, link: Link) -> impl IntoView {
    let line = NodeRef::<svg::Path>::new();
    Effect::new(move |_| {
        let Some(line) = line.get() else { return };
        net.with_maps(|maps, layout| {
            let weight = layout.weight(link).and_then(|index| maps.params.get(index).copied());
            paint(&line, weight);
        });
    });
    let path = move || net.layout.with(|layout| layout.path(link));
    let is_dim = move || net.subject.get().is_some_and(|subject| !subject.touches(link));
    view! { <path class="w" class:dim=is_dim d=path node_ref=line></path> }
}

/// A line without a weight has no sign.
fn paint(line: &web_sys::SvgElement, weight: Option<f32>) {
    let size = weight.map_or(0.0, |weight| f64::from(weight.abs()));
    let classes = line.class_list();
    // These fail only for malformed names.
    let _ = classes.toggle_with_force("n", weight.is_some_and(|weight| weight < 0.0));
    let _ = classes.toggle_with_force("p", weight.is_some_and(|weight| weight >= 0.0));
    let _ = line.set_attribute("stroke-width", &format!("{:.2}", 0.8 + 1.05 * size.min(3.5)));
    let _ = line.set_attribute("stroke-opacity", &format!("{:.2}", 0.42 + 0.5 * (size / 2.0).min(1.0)));
}
