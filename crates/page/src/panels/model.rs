//! What learns: the network, drawn and edited in its picture, and how it learns.

use super::costs::MeasuredCosts;
use super::model_table::ModelTable;
use super::model_text::ModelText;
use super::settings::Settings;
use crate::charts::{ImageNetwork, Network};
use crate::choices::{FEATURES, is_image};
use crate::edit::{self, blocks};
use crate::format::thousands;
use crate::parts::{Select, icons};
use crate::state::{Lab, lab};
use leptos::prelude::*;

/// The panel.
#[component]
pub(crate) fn ModelPanel() -> impl IntoView {
    let run = lab().run;
    let has_images = Memo::new(move |_| run.experiment.with(|experiment| is_image(experiment.dataset)));
    let hidden = Memo::new(move |_| run.experiment.with(edit::hidden_settings));
    let picture = move || {
        if has_images.get() { view! { <ImageNetwork /> }.into_any() } else { view! { <Network /><Inputs /> }.into_any() }
    };
    view! {
        <section class="panel model" aria-labelledby="h-model">
            <Head has_images />
            <p class="small only-simple" class:gone=move || hidden.with(String::is_empty)>
                "Also set: "<span prop:textContent=hidden></span>"."
            </p>
            {picture}
            <div class=("lv-all", move || !has_images.get()) class=("lv-more", move || has_images.get())>
                <ModelTable />
                <ResidualButton />
            </div>
            <div class="lv-all">
                <ModelText />
            </div>
            <div class="lv-more">
                <Settings />
            </div>
            <MeasuredCosts />
            <Program />
        </section>
    }
}

/// The choice of model, how large it is, and buttons for more or fewer layers.
#[component]
fn Head(has_images: Memo<bool>) -> impl IntoView {
    let lab = lab();
    let experiment = lab.run.experiment;
    let params = move || {
        let params = lab.run.built(|built| built.params());
        params.map_or_else(|| "–".into(), |params| format!("{} parameters", thousands(params)))
    };
    view! {
        <div class="panel-head">
            <h2 id="h-model">"Model"</h2>
            <div class="model-select">
                <Select
                    id="model"
                    label="Model"
                    options=move || experiment.with(edit::model_options)
                    value=move || experiment.with(|experiment| edit::model_id(experiment).to_string())
                    on_choose=move |id: String| lab.change(|experiment| edit::choose_model(experiment, &id))
                />
            </div>
            <span class="small" data-testid="parameters" prop:textContent=params></span>
            <p class="legend lines lv-more" class:gone=has_images aria-hidden="true">
                {line_key("w p")}"positive"{line_key("w n")}"negative"
            </p>
            <LayerButtons />
        </div>
    }
}

/// A line as the network has it.
fn line_key(class: &'static str) -> impl IntoView {
    view! {
        <svg class="line-key" viewBox="0 0 30 8">
            <path class=class d="M0 4h30" stroke-width="3" />
        </svg>
    }
}

/// Fewer layers, more layers.
#[component]
fn LayerButtons() -> impl IntoView {
    let lab = lab();
    let is_empty = move || lab.run.experiment.with(|experiment| experiment.model.blocks.is_empty());
    let pop = move |_| {
        lab.change(|experiment| {
            experiment.model.blocks.pop();
        })
    };
    view! {
        <span class="end layer-btns">
            <button
                class="btn edge small-btn"
                data-testid="remove-layer"
                aria-label="Remove the last layer"
                disabled=is_empty
                on:click=pop
            >
                {icons::minus()}
                "Layer"
            </button>
            <button
                class="btn edge small-btn"
                data-testid="add-layer"
                aria-label="Add a layer"
                disabled=move || is_full(lab)
                on:click=move |_| lab.change(blocks::add_layer)
            >
                {icons::plus()}
                "Layer"
            </button>
        </span>
    }
}

/// Whether buttons add no more blocks.
fn is_full(lab: Lab) -> bool {
    lab.run.experiment.with(|experiment| experiment.model.blocks.len() >= blocks::MAX_BLOCKS)
}

/// A residual block more.
#[component]
fn ResidualButton() -> impl IntoView {
    let lab = lab();
    view! {
        <button
            class="btn edge small-btn"
            data-testid="add-residual"
            title="Layers whose result is added to what comes into them"
            disabled=move || is_full(lab)
            on:click=move |_| lab.change(blocks::add_residual)
        >
            {icons::plus()}
            "Residual block"
        </button>
    }
}

/// Which of the seven inputs the network is given.
#[component]
fn Inputs() -> impl IntoView {
    let lab = lab();
    let chip = |(index, name): (usize, &'static str)| {
        let is_on = move || lab.run.experiment.with(|experiment| experiment.features.0 >> index & 1 == 1);
        view! {
            <button
                class="chip"
                data-testid=format!("feature-{index}")
                aria-pressed=move || is_on().to_string()
                on:click=move |_| lab.change(|experiment| edit::toggle_feature(experiment, index))
            >
                {name}
            </button>
        }
    };
    view! {
        <div class="feats lv-more" role="group" aria-label="Inputs">
            <span class="small">"Inputs"</span>
            {FEATURES.into_iter().enumerate().map(chip).collect_view()}
        </div>
    }
}

/// What the worker runs.
#[component]
fn Program() -> impl IntoView {
    let run = lab().run;
    let text = move || run.built(|built| built.program.clone()).unwrap_or_default();
    view! {
        <details class="lv-all program">
            <summary>"The program: every kernel of a step, in order"</summary>
            <pre tabindex="0" aria-label="The program" prop:textContent=text></pre>
        </details>
    }
}
