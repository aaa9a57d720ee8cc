//! How long planning takes: the gradients, simplification and compilation of large graphs.
#![cfg(not(target_arch = "wasm32"))]

use descent::graph::{Graph, NodeId, Unary, autodiff};
use descent::plan::{ModelSpec, RoutineSpec, Target, compile};
use descent::train::clock::now_ms;

/// A layer after `x`, by its number.
type Layer = fn(&mut Graph, NodeId, usize) -> NodeId;

/// What is stacked, and how a layer of it is built.
const STACKS: [(&str, Layer); 7] = [
    ("dense layers", dense),
    ("layers with a way around them", residual),
    ("branches that are added", branch),
    ("a chain of functions", chain),
    ("a sum over inputs", input),
    ("steps of a recurrence", recurrent),
    ("layers that share a parameter", shared),
];

fn dense(graph: &mut Graph, x: NodeId, at: usize) -> NodeId {
    let weight = graph.param(format!("{at}.weight"), [16, 16]);
    let bias = graph.param(format!("{at}.bias"), [16]);
    let product = graph.matmul(x, weight, false, false).unwrap();
    let sum = graph.add(product, bias).unwrap();
    graph.unary(Unary::Relu, sum).unwrap()
}

fn residual(graph: &mut Graph, x: NodeId, at: usize) -> NodeId {
    let y = dense(graph, x, at);
    graph.add(x, y).unwrap()
}

fn branch(graph: &mut Graph, x: NodeId, at: usize) -> NodeId {
    let features = graph.inputs()[0].node;
    let y = dense(graph, features, at);
    graph.add(x, y).unwrap()
}

fn chain(graph: &mut Graph, x: NodeId, at: usize) -> NodeId {
    let shifted = graph.shift(x, at as f64).unwrap();
    graph.tanh(shifted).unwrap()
}

fn input(graph: &mut Graph, x: NodeId, at: usize) -> NodeId {
    let y = graph.input(format!("x{at}"), [8, 16]);
    graph.add(x, y).unwrap()
}

fn recurrent(graph: &mut Graph, x: NodeId, at: usize) -> NodeId {
    if at == 0 {
        graph.param("recurrent", [16, 16]);
        graph.param("sequence", [10_000, 16]);
    }
    let (weight, sequence) = (graph.params()[1].node, graph.params()[2].node);
    let row = graph.slice(sequence, &[at, 0], &[at + 1, 16], &[1, 1]).unwrap();
    let product = graph.matmul(x, weight, false, false).unwrap();
    let sum = graph.add(product, row).unwrap();
    graph.tanh(sum).unwrap()
}

/// A parameter that every layer reads, so that its gradient is a sum over all.
fn shared(graph: &mut Graph, x: NodeId, at: usize) -> NodeId {
    let y = dense(graph, x, at);
    let scale = graph.params()[0].node;
    graph.mul(y, scale).unwrap()
}

/// Plans so many layers that forward and backward have about `n_nodes` nodes. Returns the numbers
/// of nodes and kernels, and milliseconds for gradients and compilation.
fn plan(layer: Layer, n_nodes: usize, target: Target) -> (usize, usize, [f64; 2]) {
    let build = |layers: usize| {
        let mut graph = Graph::new();
        let features = graph.input("features", [8, 16]);
        let first = graph.param("first", [16]);
        let mut x = graph.mul(features, first).unwrap();
        for at in 0..layers {
            x = layer(&mut graph, x, at);
        }
        let loss = graph.sum(x, &[0, 1], false).unwrap();
        (graph, loss)
    };
    let gradients = |layers: usize| {
        let (mut graph, loss) = build(layers);
        let one = graph.constant(1.0);
        let params: Vec<NodeId> = graph.params().iter().map(|leaf| leaf.node).collect();
        let start = now_ms();
        let grads = autodiff::gradients(&mut graph, &[(loss, one)], &params);
        (graph, loss, grads, now_ms() - start)
    };
    let (few, more) = (gradients(10).0.nodes().len(), gradients(20).0.nodes().len());
    let layers = n_nodes * 10 / (more - few);
    let (graph, loss, grads, autodiff) = gradients(layers);
    let nodes = graph.nodes().len();
    let outputs = std::iter::once(loss).chain(grads).enumerate().map(|(at, node)| (format!("{at}"), node)).collect();
    let routine = RoutineSpec { name: "plan", graph, outputs, fetch: None, training: None, tally: None };
    let model = ModelSpec { routines: vec![routine], is_regularised: Vec::new(), update: None, data_words: [0; 3] };
    let start = now_ms();
    let program = compile(&model, target).unwrap();
    let compile = now_ms() - start;
    (nodes, program.routines[0].kernels.len(), [autodiff, compile])
}

/// Times that grow by 100 from 1,000 nodes to 10,000 betray a pass that is quadratic in nodes.
#[test]
#[ignore = "prints times, and asserts nothing"]
fn planning_ten_thousand_nodes() {
    for (name, layer) in STACKS {
        for n_nodes in [1_000, 3_000, 10_000] {
            for target in [Target::Cpu, Target::Gpu] {
                let (nodes, kernels, [autodiff, compile]) = plan(layer, n_nodes, target);
                println!("{name}, {target:?}: {nodes} nodes, {kernels} kernels: gradients {autodiff:.1} ms, compile {compile:.1} ms");
            }
        }
    }
}
