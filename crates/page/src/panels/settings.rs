//! How the network learns: what is chosen once for all layers.

use crate::choices::{self, owned};
use crate::edit::blocks;
use crate::parts::{Options, Select};
use crate::state::lab;
use descent_spec::number::{self, shortest};
use descent_spec::{Activation, Experiment, InitChoice, Loss, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice};
use leptos::prelude::*;

const LEARNING_RATES: [f64; 12] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
const PENALTY_RATES: [f64; 9] = [0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0];

/// The selects and the seed. The last four show at level All.
#[component]
pub(super) fn Settings() -> impl IntoView {
    view! {
        <div class="settings" role="group" aria-label="Settings">
            <Choice
                id="optimizer"
                label="Optimizer"
                options=|_| owned(choices::optimizers())
                value=|e| e.optimizer.id().into()
                set=|e, id| e.optimizer = OptimizerChoice::from_id(id).unwrap_or(e.optimizer)
            />
            <Choice
                id="learning-rate"
                label="Learning rate"
                options=|e| numbers(&LEARNING_RATES, e.learning_rate)
                value=|e| shortest(e.learning_rate)
                set=|e, text| e.learning_rate = number::parse(text).unwrap_or(e.learning_rate)
            />
            <Choice
                id="activation"
                label="Activation"
                options=|_| owned(choices::activations())
                value=|e| blocks::common_activation(&e.model).id().into()
                set=|e, id| {
                    if let Some(next) = Activation::from_id(id) {
                        blocks::set_activations(&mut e.model, next);
                    }
                }
            />
            <Choice
                id="regularisation"
                label="Regularisation"
                options=|_| owned(choices::penalties())
                value=|e| e.penalty.id().into()
                set=|e, id| e.penalty = PenaltyChoice::from_id(id).unwrap_or(e.penalty)
            />
            <Choice
                id="regularisation-rate"
                label="Its rate"
                options=|e| numbers(&PENALTY_RATES, e.penalty_rate)
                value=|e| shortest(e.penalty_rate)
                set=|e, text| e.penalty_rate = number::parse(text).unwrap_or(e.penalty_rate)
            />
            <Seed />
            <RareSettings />
        </div>
    }
}

/// The selects that show at level All.
#[component]
fn RareSettings() -> impl IntoView {
    view! {
        <div class="lv-all">
            <Choice
                id="loss"
                label="Loss"
                options=|e| owned(choices::losses(e.dataset))
                value=|e| e.loss.id().into()
                set=|e, id| e.loss = Loss::from_id(id).unwrap_or(e.loss)
            />
        </div>
        <div class="lv-all">
            <Choice
                id="init"
                label="First weights"
                options=|_| owned(choices::inits())
                value=|e| e.init.id().into()
                set=|e, id| e.init = InitChoice::from_id(id).unwrap_or(e.init)
            />
        </div>
        <div class="lv-all">
            <Choice
                id="schedule"
                label="Rate over time"
                options=|_| owned(choices::schedules())
                value=|e| e.schedule.id().into()
                set=|e, id| e.schedule = ScheduleChoice::from_id(id).unwrap_or(e.schedule)
            />
        </div>
        <div class="lv-all">
            <Choice
                id="order"
                label="Order of samples"
                options=|_| owned(choices::orders())
                value=|e| e.order.id().into()
                set=|e, id| e.order = OrderChoice::from_id(id).unwrap_or(e.order)
            />
        </div>
    }
}

/// A select of one of the experiment's choices; `set` takes the id of an option.
#[component]
fn Choice(
    id: &'static str,
    label: &'static str,
    options: fn(&Experiment) -> Options,
    value: fn(&Experiment) -> String,
    set: fn(&mut Experiment, &str),
) -> impl IntoView {
    let lab = lab();
    let experiment = lab.run.experiment;
    view! {
        <Select
            id
            label
            options=move || experiment.with(options)
            value=move || experiment.with(value)
            on_choose=move |chosen: String| lab.change(|experiment| set(experiment, &chosen))
        />
    }
}

/// Numbers to choose from, with the present one among them.
fn numbers(usual: &[f64], now: f64) -> Options {
    let mut all = usual.to_vec();
    if !all.contains(&now) {
        all.insert(all.partition_point(|&value| value < now), now);
    }
    all.into_iter().map(|value| (shortest(value), shortest(value))).collect()
}

/// What all that is drawn at random follows from.
#[component]
fn Seed() -> impl IntoView {
    let lab = lab();
    let seed = move || lab.run.experiment.with(|experiment| experiment.seed.clone());
    let set = move |event: web_sys::Event| {
        let next: String = event_target_value(&event).trim().chars().take(32).collect();
        if !next.is_empty() {
            lab.change(|experiment| experiment.seed = next);
        }
        // What was refused or cut must not stay in the box.
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&untrack(seed));
    };
    view! {
        <div class="field">
            <label for="seed">"Seed"</label>
            <input
                class="ctl"
                id="seed"
                data-testid="seed"
                type="text"
                maxlength="32"
                autocomplete="off"
                spellcheck="false"
                prop:value=seed
                on:change=set
            />
        </div>
    }
}
