//! A step in two parts: `gradients` and then `update` do what `step` does, to the last bit.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::machine::adapter;
use descent::data::{Column, Samples};
use descent::exec::{Backend, Executor};
use descent::nn::init::Init;
use descent::nn::{Architecture, Model, Routines};
use descent::plan::kernel::{Gather, Order, Stored};
use descent::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use descent::plan::{Program, Role, Target, compile, state};
use descent::spec::model::Extent;
use descent::spec::random::{Rng, Stream};
use descent::spec::{Head, Task};
use descent::tensor::{Shape, Tensor};
use descent::train::FirstValues;

/// Samples of the part that is trained on; a batch more is evaluated.
const ROWS: usize = 20;
/// Leaves a smaller batch at the end of an epoch.
const BATCH: usize = 8;
const FEATURES: usize = 6;
/// Two epochs and a step.
const STEPS: u32 = 7;

const MOMENTUM: Update = Update {
    optimizer: Optimizer::Sgd { momentum: 0.9, dampening: 0.1, nesterov: true, weight_decay: 0.01 },
    schedule: Schedule::Exponential { gamma: 0.9 },
    learning_rate: 0.05,
    penalty: Penalty::L2(0.01),
    clip: Clip::Norm(0.5),
};

const ADAM: Update = Update {
    optimizer: Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, amsgrad: true },
    schedule: Schedule::Constant,
    learning_rate: 0.01,
    penalty: Penalty::PlaygroundL1(0.05),
    clip: Clip::None,
};

/// Random samples, the last of which is as large as this.
fn samples(last: f32) -> Samples {
    let mut rng = Rng::new(1, Stream::Sample, 0);
    let rows = ROWS + BATCH;
    let mut features: Vec<f32> = (0..rows * FEATURES).map(|_| rng.normal() as f32).collect();
    features[(ROWS - 1) * FEATURES..ROWS * FEATURES].fill(last);
    Samples {
        train_rows: ROWS,
        test_rows: BATCH,
        feature_shape: Shape::from([FEATURES]),
        features: Column::F32(features),
        target: Column::F32((0..rows).map(|_| rng.below(3) as f32).collect()),
        classes: 3,
    }
}

/// A network with hidden units, a mask and statistics, in training.
fn model(samples: &Samples, update: Update, has_parts: bool) -> Model {
    let gather = |order, first_row, rows| Gather {
        order,
        first_row,
        rows,
        batch: BATCH,
        capacity: BATCH,
        feature_len: FEATURES,
        features: Stored::F32,
        target_len: 1,
        target: Stored::F32,
    };
    let layers = descent::spec::Model::read("dense:9:linear,norm:tanh,dropout:20,dense:5:gelu").expect("this is a model");
    let task = Task { input: Extent::Vector { features: FEATURES }, head: Head::CrossEntropy { classes: 3 } };
    let architecture = Architecture::new(&layers, task, Init::Default).expect("the blocks fit together");
    let routines = Routines {
        data_words: samples.data_words(0),
        step: Some((gather(Order::Shuffled, 0, ROWS), update)),
        evaluations: vec![("evaluate", gather(Order::Sequential, ROWS, BATCH))],
        probes: Vec::new(),
    };
    let mut model = Model::build(&architecture, &routines).expect("the graph follows from the outline");
    model.spec.routines[0].training.as_mut().expect("a step trains").has_parts = has_parts;
    model
}

/// A run at its first step.
fn start(samples: &Samples, model: &Model, backend: &Backend) -> Executor {
    let program = compile(&model.spec, backend.target()).expect("the model compiles");
    let mut executor = Executor::new(backend, program).expect("its kernels compile");
    let data = executor.program().whole(Role::Data).expect("samples are resident");
    executor.write(data, &samples.pack(&[]).words).expect("the device is there");
    let params: Vec<Tensor<f64>> = model.first_params(1);
    let first_values = FirstValues {
        params: &params,
        stats: &model.first_stats(),
        learning_rate: model.spec.update.expect("it trains").learning_rate,
        order_key: 3,
        dropout_key: 4,
    };
    first_values.write(&mut executor).expect("the device is there");
    executor
}

fn run(executor: &mut Executor, routine: &str, times: u32) {
    let routine = executor.program().routine(routine).unwrap_or_else(|| panic!("there is no {routine}"));
    executor.run(routine, times).expect("the device is there");
}

/// The words of what a step changes: parameters, moments, statistics, the state without its tally.
fn outcome(executor: &mut Executor) -> Vec<Vec<u32>> {
    let roles = [Role::Params, Role::Moments, Role::Stats, Role::State];
    let slices = roles.map(|role| executor.program().whole(role).expect("the network has all of these"));
    let mut words = pollster::block_on(executor.read(&slices)).expect("the device is there");
    words[3][state::TALLY_ROW..=state::TALLY_VALID].fill(0);
    words
}

/// The CPU, and a GPU with the kernels of both classes.
fn backends() -> Vec<Backend> {
    let gpus =
        adapter().into_iter().flat_map(|device| [Target::Gpu, Target::SoftwareGpu].map(|target| Backend::Gpu(device.with_target(target))));
    std::iter::once(Backend::Cpu).chain(gpus).collect()
}

/// Asserts that both ways end in the same bits, and returns these.
fn assert_same(samples: &Samples, update: Update, backend: &Backend) -> Vec<Vec<u32>> {
    let (plain, in_parts) = (model(samples, update, false), model(samples, update, true));
    let mut whole = start(samples, &plain, backend);
    run(&mut whole, "step", STEPS);
    let expected = outcome(&mut whole);
    let what = format!("{:?}, {:?}", backend.target(), update.optimizer);

    let mut beside = start(samples, &in_parts, backend);
    run(&mut beside, "step", STEPS);
    assert!(outcome(&mut beside) == expected, "{what}: step, where there are parts too");
    assert_eq!(beside.counts().dispatches, whole.counts().dispatches, "{what}");

    let mut parts = start(samples, &in_parts, backend);
    for _ in 0..STEPS {
        run(&mut parts, "gradients", 1);
        run(&mut parts, "update", 1);
    }
    assert!(outcome(&mut parts) == expected, "{what}: gradients and update");
    assert_eq!(parts.counts().dispatches, whole.counts().dispatches, "{what}");

    let mut interrupted = start(samples, &in_parts, backend);
    for _ in 0..STEPS {
        run(&mut interrupted, "gradients", 2);
        run(&mut interrupted, "evaluate", 1);
        run(&mut interrupted, "update", 1);
    }
    assert!(outcome(&mut interrupted) == expected, "{what}: an evaluation between gradients and update");
    expected
}

#[test]
fn gradients_and_update_are_a_step() {
    let samples = samples(1.0);
    for backend in backends() {
        for update in [MOMENTUM, ADAM] {
            let state = assert_same(&samples, update, &backend).remove(3);
            assert_eq!((state[state::DONE], state[state::EPOCHS], state[state::BAD_STEP]), (STEPS, 2, 0));
        }
    }
}

#[test]
fn a_step_that_is_not_finite_is_refused_in_parts_too() {
    // Its products with weights are beyond the largest f32.
    let samples = samples(f32::MAX);
    for backend in backends() {
        for update in [MOMENTUM, ADAM] {
            let state = assert_same(&samples, update, &backend).remove(3);
            let bad = state[state::BAD_STEP];
            assert!((1..=3).contains(&bad), "the sample is in the first epoch: {bad}");
            assert_eq!(state[state::DONE], bad - 1, "the bad step and those after it change nothing");
        }
    }
}

#[test]
fn gradients_leave_what_an_update_takes() {
    let update = Update {
        optimizer: Optimizer::Sgd { momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0 },
        schedule: Schedule::Constant,
        learning_rate: 0.5,
        penalty: Penalty::None,
        clip: Clip::None,
    };
    let samples = samples(1.0);
    let model = model(&samples, update, true);
    for backend in backends() {
        let mut executor = start(&samples, &model, &backend);
        let gradients = executor.program().routine("gradients").expect("it was asked for");
        let grads = executor.program().routines[gradients].outputs.clone();
        let params = executor.program().params.clone();
        let read = |executor: &mut Executor| -> Vec<Vec<f32>> {
            let slices = params.iter().chain(&grads).map(|tensor| tensor.slice);
            slices.map(|slice| pollster::block_on(executor.read_numbers(slice)).expect("the device is there")).collect()
        };
        run(&mut executor, "gradients", 1);
        let before = read(&mut executor);
        run(&mut executor, "update", 1);
        let after = read(&mut executor);
        let (names, n) = (params.iter().map(|param| &param.name), params.len());
        assert!(names.eq(grads.iter().map(|grad| &grad.name)));
        assert_eq!(before[n..], after[n..], "an update leaves gradients");
        for at in 0..n {
            assert!(before[n + at].iter().any(|grad| *grad != 0.0), "{}", params[at].name);
            for ((w, grad), changed) in before[at].iter().zip(&before[n + at]).zip(&after[at]) {
                // Two roundings of numbers about 1.
                assert!((w - 0.5 * grad - changed).abs() < 3e-7, "{}: {w} - 0.5 · {grad} is not {changed}", params[at].name);
            }
        }
    }
}

#[test]
fn only_who_asks_gets_parts() {
    let samples = samples(1.0);
    let names = |program: &Program| program.routines.iter().map(|routine| routine.name).collect::<Vec<_>>();
    for target in [Target::Cpu, Target::SoftwareGpu, Target::Gpu] {
        let [plain, in_parts] =
            [false, true].map(|has_parts| compile(&model(&samples, ADAM, has_parts).spec, target).expect("the model compiles"));
        assert_eq!(names(&plain), ["step", "evaluate"]);
        assert_eq!(names(&in_parts), ["step", "gradients", "update", "evaluate"]);
        assert!(plain.buffer(Role::Losses).is_none());
        let [step, gradients, update] = [0, 1, 2].map(|at| &in_parts.routines[at]);
        assert_eq!(step.kernels, [&gradients.kernels[..], &update.kernels[..]].concat());
        assert_eq!(update.kernels.len(), 2);
        let labels = |program: &Program| program.routines[0].kernels.iter().map(|kernel| kernel.label.clone()).collect::<Vec<_>>();
        assert_eq!(labels(&plain), labels(&in_parts));
    }
}
