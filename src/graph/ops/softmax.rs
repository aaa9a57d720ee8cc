//! Softmax over the last axis, and its logarithm.

use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::Tensor;

impl Graph {
    /// Turns logits into probabilities: `y[…, c] = exp(x[…, c] - m) / Σ_c exp(x[…, c] - m)`, with
    /// `m = max_c x[…, c]`.
    ///
    /// Subtracting `m` keeps `exp` in range and cancels in the ratio.
    ///
    /// # Errors
    /// [`ShapeError`] if `x` has no axis or the last one holds nothing.
    pub fn softmax(&mut self, x: NodeId) -> Result<NodeId, ShapeError> {
        self.row_wise("softmax", Op::Softmax, x)
    }

    /// The logarithm of the softmax: `y[…, c] = x[…, c] - m - ln Σ_c exp(x[…, c] - m)`, with
    /// `m = max_c x[…, c]`.
    ///
    /// # Errors
    /// [`ShapeError`] if `x` has no axis or the last one holds nothing.
    pub fn log_softmax(&mut self, x: NodeId) -> Result<NodeId, ShapeError> {
        self.row_wise("log_softmax", Op::LogSoftmax, x)
    }

    fn row_wise(&mut self, name: &'static str, op: Op, x: NodeId) -> Result<NodeId, ShapeError> {
        let shape = self.shape(x).clone();
        if shape.last().is_none_or(|&cols| cols == 0) {
            return Err(ShapeError::new(name, &[&shape], "the last axis is missing or empty"));
        }
        Ok(self.push(op, &[x], shape))
    }
}

/// `dx = y · (dy - Σ_c y · dy)`. Written with `y`, so that `x` may be freed after the forward pass.
pub(crate) fn grad(graph: &mut Graph, y: NodeId, dy: NodeId) -> Result<NodeId, ShapeError> {
    let last = graph.shape(y).len() - 1;
    let weighted = graph.mul(y, dy)?;
    let expected = graph.sum(weighted, &[last], true)?; // […, 1], the mean of dy under y
    let centred = graph.sub(dy, expected)?;
    graph.mul(y, centred)
}

/// `dx = dy - exp(y) · Σ_c dy`
pub(crate) fn log_grad(graph: &mut Graph, y: NodeId, dy: NodeId) -> Result<NodeId, ShapeError> {
    let last = graph.shape(y).len() - 1;
    let total = graph.sum(dy, &[last], true)?; // […, 1]
    let probability = graph.exp(y)?;
    let pulled = graph.mul(probability, total)?;
    graph.sub(dy, pulled)
}

/// The meaning of [`Op::Softmax`] and [`Op::LogSoftmax`].
pub(crate) fn evaluate(x: &Tensor<f64>, is_log: bool) -> Tensor<f64> {
    let cols = *x.shape().last().expect("softmax has a last axis");
    let mut y = x.clone();
    for row in y.data_mut().chunks_mut(cols) {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = row.iter().map(|value| libm::exp(value - largest)).sum();
        for value in row {
            *value = if is_log { *value - largest - libm::log(total) } else { libm::exp(*value - largest) / total };
        }
    }
    y
}
