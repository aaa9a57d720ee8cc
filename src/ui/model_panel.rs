//! What learns: the network, drawn and edited in its picture, and how it learns.

use super::choices::{FEATURES, is_image};
use super::controls::Select;
use super::costs::MeasuredCosts;
use super::edit;
use super::format::thousands;
use super::icons;
use super::images::ImageNetwork;
use super::lab::{Lab, lab};
use super::layer_table::LayerTable;
use super::live::live;
use super::network::Network;
use super::settings::Settings;
use leptos::prelude::*;

/// The panel.
#[component]
pub(super) fn ModelPanel() -> impl IntoView {
    let lab = lab();
    let has_images = Memo::new(move |_| lab.read(|e| is_image(e.dataset)));
    let params =
        move || lab.run_of(|b| b.as_ref().map_or_else(|| "–".to_string(), |b| format!("{} parameters", thousands(b.params as u64))));
    let models = Signal::derive(move || lab.read(edit::model_options));
    let model = Signal::derive(move || lab.read(|e| edit::model_id(e).to_string()));
    let choose = move |id: String| lab.change(|e| edit::choose_model(e, &id));
    let is_linear = move || lab.read(|e| e.layers.is_empty());
    let is_full = move || lab.read(|e| e.layers.len() >= edit::MAX_LAYERS);
    let hidden = move || lab.read(edit::hidden_settings);
    let program = move || lab.run_of(|b| b.as_ref().map(|b| b.program.clone()));
    view! {
        <section class="panel model" aria-labelledby="h-model">
            <div class="panel-head">
                <h2 id="h-model">"Model"</h2>
                <div class="model-select"><Select id="model" label="Model" options=models value=model on_choose=Callback::new(choose) /></div>
                <span class="small" data-testid="parameters">{params}</span>
                <p class="legend lines lv-more" class:gone=move || has_images.get() aria-hidden="true">
                    <svg class="line-key" viewBox="0 0 30 8"><path class="w p" d="M0 4h30" stroke-width="3" /></svg>"positive"
                    <svg class="line-key" viewBox="0 0 30 8"><path class="w n" d="M0 4h30" stroke-width="3" /></svg>"negative"
                </p>
                <span class="end layer-btns">
                    <button class="btn edge small-btn" data-testid="remove-layer" aria-label="Remove the last layer" disabled=is_linear
                        on:click=move |_| lab.change(|e| { e.layers.pop(); })>{icons::minus()}"Layer"</button>
                    <button class="btn edge small-btn" data-testid="add-layer" aria-label="Add a layer" disabled=is_full
                        on:click=move |_| lab.change(edit::add_layer)>{icons::plus()}"Layer"</button>
                </span>
            </div>
            <p class="small only-simple" class:gone=move || hidden().is_empty()>"Also set: "{hidden}"."</p>
            {live(move || if has_images.get() { view! { <ImageNetwork /> }.into_any() } else { view! { <Network /><Inputs lab=lab /> }.into_any() })}
            <div class:lv-all=move || !has_images.get() class:lv-more=move || has_images.get()><LayerTable /></div>
            <div class="lv-more"><Settings /></div>
            <MeasuredCosts />
            <details class="lv-all program">
                <summary>"The program: every kernel of a step, in order"</summary>
                <pre tabindex="0" aria-label="The program">{program}</pre>
            </details>
        </section>
    }
    .into_any()
}

/// Which of the seven inputs the network is given.
#[component]
fn Inputs(lab: Lab) -> impl IntoView {
    let chip = move |(index, name): (usize, &'static str)| {
        let is_on = move || lab.read(|e| e.features.0 >> index & 1 == 1);
        let toggle = move |_| {
            lab.change(|e| {
                let next = e.features.0 ^ 1 << index;
                // A network needs an input.
                if next & 0x7f != 0 {
                    e.features.0 = next;
                }
            })
        };
        view! { <button class="chip" data-testid=format!("feature-{index}") aria-pressed=move || is_on().to_string() on:click=toggle>{name}</button> }.into_any()
    };
    view! {
        <div class="feats lv-more" role="group" aria-label="Inputs">
            <span class="small">"Inputs"</span>
            {FEATURES.into_iter().enumerate().map(chip).collect_view()}
        </div>
    }
    .into_any()
}
