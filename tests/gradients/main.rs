//! Every op's gradient rule against central differences of its f64 reference, and simplification
//! against both.
//!
//! `h = 1e-5 · max(1, |x|)`, `|analytic - numeric| <= 1e-6 · max(1, |analytic|, |numeric|)`, inputs
//! away from kinks and ties.

mod cases;

use cases::{Case, PLAIN, Values, elementwise, movements, pools, products, reductions, rows};
use descent::graph::autodiff::gradients;
use descent::graph::reference::{Feeds, evaluate};
use descent::graph::simplify::simplify;
use descent::graph::{Graph, NodeId, Op, ShapeError};
use descent::spec::random::{Rng, Stream};
use descent::tensor::Tensor;
use std::collections::BTreeSet;

fn values(kind: Values, shape: &[usize], rng: &mut Rng) -> Tensor<f64> {
    let n: usize = shape.iter().product();
    match kind {
        Values::Between(low, high) => Tensor::from_fn(shape, |_| rng.between(low, high)),
        Values::Fixed => Tensor::from_fn(shape, |_| rng.between(-1.0, 1.0)),
        Values::Classes(classes) => Tensor::from_fn(shape, |_| f64::from(rng.below(classes))),
        Values::Apart(offset) => {
            let mut grid: Vec<f64> = (0..n).map(|at| (at as f64 - (n / 2) as f64) * 0.05 + offset).collect();
            (1..n).rev().for_each(|at| grid.swap(at, rng.below(at as u32 + 1) as usize));
            Tensor::new(shape, grid)
        }
    }
}

/// Checks one case; returns the ops that it runs.
fn check(case: &Case, seed: u64) -> Vec<Op> {
    let mut rng = Rng::new(seed, Stream::Sample, 0);
    let mut graph = Graph::new();
    let mut feeds: Vec<Tensor<f64>> = case.inputs.iter().map(|(shape, kind)| values(*kind, shape, &mut rng)).collect();
    let inputs: Vec<NodeId> = case.inputs.iter().enumerate().map(|(at, (shape, _))| graph.input(format!("x{at}"), shape.clone())).collect();
    let y = (case.build)(&mut graph, &inputs).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let ops = graph.nodes().iter().map(|node| node.op.clone()).collect();

    let upstream = values(PLAIN, graph.shape(y), &mut rng);
    let dy = graph.input("dy", graph.shape(y).clone());
    feeds.push(upstream.clone());
    let wrt: Vec<usize> = (0..inputs.len()).filter(|&at| !matches!(case.inputs[at].1, Values::Classes(_) | Values::Fixed)).collect();
    let grads = gradients(&mut graph, &[(y, dy)], &wrt.iter().map(|&at| inputs[at]).collect::<Vec<_>>());
    let run = |graph: &Graph, feeds: &[Tensor<f64>], wanted: &[NodeId]| {
        evaluate(graph, &Feeds { inputs: feeds, dropout_key: 7, step: 3, ..Feeds::default() }, wanted)
    };
    let analytic = run(&graph, &feeds, &grads);

    let (simple, simple_grads) = simplify(&graph, &grads);
    for (before, after) in analytic.iter().zip(run(&simple, &feeds, &simple_grads)) {
        for (&a, &b) in before.data().iter().zip(after.data()) {
            assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{}: simplification made {b} of {a}", case.name);
        }
    }

    let objective = |feeds: &[Tensor<f64>]| -> f64 {
        let value = run(&graph, feeds, &[y]);
        value[0].data().iter().zip(upstream.data()).map(|(y, dy)| y * dy).sum()
    };
    for (&at, analytic) in wrt.iter().zip(&analytic) {
        assert_eq!(analytic.shape(), feeds[at].shape(), "{}: a gradient has its variable's shape", case.name);
        for element in 0..analytic.data().len() {
            let x = feeds[at].data()[element];
            let h = 1e-5 * x.abs().max(1.0);
            let mut moved = feeds.clone();
            moved[at].data_mut()[element] = x + h;
            let above = objective(&moved);
            moved[at].data_mut()[element] = x - h;
            let numeric = (above - objective(&moved)) / (2.0 * h);
            let a = analytic.data()[element];
            let limit = 1e-6 * a.abs().max(numeric.abs()).max(1.0);
            assert!((a - numeric).abs() <= limit, "{}: d x{at}[{element}] at {x}: analytic {a}, numeric {numeric}", case.name);
        }
    }
    ops
}

/// Numbers all ops without gaps, so that the compiler asks for a new one here.
fn place(op: &Op) -> usize {
    match op {
        Op::Input(_) => 0,
        Op::Param(_) => 1,
        Op::Stat(_) => 2,
        Op::Constant(_) => 3,
        Op::RandomMask { .. } => 4,
        Op::Unary(_) => 5,
        Op::Binary(_) => 6,
        Op::Select => 7,
        Op::Broadcast => 8,
        Op::Reduce { .. } => 9,
        Op::ArgMax { .. } => 10,
        Op::Matmul { .. } => 11,
        Op::Conv2d(_) => 12,
        Op::Conv2dDx(_) => 13,
        Op::Conv2dDw(_) => 14,
        Op::MaxPool(_) => 15,
        Op::MaxPoolDx(_) => 16,
        Op::AvgPool(_) => 17,
        Op::AvgPoolDx(_) => 18,
        Op::Reshape => 19,
        Op::Permute(_) => 20,
        Op::Slice { .. } => 21,
        Op::Pad { .. } => 22,
        Op::Softmax => 23,
        Op::LogSoftmax => 24,
        Op::CrossEntropy => 25,
        Op::CrossEntropyDx => 26,
        Op::Barrier => 27,
        Op::Moments => 28,
        Op::Output(_) => LAST,
    }
}

/// The largest [`place`].
const LAST: usize = 29;

#[test]
fn every_gradient_rule_agrees_with_differences() {
    let cases: Vec<Case> = [elementwise(), reductions(), products(), pools(), movements(), rows()].into_iter().flatten().collect();
    let mut covered: BTreeSet<usize> = [place(&Op::Param(0)), place(&Op::Stat(0))].into(); // Leaves like inputs; see the next test.
    for (seed, case) in cases.iter().enumerate() {
        covered.extend(check(case, seed as u64).iter().map(place));
    }
    let missing: Vec<usize> = (0..=LAST).filter(|place| !covered.contains(place)).collect();
    assert!(missing.is_empty(), "no case runs the ops at places {missing:?}");
    println!("gradients: {} cases over {} ops", cases.len(), covered.len());
}

#[test]
fn gradients_reach_parameters_and_are_zero_where_nothing_depends() -> Result<(), ShapeError> {
    let mut graph = Graph::new();
    let x = graph.input("x", [2]);
    let (used, unused) = (graph.param("used", [2]), graph.param("unused", [3]));
    let stat = graph.stat("stat", [2]);
    let product = graph.mul(x, used)?;
    let y = graph.add(product, stat)?;
    let one = graph.constant(1.0);
    let grads = gradients(&mut graph, &[(y, one), (y, one)], &[used, unused, stat, y]);
    let [feed_x, feed_used] = [[2.0, 3.0], [5.0, 7.0]].map(|values| Tensor::new([2], values.to_vec()));
    let params = [feed_used, Tensor::full([3], 1.0)];
    let stats = [Tensor::full([2], 4.0)];
    let feeds = Feeds { inputs: &[feed_x], params: &params, stats: &stats, ..Feeds::default() };
    let got = evaluate(&graph, &feeds, &grads);
    assert_eq!(got[0].data(), [4.0, 6.0], "both outputs count");
    assert_eq!(got[1].data(), [0.0; 3]);
    assert_eq!(got[2].data(), [2.0; 2]);
    assert_eq!(got[3].data(), [2.0; 2]);
    Ok(())
}

#[test]
fn relu_passes_nothing_where_it_is_off() -> Result<(), ShapeError> {
    let mut graph = Graph::new();
    let (x, dy) = (graph.input("x", [3]), graph.input("dy", [3]));
    let y = graph.relu(x)?;
    let grads = gradients(&mut graph, &[(y, dy)], &[x]);
    let feeds = [Tensor::new([3], vec![-1.0, 0.0, 2.0]), Tensor::new([3], vec![f64::INFINITY, 3.0, 5.0])];
    let got = evaluate(&graph, &Feeds { inputs: &feeds, ..Feeds::default() }, &grads);
    assert_eq!(got[0].data(), [0.0, 0.0, 5.0]);
    Ok(())
}

#[test]
fn shape_errors_name_the_op_and_all_shapes() {
    let mut graph = Graph::new();
    let (a, b) = (graph.input("a", [32, 64]), graph.input("b", [32, 10]));
    let error = graph.matmul(a, b, false, false).expect_err("64 is not 32");
    assert_eq!(error.to_string(), "matmul of [32, 64] and [32, 10]: the inner extents 64 and 32 differ");
    let error = graph.add(a, b).expect_err("64 is not 10");
    assert_eq!((error.op, error.shapes.len()), ("add", 2));
}
