//! What a first visit reads: what will happen, and three things to begin with; while it trains, one
//! line in their place, and what to try next once it has learned.

use crate::format::{self, thousands};
use crate::state::{Lab, Phase, lab};
use descent_spec::models::{Preset, presets};
use descent_spec::{Dataset, Speed};
use leptos::prelude::*;

const PROMISE: &str = "Press Play. The network starts with random numbers and improves them a little at every step, here, on your own machine. \
                       Nothing is sent anywhere.";

/// The share of test samples that counts as learned.
const LEARNED: f64 = 0.95;

/// The claim, the promise and the presets, and what takes their place; shown at level Simple.
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
    let has_begun = Memo::new(move |_| lab.run.phase.get() == Phase::Training || lab.run.metrics.with(|metrics| metrics.step > 0));
    view! {
        <div class="intro only-simple" class:gone=has_begun>
            <h1 prop:textContent=claim></h1>
            <p>{PROMISE}</p>
            <div class="feats" role="group" aria-label="To begin with">
                <span class="small">"Or begin with"</span>
                {presets().map(preset).collect_view()}
            </div>
        </div>
        <div class="intro folded only-simple" class:gone=move || !has_begun.get()>
            <Next />
        </div>
    }
}

/// How it goes, and three things to try once it has learned. Their room is there from the start, so
/// that nothing moves.
#[component]
fn Next() -> impl IntoView {
    let lab = lab();
    let accuracy = move || lab.run.metrics.with(|metrics| metrics.test_accuracy.map_or(0.0, |share| share.value));
    // It stays so until the run begins again.
    let is_learned = Memo::new(move |before: Option<&bool>| {
        lab.run.metrics.with(|metrics| metrics.step > 0) && (before == Some(&true) || accuracy() >= LEARNED)
    });
    let course = move || {
        if is_learned.get() {
            format!("It has learned: {} % of the samples it never trained on are right. What next?", format::fixed(accuracy() * 100.0, 1))
        } else {
            "Each step moves every number a little, to where the loss is lower. Watch the loss fall.".into()
        }
    };
    let preset = |Preset { id, title, why, .. }: Preset| {
        view! {
            <button class="chip" title=why data-testid=format!("next-{id}") on:click=move |_| lab.adopt_preset(id)>{title}</button>
        }
    };
    view! {
        <p prop:textContent=course></p>
        <div class="feats" class:unseen=move || !is_learned.get() role="group" aria-label="What next">
            <button
                class="chip"
                title="The same from the beginning, with as many steps a second as it takes"
                data-testid="next-max"
                on:click=move |_| again_at_most_speed(lab)
            >
                "Now as fast as this machine can"
            </button>
            {presets().into_iter().skip(1).map(preset).collect_view()}
        </div>
    }
}

fn again_at_most_speed(lab: Lab) {
    lab.change_view(|view| view.speed = Speed::Max);
    lab.reset();
    lab.play();
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
