use super::init::Init;
use super::*;
use crate::graph::reference::{Feeds, evaluate};
use crate::plan::RoutineSpec;
use crate::plan::kernel::{Gather, Order, Stored};
use crate::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use crate::tensor::Tensor;
use descent_spec::model::Extent;
use descent_spec::{Head, Task};

fn routines(capacity: usize, feature_len: usize) -> Routines {
    let optimizer = Optimizer::Sgd { momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0 };
    let update = Update { optimizer, schedule: Schedule::Constant, learning_rate: 0.1, penalty: Penalty::None, clip: Clip::None };
    let gather = |order| Gather {
        order,
        first_row: 0,
        rows: capacity,
        batch: capacity,
        capacity,
        feature_len,
        features: Stored::F32,
        target_len: 1,
        target: Stored::F32,
    };
    Routines {
        data_words: [capacity * feature_len, capacity, 0],
        step: Some((gather(Order::Shuffled), update)),
        evaluations: vec![("evaluate", gather(Order::Sequential))],
        probes: vec![("probe", 2)],
    }
}

fn network(model: &str) -> Architecture {
    on(model, Extent::Image { rows: 4, cols: 4, channels: 1 }, Head::CrossEntropy { classes: 3 })
}

fn on_vector(model: &str, features: usize, head: Head) -> Architecture {
    on(model, Extent::Vector { features }, head)
}

fn on(model: &str, input: Extent, head: Head) -> Architecture {
    let model = descent_spec::Model::read(model).expect("a model");
    Architecture::new(&model, Task { input, head }, Init::Default).expect("its blocks fit together")
}

const MODEL: &str = "conv:2x3:linear,norm:silu,pool:2,dense:5:tanh,norm:linear";

/// Loss of each row, gradients and new statistics of a step over `rows` samples in a graph of
/// `capacity` rows.
fn step(capacity: usize, rows: usize) -> Vec<Tensor<f64>> {
    let model = Model::build(&network(MODEL), &routines(capacity, 16)).expect("the layers fit");
    let RoutineSpec { graph, training: Some(training), .. } = &model.spec.routines[0] else { panic!("step trains") };
    let is_valid = |row: usize| row < rows;
    // Rows that do not count are nonsense here, and finite.
    let pixel = |e: usize| if is_valid(e / 16) { (e * 7 % 11) as f64 / 11.0 } else { 5.0 };
    let inputs = [
        Tensor::from_fn([capacity, 4, 4, 1], pixel),
        Tensor::from_fn([capacity], |row| (row % 3) as f64),
        Tensor::from_fn([capacity], |row| if is_valid(row) { 1.0 / rows as f64 } else { 0.0 }),
        Tensor::scalar(rows as f64),
    ];
    let (params, stats) = (model.first_params(3), model.first_stats());
    let mut wanted = vec![training.row_loss];
    wanted.extend(&training.grads);
    wanted.extend(training.stats.iter().map(|(_, node)| *node));
    evaluate(graph, &Feeds { inputs: &inputs, params: &params, stats: &stats, ..Feeds::default() }, &wanted)
}

#[test]
fn rows_that_do_not_count_change_nothing() {
    let (full, padded) = (step(5, 5), step(8, 5));
    for (what, (full, padded)) in full.iter().zip(&padded).enumerate() {
        let same = full.data().iter().zip(padded.data()).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(same, "value {what}: {full:?} is not {padded:?}");
    }
}

#[test]
fn running_statistics_take_a_tenth_of_the_unbiased_batch() {
    let architecture = on_vector("norm:linear", 1, Head::HalfSquare { is_classification: false });
    let model = Model::build(&architecture, &routines(4, 1)).expect("the layer fits");
    let RoutineSpec { graph, training: Some(training), .. } = &model.spec.routines[0] else { panic!("step trains") };
    let features = Tensor::new([4, 1], vec![1.0, 2.0, 3.0, 6.0]); // mean 3, squared distances 4 + 1 + 0 + 9
    let inputs = [features, Tensor::full([4, 1], 0.0), Tensor::full([4], 0.25), Tensor::scalar(4.0)];
    let (params, stats) = (model.first_params(1), model.first_stats());
    let wanted: Vec<_> = training.stats.iter().map(|(_, node)| *node).collect();
    let new = evaluate(graph, &Feeds { inputs: &inputs, params: &params, stats: &stats, ..Feeds::default() }, &wanted);
    assert!((new[0].data()[0] - 0.3).abs() < 1e-12);
    assert!((new[1].data()[0] - (0.9 + 0.1 * 14.0 / 3.0)).abs() < 1e-12);
}

#[test]
fn dropout_keeps_the_mean_in_training_and_everything_otherwise() {
    let architecture = on_vector("dropout:25", 1000, Head::CrossEntropy { classes: 3 });
    let model = Model::build(&architecture, &routines(1, 1000)).expect("the layer fits");
    let probe = &model.spec.routines[2];
    let (params, inputs) = (model.first_params(1), [Tensor::full([2, 1000], 1.0)]);
    let feeds = Feeds { inputs: &inputs, params: &params, ..Feeds::default() };
    assert_eq!(evaluate(&probe.graph, &feeds, &[probe.outputs[0].1])[0], inputs[0]);

    let step = &model.spec.routines[0].graph;
    let mask = step.ids().find(|id| matches!(step.node(*id).op, crate::graph::Op::RandomMask { .. })).expect("a mask is drawn");
    let kept = evaluate(step, &Feeds { params: &params, ..Feeds::default() }, &[mask])[0].data().iter().sum::<f64>();
    assert!((kept - 750.0).abs() < 70.0, "{kept} of 1,000 are kept"); // 5 sigma
}

#[test]
fn parameters_are_named_by_their_layer() {
    let model = Model::build(&network(MODEL), &routines(2, 16)).expect("the layers fit");
    let names: Vec<String> = model.params.iter().map(|param| format!("{} {}", param.name, param.shape)).collect();
    let want =
        ["conv1.weight [3, 3, 1, 2]", "norm1.weight [2]", "norm1.bias [2]", "dense1.weight [8, 5]", "norm2.weight [5]", "norm2.bias [5]"];
    // What comes right before a normalisation has a bias only where its activation keeps that from
    // being subtracted.
    let want: Vec<&str> = want[..4].iter().copied().chain(["dense1.bias [5]"]).chain(want[4..].iter().copied()).collect();
    assert_eq!(names, [want, vec!["output.weight [5, 3]", "output.bias [3]"]].concat());
    assert_eq!(model.spec.is_regularised, [true, false, false, true, false, false, false, true, false]);
    let outputs: Vec<&str> = model.spec.routines[2].outputs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(outputs, ["conv1", "norm1", "pool1", "dense1", "norm2", "output", "prediction"]);
}
