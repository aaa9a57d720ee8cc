//! The picture, its steppers and what the pointer or the keyboard rests on.

use super::headers::Headers;
use super::keys::next_unit;
use super::layout::Layout;
use super::lines::Lines;
use super::net::Net;
use super::painting::repaint;
use super::subject::Subject;
use super::tip::Tip;
use super::units::Units;
use crate::charts::width::width_of;
use crate::format::px;
use crate::state::lab;
use leptos::ev::KeyboardEvent;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The network of the run. Its columns and units are keyed by where they are, so that the focus
/// stays while a network is edited.
#[component]
pub(crate) fn Network() -> impl IntoView {
    let lab = lab();
    let figure = NodeRef::<html::Figure>::new();
    let width = width_of(figure, 700.0);
    let net = Net::new(lab, width);
    let layout = net.layout;
    repaint(net, figure);
    view! {
        <figure
            class="net"
            class:is-tall=move || layout.with(|layout| layout.places.is_tall)
            class:is-compact=move || layout.with(|layout| layout.places.is_compact())
            style=("--stride", move || layout.with(|layout| px(layout.places.stride)))
            id="network"
            data-testid="network"
            role="group"
            aria-label=move || layout.with(caption)
            node_ref=figure
            on:mouseleave=move |_| net.rest_on(None)
            on:keydown=move |event| move_focus(net, figure, &event)
        >
            <Headers net />
            <div class="net-pic" style:height=move || layout.with(|layout| px(layout.places.height))>
                <Lines net />
                <Units net />
                <Tip net />
            </div>
            <figcaption class="small">
                "Each square shows what a unit answers over the plane. Lines are weights: blue positive, orange and dashed negative."
            </figcaption>
        </figure>
    }
}

/// The network in words.
fn caption(layout: &Layout) -> String {
    let [inputs, hidden @ .., output] = layout.columns.as_slice() else { return "The network is being built.".into() };
    let widths: Vec<String> = hidden.iter().map(|column| column.units.to_string()).collect();
    let hidden = if widths.is_empty() { "no hidden layer".into() } else { format!("hidden layers of {} units", widths.join(", ")) };
    format!("The network: {} inputs, {hidden}, {} output. Use the arrow keys to move between units.", inputs.units, output.units)
}

/// Arrow keys go from unit to unit, Escape closes the tip.
fn move_focus(net: Net, figure: NodeRef<html::Figure>, event: &KeyboardEvent) {
    let Some(Subject::Unit { column, unit }) = net.subject.get_untracked() else { return };
    if event.key() == "Escape" {
        return net.rest_on(None);
    }
    let next = net.layout.with_untracked(|layout| next_unit(layout, [column, unit], &event.key()));
    let (Some([column, unit]), Some(figure)) = (next, figure.get_untracked()) else { return };
    event.prevent_default();
    let selector = format!(".u[data-column=\"{column}\"][data-unit=\"{unit}\"]");
    if let Some(button) = figure.query_selector(&selector).ok().flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Refused only where the element is not shown.
        let _ = button.focus();
    }
}
