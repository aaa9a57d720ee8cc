//! Cross-entropy with class indices. Other losses are compositions.

use crate::graph::{Graph, NodeId, Op, ShapeError};

impl Graph {
    /// The cross-entropy of each row: `y[r] = m + ln Σ_c exp(logits[r, c] - m) - logits[r, target[r]]`, with `m = max_c logits[r, c]`.
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

    /// The gradient of [`Graph::cross_entropy`]: `dy[r] · (softmax(logits)[r, c] - (c == target[r]))`.
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
