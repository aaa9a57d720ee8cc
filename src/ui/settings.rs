//! How the network learns: what is chosen once for all layers.

use super::choices::{self, owned};
use super::controls::Select;
use super::edit;
use super::format;
use super::lab::lab;
use crate::experiment::{InitChoice, Loss, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice};
use crate::nn::Activation;
use leptos::prelude::*;

const LEARNING_RATES: [f64; 12] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
const PENALTY_RATES: [f64; 9] = [0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0];

/// Numbers to choose from, with the present one among them.
fn numbers(usual: &[f64], now: f64) -> Vec<(String, String)> {
    let mut all = usual.to_vec();
    if !all.contains(&now) {
        all.push(now);
        all.sort_by(f64::total_cmp);
    }
    all.into_iter().map(|value| (format::setting(value), format::setting(value))).collect()
}

/// The selects and the seed. The last four show at level All.
#[component]
pub(super) fn Settings() -> impl IntoView {
    let lab = lab();
    let activation = move || lab.read(edit::common_activation).id().to_string();
    let set_activation = move |id: String| {
        if let Some(next) = Activation::from_id(&id) {
            lab.change(|e| e.layers.iter_mut().for_each(|layer| edit::set_activation(layer, next)));
        }
    };
    let set_seed = move |event| {
        let seed: String = event_target_value(&event).trim().chars().take(32).collect();
        if !seed.is_empty() {
            lab.change(|e| e.seed = seed);
        }
    };
    let rates = Signal::derive(move || numbers(&LEARNING_RATES, lab.read(|e| e.learning_rate)));
    let penalty_rates = Signal::derive(move || numbers(&PENALTY_RATES, lab.read(|e| e.penalty_rate)));
    let losses = Memo::new(move |_| owned(choices::losses(lab.read(|e| e.dataset))));
    view! {
        <div class="settings" role="group" aria-label="Settings">
            <Select id="optimizer" label="Optimizer" options=owned(choices::optimizers()) value=Signal::derive(move || lab.read(|e| e.optimizer.id().to_string()))
                on_choose=Callback::new(move |id: String| if let Some(v) = OptimizerChoice::from_id(&id) { lab.change(|e| e.optimizer = v) }) />
            <Select id="learning-rate" label="Learning rate" options=rates value=Signal::derive(move || format::setting(lab.read(|e| e.learning_rate)))
                on_choose=Callback::new(move |text: String| if let Ok(v) = text.parse() { lab.change(|e| e.learning_rate = v) }) />
            <Select id="activation" label="Activation" options=owned(choices::activations()) value=Signal::derive(activation) on_choose=Callback::new(set_activation) />
            <Select id="regularisation" label="Regularisation" options=owned(choices::penalties()) value=Signal::derive(move || lab.read(|e| e.penalty.id().to_string()))
                on_choose=Callback::new(move |id: String| if let Some(v) = PenaltyChoice::from_id(&id) { lab.change(|e| e.penalty = v) }) />
            <Select id="regularisation-rate" label="Its rate" options=penalty_rates value=Signal::derive(move || format::setting(lab.read(|e| e.penalty_rate)))
                on_choose=Callback::new(move |text: String| if let Ok(v) = text.parse() { lab.change(|e| e.penalty_rate = v) }) />
            <div class="field">
                <label for="seed">"Seed"</label>
                <input class="ctl" id="seed" data-testid="seed" type="text" maxlength="32" autocomplete="off" spellcheck="false"
                    prop:value=move || lab.read(|e| e.seed.clone()) on:change=set_seed />
            </div>
            <div class="lv-all">
                <Select id="loss" label="Loss" options=losses value=Signal::derive(move || lab.read(|e| e.loss.id().to_string()))
                    on_choose=Callback::new(move |id: String| if let Some(v) = Loss::from_id(&id) { lab.change(|e| e.loss = v) }) />
            </div>
            <div class="lv-all">
                <Select id="init" label="First weights" options=owned(choices::inits()) value=Signal::derive(move || lab.read(|e| e.init.id().to_string()))
                    on_choose=Callback::new(move |id: String| if let Some(v) = InitChoice::from_id(&id) { lab.change(|e| e.init = v) }) />
            </div>
            <div class="lv-all">
                <Select id="schedule" label="Rate over time" options=owned(choices::schedules()) value=Signal::derive(move || lab.read(|e| e.schedule.id().to_string()))
                    on_choose=Callback::new(move |id: String| if let Some(v) = ScheduleChoice::from_id(&id) { lab.change(|e| e.schedule = v) }) />
            </div>
            <div class="lv-all">
                <Select id="order" label="Order of samples" options=owned(choices::orders()) value=Signal::derive(move || lab.read(|e| e.order.id().to_string()))
                    on_choose=Callback::new(move |id: String| if let Some(v) = OrderChoice::from_id(&id) { lab.change(|e| e.order = v) }) />
            </div>
        </div>
    }
    .into_any()
}
