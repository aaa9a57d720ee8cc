//! The units, each a button that can be reached by the arrow keys.

use super::net::Net;
use super::subject::Subject;
use crate::format::px;
use leptos::prelude::*;

/// All units that are drawn.
#[component]
pub(super) fn Units(net: Net) -> impl IntoView {
    let units = move || net.layout.with(|layout| layout.units());
    view! {
        <For each=units key=|unit| *unit let([column, unit])>
            <Unit net column unit />
        </For>
    }
}

/// One of them, with its map and a disc for its bias.
#[component]
fn Unit(net: Net, column: usize, unit: usize) -> impl IntoView {
    let this = Subject::Unit { column, unit };
    let name = Memo::new(move |_| net.layout.with(|layout| layout.unit_name(column, unit)));
    let corner = Memo::new(move |_| net.layout.with(|layout| layout.corner(column, unit)).unwrap_or_default());
    let has_bias = Memo::new(move |_| net.layout.with(|layout| layout.bias(column, unit)).is_some());
    view! {
        <button
            class="u"
            class:is-on=move || net.subject.get() == Some(this)
            data-column=column
            data-unit=unit
            tabindex=if column == 0 && unit == 0 { "0" } else { "-1" }
            aria-label=move || name.get()
            aria-describedby="net-tip"
            style:left=move || px(corner.get()[0])
            style:top=move || px(corner.get()[1])
            on:mouseenter=move |_| net.rest_on(Some(this))
            on:focus=move |_| net.rest_on(Some(this))
            on:blur=move |_| net.rest_on(None)
        >
            <canvas class="unit-map" width="1" height="1"></canvas>
            <Show when=move || has_bias.get()>
                <span class="bias"></span>
            </Show>
            {(column == 0).then(|| view! { <span class="in-name" aria-hidden="true" prop:textContent=move || name.get()></span> })}
        </button>
    }
}
