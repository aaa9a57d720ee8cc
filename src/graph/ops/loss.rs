//! Cross-entropy with class indices. Other losses are compositions.

use super::softmax;
use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::Tensor;

impl Graph {
    /// The cross-entropy of each row: `y[r] = m + ln Σ_c exp(logits[r, c] - m) - logits[r,
    /// target[r]]`, with `m = max_c logits[r, c]`.
    ///
    /// # Shapes
    /// - `logits`: `[rows, classes]`
    /// - `target`: `[rows]`, whole numbers below `classes`; no gradient reaches them
    /// - returns `[rows]`
    ///
    /// # Errors
    /// [`ShapeError`] if the operands have other ranks, their rows differ or there is no class.
    pub fn cross_entropy(&mut self, logits: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
        let (x, t) = (self.shape(logits), self.shape(target));
        match (&**x, &**t) {
            (&[rows, classes], &[targets]) if rows == targets && classes > 0 => {
                Ok(self.push(Op::CrossEntropy, &[logits, target], [rows].into()))
            }
            _ => Err(ShapeError::new("cross_entropy", &[x, t], "logits should be [rows, classes] and targets [rows]")),
        }
    }

    /// The gradient of [`Graph::cross_entropy`]:
    /// `dy[r] · (softmax(logits)[r, c] - (c == target[r]))`.
    ///
    /// # Errors
    /// As [`Graph::cross_entropy`], and if `dy` is not `[rows]`.
    pub fn cross_entropy_dx(&mut self, logits: NodeId, target: NodeId, dy: NodeId) -> Result<NodeId, ShapeError> {
        let shapes = [self.shape(logits), self.shape(target), self.shape(dy)];
        let shape = shapes[0].clone();
        match (&**shapes[0], &**shapes[1], &**shapes[2]) {
            (&[rows, classes], &[targets], &[losses]) if rows == targets && rows == losses && classes > 0 => {
                Ok(self.push(Op::CrossEntropyDx, &[logits, target, dy], shape))
            }
            _ => Err(ShapeError::new("cross_entropy_dx", &shapes, "they should be [rows, classes], [rows] and [rows]")),
        }
    }
}

/// The gradient of `cross_entropy_dx(logits, target, dy)` in `logits` (operand 0) or `dy` (operand
/// 2); `g` is the gradient in its result.
///
/// With `p = softmax(logits)`: `ddy[r] = Σ_c g · (p - (c == target))`,
/// `dlogits = dy[r] · p · (g - Σ_c p · g)`.
pub(crate) fn dx_grad(
    graph: &mut Graph,
    [logits, target, dy]: [NodeId; 3],
    g: NodeId,
    operand: usize,
) -> Result<Option<NodeId>, ShapeError> {
    let rows = graph.shape(dy).clone();
    match operand {
        0 => {
            let probability = graph.softmax(logits)?;
            let pulled = softmax::grad(graph, probability, g)?;
            let column = graph.reshape(dy, [rows[0], 1])?;
            graph.mul(pulled, column).map(Some)
        }
        1 => Ok(None),
        _ => {
            let one = graph.constant(1.0);
            let ones = graph.broadcast(one, rows)?;
            let slope = graph.cross_entropy_dx(logits, target, ones)?;
            let weighted = graph.mul(g, slope)?;
            graph.sum(weighted, &[1], false).map(Some)
        }
    }
}

/// The meaning of [`Op::CrossEntropy`].
pub(crate) fn evaluate(logits: &Tensor<f64>, target: &Tensor<f64>) -> Tensor<f64> {
    let classes = logits.shape()[1];
    let log = softmax::evaluate(logits, true);
    Tensor::from_fn(target.shape().clone(), |row| -log.data()[row * classes + target.data()[row] as usize])
}

/// The meaning of [`Op::CrossEntropyDx`].
pub(crate) fn evaluate_dx(logits: &Tensor<f64>, target: &Tensor<f64>, dy: &Tensor<f64>) -> Tensor<f64> {
    let classes = logits.shape()[1];
    let probability = softmax::evaluate(logits, false);
    Tensor::from_fn(logits.shape().clone(), |at| {
        let (row, class) = (at / classes, at % classes);
        let truth = if class as f64 == target.data()[row] { 1.0 } else { 0.0 };
        dy.data()[row] * (probability.data()[at] - truth)
    })
}
