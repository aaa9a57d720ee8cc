//! Reductions along axes.

use super::offsets;
use crate::graph::{Binary, Graph, NodeId, Op, ShapeError};
use crate::tensor::{Shape, Tensor};

/// What is taken of the elements along the reduced axes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// The largest.
    Max,
    /// The smallest.
    Min,
}

impl Graph {
    /// Takes `kind` of the elements along `axes`; no axes is `x` itself.
    ///
    /// # Shapes
    /// `x`'s, with the reduced extents 1 (`keepdims`) or left out.
    ///
    /// # Errors
    /// [`ShapeError`] if an axis is out of range or named twice, or nothing is left to take an
    /// extremum of.
    pub fn reduce(&mut self, kind: Reduction, x: NodeId, axes: &[usize], keepdims: bool) -> Result<NodeId, ShapeError> {
        let name = match kind {
            Reduction::Sum => "sum",
            Reduction::Max => "reduce max",
            Reduction::Min => "reduce min",
        };
        let axes = ascending(name, self.shape(x), axes)?;
        if axes.is_empty() {
            return Ok(x);
        }
        let mut shape = self.shape(x).to_vec();
        for &axis in &axes {
            if kind != Reduction::Sum && shape[axis] == 0 {
                return Err(ShapeError::new(name, &[self.shape(x)], format!("axis {axis} holds nothing")));
            }
            shape[axis] = 1;
        }
        let y = self.push(Op::Reduce { kind, axes: axes.clone() }, &[x], shape.into());
        if keepdims { Ok(y) } else { self.squeeze(y, &axes) }
    }

    /// The sum along `axes`.
    ///
    /// # Errors
    /// As [`Graph::reduce`].
    pub fn sum(&mut self, x: NodeId, axes: &[usize], keepdims: bool) -> Result<NodeId, ShapeError> {
        self.reduce(Reduction::Sum, x, axes, keepdims)
    }

    /// The mean along `axes`: the sum times `1 / n`.
    ///
    /// # Errors
    /// As [`Graph::reduce`].
    pub fn mean(&mut self, x: NodeId, axes: &[usize], keepdims: bool) -> Result<NodeId, ShapeError> {
        let total = self.sum(x, axes, keepdims)?;
        let n: usize = axes.iter().map(|&axis| self.shape(x)[axis]).product();
        self.scale(total, 1.0 / n as f64)
    }

    /// The mean squared distance from the mean along `axes` (divided by `n`, not `n - 1`).
    ///
    /// # Errors
    /// As [`Graph::reduce`].
    pub fn variance(&mut self, x: NodeId, axes: &[usize], keepdims: bool) -> Result<NodeId, ShapeError> {
        let mean = self.mean(x, axes, true)?;
        let centred = self.sub(x, mean)?;
        let squared = self.square(centred)?;
        self.mean(squared, axes, keepdims)
    }

    /// `m + ln Σ exp(x - m)` along `axes`, with `m` the largest element: stable for any finite `x`.
    ///
    /// # Errors
    /// As [`Graph::reduce`].
    pub fn logsumexp(&mut self, x: NodeId, axes: &[usize], keepdims: bool) -> Result<NodeId, ShapeError> {
        let axes = ascending("logsumexp", self.shape(x), axes)?;
        let largest = self.reduce(Reduction::Max, x, &axes, true)?;
        let shifted = self.sub(x, largest)?;
        let exponential = self.exp(shifted)?;
        let total = self.sum(exponential, &axes, true)?;
        let log = self.log(total)?;
        let y = self.add(log, largest)?;
        if keepdims { Ok(y) } else { self.squeeze(y, &axes) }
    }

    /// The Euclidean norm `√Σ x²` along `axes`.
    ///
    /// # Errors
    /// As [`Graph::reduce`].
    pub fn norm2(&mut self, x: NodeId, axes: &[usize], keepdims: bool) -> Result<NodeId, ShapeError> {
        let squared = self.square(x)?;
        let total = self.sum(squared, axes, keepdims)?;
        self.sqrt(total)
    }

    /// The index of the first largest element along `axis`. Has no gradient.
    ///
    /// # Errors
    /// [`ShapeError`] if there is no such axis or it holds nothing.
    pub fn argmax(&mut self, x: NodeId, axis: usize, keepdims: bool) -> Result<NodeId, ShapeError> {
        ascending("argmax", self.shape(x), &[axis])?;
        let mut shape = self.shape(x).to_vec();
        if shape[axis] == 0 {
            return Err(ShapeError::new("argmax", &[self.shape(x)], format!("axis {axis} holds nothing")));
        }
        shape[axis] = 1;
        let y = self.push(Op::ArgMax { axis }, &[x], shape.into());
        if keepdims { Ok(y) } else { self.squeeze(y, &[axis]) }
    }

    /// Leaves out axes of extent 1.
    fn squeeze(&mut self, x: NodeId, axes: &[usize]) -> Result<NodeId, ShapeError> {
        let kept: Vec<usize> =
            self.shape(x).iter().enumerate().filter(|(axis, _)| !axes.contains(axis)).map(|(_, &extent)| extent).collect();
        self.reshape(x, kept)
    }
}

/// The axes in ascending order.
fn ascending(op: &'static str, shape: &Shape, axes: &[usize]) -> Result<Vec<usize>, ShapeError> {
    let sorted: Vec<usize> = (0..shape.len()).filter(|axis| axes.contains(axis)).collect();
    if sorted.len() < axes.len() {
        return Err(ShapeError::new(op, &[shape], format!("{axes:?} are not different axes of it")));
    }
    Ok(sorted)
}

/// The gradient of `y = kind(x)` along axes that `y` keeps: `dy` spread over what was summed, or
/// over the elements equal to the extremum.
pub(crate) fn grad(graph: &mut Graph, kind: Reduction, x: NodeId, y: NodeId, dy: NodeId) -> Result<NodeId, ShapeError> {
    match kind {
        Reduction::Sum => {
            let shape = graph.shape(x).clone();
            graph.broadcast(dy, shape)
        }
        Reduction::Max | Reduction::Min => {
            let is_extremum = graph.equal(x, y)?;
            let zero = graph.constant(0.0);
            graph.select(is_extremum, dy, zero)
        }
    }
}

/// Adds up what broadcasting from `shape` has spread: the gradient of a broadcast operand.
pub(crate) fn sum_to(graph: &mut Graph, dy: NodeId, shape: &Shape) -> Result<NodeId, ShapeError> {
    let from = graph.shape(dy).clone();
    let missing = from.len() - shape.len();
    let axes: Vec<usize> = (0..from.len()).filter(|&axis| axis < missing || (shape[axis - missing] == 1 && from[axis] != 1)).collect();
    let total = graph.sum(dy, &axes, true)?;
    graph.reshape(total, shape.clone())
}

/// The meaning of [`Op::Reduce`].
pub(crate) fn evaluate(kind: Reduction, x: &Tensor<f64>, axes: &[usize], shape: &Shape) -> Tensor<f64> {
    let start = match kind {
        Reduction::Sum => 0.0,
        Reduction::Max => f64::NEG_INFINITY,
        Reduction::Min => f64::INFINITY,
    };
    let mut strides = shape.strides();
    axes.iter().for_each(|&axis| strides[axis] = 0);
    let mut y = Tensor::full(shape.clone(), start);
    for (&value, at) in x.data().iter().zip(offsets(x.shape(), &strides, 0)) {
        let so_far = &mut y.data_mut()[at];
        *so_far = match kind {
            Reduction::Sum => *so_far + value,
            Reduction::Max => Binary::Max.at(*so_far, value),
            Reduction::Min => Binary::Min.at(*so_far, value),
        };
    }
    y
}

/// The meaning of [`Op::ArgMax`].
pub(crate) fn argmax(x: &Tensor<f64>, axis: usize, shape: &Shape) -> Tensor<f64> {
    let stride = x.shape().strides()[axis];
    let extent = x.shape()[axis];
    let starts = offsets(shape, &x.shape().strides(), 0);
    Tensor::from_fn(shape.clone(), |at| {
        let value = |index: usize| x.data()[starts[at] + index * stride];
        (0..extent).fold(0, |best, index| if value(index) > value(best) { index } else { best }) as f64
    })
}
