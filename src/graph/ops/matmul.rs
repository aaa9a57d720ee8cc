//! The matrix product.

use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::Shape;

impl Graph {
    /// `y[…, m, n] = Σ_k op(a)[…, m, k] · op(b)[…, k, n]`, where `op` swaps the last two axes if `ta` or `tb` is set.
    ///
    /// # Shapes
    /// - `a`: `[…, m, k]`, or `[…, k, m]` with `ta`
    /// - `b`: `[…, k, n]`, or `[…, n, k]` with `tb`
    /// - returns `[…, m, n]`; the leading axes broadcast
    ///
    /// # Errors
    /// [`ShapeError`] if an operand has fewer than two axes, the inner extents differ or the leading axes do not broadcast.
    pub fn matmul(&mut self, a: NodeId, b: NodeId, ta: bool, tb: bool) -> Result<NodeId, ShapeError> {
        let (left, right) = (self.shape(a), self.shape(b));
        let error = |why: &str| ShapeError::new("matmul", &[left, right], why);
        let (Some((a_batch, [a_rows, a_cols])), Some((b_batch, [b_rows, b_cols]))) = (split(left), split(right)) else {
            return Err(error("both need two axes"));
        };
        let (m, k) = if ta { (a_cols, a_rows) } else { (a_rows, a_cols) };
        let (k_of_b, n) = if tb { (b_cols, b_rows) } else { (b_rows, b_cols) };
        if k != k_of_b {
            return Err(error(&format!("the inner extents {k} and {k_of_b} differ")));
        }
        let batch = a_batch.broadcast(&b_batch).ok_or_else(|| error("the leading axes do not broadcast"))?;
        let shape: Vec<usize> = batch.iter().copied().chain([m, n]).collect();
        Ok(self.push(Op::Matmul { ta, tb }, &[a, b], shape.into()))
    }
}

/// The leading axes, and the last two extents.
fn split(shape: &Shape) -> Option<(Shape, [usize; 2])> {
    let (batch, last) = shape.split_last_chunk::<2>()?;
    Some((batch.into(), *last))
}
