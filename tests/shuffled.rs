//! Shuffled epochs with a smaller last batch: the CPU executor takes the steps that the f64
//! interpreter takes on the same rows.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::following::Following;
use common::machine::bundled;
use descent::data::Samples;
use descent::exec::Backend;
use descent::nn::Architecture;
use descent::nn::init::Init;
use descent::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use descent::spec::{Dataset, Experiment, ModelChoice};

fn samples() -> Samples {
    bundled(&Experiment { train_percent: 80.0, ..Experiment::start(Dataset::Digits) }).samples.clone()
}

fn follows(choice: ModelChoice, steps: usize) {
    let adam = Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, amsgrad: false };
    let update = Update { optimizer: adam, schedule: Schedule::Constant, learning_rate: 1e-3, penalty: Penalty::None, clip: Clip::None };
    let model = choice.model(Dataset::Digits).expect("the model fits images");
    let task = Experiment::start(Dataset::Digits).task();
    let architecture = Architecture::new(&model, task, Init::Default).expect("its blocks fit together");
    let run = Following::new(samples(), &architecture, update, 32).expect("the layers fit");
    let losses = run.losses(&Backend::Cpu, steps);
    for (step, (got, want)) in losses.into_iter().zip(run.expected(steps)).enumerate() {
        assert!((got - want).abs() < 2e-5, "the loss of step {step} is {got}, not {want}");
    }
}

/// 45 steps are an epoch; the last of each has 29 rows.
#[test]
fn a_dense_network_follows_the_interpreter_over_two_epochs() {
    follows(ModelChoice::Mlp, 95);
}

#[test]
fn a_convolutional_network_follows_the_interpreter_over_an_epoch() {
    follows(ModelChoice::Cnn, 60);
}

#[test]
fn batch_statistics_of_a_smaller_batch_follow_the_interpreter() {
    follows(ModelChoice::CnnNorm, 48);
}
