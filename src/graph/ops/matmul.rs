//! The matrix product.

use super::offsets;
use super::reduce::sum_to;
use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::{Shape, Tensor};

impl Graph {
    /// `y[…, m, n] = Σ_k op(a)[…, m, k] · op(b)[…, k, n]`, where `op` swaps the last two axes if
    /// `ta` or `tb` is set.
    ///
    /// # Shapes
    /// - `a`: `[…, m, k]`, or `[…, k, m]` with `ta`
    /// - `b`: `[…, k, n]`, or `[…, n, k]` with `tb`
    /// - returns `[…, m, n]`; the leading axes broadcast
    ///
    /// # Errors
    /// [`ShapeError`] if an operand has fewer than two axes, the inner extents differ or the
    /// leading axes do not broadcast.
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

/// `d op(a) = dy · op(b)ᵀ` and `d op(b) = op(a)ᵀ · dy`, the operands swapped where `a` or `b` is
/// stored transposed; summed over the leading axes that broadcast.
pub(crate) fn grad(graph: &mut Graph, [ta, tb]: [bool; 2], [a, b]: [NodeId; 2], dy: NodeId, operand: usize) -> Result<NodeId, ShapeError> {
    let full = match (operand, ta, tb) {
        (0, false, _) => graph.matmul(dy, b, false, !tb)?,
        (0, true, _) => graph.matmul(b, dy, tb, true)?,
        (_, _, false) => graph.matmul(a, dy, !ta, false)?,
        (_, _, true) => graph.matmul(dy, a, true, ta)?,
    };
    let own = graph.shape([a, b][operand]).clone();
    sum_to(graph, full, &own)
}

/// The meaning of [`Op::Matmul`].
pub(crate) fn evaluate([ta, tb]: [bool; 2], a: &Tensor<f64>, b: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let (batch, [m, n]) = split(shape).expect("a product has two axes");
    let k = a.shape()[a.shape().len() - if ta { 2 } else { 1 }];
    let starts = |x: &Tensor<f64>| {
        let (own, [rows, cols]) = split(x.shape()).expect("an operand has two axes");
        let strides = own.broadcast_strides(&batch).expect("the shape rule has checked that it broadcasts");
        offsets(&batch, &strides, 0).into_iter().map(|at| at * rows * cols).collect::<Vec<_>>()
    };
    let mut y = Tensor::full(shape.clone(), 0.0);
    for (z, (a_start, b_start)) in starts(a).into_iter().zip(starts(b)).enumerate() {
        for i in 0..m {
            for p in 0..k {
                let factor = a.data()[a_start + if ta { p * m + i } else { i * k + p }];
                for j in 0..n {
                    y.data_mut()[(z * m + i) * n + j] += factor * b.data()[b_start + if tb { j * k + p } else { p * n + j }];
                }
            }
        }
    }
    y
}
