//! What the planner makes of whole training steps: few kernels, few buffers, none read and written
//! at once.
#![cfg(not(target_arch = "wasm32"))]

use descent::graph::{Conv, Graph, NodeId, Pool, Unary, autodiff};
use descent::plan::kernel::{Gather, Order, Stored};
use descent::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use descent::plan::{Element, Fetch, Kind, ModelSpec, Program, Role, RoutineSpec, Target, Training, compile};

const ADAM: Update = Update {
    optimizer: Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, amsgrad: false },
    schedule: Schedule::Constant,
    learning_rate: 1e-3,
    penalty: Penalty::None,
    clip: Clip::None,
};

/// A training step over `forward`, which turns features into logits of ten classes.
fn step(features: &[usize], forward: impl Fn(&mut Graph, NodeId) -> NodeId) -> ModelSpec {
    let batch = features[0];
    let mut graph = Graph::new();
    let x = graph.input("features", features);
    let target = graph.input("target", [batch]);
    let row_weight = graph.input("row weight", [batch]);
    let row_count = graph.input("row count", []);
    let logits = forward(&mut graph, x);
    let row_loss = graph.cross_entropy(logits, target).unwrap();
    let weighted = graph.mul(row_loss, row_weight).unwrap();
    let loss = graph.sum(weighted, &[0], false).unwrap();
    let one = graph.constant(1.0);
    let params: Vec<NodeId> = graph.params().iter().map(|leaf| leaf.node).collect();
    let grads = autodiff::gradients(&mut graph, &[(loss, one)], &params);
    let gather = Gather {
        order: Order::Shuffled,
        first_row: 0,
        rows: 10 * batch,
        batch,
        capacity: batch,
        feature_len: features[1..].iter().product(),
        features: Stored::F32,
        target_len: 1,
        target: Stored::F32,
    };
    let feature_len: usize = features[1..].iter().product();
    ModelSpec {
        is_regularised: vec![true; params.len()],
        routines: vec![RoutineSpec {
            name: "step",
            graph,
            outputs: Vec::new(),
            fetch: Some(Fetch { gather, features: x, target, row_weight, row_count }),
            training: Some(Training { row_loss, grads, stats: Vec::new(), has_parts: false }),
            tally: None,
        }],
        update: Some(ADAM),
        data_words: [10 * batch * feature_len, 10 * batch, 0],
    }
}

fn dense(graph: &mut Graph, x: NodeId, name: &str, units: usize) -> NodeId {
    let features = graph.shape(x)[1];
    let weight = graph.param(format!("{name}.weight"), [features, units]);
    let bias = graph.param(format!("{name}.bias"), [units]);
    let product = graph.matmul(x, weight, false, false).unwrap();
    graph.add(product, bias).unwrap()
}

fn mlp(graph: &mut Graph, x: NodeId) -> NodeId {
    let hidden = dense(graph, x, "dense1", 128);
    let hidden = graph.unary(Unary::Relu, hidden).unwrap();
    dense(graph, hidden, "dense2", 10)
}

fn cnn(graph: &mut Graph, x: NodeId) -> NodeId {
    let mut x = x;
    for (name, channels) in [("conv1", 8), ("conv2", 16)] {
        let c_in = graph.shape(x)[3];
        let weight = graph.param(format!("{name}.weight"), [5, 5, c_in, channels]);
        let bias = graph.param(format!("{name}.bias"), [channels]);
        let conv = Conv { stride: [1, 1], dilation: [1, 1], pads: [2; 4], groups: 1 };
        let y = graph.conv2d(x, weight, conv).unwrap();
        let y = graph.add(y, bias).unwrap();
        let y = graph.unary(Unary::Relu, y).unwrap();
        let pool = Pool { kernel: [2, 2], stride: [2, 2], pads: [0; 4], ceil_mode: false, count_include_pad: true };
        x = graph.max_pool(y, pool).unwrap();
    }
    let flat = graph.shape(x).elements() / graph.shape(x)[0];
    let batch = graph.shape(x)[0];
    let x = graph.reshape(x, [batch, flat]).unwrap();
    dense(graph, x, "dense1", 10)
}

/// A routine without parameters.
fn routine(graph: Graph, outputs: &[NodeId]) -> ModelSpec {
    let outputs = outputs.iter().enumerate().map(|(at, node)| (format!("{at}"), *node)).collect();
    let routine = RoutineSpec { name: "routine", graph, outputs, fetch: None, training: None, tally: None };
    ModelSpec { routines: vec![routine], is_regularised: Vec::new(), update: None, data_words: [0; 3] }
}

fn labels(program: &Program) -> Vec<&str> {
    program.routines[0].kernels.iter().map(|kernel| kernel.label.as_str()).collect()
}

#[test]
fn a_step_of_a_dense_classifier_is_nine_kernels() {
    for target in [Target::Cpu, Target::SoftwareGpu, Target::Gpu] {
        let program = compile(&step(&[64, 784], mlp), target).unwrap();
        println!("{program}");
        assert_eq!(program.routines[0].kernels.len(), 9, "{:?}", labels(&program));
    }
}

#[test]
fn a_step_of_a_convnet_is_at_most_twenty_kernels() {
    for (target, kernels) in [(Target::Cpu, 16), (Target::SoftwareGpu, 18), (Target::Gpu, 18)] {
        let program = compile(&step(&[64, 28, 28, 1], cnn), target).unwrap();
        println!("{program}");
        assert_eq!(program.routines[0].kernels.len(), kernels, "{:?}", labels(&program));
    }
}

#[test]
fn a_kernel_that_would_bind_too_much_is_split() {
    let mut graph = Graph::new();
    let inputs: Vec<NodeId> = (0..20).map(|at| graph.input(format!("x{at}"), [100])).collect();
    let sum = inputs[1..].iter().fold(inputs[0], |sum, x| graph.add(sum, *x).unwrap());
    let program = compile(&routine(graph, &[sum]), Target::Gpu).unwrap();
    let kernels = &program.routines[0].kernels;
    assert!(kernels.iter().all(|kernel| kernel.inputs.len() + kernel.outputs.len() <= 8 && matches!(kernel.kind, Kind::Map { .. })));
    assert!((3..=6).contains(&kernels.len()), "{} kernels", kernels.len());
}

#[test]
fn a_long_chain_of_functions_is_several_kernels() {
    let mut graph = Graph::new();
    let x = graph.input("x", [100]);
    let y = (0..5_000).fold(x, |y, at| {
        let shifted = graph.shift(y, f64::from(at)).unwrap();
        graph.tanh(shifted).unwrap()
    });
    let program = compile(&routine(graph, &[y]), Target::Cpu).unwrap();
    let steps = program.routines[0].kernels.iter().map(|kernel| match &kernel.kind {
        Kind::Map { fused, .. } => fused.expr.steps.len(),
        other => panic!("{other:?}"),
    });
    let steps: Vec<usize> = steps.collect();
    assert!(steps.iter().all(|steps| *steps <= 256) && steps.len() <= 100, "{steps:?}");
}

#[test]
fn memory_is_used_again_when_a_value_is_no_longer_read() {
    let mut graph = Graph::new();
    let x = graph.input("x", [64, 64]);
    let mut y = x;
    for _ in 0..50 {
        y = graph.matmul(y, x, false, false).unwrap();
    }
    let program = compile(&routine(graph, &[y]), Target::Cpu).unwrap();
    let words: usize = program.buffers.iter().filter(|buffer| matches!(buffer.role, Role::Activation(_))).map(|buffer| buffer.len).sum();
    assert_eq!(words, 2 * 64 * 64);
}

#[test]
fn nothing_is_merged_across_a_barrier() {
    type Place = fn(&mut Graph, NodeId) -> NodeId;
    let nothing: Place = |_, x| x;
    let barrier: Place = |graph, x| graph.barrier(x);
    let kernels = |place: Place, build: fn(&mut Graph, NodeId, Place) -> Vec<NodeId>| {
        let mut graph = Graph::new();
        let x = graph.input("x", [8, 8]);
        let outputs = build(&mut graph, x, place);
        let programs = [Target::Cpu, Target::SoftwareGpu, Target::Gpu].map(|target| compile(&routine(graph.clone(), &outputs), target));
        let counts = programs.map(|program| program.unwrap().routines[0].kernels.len());
        assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
        counts[0]
    };

    // One function of one value is worked out once, of a barrier again.
    let function = |graph: &mut Graph, x: NodeId, place: Place| {
        let (x1, x2) = (place(graph, x), place(graph, x));
        [x, x1, x2].map(|x| graph.tanh(x).unwrap()).to_vec()
    };
    assert_eq!((kernels(nothing, function), kernels(barrier, function)), (1, 3));
    // So is a product, with all that follows it.
    let product = |graph: &mut Graph, x: NodeId, place: Place| {
        let again = place(graph, x);
        let ends = [x, again].map(|left| {
            let product = graph.matmul(left, x, false, false).unwrap();
            let product = graph.matmul(product, x, false, false).unwrap();
            graph.unary(Unary::Relu, product).unwrap()
        });
        ends.to_vec()
    };
    assert_eq!((kernels(nothing, product), kernels(barrier, product)), (2, 4));
    // What comes before a barrier is no epilogue's or expression's part.
    let epilogue = |graph: &mut Graph, x: NodeId, place: Place| {
        let product = graph.matmul(x, x, false, false).unwrap();
        let product = place(graph, product);
        let shifted = graph.shift(product, 1.0).unwrap();
        let shifted = place(graph, shifted);
        vec![graph.tanh(shifted).unwrap()]
    };
    assert_eq!((kernels(nothing, epilogue), kernels(barrier, epilogue)), (1, 3));
    // The sum over a gradient's rows joins the product with the same gradient only.
    let gradients = |graph: &mut Graph, x: NodeId, place: Place| {
        let dy = place(graph, x);
        vec![graph.matmul(x, x, true, false).unwrap(), graph.sum(dy, &[0], false).unwrap()]
    };
    assert_eq!((kernels(nothing, gradients), kernels(barrier, gradients)), (1, 2));
}

#[test]
fn a_barrier_costs_no_memory() {
    let bytes = |is_marked: bool| {
        let mut graph = Graph::new();
        let x = graph.input("x", [64, 64]);
        let y = (0..10).fold(x, |y, _| {
            let y = if is_marked { graph.barrier(y) } else { y };
            graph.matmul(y, x, false, false).unwrap()
        });
        let program = compile(&routine(graph, &[y]), Target::Cpu).unwrap();
        assert_eq!(program.routines[0].kernels.len(), 10);
        program.buffers.iter().map(|buffer| buffer.len).sum::<usize>()
    };
    assert_eq!(bytes(true), bytes(false));
}

#[test]
fn samples_say_what_they_hold() {
    let mut model = step(&[64, 784], mlp);
    model.data_words = [10 * 64 * 784 / 4, 10 * 64, 0];
    model.routines[0].fetch.as_mut().unwrap().gather.features = Stored::U8 { scale: 1.0 };
    let program = compile(&model, Target::Cpu).unwrap();
    let gather = &program.routines[0].kernels[0];
    let held: Vec<(Element, usize)> = gather.inputs.iter().map(|slice| (slice.element, slice.bytes())).collect();
    assert_eq!(held, [(Element::U8, 10 * 64 * 784), (Element::F32, 10 * 64 * 4)]);
    assert_eq!(gather.outputs[4].element, Element::U32, "the state");
    assert!(program.to_string().contains("Data+0:501760 U8"), "{program}");
}

/// Two layers of one input whose results are added: their weights have one gradient and their
/// biases another, each wanted twice.
#[test]
fn a_gradient_that_two_parameters_share_is_copied_to_both() {
    let two_branches = |graph: &mut Graph, x: NodeId| {
        let (left, right) = (dense(graph, x, "left", 10), dense(graph, x, "right", 10));
        graph.add(left, right).unwrap()
    };
    for target in [Target::Cpu, Target::SoftwareGpu, Target::Gpu] {
        let program = compile(&step(&[8, 6], two_branches), target).unwrap();
        let grads = program.buffer(Role::Grads);
        let kernels = &program.routines[0].kernels;
        let copies = kernels.iter().filter(|kernel| kernel.label == "keep" && kernel.outputs.iter().any(|to| Some(to.buffer) == grads));
        assert_eq!(copies.count(), 4, "{program}");
    }
}
