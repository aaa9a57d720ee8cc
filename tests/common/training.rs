//! Training settings of golden manifests.

use super::golden::number;
use descent::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use serde_json::Value;

/// The optimizer of `optimizer_resolved`, if the engine has it.
pub fn optimizer(settings: &Value) -> Option<Optimizer> {
    let get = |key: &str| number(&settings[key]);
    let is = |key: &str| settings[key].as_bool().expect("a truth value");
    let weight_decay = get("weight_decay");
    let beta = |index: usize| number(&settings["betas"][index]);
    Some(match settings["kind"].as_str().expect("a name") {
        "sgd" => Optimizer::Sgd { momentum: get("momentum"), dampening: get("dampening"), nesterov: is("nesterov"), weight_decay },
        "adam" => Optimizer::Adam { beta1: beta(0), beta2: beta(1), eps: get("eps"), weight_decay, amsgrad: is("amsgrad") },
        "adamw" => Optimizer::AdamW { beta1: beta(0), beta2: beta(1), eps: get("eps"), weight_decay },
        "rmsprop" => {
            Optimizer::RmsProp { alpha: get("alpha"), eps: get("eps"), momentum: get("momentum"), centered: is("centered"), weight_decay }
        }
        "adagrad" => {
            let initial_accumulator = get("initial_accumulator_value");
            Optimizer::Adagrad { lr_decay: get("lr_decay"), eps: get("eps"), initial_accumulator, weight_decay }
        }
        _ => return None,
    })
}

/// The schedule of a manifest (`null` for none), for a run of `steps` steps, if the engine has it.
pub fn schedule(spec: &Value, steps: u32) -> Option<Schedule> {
    let Some(kind) = spec["kind"].as_str() else { return Some(Schedule::Constant) };
    let get = |key: &str| number(&spec[key]);
    let count = |key: &str| number(&spec[key]) as u32;
    Some(match kind {
        "step" => Schedule::Step { step_size: count("step_size"), gamma: get("gamma") },
        "exponential" => Schedule::Exponential { gamma: get("gamma") },
        "cosine" => Schedule::Cosine { t_max: count("t_max"), eta_min: get("eta_min") },
        "linear_warmup" => Schedule::LinearWarmup { warmup: count("warmup") },
        "warmup_cosine" => Schedule::WarmupCosine { warmup: count("warmup"), t_max: count("t_max") },
        "one_cycle" => Schedule::OneCycle { max_lr: get("max_lr"), total: steps },
        _ => return None,
    })
}

/// What a run of a `train/` manifest does to the parameters, if the engine has all of it.
pub fn update(run: &Value, steps: u32) -> Option<Update> {
    let config = &run["config"];
    let setting = |key: &str| config.get(key).map(number);
    Some(Update {
        optimizer: optimizer(&run["optimizer_resolved"])?,
        schedule: schedule(&config["schedule"], steps)?,
        learning_rate: number(&run["optimizer_resolved"]["lr"]),
        penalty: match (setting("l1"), setting("l2")) {
            (None, None) => Penalty::None,
            (Some(rate), None) => Penalty::L1(rate),
            (None, Some(rate)) => Penalty::L2(rate),
            (Some(_), Some(_)) => return None,
        },
        clip: match (setting("clip_norm"), setting("clip_value")) {
            (None, None) => Clip::None,
            (Some(limit), None) => Clip::Norm(limit),
            (None, Some(limit)) => Clip::Value(limit),
            (Some(_), Some(_)) => return None,
        },
    })
}
