//! Networks that nobody chose: layers, extents, batches, losses and optimizers at random take the
//! steps that the f64 interpreter takes.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::following::Following;
use common::machine::adapter;
use common::random_models::{self, any, between};
use descent::data::{Column, Samples};
use descent::exec::Backend;
use descent::nn::Architecture;
use descent::nn::init::Init;
use descent::plan::Target;
use descent::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use descent::spec::random::{Rng, Stream};
use descent::spec::{Head, Task};
use descent::tensor::Shape;

/// More than an epoch of the smallest sets, whose last batch is smaller.
const STEPS: usize = 6;

/// Of the loss, relative where it is above 1. Adaptive optimizers turn rounding errors of a
/// gradient that is nearly 0 into whole steps, which change a loss little, but more than its own
/// rounding.
const TOLERANCE: f64 = 2e-4;

fn update(rng: &mut Rng) -> Update {
    let weight_decay = any(rng, &[0.0, 0.01]);
    let momentum = any(rng, &[0.0, 0.9]);
    let eps = 1e-8;
    let optimizer = match rng.below(6) {
        0 => Optimizer::Sgd { momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay },
        1 => Optimizer::Sgd { momentum: 0.9, dampening: 0.0, nesterov: rng.below(2) == 0, weight_decay },
        2 => Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps, weight_decay, amsgrad: rng.below(2) == 0 },
        3 => Optimizer::AdamW { beta1: 0.9, beta2: 0.999, eps, weight_decay },
        4 => Optimizer::RmsProp { alpha: 0.99, eps, momentum, centered: false, weight_decay },
        _ => Optimizer::Adagrad { lr_decay: 0.1, eps: 1e-10, initial_accumulator: 0.0, weight_decay },
    };
    let learning_rate = if matches!(optimizer, Optimizer::Sgd { .. }) { 0.02 } else { 1e-3 };
    Update {
        optimizer,
        learning_rate,
        schedule: any(rng, &[Schedule::Constant, Schedule::Cosine { t_max: 5, eta_min: 0.0 }, Schedule::LinearWarmup { warmup: 3 }]),
        penalty: any(rng, &[Penalty::None, Penalty::None, Penalty::L1(1e-3), Penalty::L2(1e-2)]),
        clip: any(rng, &[Clip::None, Clip::None, Clip::Norm(0.5), Clip::Value(0.1)]),
    }
}

/// How many random trees are tried: `usual`, or 1,000 in the long suites.
fn trees(usual: u64) -> u64 {
    if std::env::var_os("LONG_TESTS").is_some() { 1_000 } else { usual }
}

/// A run of a random network on random samples, and what it is.
fn run(seed: u64) -> (Following, String) {
    let mut rng = Rng::new(seed, Stream::Sample, 0);
    let input = random_models::input(&mut rng);
    let classes = between(&mut rng, 2, 11);
    let is_classification = rng.below(2) == 0;
    let head = match rng.below(5) {
        0 => Head::HalfSquare { is_classification },
        1 => Head::Huber { is_classification },
        2 => Head::BinaryCrossEntropy,
        _ => Head::CrossEntropy { classes },
    };
    let model = random_models::model(&mut rng, input, 5, 4);
    let batch = between(&mut rng, 1, 37);
    let rows = batch + between(&mut rng, 1, 50);
    let len = input.elements() as usize;
    let is_bytes = rng.below(2) == 0;
    let features = if is_bytes {
        Column::U8 { bytes: (0..rows * len).map(|_| rng.below(17) as u8).collect(), scale: 1.0 / 16.0 }
    } else {
        Column::F32((0..rows * len).map(|_| rng.normal() as f32).collect())
    };
    let target: Vec<f32> = match head {
        Head::CrossEntropy { .. } => (0..rows).map(|_| rng.below(classes as u32) as f32).collect(),
        _ => (0..rows).map(|_| if rng.below(2) == 0 { 1.0 } else { -1.0 }).collect(),
    };
    let samples = Samples {
        train_rows: rows,
        test_rows: 0,
        feature_shape: Shape::from(input.shape()),
        features,
        target: Column::F32(target),
        classes: if matches!(head, Head::CrossEntropy { .. }) { classes } else { 0 },
    };
    let update = update(&mut rng);
    let what = format!("seed {seed}: {input}, {}, {head:?}, batches of {batch} of {rows}, {update:?}", model.write());
    let architecture = Architecture::new(&model, Task { input, head }, Init::Default).expect("the blocks fit together");
    (Following::new(samples, &architecture, update, batch).expect("the graph follows from the outline"), what)
}

/// Networks whose loss depends on rounding errors of first weights or gradients are passed over:
/// batch normalization of two values, for one, is little but the sign of their difference. They are
/// few.
fn assert_followed(runs: impl Iterator<Item = (Following, String)>, backend: &Backend) {
    let (mut tried, mut passed_over) = (0, 0);
    for (run, what) in runs {
        tried += 1;
        let want = run.expected(STEPS);
        if differs(&run.expected_nearby(STEPS), &want).is_some() {
            passed_over += 1;
            println!("the loss depends on rounding errors: {what}");
            continue;
        }
        let got = run.losses(backend, STEPS);
        if let Some(step) = differs(&got, &want) {
            panic!("the loss of step {step} is {}, not {}; {:?}, {what}", got[step], want[step], backend.target());
        }
    }
    assert!(passed_over * 50 <= tried, "{passed_over} of {tried} networks depend on rounding errors");
}

/// The first step whose loss is another.
fn differs(got: &[f64], want: &[f64]) -> Option<usize> {
    got.iter().zip(want).position(|(got, want)| (got - want).abs() > TOLERANCE * want.abs().max(1.0))
}

#[test]
fn random_networks_follow_the_interpreter_on_the_cpu() {
    assert_followed((0..trees(300)).map(run), &Backend::Cpu);
}

#[test]
fn random_networks_follow_the_interpreter_on_the_gpu() {
    let Some(device) = adapter() else { return };
    // Kernels for real GPUs take a software adapter longer to compile.
    for (target, n_trees) in [(device.target(), trees(100)), (Target::Gpu, 6)] {
        assert_followed((10_000..10_000 + n_trees).map(run), &Backend::Gpu(device.with_target(target)));
    }
}
