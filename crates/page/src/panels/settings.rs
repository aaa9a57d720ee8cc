//! How the network learns: what is chosen once for all layers.

use super::choices::{self, owned};
use super::controls::select;
use super::edit;
use super::element::{El, html};
use super::lab::{Lab, lab};
use descent_spec::Activation;
use descent_spec::number;
use descent_spec::{Experiment, InitChoice, Loss, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice};

const LEARNING_RATES: [f64; 12] = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.02, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
const PENALTY_RATES: [f64; 9] = [0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0];

/// Numbers to choose from, with the present one among them.
fn numbers(usual: &[f64], now: f64) -> Vec<(String, String)> {
    let mut all = usual.to_vec();
    if !all.contains(&now) {
        all.insert(all.partition_point(|&value| value < now), now);
    }
    all.into_iter().map(|value| (number::shortest(value), number::shortest(value))).collect()
}

/// The selects and the seed. The last four show at level All.
pub(crate) fn settings() -> El {
    let lab = lab();
    let optimizer = choice(
        lab,
        "optimizer",
        "Optimizer",
        |_| owned(choices::optimizers()),
        |e| e.optimizer.id().into(),
        |e, id| e.optimizer = OptimizerChoice::from_id(id).unwrap_or(e.optimizer),
    );
    let learning_rate = choice(
        lab,
        "learning-rate",
        "Learning rate",
        |e| numbers(&LEARNING_RATES, e.learning_rate),
        |e| number::shortest(e.learning_rate),
        |e, text| e.learning_rate = number::parse(text).unwrap_or(e.learning_rate),
    );
    let activation = choice(
        lab,
        "activation",
        "Activation",
        |_| owned(choices::activations()),
        |e| edit::common_activation(e).id().into(),
        |e, id| {
            if let Some(next) = Activation::from_id(id) {
                e.layers.iter_mut().for_each(|layer| edit::set_activation(layer, next));
            }
        },
    );
    let penalty = choice(
        lab,
        "regularisation",
        "Regularisation",
        |_| owned(choices::penalties()),
        |e| e.penalty.id().into(),
        |e, id| e.penalty = PenaltyChoice::from_id(id).unwrap_or(e.penalty),
    );
    let penalty_rate = choice(
        lab,
        "regularisation-rate",
        "Its rate",
        |e| numbers(&PENALTY_RATES, e.penalty_rate),
        |e| number::shortest(e.penalty_rate),
        |e, text| e.penalty_rate = number::parse(text).unwrap_or(e.penalty_rate),
    );
    let usual = [optimizer, learning_rate, activation, penalty, penalty_rate, seed(lab)];
    let rare = rare(lab).map(|choice| html("div").class("lv-all").child(choice));
    html("div").class("settings").set("role", "group").set("aria-label", "Settings").children(usual).children(rare)
}

/// The selects that show at level All.
fn rare(lab: Lab) -> [El; 4] {
    let loss = choice(
        lab,
        "loss",
        "Loss",
        |e| owned(choices::losses(e.dataset)),
        |e| e.loss.id().into(),
        |e, id| e.loss = Loss::from_id(id).unwrap_or(e.loss),
    );
    let init = choice(
        lab,
        "init",
        "First weights",
        |_| owned(choices::inits()),
        |e| e.init.id().into(),
        |e, id| e.init = InitChoice::from_id(id).unwrap_or(e.init),
    );
    let schedule = choice(
        lab,
        "schedule",
        "Rate over time",
        |_| owned(choices::schedules()),
        |e| e.schedule.id().into(),
        |e, id| e.schedule = ScheduleChoice::from_id(id).unwrap_or(e.schedule),
    );
    let order = choice(
        lab,
        "order",
        "Order of samples",
        |_| owned(choices::orders()),
        |e| e.order.id().into(),
        |e, id| e.order = OrderChoice::from_id(id).unwrap_or(e.order),
    );
    [loss, init, schedule, order]
}

/// A select of one of the experiment's choices; `set` takes the id of an option.
fn choice(
    lab: Lab,
    id: &str,
    label: &str,
    options: fn(&Experiment) -> Vec<(String, String)>,
    value: fn(&Experiment) -> String,
    set: fn(&mut Experiment, &str),
) -> El {
    select(id, label, move || lab.experiment.with(options), move || lab.experiment.with(value), move |id| lab.change(|e| set(e, &id)))
}

/// What all that is drawn at random follows from.
fn seed(lab: Lab) -> El {
    let set = move |text: String| {
        let seed: String = text.trim().chars().take(32).collect();
        if !seed.is_empty() {
            lab.change(|e| e.seed = seed);
        }
        // Where that changed nothing, what was typed must not stay in the box.
        lab.experiment.notify();
    };
    let input = html("input")
        .class("ctl")
        .named("seed")
        .set("type", "text")
        .set("maxlength", "32")
        .set("autocomplete", "off")
        .set("spellcheck", "false")
        .value(move || lab.experiment.with(|e| e.seed.clone()))
        .on_change(set);
    html("div").class("field").child(html("label").set("for", "seed").text("Seed")).child(input)
}
