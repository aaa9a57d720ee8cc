//! The f64 interpreter: slow and obvious. It is the meaning of every op and the oracle of every
//! test.

use super::ops::{conv, elementwise, loss, matmul, moments, movement, pool, random, reduce, softmax};
use super::{Graph, Node, NodeId, Op};
use crate::tensor::Tensor;
use std::borrow::Cow;

/// The values of a graph's leaves, each list in the graph's order.
#[derive(Clone, Copy, Default, Debug)]
pub struct Feeds<'a> {
    /// What is supplied from outside.
    pub inputs: &'a [Tensor<f64>],
    /// The trainable parameters.
    pub params: &'a [Tensor<f64>],
    /// The running statistics.
    pub stats: &'a [Tensor<f64>],
    /// The key of random masks.
    pub dropout_key: u32,
    /// The step, which random masks depend on.
    pub step: u32,
}

/// Works out the nodes `wanted`, and what they need, in double precision.
///
/// # Panics
/// If a leaf that is needed is not fed, or with another shape.
pub fn evaluate(graph: &Graph, feeds: &Feeds, wanted: &[NodeId]) -> Vec<Tensor<f64>> {
    let is_needed = graph.needed(wanted);
    let mut values: Vec<Option<Cow<Tensor<f64>>>> = Vec::with_capacity(is_needed.len());
    for (node, is_needed) in graph.nodes().iter().zip(is_needed) {
        let value = is_needed.then(|| {
            let operands: Vec<&Tensor<f64>> =
                node.inputs.iter().map(|input| values[input.index()].as_deref().expect("operands come first")).collect();
            match node.op {
                Op::Output(number) => {
                    let several = graph.node(node.inputs[0]);
                    let operands = several.inputs.iter().map(|input| values[input.index()].as_deref().expect("operands come first"));
                    Cow::Owned(output(several, &operands.collect::<Vec<_>>(), number))
                }
                _ => apply(node, &operands, feeds),
            }
        });
        if let Some(value) = &value {
            assert_eq!(*value.shape(), node.shape, "{:?} yields the shape that its rule gives", node.op);
        }
        values.push(value);
    }
    wanted.iter().map(|id| values[id.index()].as_deref().expect("what is wanted is needed").clone()).collect()
}

/// One output of a node that has several.
fn output(node: &Node, operands: &[&Tensor<f64>], number: usize) -> Tensor<f64> {
    let outputs = match (&node.op, operands) {
        (Op::Moments, [x, weight]) => moments::evaluate(x, weight),
        (op, _) => panic!("{op:?} has one output"),
    };
    outputs.into_iter().nth(number).unwrap_or_else(|| panic!("{:?} has no output {number}", node.op))
}

/// One node's value; of several outputs the first.
fn apply<'a>(node: &Node, operands: &[&Tensor<f64>], feeds: &Feeds<'a>) -> Cow<'a, Tensor<f64>> {
    let shape = &node.shape;
    let leaf = |feeds: &'a [Tensor<f64>], at: usize| feeds.get(at).expect("every leaf that is needed is fed");
    Cow::Owned(match (&node.op, operands) {
        (Op::Input(at), _) => return Cow::Borrowed(leaf(feeds.inputs, *at)),
        (Op::Param(at), _) => return Cow::Borrowed(leaf(feeds.params, *at)),
        (Op::Stat(at), _) => return Cow::Borrowed(leaf(feeds.stats, *at)),
        (Op::Constant(value), _) => Tensor::scalar(*value),
        (Op::RandomMask { keep, site }, _) => random::evaluate(*keep, *site, feeds.dropout_key, feeds.step, shape),
        (Op::Unary(kind), [x]) => x.map(|value| kind.at(value)),
        (Op::Binary(kind), [a, b]) => elementwise::binary(*kind, a, b, shape),
        (Op::Select, [c, a, b]) => elementwise::select([c, a, b], shape),
        (Op::Broadcast, [x]) => movement::broadcast(x, shape),
        (Op::Reduce { kind, axes }, [x]) => reduce::evaluate(*kind, x, axes, shape),
        (Op::Moments, operands) => output(node, operands, 0),
        (Op::ArgMax { axis }, [x]) => reduce::argmax(x, *axis, shape),
        (Op::Matmul { ta, tb }, [a, b]) => matmul::evaluate([*ta, *tb], a, b, shape),
        (Op::Conv2d(conv), [x, w]) => conv::evaluate(conv, x, w, shape),
        (Op::Conv2dDx(conv), [dy, w]) => conv::evaluate_dx(conv, dy, w, shape),
        (Op::Conv2dDw(conv), [x, dy]) => conv::evaluate_dw(conv, x, dy, shape),
        (Op::MaxPool(pool), [x]) => pool::max(pool, x, shape),
        (Op::MaxPoolDx(pool), [x, dy]) => pool::max_dx(pool, x, dy),
        (Op::AvgPool(pool), [x]) => pool::mean(pool, x, shape),
        (Op::AvgPoolDx(pool), [dy]) => pool::mean_dx(pool, dy, shape),
        (Op::Barrier, [x]) => (*x).clone(),
        (Op::Reshape, [x]) => (*x).clone().reshaped(shape.clone()),
        (Op::Permute(axes), [x]) => movement::permute(x, axes, shape),
        (Op::Slice { starts, steps, .. }, [x]) => movement::slice(x, starts, steps, shape),
        (Op::Pad { low, interior, value, .. }, [x]) => movement::pad(x, low, interior, *value, shape),
        (Op::Softmax, [x]) => softmax::evaluate(x, false),
        (Op::LogSoftmax, [x]) => softmax::evaluate(x, true),
        (Op::CrossEntropy, [logits, target]) => loss::evaluate(logits, target),
        (Op::CrossEntropyDx, [logits, target, dy]) => loss::evaluate_dx(logits, target, dy),
        (op, _) => panic!("{op:?} does not take {} operands", operands.len()),
    })
}
