//! Above each column: what it is, and how many units it has.

use super::column::Column;
use super::layout::Layout;
use super::net::Net;
use crate::edit::blocks;
use crate::format::{px, thousands};
use crate::parts::icons;
use leptos::prelude::*;

/// The headers of all columns.
#[component]
pub(super) fn Headers(net: Net) -> impl IntoView {
    let columns = move || net.layout.with(|layout| layout.columns.len());
    view! {
        <For each=move || 0..columns() key=|column| *column let:column>
            <Header net column />
        </For>
    }
}

/// One of them. Its buttons stay under the pointer while numbers change.
#[component]
fn Header(net: Net, column: usize) -> impl IntoView {
    let read = move |text: fn(&Layout, usize, &Column) -> String| {
        net.layout.with(|layout| layout.columns.get(column).map(|c| text(layout, column, c)).unwrap_or_default())
    };
    let is_sizable = Memo::new(move |_| net.layout.with(|layout| layout.is_sizable(column)));
    view! {
        <div class="net-col" style:left=move || read(left) style:top=move || read(top)>
            <Show when=move || is_sizable.get() fallback=move || view! { <b prop:textContent=move || read(name)></b> }>
                <span class="steps">
                    <Stepper net column is_up=false />
                    <span>
                        <span prop:textContent=move || read(|_, _, c| thousands(c.units as u64))></span>
                        <span class="word">" units"</span>
                    </span>
                    <Stepper net column is_up=true />
                </span>
            </Show>
            <span class="small" prop:textContent=move || read(detail)></span>
        </div>
    }
}

/// A button for more or fewer units in a column.
#[component]
fn Stepper(net: Net, column: usize, is_up: bool) -> impl IntoView {
    let resize = move |_| {
        let place = net.layout.with_untracked(|layout| layout.columns.get(column)?.place.clone());
        if let Some(place) = place {
            net.lab.change(|experiment| blocks::resize(experiment, &place, is_up));
        }
    };
    let of = move || net.layout.with(|layout| layout.columns.get(column).map(|c| c.name.clone()).unwrap_or_default());
    let (word, icon) = if is_up { ("More", icons::plus()) } else { ("Fewer", icons::minus()) };
    view! {
        <button class="btn tiny" aria-label=move || format!("{word} units in {}", of()) on:click=resize>
            {icon}
        </button>
    }
}

/// Above the middle of the column, or at the left edge of a picture that runs from top to bottom.
fn left(layout: &Layout, column: usize, _: &Column) -> String {
    px(if layout.places.is_tall { 0.0 } else { layout.middle(column) })
}

fn top(layout: &Layout, column: usize, _: &Column) -> String {
    let row = layout.corner(column, 0).map_or(0.0, |[_, y]| y - 34.0);
    px(if layout.places.is_tall { row } else { 0.0 })
}

fn name(_: &Layout, _: usize, of: &Column) -> String {
    of.title.clone()
}

fn detail(_: &Layout, _: usize, of: &Column) -> String {
    if of.shown() < of.units { format!("{}, {} shown", of.detail, of.shown()) } else { of.detail.clone() }
}
