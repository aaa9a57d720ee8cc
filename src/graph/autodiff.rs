//! From a graph to the graph of its gradients, before anything runs.

use super::ops::{conv, elementwise, loss, matmul, moments, movement, reduce, softmax};
use super::{Graph, NodeId, Op, ShapeError};
use std::collections::HashMap;

/// Appends the gradients in `wrt` of `Σ output · upstream` over all `outputs`, given as (output,
/// upstream).
///
/// An upstream is stretched to its output's shape, so that `graph.constant(1.0)` stands for the
/// gradient of a loss in itself. A node that no output depends on gets zeros.
///
/// # Panics
/// If an upstream does not broadcast to its output's shape, or if [`Op::MaxPoolDx`] is to be
/// differentiated in its `dy`.
pub fn gradients(graph: &mut Graph, outputs: &[(NodeId, NodeId)], wrt: &[NodeId]) -> Vec<NodeId> {
    let n_nodes = graph.nodes().len();
    let mut depends = vec![false; n_nodes]; // On something in `wrt`.
    wrt.iter().for_each(|id| depends[id.index()] = true);
    for at in 0..n_nodes {
        depends[at] |= graph.nodes()[at].inputs.iter().any(|input| depends[input.index()]);
    }
    let mut grads: Vec<Option<NodeId>> = vec![None; n_nodes];
    for &(output, upstream) in outputs {
        let shape = graph.shape(output).clone();
        let dy = graph.broadcast(upstream, shape).expect("an upstream gradient has its output's shape");
        accumulate(graph, &mut grads[output.index()], dy);
    }
    // Of nodes with several outputs, the gradients in all but the first.
    let mut of_others: HashMap<NodeId, Vec<(usize, NodeId)>> = HashMap::new();
    for y in graph.ids().take(n_nodes).collect::<Vec<_>>().into_iter().rev() {
        let dy = grads[y.index()];
        match (&graph.node(y).op, dy) {
            (Op::Output(number), Some(dy)) => of_others.entry(graph.node(y).inputs[0]).or_default().push((*number, dy)),
            (Op::Moments, _) => {
                let [x, weight] = [graph.node(y).inputs[0], graph.node(y).inputs[1]];
                let dvariance = of_others.remove(&y).unwrap_or_default().first().map(|(_, dy)| *dy);
                if depends[x.index()]
                    && let Some(dx) =
                        moments::grad(graph, [x, weight], y, dy, dvariance).expect("gradient rules fit the shapes of their ops")
                {
                    accumulate(graph, &mut grads[x.index()], dx);
                }
            }
            _ => {}
        }
        let Some(dy) = dy else { continue };
        for (operand, x) in graph.node(y).inputs.clone().into_iter().enumerate() {
            if depends[x.index()]
                && let Some(dx) = gradient(graph, y, dy, operand).expect("gradient rules fit the shapes of their ops")
            {
                accumulate(graph, &mut grads[x.index()], dx);
            }
        }
    }
    wrt.iter().map(|&id| grads[id.index()].unwrap_or_else(|| zeros(graph, id))).collect()
}

fn accumulate(graph: &mut Graph, total: &mut Option<NodeId>, dx: NodeId) {
    *total = Some(match *total {
        None => dx,
        Some(before) => graph.add(before, dx).expect("gradients of one node have its shape"),
    });
}

fn zeros(graph: &mut Graph, like: NodeId) -> NodeId {
    let shape = graph.shape(like).clone();
    let zero = graph.constant(0.0);
    graph.broadcast(zero, shape).expect("a scalar stretches to any shape")
}

/// What `dy` contributes to the gradient in one operand of `y`; `None` where that is 0 everywhere.
fn gradient(graph: &mut Graph, y: NodeId, dy: NodeId, operand: usize) -> Result<Option<NodeId>, ShapeError> {
    let node = graph.node(y).clone();
    let inputs = &node.inputs;
    let x = inputs[operand];
    let shape = graph.shape(x).clone();
    match &node.op {
        // These are the caller's, which knows the gradients of all outputs.
        Op::Moments | Op::Output(_) => Ok(None),
        Op::Input(_) | Op::Param(_) | Op::Stat(_) | Op::Constant(_) | Op::RandomMask { .. } | Op::ArgMax { .. } => Ok(None),
        Op::Unary(kind) => elementwise::unary_grad(graph, *kind, x, y, dy),
        Op::Binary(kind) => elementwise::binary_grad(graph, *kind, [inputs[0], inputs[1]], y, dy, operand),
        Op::Select => elementwise::select_grad(graph, [inputs[0], inputs[1], inputs[2]], dy, operand),
        Op::Broadcast => reduce::sum_to(graph, dy, &shape).map(Some),
        Op::Reduce { kind, .. } => reduce::grad(graph, *kind, x, y, dy).map(Some),
        Op::Matmul { ta, tb } => matmul::grad(graph, [*ta, *tb], [inputs[0], inputs[1]], dy, operand).map(Some),
        Op::Conv2d(conv) => conv::grad(graph, *conv, [inputs[0], inputs[1]], dy, operand).map(Some),
        Op::Conv2dDx(conv) => conv::dx_grad(graph, *conv, [inputs[0], inputs[1]], dy, operand).map(Some),
        Op::Conv2dDw(conv) => conv::dw_grad(graph, *conv, [inputs[0], inputs[1]], dy, operand).map(Some),
        Op::MaxPool(pool) => graph.max_pool_dx(x, dy, *pool).map(Some),
        Op::MaxPoolDx(_) => {
            assert_eq!(operand, 0, "MaxPoolDx has no second gradient: nothing trains through one");
            Ok(None) // It only chooses where dy goes.
        }
        Op::AvgPool(pool) => graph.avg_pool_dx(dy, *pool, &shape).map(Some),
        Op::AvgPoolDx(pool) => graph.avg_pool(dy, *pool).map(Some),
        Op::Reshape => graph.reshape(dy, shape).map(Some),
        Op::Barrier => Ok(Some(dy)),
        Op::Permute(axes) => movement::permute_grad(graph, axes, dy).map(Some),
        Op::Slice { starts, steps, .. } => movement::slice_grad(graph, starts, steps, x, dy).map(Some),
        Op::Pad { low, interior, .. } => movement::pad_grad(graph, low, interior, x, dy).map(Some),
        Op::Softmax => softmax::grad(graph, y, dy).map(Some),
        Op::LogSoftmax => softmax::log_grad(graph, y, dy).map(Some),
        Op::CrossEntropy if operand == 0 => graph.cross_entropy_dx(inputs[0], inputs[1], dy).map(Some),
        Op::CrossEntropy => Ok(None), // Targets are indices.
        Op::CrossEntropyDx => loss::dx_grad(graph, [inputs[0], inputs[1], inputs[2]], dy, operand),
    }
}
