//! Shuffled epochs with a smaller last batch: the CPU executor takes the steps that the f64 interpreter takes on the same rows.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::interpreter::{Batch, Interpreter};
use descent::data::{Column, Samples, digits};
use descent::exec::{Executor, cpu::Cpu};
use descent::experiment::{Dataset, ModelChoice};
use descent::nn::init::Init;
use descent::nn::{Architecture, Head, Model, Routines};
use descent::plan::kernel::{Gather, Order, Stored};
use descent::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use descent::plan::{Role, Slice, Target, compile, state};
use descent::tensor::rng::{Stream, key, permute};
use descent::tensor::{Shape, Tensor};

const BATCH: usize = 32;

fn samples() -> Samples {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/www/data/digits.bin")).expect("the digits are bundled");
    digits::parse(&bytes, 80.0).expect("they are sound")
}

fn model(samples: &Samples, choice: ModelChoice) -> Model {
    let adam = Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, amsgrad: false };
    let update = Update { optimizer: adam, schedule: Schedule::Constant, learning_rate: 1e-3, penalty: Penalty::None, clip: Clip::None };
    let stored = |column: &Column| match column {
        Column::U8 { scale, .. } => Stored::U8 { scale: *scale },
        Column::F32(_) => Stored::F32,
    };
    let gather = Gather {
        order: Order::Shuffled,
        first_row: 0,
        rows: samples.train_rows,
        batch: BATCH,
        capacity: BATCH,
        feature_len: samples.feature_len(),
        features: stored(&samples.features),
        target_len: 1,
        target: stored(&samples.target),
    };
    let routines = Routines { data_words: samples.data_words(0), step: Some((gather, update)), evaluations: vec![], probes: vec![] };
    let layers = choice.layers(Dataset::Digits).expect("the model fits images");
    let head = Head::CrossEntropy { classes: 10 };
    Model::build(&Architecture { input: vec![8, 8, 1], layers, head, init: Init::Default }, &routines).expect("the layers fit")
}

/// The rows of a step: a slice of the epoch's permutation.
fn batch(samples: &Samples, order_key: u32, step: usize) -> Batch {
    let rows = samples.train_rows;
    let steps = rows.div_ceil(BATCH);
    let (epoch, first) = (step / steps, step % steps * BATCH);
    let valid = BATCH.min(rows - first);
    let (mut features, mut target) = (vec![0.0; BATCH * 64], vec![0.0; BATCH]);
    for at in 0..valid {
        let row = permute(order_key, epoch as u32, rows as u32, (first + at) as u32) as usize;
        features[at * 64..][..64].iter_mut().zip(samples.feature_row(row)).for_each(|(to, from)| *to = f64::from(from));
        target[at] = f64::from(samples.target.value(row));
    }
    Batch { features: Tensor::new([BATCH, 8, 8, 1], features), target: Tensor::new(Shape::from([BATCH]), target), valid }
}

fn follows(choice: ModelChoice, steps: usize) {
    let samples = samples();
    let model = model(&samples, choice);
    let params = model.first_params(1);
    let order_key = key(1, Stream::Order);

    let mut executor = Executor::Cpu(Cpu::new(compile(&model.spec, Target::Cpu).expect("the model compiles")));
    let program = executor.program().clone();
    let mut write = |slice: Slice, words: &[u32]| executor.write(slice, words).expect("the CPU is never lost");
    write(program.whole(Role::Data).expect("samples are resident"), &samples.pack(&[]).words);
    for (placed, value) in program.params.iter().zip(&params) {
        write(placed.slice, bytemuck::cast_slice(value.to_f32().data()));
    }
    for (placed, value) in program.stats.iter().zip(model.first_stats()) {
        write(placed.slice, bytemuck::cast_slice(value.to_f32().data()));
    }
    let mut words = [0; state::LEN];
    words[state::LEARNING_RATE] = 1e-3f32.to_bits();
    words[state::ORDER_KEY] = order_key;
    write(program.whole(Role::State).expect("a step has a state"), &words);
    executor.run(0, steps as u32).expect("the CPU is never lost");
    let words = executor_words(&mut executor, &program);

    let mut interpreter = Interpreter::new(&model, params.iter().map(|param| param.to_f32().to_f64()).collect());
    for step in 0..steps {
        let want = interpreter.train(&batch(&samples, order_key, step));
        let got = f64::from(f32::from_bits(words[state::RING + step]));
        assert!((got - want).abs() < 2e-5, "the loss of step {step} is {got}, not {want}");
    }
}

fn executor_words(executor: &mut Executor, program: &descent::plan::Program) -> Vec<u32> {
    let state = program.whole(Role::State).expect("a step has a state");
    pollster::block_on(executor.read(&[state])).expect("the CPU is never lost").remove(0)
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
