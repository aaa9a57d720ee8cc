//! What a run of an experiment needs to go on. The engine writes exactly this; a test of it says
//! so for every optimizer and penalty.

use crate::model::ModelError;
use crate::{Experiment, OptimizerChoice, OrderChoice, PenaltyChoice};

/// The counter of the steps that were taken.
pub(super) const STEP: &str = "done";
/// How the names of parameters begin.
pub(super) const PARAMS: &str = "params/";

/// The counters and keys of a run, by name.
pub const COUNTERS: [&str; 13] = [
    STEP,
    "bad-step",
    "bad-tensor",
    "epoch-loss",
    "epoch-rows",
    "last-epoch-loss",
    "epochs",
    "gradient-norm",
    "last-rate",
    "learning-rate",
    "penalty-rate",
    "order-key",
    "dropout-key",
];

/// Name and shape of each tensor that training changes.
///
/// # Errors
/// Those of [`Experiment::outline`].
pub(super) fn tensors(experiment: &Experiment) -> Result<Vec<(String, Vec<usize>)>, ModelError> {
    let mut all = Vec::new();
    for site in experiment.outline()?.sites {
        for tensor in &site.tensors {
            let mut need = |group: &str| all.push((format!("{group}{}", site.tensor_name(tensor)), tensor.shape.clone()));
            if tensor.role.is_trained() {
                need(PARAMS);
                (0..moments(experiment)).for_each(|number| need(&format!("moment{number}/")));
            } else {
                need("stats/");
            }
        }
    }
    Ok(all)
}

/// How many numbers a step keeps beside each parameter.
fn moments(experiment: &Experiment) -> usize {
    let own = match experiment.optimizer {
        OptimizerChoice::Sgd => 0,
        OptimizerChoice::Momentum | OptimizerChoice::Nesterov | OptimizerChoice::RmsProp | OptimizerChoice::Adagrad => 1,
        OptimizerChoice::Adam | OptimizerChoice::AdamW => 2,
    };
    // TensorFlow Playground's L1 penalty marks the weights that it has killed.
    own + usize::from((experiment.penalty, experiment.order) == (PenaltyChoice::L1, OrderChoice::Stream))
}
