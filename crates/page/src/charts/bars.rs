//! Probabilities of the classes as bars, the longest in ink.

use super::images::largest;
use super::latest::{class_count, name_of};
use crate::format;
use crate::state::Run;
use leptos::prelude::*;

/// A bar a class; without probabilities, the names alone.
#[component]
pub(super) fn Bars(run: Run, #[prop(into)] probs: Signal<Vec<f32>>) -> impl IntoView {
    let count = Memo::new(move |_| class_count(run));
    let label = move || match probs.with(|probs| largest(probs)) {
        Some((class, prob)) => format!("{} with probability {}", name_of(run, class), format::fixed(f64::from(prob), 2)),
        None => "No answer yet".into(),
    };
    view! {
        <div class="probs" role="img" aria-label=label>
            <For each=move || 0..count.get() key=|class| *class let:class>
                <Bar run probs class />
            </For>
        </div>
    }
}

/// The name of a class, its bar and its probability.
#[component]
fn Bar(run: Run, probs: Signal<Vec<f32>>, class: usize) -> impl IntoView {
    let prob = move || probs.with(|probs| probs.get(class).copied()).map(f64::from);
    let is_top = Memo::new(move |_| probs.with(|probs| largest(probs)).is_some_and(|(top, _)| top == class));
    let text = move || prob().map_or_else(|| "–".to_string(), |prob| format::fixed(prob, 2));
    view! {
        <span class:top=move || is_top.get() prop:textContent=move || name_of(run, class)></span>
        <i class:top=move || is_top.get() style=("--v", move || format::percent(prob().unwrap_or(0.0)))></i>
        <span class:top=move || is_top.get() prop:textContent=text></span>
    }
}
