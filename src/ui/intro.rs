//! What a first visit reads: what will happen, and three things to begin with.

use super::edit;
use super::format::thousands;
use super::lab::lab;
use crate::experiment::Dataset;
use crate::experiment::models::{Preset, presets};
use leptos::prelude::*;

/// The claim, the promise and the presets; shown at level Simple.
#[component]
pub(super) fn Intro() -> impl IntoView {
    let lab = lab();
    let claim = move || {
        let count = lab.run_of(|b| b.as_ref().map(|b| b.params));
        let dataset = lab.read(|e| e.dataset);
        let numbers = count.map_or_else(|| "Numbers".to_string(), |n| format!("{} numbers", thousands(n as u64)));
        let what = match dataset {
            Dataset::Circle => "to tell a disc from a ring",
            Dataset::Xor => "which corners belong together",
            Dataset::Gauss => "to tell two clouds apart",
            Dataset::Spiral => "to tell two spirals apart",
            Dataset::RegPlane | Dataset::RegGauss => "the shape of a landscape",
            Dataset::Digits | Dataset::Strokes | Dataset::Mnist => "to read digits",
            Dataset::FashionMnist => "to tell clothes apart",
        };
        format!("{numbers} will learn {what}.")
    };
    let preset = move |Preset { id, title, why, .. }: Preset| {
        view! { <button class="chip" title=why data-testid=format!("preset-{id}") on:click=move |_| edit::adopt_preset(lab, id)>{title}</button> }.into_any()
    };
    view! {
        <div class="intro only-simple">
            <h1>{claim}</h1>
            <p>"Press Play. The network starts with random numbers and improves them a little at every step, here, on your own machine. Nothing is sent anywhere."</p>
            <div class="feats" role="group" aria-label="To begin with">
                <span class="small">"Or begin with"</span>
                {presets().into_iter().map(preset).collect_view()}
            </div>
        </div>
    }
    .into_any()
}
