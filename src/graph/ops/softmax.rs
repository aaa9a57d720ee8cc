//! Softmax over the last axis, and its logarithm.

use crate::graph::{Graph, NodeId, Op, ShapeError};

impl Graph {
    /// Turns logits into probabilities: `y[…, c] = exp(x[…, c] - m) / Σ_c exp(x[…, c] - m)`, with `m = max_c x[…, c]`.
    ///
    /// Subtracting `m` keeps `exp` in range and cancels in the ratio.
    ///
    /// # Errors
    /// [`ShapeError`] if `x` has no axis or the last one holds nothing.
    pub fn softmax(&mut self, x: NodeId) -> Result<NodeId, ShapeError> {
        self.row_wise("softmax", Op::Softmax, x)
    }

    /// The logarithm of the softmax: `y[…, c] = x[…, c] - m - ln Σ_c exp(x[…, c] - m)`, with `m = max_c x[…, c]`.
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
