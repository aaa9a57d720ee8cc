//! Cases for every op.

use descent::graph::{Binary, Conv, Graph, NodeId, Pool, Reduction, ShapeError, Unary};

/// What an input holds.
#[derive(Clone, Copy)]
pub(crate) enum Values {
    /// Random numbers between the two.
    Between(f64, f64),
    /// Different numbers, at least 0.05 apart and 0.02 away from 0, in random order. Two inputs
    /// that are compared get two offsets.
    Apart(f64),
    /// Whole numbers below this; no gradient is taken in them.
    Classes(u32),
    /// Random numbers; no gradient is taken in them.
    Fixed,
}

pub(crate) const PLAIN: Values = Values::Between(-1.0, 1.0);
pub(crate) const APART: Values = Values::Apart(0.025);
pub(crate) const APART_TOO: Values = Values::Apart(0.0375);

pub(crate) type Build = Box<dyn Fn(&mut Graph, &[NodeId]) -> Result<NodeId, ShapeError>>;

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) inputs: Vec<(Vec<usize>, Values)>,
    pub(crate) build: Build,
}

pub(crate) fn case<const N: usize>(
    name: impl Into<String>,
    inputs: [(&[usize], Values); N],
    build: impl Fn(&mut Graph, &[NodeId]) -> Result<NodeId, ShapeError> + 'static,
) -> Case {
    let inputs = inputs.iter().map(|(shape, values)| (shape.to_vec(), *values)).collect();
    Case { name: name.into(), inputs, build: Box::new(build) }
}
pub(crate) fn elementwise() -> Vec<Case> {
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

pub(crate) fn reductions() -> Vec<Case> {
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
    for shape in [&[3, 4][..], &[3, 1], &[3, 2, 5], &[3, 2, 2, 3]] {
        type Use = fn(&mut Graph, NodeId, [NodeId; 2]) -> Result<NodeId, ShapeError>;
        let uses: [(&str, Use); 4] = [
            ("mean", |_, _, [mean, _]| Ok(mean)),
            ("variance", |_, _, [_, variance]| Ok(variance)),
            ("both", |graph, _, [mean, variance]| graph.mul(mean, variance)),
            ("normalisation", |graph, x, [mean, variance]| {
                let centred = graph.sub(x, mean)?;
                let width = graph.shift(variance, 0.1)?;
                let width = graph.sqrt(width)?;
                graph.div(centred, width)
            }),
        ];
        for (name, use_of) in uses {
            cases.push(case(format!("moments of {shape:?}, {name}"), [(shape, PLAIN)], move |graph, x| {
                // The last row does not count.
                let half = graph.constant(0.5);
                let halves = graph.broadcast(half, [2])?;
                let weight = graph.pad(halves, &[0], &[1], &[0], 0.0)?;
                let moments = graph.moments(x[0], weight)?;
                use_of(graph, x[0], moments)
            }));
        }
    }
    for axis in 0..3 {
        cases.push(case(format!("argmax along {axis}"), [(&[3, 1, 4], APART)], move |graph, x| graph.argmax(x[0], axis, false)));
    }
    cases
}

pub(crate) fn products() -> Vec<Case> {
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

pub(crate) fn pools() -> Vec<Case> {
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

pub(crate) fn movements() -> Vec<Case> {
    let mut cases = Vec::new();
    for (from, to) in [(&[][..], &[2, 3][..]), (&[3], &[2, 3]), (&[2, 1, 3], &[2, 4, 3]), (&[1, 1], &[1, 5]), (&[1], &[4, 1])] {
        cases.push(case(format!("broadcast of {from:?} to {to:?}"), [(from, PLAIN)], move |graph, x| graph.broadcast(x[0], to)));
    }
    for (from, to) in [(&[2, 6][..], &[3, 4][..]), (&[4], &[1, 4, 1]), (&[1], &[]), (&[2, 3], &[2, 3])] {
        cases.push(case(format!("reshape of {from:?} to {to:?}"), [(from, PLAIN)], move |graph, x| graph.reshape(x[0], to)));
    }
    cases.push(case("barrier", [(&[2, 3], PLAIN)], |graph, x| {
        let y = graph.tanh(x[0])?;
        let barrier = graph.barrier(y);
        graph.mul(barrier, y)
    }));
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

pub(crate) fn rows() -> Vec<Case> {
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
