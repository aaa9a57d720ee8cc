//! Mean and variance of each channel, worked out together: a node with two outputs.

use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::{Shape, Tensor};

impl Graph {
    /// Mean and biased variance of each channel, over rows that count by their weight and over all
    /// their cells: `mean[c] = Σ_r w[r] · Σ_i x[r, i, c] / cells`,
    /// `variance[c] = Σ_r w[r] · Σ_i (x[r, i, c] - mean[c])² / cells`.
    ///
    /// # Shapes
    /// - `x`: `[rows, …, channels]`, at least 2 axes
    /// - `weight`: `[rows]`, whose sum is 1; no gradient reaches it
    /// - returns mean and variance, each `[channels]`
    ///
    /// # Errors
    /// [`ShapeError`] if `x` has fewer axes or `weight` is not `[rows]`.
    pub fn moments(&mut self, x: NodeId, weight: NodeId) -> Result<[NodeId; 2], ShapeError> {
        let (shape, rows) = (self.shape(x), self.shape(weight));
        let &[batch, .., channels] = &**shape else {
            return Err(ShapeError::new("moments", &[shape, rows], "x should be [rows, …, channels]"));
        };
        if rows[..] != [batch] {
            return Err(ShapeError::new("moments", &[shape, rows], "weights should be [rows]"));
        }
        let mean = self.push(Op::Moments, &[x, weight], [channels].into());
        let variance = self.push(Op::Output(1), &[mean], [channels].into());
        Ok([mean, variance])
    }
}

/// `dx = w / cells · (dmean + 2 · dvariance · (x - mean))`; the mean of the variance's formula adds
/// nothing, since `Σ w · (x - mean) = 0`.
pub(crate) fn grad(
    graph: &mut Graph,
    [x, weight]: [NodeId; 2],
    mean: NodeId,
    dmean: Option<NodeId>,
    dvariance: Option<NodeId>,
) -> Result<Option<NodeId>, ShapeError> {
    let shape = graph.shape(x).clone();
    let per_cell = 1.0 / cells(&shape) as f64;
    let mut slope = dmean.map(|dmean| graph.scale(dmean, per_cell)).transpose()?;
    if let Some(dvariance) = dvariance {
        let centred = graph.sub(x, mean)?;
        let twice = graph.scale(dvariance, 2.0 * per_cell)?;
        let spread = graph.mul(centred, twice)?;
        slope = Some(slope.map_or(Ok(spread), |dmean| graph.add(spread, dmean))?);
    }
    let Some(slope) = slope else { return Ok(None) };
    let mut column = vec![1; shape.len()];
    column[0] = shape[0];
    let share = graph.reshape(weight, column)?;
    let dx = graph.mul(slope, share)?;
    graph.broadcast(dx, shape).map(Some)
}

/// The meaning of [`Op::Moments`]: mean and variance.
pub(crate) fn evaluate(x: &Tensor<f64>, weight: &Tensor<f64>) -> [Tensor<f64>; 2] {
    let &[.., channels] = &**x.shape() else { unreachable!("x has channels") };
    let cells = cells(x.shape());
    let weighted = |of: &dyn Fn(usize, f64) -> f64| {
        let mut sums = vec![0.0; channels];
        for (at, value) in x.data().iter().enumerate() {
            let (row, channel) = (at / channels / cells, at % channels);
            sums[channel] += weight.data()[row] * of(channel, *value) / cells as f64;
        }
        Tensor::new([channels], sums)
    };
    let mean = weighted(&|_, value| value);
    let variance = weighted(&|channel, value| (value - mean.data()[channel]).powi(2));
    [mean, variance]
}

/// Elements of a row in one channel.
fn cells(shape: &Shape) -> usize {
    shape.get(1..shape.len().saturating_sub(1)).map_or(1, |extents| extents.iter().product())
}
