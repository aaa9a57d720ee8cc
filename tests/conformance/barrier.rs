//! Graphs with barriers.

use super::harness::{executors, random, read};
use descent::graph::reference::{Feeds, evaluate};
use descent::graph::{Graph, NodeId};
use descent::plan::{ModelSpec, RoutineSpec, Slice, Target, compile};
use descent::tensor::Tensor;

/// Barriers after leaves, constants, products, functions, reshapes, views and other barriers.
fn graph() -> (Graph, Vec<NodeId>) {
    let mut graph = Graph::new();
    let x = graph.input("x", [6, 4]);
    let of_input = graph.barrier(x);
    let product = graph.matmul(of_input, x, false, true).unwrap(); // [6, 6]
    let of_product = graph.barrier(product);
    let function = graph.tanh(of_product).unwrap();
    let again = graph.tanh(product).unwrap();
    let sum = graph.add(function, again).unwrap();
    let flat = graph.reshape(sum, [36]).unwrap();
    let of_reshape = graph.barrier(flat);
    let shaped = graph.reshape(of_reshape, [4, 9]).unwrap();
    let of_barrier = graph.barrier(shaped);
    let view = graph.permute(of_barrier, &[1, 0]).unwrap(); // [9, 4]
    let of_view = graph.barrier(view);
    let two = graph.constant(2.0);
    let of_constant = graph.barrier(two);
    let scaled = graph.mul(of_view, of_constant).unwrap();
    let total = graph.sum(scaled, &[0], false).unwrap(); // [4]
    let of_total = graph.barrier(total);
    (graph, vec![of_input, again, of_reshape, of_view, of_constant, of_total])
}

#[test]
fn a_barrier_is_the_identity() {
    let (graph, wanted) = graph();
    let x = random(24, 1);
    let feed = Tensor::new([6, 4], x.iter().map(|x| f64::from(*x)).collect());
    let expected = evaluate(&graph, &Feeds { inputs: &[feed], ..Feeds::default() }, &wanted);
    let outputs = wanted.iter().enumerate().map(|(at, node)| (format!("{at}"), *node)).collect();
    let routine = RoutineSpec { name: "barriers", graph, outputs, fetch: None, training: None, tally: None };
    let model = ModelSpec { routines: vec![routine], is_regularised: Vec::new(), update: None, data_words: [0; 3] };
    let program = compile(&model, Target::Cpu).unwrap();
    let routine = &program.routines[0];
    let slices: Vec<Slice> = routine.outputs.iter().map(|output| output.slice).collect();
    for (name, mut executor) in executors(&program) {
        executor.write(routine.inputs[0].slice, bytemuck::cast_slice(&x)).unwrap();
        executor.run(0, 1).unwrap();
        for (at, (got, want)) in read(&mut executor, &slices).iter().zip(&expected).enumerate() {
            for (got, want) in got.iter().zip(want.data()) {
                // Sums of nine numbers up to 2, worked out from products of four.
                assert!((f64::from(*got) - want).abs() < 5e-6, "{name}, output {at}: {got} is not {want}");
            }
        }
    }
}
