//! What a first visit reads: what will happen, and three things to begin with.

use crate::format::thousands;
use crate::state::lab;
use descent_spec::Dataset;
use descent_spec::models::{Preset, presets};
use leptos::prelude::*;

const PROMISE: &str = "Press Play. The network starts with random numbers and improves them a little at every step, here, on your own machine. \
                       Nothing is sent anywhere.";

/// The claim, the promise and the presets; shown at level Simple.
#[component]
pub(crate) fn Intro() -> impl IntoView {
    let lab = lab();
    let claim = move || {
        let params = lab.run.built(|built| built.params());
        let numbers = params.map_or_else(|| "Numbers".into(), |params| format!("{} numbers", thousands(params)));
        format!("{numbers} will learn {}.", lab.run.experiment.with(|experiment| goal(experiment.dataset)))
    };
    let preset = |Preset { id, title, why, .. }: Preset| {
        view! {
            <button class="chip" title=why data-testid=format!("preset-{id}") on:click=move |_| lab.adopt_preset(id)>{title}</button>
        }
    };
    view! {
        <div class="intro only-simple">
            <h1 prop:textContent=claim></h1>
            <p>{PROMISE}</p>
            <div class="feats" role="group" aria-label="To begin with">
                <span class="small">"Or begin with"</span>
                {presets().map(preset).collect_view()}
            </div>
        </div>
    }
}

/// What there is to be learned of a data set.
fn goal(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Circle => "to tell a disc from a ring",
        Dataset::Xor => "which corners belong together",
        Dataset::Gauss => "to tell two clouds apart",
        Dataset::Spiral => "to tell two spirals apart",
        Dataset::RegPlane | Dataset::RegGauss => "the shape of a landscape",
        Dataset::Digits | Dataset::Strokes | Dataset::Mnist => "to read digits",
        Dataset::FashionMnist => "to tell clothes apart",
    }
}
