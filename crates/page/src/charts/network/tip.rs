//! What a unit or a weight is, in numbers, with its map enlarged.

use super::net::Net;
use super::painting::unit_map;
use super::subject::{Note, Place};
use crate::charts::{canvas, paint};
use crate::format::px;
use leptos::{html, prelude::*};

/// The floating note; it never takes the pointer.
#[component]
pub(super) fn Tip(net: Net) -> impl IntoView {
    let place = Memo::new(move |_| net.layout.with(|layout| net.subject.get().and_then(|subject| Place::beside(subject, layout))));
    let side = move |is_right: bool| match place.get() {
        Some(place) if place.is_right == is_right => px(place.x),
        Some(_) => "auto".into(),
        None => String::new(),
    };
    let note = Memo::new(move |_| {
        let subject = net.subject.get()?;
        let note = net.with_maps(|maps, layout| Note::of(subject, layout, &maps.params));
        Some(note.unwrap_or_else(|| net.layout.with(|layout| Note::of(subject, layout, &[]))))
    });
    view! {
        <div
            class="tip net-tip"
            id="net-tip"
            role="tooltip"
            class:gone=move || place.get().is_none()
            style:left=move || side(false)
            style:right=move || side(true)
            style:top=move || place.get().map(|place| px(place.y)).unwrap_or_default()
        >
            <LargeMap net />
            <div>{move || note.get().map(said)}</div>
        </div>
    }
}

/// The note's text.
fn said(Note { title, what, parts, more }: Note) -> impl IntoView {
    let row = |[name, number]: [String; 2]| view! { <tr><td prop:textContent=name></td><td prop:textContent=number></td></tr> };
    let table = |parts: Vec<[String; 2]>| {
        view! {
            <table><tbody>{parts.into_iter().map(row).collect_view()}</tbody></table>
            <span prop:textContent=more></span>
        }
    };
    view! {
        <b prop:textContent=title></b>
        <span prop:textContent=what></span>
        {parts.map(table)}
    }
}

/// The map of the unit it is about, enlarged.
#[component]
fn LargeMap(net: Net) -> impl IntoView {
    let map = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let (Some(map), Some(subject)) = (map.get(), net.subject.get()) else { return };
        net.with_maps(|maps, layout| {
            let [column, unit] = subject.unit();
            if let Some(values) = unit_map(maps, layout, column, unit) {
                canvas::put(&map, &paint::signed(values, false), maps.unit_size, maps.unit_size);
            }
        });
    });
    view! { <canvas class="big-map" width="1" height="1" aria-hidden="true" node_ref=map></canvas> }
}
