//! Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167).

use crate::graph::{Graph, NodeId, ShapeError};

/// The tensors of a batch normalisation over the last axis, each `[channels]`.
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm {
    /// Multiplies what is normalised.
    pub scale: NodeId,
    /// Is added to it.
    pub bias: NodeId,
    /// Running mean.
    pub mean: NodeId,
    /// Running (unbiased) variance.
    pub variance: NodeId,
    /// Added to the variance under the root.
    pub eps: f64,
    /// Weight of the new batch in the running statistics.
    pub momentum: f64,
}

/// Which rows of a batch count.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// `[rows]`: 1 / count for rows that count, else 0.
    pub weight: NodeId,
    /// `[]`: how many count.
    pub count: NodeId,
}

/// What [`BatchNorm::training`] yields.
#[derive(Clone, Copy, Debug)]
pub struct Normalised {
    /// Of the shape of `x`.
    pub y: NodeId,
    /// The next running mean, `[channels]`.
    pub mean: NodeId,
    /// The next running variance, `[channels]`.
    pub variance: NodeId,
}

impl BatchNorm {
    /// `y = (x - μ) / √(σ² + eps) · scale + bias` with the mean `μ` and the biased variance `σ²` of
    /// the rows that count, each channel for itself; the running variance takes the unbiased one,
    /// `σ² · n / (n - 1)`.
    ///
    /// # Shapes
    /// `x`: `[rows, …, channels]`
    pub fn training(&self, graph: &mut Graph, x: NodeId, rows: Rows) -> Result<Normalised, ShapeError> {
        let [mean, variance] = graph.moments(x, rows.weight)?;
        let centred = graph.sub(x, mean)?;
        let y = self.affine(graph, centred, variance)?;

        let shape = graph.shape(x);
        let cells: usize = shape.get(1..shape.len() - 1).map_or(1, |extents| extents.iter().product());
        let n = graph.scale(rows.count, cells as f64)?;
        let degrees = graph.shift(n, -1.0)?;
        // A single value has no unbiased variance; its biased one, 0, is taken.
        let one = graph.constant(1.0);
        let degrees = graph.max(degrees, one)?;
        let correction = graph.div(n, degrees)?;
        let unbiased = graph.mul(variance, correction)?;
        Ok(Normalised { y, mean: self.follow(graph, self.mean, mean)?, variance: self.follow(graph, self.variance, unbiased)? })
    }

    /// `y = (x - mean) / √(variance + eps) · scale + bias` with the running statistics.
    pub fn inference(&self, graph: &mut Graph, x: NodeId) -> Result<NodeId, ShapeError> {
        let centred = graph.sub(x, self.mean)?;
        self.affine(graph, centred, self.variance)
    }

    /// `centred / √(variance + eps) · scale + bias`
    fn affine(&self, graph: &mut Graph, centred: NodeId, variance: NodeId) -> Result<NodeId, ShapeError> {
        let variance = graph.shift(variance, self.eps)?;
        let inverse = graph.rsqrt(variance)?;
        let factor = graph.mul(inverse, self.scale)?;
        let scaled = graph.mul(centred, factor)?;
        graph.add(scaled, self.bias)
    }

    /// `(1 - momentum) · running + momentum · new`
    fn follow(&self, graph: &mut Graph, running: NodeId, new: NodeId) -> Result<NodeId, ShapeError> {
        let kept = graph.scale(running, 1.0 - self.momentum)?;
        let taken = graph.scale(new, self.momentum)?;
        graph.add(kept, taken)
    }
}
