//! The lines of the weights. Their width, opacity and sign are painted by `painting`.

use super::layout::Link;
use super::net::Net;
use super::subject::Subject;
use leptos::prelude::*;

/// All lines, and over them wider ones without a colour that take the pointer.
#[component]
pub(super) fn Lines(net: Net) -> impl IntoView {
    let links = move || net.layout.with(|layout| layout.links());
    let weights =
        move || net.layout.with(|layout| layout.links().into_iter().filter(|link| layout.weight(*link).is_some()).collect::<Vec<_>>());
    let path = move |link: Link| net.layout.with(|layout| layout.path(link));
    let is_dim = move |link: Link| net.subject.get().is_some_and(|subject| !subject.touches(link));
    let view_box = move || net.layout.with(|layout| format!("0 0 {} {}", layout.places.width.max(1.0), layout.places.height.max(1.0)));
    view! {
        <svg class="lines-svg" viewBox=view_box aria-hidden="true">
            <For each=links key=|link| *link let:link>
                <path class="w" class:dim=move || is_dim(link) d=move || path(link)></path>
            </For>
            <For each=weights key=|link| *link let:link>
                <path class="hit" d=move || path(link) on:mouseenter=move |_| net.rest_on(Some(Subject::Weight(link)))></path>
            </For>
        </svg>
    }
}
