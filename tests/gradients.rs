//! Every op's gradient rule against central differences of its f64 reference, and simplification against both.
//!
//! `h = 1e-5 · max(1, |x|)`, `|analytic - numeric| <= 1e-6 · max(1, |analytic|, |numeric|)`, inputs away from kinks and ties.
//!
//! Long: a table of cases for every op.

use descent::graph::autodiff::gradients;
use descent::graph::reference::{Feeds, evaluate};
use descent::graph::simplify::simplify;
use descent::graph::{Binary, Conv, Graph, NodeId, Op, Pool, Reduction, ShapeError, Unary};
use descent::tensor::Tensor;
use descent::tensor::rng::{Rng, Stream};
use std::collections::BTreeSet;

/// What an input holds.
#[derive(Clone, Copy)]
enum Values {
    /// Random numbers between the two.
    Between(f64, f64),
    /// Different numbers, at least 0.05 apart and 0.02 away from 0, in random order. Two inputs that are compared get two offsets.
    Apart(f64),
    /// Whole numbers below this; no gradient is taken in them.
    Classes(u32),
    /// Random numbers; no gradient is taken in them.
    Fixed,
}

const PLAIN: Values = Values::Between(-1.0, 1.0);
const APART: Values = Values::Apart(0.025);
const APART_TOO: Values = Values::Apart(0.0375);

type Build = Box<dyn Fn(&mut Graph, &[NodeId]) -> Result<NodeId, ShapeError>>;

struct Case {
    name: String,
    inputs: Vec<(Vec<usize>, Values)>,
    build: Build,
}

fn case<const N: usize>(
    name: impl Into<String>,
    inputs: [(&[usize], Values); N],
    build: impl Fn(&mut Graph, &[NodeId]) -> Result<NodeId, ShapeError> + 'static,
) -> Case {
    let inputs = inputs.iter().map(|(shape, values)| (shape.to_vec(), *values)).collect();
    Case { name: name.into(), inputs, build: Box::new(build) }
}

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

/// Every unary function, chained so that a new one has to be put in.
fn after(kind: Unary) -> Option<Unary> {
    Some(match kind {
        Unary::Neg => Unary::Abs,
        Unary::Abs => Unary::Sign,
        Unary::Sign => Unary::Sqrt,
        Unary::Sqrt => Unary::Rsqrt,
        Unary::Rsqrt => Unary::Reciprocal,
        Unary::Reciprocal => Unary::Square,
        Unary::Square => Unary::Exp,
        Unary::Exp => Unary::Log,
        Unary::Log => Unary::Log1p,
        Unary::Log1p => Unary::Tanh,
        Unary::Tanh => Unary::Erf,
        Unary::Erf => Unary::Sin,
        Unary::Sin => Unary::Cos,
        Unary::Cos => Unary::Sigmoid,
        Unary::Sigmoid => Unary::Softplus,
        Unary::Softplus => Unary::Relu,
        Unary::Relu => return None,
    })
}

/// Every binary function, chained likewise.
fn after_binary(kind: Binary) -> Option<Binary> {
    Some(match kind {
        Binary::Add => Binary::Sub,
        Binary::Sub => Binary::Mul,
        Binary::Mul => Binary::Div,
        Binary::Div => Binary::Max,
        Binary::Max => Binary::Min,
        Binary::Min => Binary::Greater,
        Binary::Greater => Binary::GreaterEqual,
        Binary::GreaterEqual => Binary::Equal,
        Binary::Equal => return None,
    })
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
        Op::CrossEntropyDx => LAST,
    }
}

/// The largest [`place`].
const LAST: usize = 26;

fn elementwise() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in std::iter::successors(Some(Unary::Neg), |&kind| after(kind)) {
        let domain = match kind {
            Unary::Sqrt | Unary::Rsqrt | Unary::Reciprocal | Unary::Log => Values::Between(0.5, 2.0),
            Unary::Log1p => Values::Between(-0.5, 2.0),
            Unary::Abs | Unary::Sign | Unary::Relu => APART,
            _ => Values::Between(-2.0, 2.0),
        };
        for shape in [&[][..], &[1], &[3, 5], &[2, 1, 7]] {
            cases.push(case(format!("{kind:?} of {shape:?}"), [(shape, domain)], move |graph, x| graph.unary(kind, x[0])));
        }
    }
    for kind in std::iter::successors(Some(Binary::Add), |&kind| after_binary(kind)) {
        let (left, right) = match kind {
            Binary::Add | Binary::Sub | Binary::Mul => (PLAIN, PLAIN),
            Binary::Div => (PLAIN, Values::Between(0.5, 2.0)),
            _ => (APART, APART_TOO),
        };
        for (a, b) in [
            (&[][..], &[][..]),
            (&[3, 5], &[3, 5]),
            (&[4, 3], &[3]),
            (&[3], &[2, 1]),
            (&[2, 1, 3], &[1, 4, 1]),
            (&[], &[5]),
            (&[1, 1], &[2, 3]),
        ] {
            let name = format!("{kind:?} of {a:?} and {b:?}");
            cases.push(case(name, [(a, left), (b, right)], move |graph, x| graph.binary(kind, x[0], x[1])));
        }
    }
    for shapes in [[&[3, 4][..], &[3, 4], &[3, 4]], [&[3, 1], &[4], &[]], [&[], &[2, 1], &[1, 3]]] {
        let inputs = [(shapes[0], Values::Classes(2)), (shapes[1], PLAIN), (shapes[2], PLAIN)];
        cases.push(case(format!("Select of {shapes:?}"), inputs, |graph, x| graph.select(x[0], x[1], x[2])));
    }
    cases.push(case("random mask", [(&[4, 9], PLAIN)], |graph, x| {
        let mask = graph.random_mask([4, 9], 0.6, 2)?;
        graph.mul(x[0], mask)
    }));
    cases.push(case("one node used twice", [(&[2, 3], PLAIN)], |graph, x| {
        let squared = graph.mul(x[0], x[0])?;
        let shifted = graph.shift(x[0], 2.0)?;
        graph.mul(squared, shifted)
    }));
    cases
}

fn reductions() -> Vec<Case> {
    let mut cases = Vec::new();
    for (shape, axes) in
        [(&[4][..], &[0][..]), (&[3, 1, 5], &[1]), (&[3, 4, 2], &[0, 2]), (&[3, 4, 2], &[2, 1, 0]), (&[1, 1], &[0, 1]), (&[5], &[])]
    {
        let axes = axes.to_vec();
        for keepdims in [true, false] {
            for kind in [Reduction::Sum, Reduction::Max, Reduction::Min] {
                let axes = axes.clone();
                let name = format!("{kind:?} of {shape:?} along {axes:?}");
                cases.push(case(name, [(shape, APART)], move |graph, x| graph.reduce(kind, x[0], &axes, keepdims)));
            }
            type Reduce = fn(&mut Graph, NodeId, &[usize], bool) -> Result<NodeId, ShapeError>;
            let named: [(&str, Reduce); 4] =
                [("mean", Graph::mean), ("variance", Graph::variance), ("logsumexp", Graph::logsumexp), ("norm2", Graph::norm2)];
            for (name, reduce) in named {
                let (name, axes) = (format!("{name} of {shape:?} along {axes:?}"), axes.clone());
                cases.push(case(name, [(shape, APART)], move |graph, x| reduce(graph, x[0], &axes, keepdims)));
            }
        }
    }
    for axis in 0..3 {
        cases.push(case(format!("argmax along {axis}"), [(&[3, 1, 4], APART)], move |graph, x| graph.argmax(x[0], axis, false)));
    }
    cases
}

fn products() -> Vec<Case> {
    let mut cases = Vec::new();
    for (ta, tb) in [(false, false), (false, true), (true, false), (true, true)] {
        for (m, k, n) in [(2, 3, 4), (1, 1, 1), (1, 5, 2), (3, 1, 1)] {
            for (a_batch, b_batch) in [(&[][..], &[][..]), (&[2], &[2]), (&[2, 1], &[3]), (&[3], &[]), (&[1], &[2])] {
                let matrix = |batch: &[usize], rows, cols, is_turned| -> Vec<usize> {
                    let last = if is_turned { [cols, rows] } else { [rows, cols] };
                    batch.iter().copied().chain(last).collect()
                };
                let (a, b) = (matrix(a_batch, m, k, ta), matrix(b_batch, k, n, tb));
                let name = format!("matmul of {a:?} and {b:?}, transposed {ta} {tb}");
                cases.push(case(name, [(&a, PLAIN), (&b, PLAIN)], move |graph, x| graph.matmul(x[0], x[1], ta, tb)));
            }
        }
    }
    let plain = Conv { stride: [1, 1], dilation: [1, 1], pads: [0; 4], groups: 1 };
    for (x, w, conv) in [
        ([1, 3, 3, 1], [3, 3, 1, 1], plain),
        ([2, 4, 5, 2], [3, 2, 2, 3], Conv { pads: [1, 0, 2, 1], ..plain }),
        ([1, 5, 4, 1], [2, 3, 1, 2], Conv { stride: [2, 1], pads: [0, 1, 1, 1], ..plain }),
        ([1, 6, 7, 2], [2, 3, 2, 1], Conv { dilation: [3, 2], stride: [1, 2], ..plain }),
        ([2, 3, 3, 4], [2, 2, 2, 6], Conv { groups: 2, pads: [1; 4], ..plain }),
        ([1, 4, 4, 3], [3, 3, 1, 3], Conv { groups: 3, stride: [2, 2], pads: [1; 4], ..plain }),
        ([1, 1, 1, 2], [1, 1, 2, 3], plain),
        ([1, 2, 2, 1], [3, 3, 1, 1], Conv { pads: [3; 4], stride: [3, 3], ..plain }),
    ] {
        let [oh, ow] = conv.output([x[1], x[2]], [w[0], w[1]]).expect("a window fits");
        let y = [x[0], oh, ow, w[3]];
        let name = format!("conv2d of {x:?} and {w:?}, {conv:?}");
        cases.push(case(name.clone(), [(&x, PLAIN), (&w, PLAIN)], move |graph, x| graph.conv2d(x[0], x[1], conv)));
        let build = move |graph: &mut Graph, operands: &[NodeId]| graph.conv2d_dx(operands[0], operands[1], conv, &x.into());
        cases.push(case(format!("dx of {name}"), [(&y, PLAIN), (&w, PLAIN)], build));
        let build = move |graph: &mut Graph, operands: &[NodeId]| graph.conv2d_dw(operands[0], operands[1], conv, &w.into());
        cases.push(case(format!("dw of {name}"), [(&x, PLAIN), (&y, PLAIN)], build));
    }
    cases
}

fn pools() -> Vec<Case> {
    let mut cases = Vec::new();
    let plain = Pool { kernel: [2, 2], stride: [2, 2], pads: [0; 4], ceil_mode: false, count_include_pad: true };
    for (x, pool) in [
        ([2, 4, 4, 3], plain),
        ([1, 5, 7, 2], Pool { ceil_mode: true, ..plain }),
        ([1, 5, 5, 1], Pool { kernel: [3, 3], pads: [1; 4], ..plain }),
        ([1, 5, 4, 2], Pool { kernel: [3, 2], stride: [1, 1], pads: [1, 0, 0, 1], count_include_pad: false, ..plain }),
        ([1, 6, 3, 1], Pool { kernel: [3, 3], stride: [2, 3], pads: [1, 2, 2, 0], ceil_mode: true, ..plain }),
        ([1, 1, 1, 1], Pool { kernel: [1, 1], stride: [3, 3], ..plain }),
    ] {
        let [oh, ow] = pool.output([x[1], x[2]]).expect("a window fits");
        let y = [x[0], oh, ow, x[3]];
        let name = format!("pool of {x:?}, {pool:?}");
        cases.push(case(format!("max {name}"), [(&x, APART)], move |graph, x| graph.max_pool(x[0], pool)));
        cases.push(case(format!("mean {name}"), [(&x, PLAIN)], move |graph, x| graph.avg_pool(x[0], pool)));
        let build = move |graph: &mut Graph, operands: &[NodeId]| graph.max_pool_dx(operands[0], operands[1], pool);
        cases.push(case(format!("dx of max {name}"), [(&x, APART), (&y, Values::Fixed)], build));
        let build = move |graph: &mut Graph, operands: &[NodeId]| graph.avg_pool_dx(operands[0], pool, &x.into());
        cases.push(case(format!("dx of mean {name}"), [(&y, PLAIN)], build));
    }
    cases
}

fn movements() -> Vec<Case> {
    let mut cases = Vec::new();
    for (from, to) in [(&[][..], &[2, 3][..]), (&[3], &[2, 3]), (&[2, 1, 3], &[2, 4, 3]), (&[1, 1], &[1, 5]), (&[1], &[4, 1])] {
        cases.push(case(format!("broadcast of {from:?} to {to:?}"), [(from, PLAIN)], move |graph, x| graph.broadcast(x[0], to)));
    }
    for (from, to) in [(&[2, 6][..], &[3, 4][..]), (&[4], &[1, 4, 1]), (&[1], &[]), (&[2, 3], &[2, 3])] {
        cases.push(case(format!("reshape of {from:?} to {to:?}"), [(from, PLAIN)], move |graph, x| graph.reshape(x[0], to)));
    }
    for axes in [&[0, 1, 2][..], &[2, 0, 1], &[1, 2, 0], &[2, 1, 0]] {
        cases.push(case(format!("permute by {axes:?}"), [(&[2, 1, 3], PLAIN)], move |graph, x| graph.permute(x[0], axes)));
    }
    for [starts, ends, steps] in
        [[[0, 1], [5, 3], [2, 1]], [[2, 2], [3, 3], [1, 1]], [[1, 0], [4, 3], [2, 3]], [[0, 0], [5, 3], [1, 1]], [[4, 1], [4, 3], [1, 1]]]
    {
        cases.push(case(format!("slice {starts:?}..{ends:?} by {steps:?}"), [(&[5, 3], PLAIN)], move |graph, x| {
            graph.slice(x[0], &starts, &ends, &steps)
        }));
    }
    for [low, high, interior] in [[[1, 0], [0, 2], [0, 0]], [[0, 0], [0, 0], [2, 1]], [[2, 1], [1, 1], [1, 3]]] {
        for shape in [[2, 3], [1, 1]] {
            cases.push(case(format!("pad {shape:?} by {low:?} {high:?} {interior:?}"), [(&shape, PLAIN)], move |graph, x| {
                graph.pad(x[0], &low, &high, &interior, 0.5)
            }));
        }
    }
    for axis in 0..2 {
        let shapes: [[usize; 2]; 3] = if axis == 0 { [[1, 3], [2, 3], [4, 3]] } else { [[2, 1], [2, 2], [2, 1]] };
        let inputs = [(&shapes[0][..], PLAIN), (&shapes[1], PLAIN), (&shapes[2], PLAIN)];
        cases.push(case(format!("concat along {axis}"), inputs, move |graph, x| graph.concat(x, axis)));
    }
    cases
}

fn rows() -> Vec<Case> {
    let mut cases = Vec::new();
    for shape in [&[4][..], &[3, 5], &[2, 1, 3], &[3, 1]] {
        cases.push(case(format!("softmax of {shape:?}"), [(shape, PLAIN)], |graph, x| graph.softmax(x[0])));
        cases.push(case(format!("log_softmax of {shape:?}"), [(shape, PLAIN)], |graph, x| graph.log_softmax(x[0])));
    }
    for (rows, classes) in [(5, 4), (1, 3), (3, 1), (1, 1)] {
        let (logits, target) = (([rows, classes], PLAIN), ([rows], Values::Classes(classes as u32)));
        let inputs = [(&logits.0[..], logits.1), (&target.0, target.1)];
        cases.push(case(format!("cross-entropy of {rows} x {classes}"), inputs, |graph, x| graph.cross_entropy(x[0], x[1])));
        let inputs = [(&logits.0[..], logits.1), (&target.0, target.1), (&target.0, PLAIN)];
        cases.push(case(format!("gradient of cross-entropy of {rows} x {classes}"), inputs, |graph, x| {
            graph.cross_entropy_dx(x[0], x[1], x[2])
        }));
    }
    cases
}

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
