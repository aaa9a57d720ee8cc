//! Data movement: the same numbers elsewhere.

use super::elementwise::stretched;
use super::offsets;
use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::{Shape, Tensor};

impl Graph {
    /// Stretches `x` to `shape` by NumPy's rule.
    ///
    /// # Errors
    /// [`ShapeError`] if `x` does not broadcast to `shape`.
    pub fn broadcast(&mut self, x: NodeId, shape: impl Into<Shape>) -> Result<NodeId, ShapeError> {
        let (from, shape) = (self.shape(x), shape.into());
        if *from == shape {
            return Ok(x);
        }
        if from.broadcast_strides(&shape).is_none() {
            return Err(ShapeError::new("broadcast", &[from], format!("it does not stretch to {shape}")));
        }
        Ok(self.push(Op::Broadcast, &[x], shape))
    }

    /// The elements of `x`, row-major, in another shape.
    ///
    /// # Errors
    /// [`ShapeError`] if `shape` does not hold as many.
    pub fn reshape(&mut self, x: NodeId, shape: impl Into<Shape>) -> Result<NodeId, ShapeError> {
        let (from, shape) = (self.shape(x), shape.into());
        if *from == shape {
            return Ok(x);
        }
        if from.elements() != shape.elements() {
            return Err(ShapeError::new("reshape", &[from], format!("{shape} does not hold as many elements")));
        }
        Ok(self.push(Op::Reshape, &[x], shape))
    }

    /// Axis `i` of the result is axis `axes[i]` of `x`.
    ///
    /// # Errors
    /// [`ShapeError`] if `axes` does not name each axis once.
    pub fn permute(&mut self, x: NodeId, axes: &[usize]) -> Result<NodeId, ShapeError> {
        let from = self.shape(x);
        if axes.len() != from.len() || !(0..from.len()).all(|axis| axes.contains(&axis)) {
            return Err(ShapeError::new("permute", &[from], format!("{axes:?} does not name each axis once")));
        }
        if axes.iter().copied().eq(0..from.len()) {
            return Ok(x);
        }
        let shape: Vec<usize> = axes.iter().map(|&axis| from[axis]).collect();
        Ok(self.push(Op::Permute(axes.to_vec()), &[x], shape.into()))
    }

    /// The elements `starts[i], starts[i] + steps[i], …` below `ends[i]` of each axis `i`.
    ///
    /// # Errors
    /// [`ShapeError`] unless `starts[i] <= ends[i] <= extent` and `steps[i] >= 1` for each axis.
    pub fn slice(&mut self, x: NodeId, starts: &[usize], ends: &[usize], steps: &[usize]) -> Result<NodeId, ShapeError> {
        let from = self.shape(x);
        let rank = from.len();
        let fits = [starts.len(), ends.len(), steps.len()] == [rank; 3]
            && (0..rank).all(|axis| starts[axis] <= ends[axis] && ends[axis] <= from[axis] && steps[axis] >= 1);
        if !fits {
            return Err(ShapeError::new("slice", &[from], format!("{starts:?}..{ends:?} by {steps:?} does not lie in it")));
        }
        let shape: Vec<usize> = (0..rank).map(|axis| (ends[axis] - starts[axis]).div_ceil(steps[axis])).collect();
        if Shape::from(&shape[..]) == *from {
            return Ok(x);
        }
        let op = Op::Slice { starts: starts.to_vec(), ends: ends.to_vec(), steps: steps.to_vec() };
        Ok(self.push(op, &[x], shape.into()))
    }

    /// Puts `value` `low[i]` times before, `high[i]` times after and `interior[i]` times between
    /// the elements of each axis `i`.
    ///
    /// # Errors
    /// [`ShapeError`] if there is not one number for each axis.
    pub fn pad(&mut self, x: NodeId, low: &[usize], high: &[usize], interior: &[usize], value: f64) -> Result<NodeId, ShapeError> {
        let from = self.shape(x);
        let rank = from.len();
        if [low.len(), high.len(), interior.len()] != [rank; 3] {
            return Err(ShapeError::new("pad", &[from], format!("low, high and interior need {rank} numbers each")));
        }
        let shape: Vec<usize> =
            (0..rank).map(|axis| low[axis] + from[axis] + from[axis].saturating_sub(1) * interior[axis] + high[axis]).collect();
        if Shape::from(&shape[..]) == *from {
            return Ok(x);
        }
        let op = Op::Pad { low: low.to_vec(), high: high.to_vec(), interior: interior.to_vec(), value };
        Ok(self.push(op, &[x], shape.into()))
    }

    /// The operands one after the other along `axis`: each is padded with 0 to the whole extent,
    /// and their sum is taken.
    ///
    /// # Errors
    /// [`ShapeError`] if there are none, there is no such axis, or another extent differs.
    pub fn concat(&mut self, parts: &[NodeId], axis: usize) -> Result<NodeId, ShapeError> {
        let shapes: Vec<&Shape> = parts.iter().map(|&part| self.shape(part)).collect();
        let error = |why: &str| ShapeError::new("concat", &shapes, why);
        let first = shapes.first().ok_or_else(|| error("there is nothing to join"))?;
        let rank = first.len();
        let is_alike = |shape: &Shape| shape.len() == rank && (0..rank).all(|other| other == axis || shape[other] == first[other]);
        if axis >= rank || !shapes.iter().all(|shape| is_alike(shape)) {
            return Err(error(&format!("they differ in more than axis {axis}")));
        }
        let extents: Vec<usize> = shapes.iter().map(|shape| shape[axis]).collect();
        let total: usize = extents.iter().sum();
        let mut start = 0;
        let mut joined = None;
        for (&part, extent) in parts.iter().zip(extents) {
            let (mut low, mut high) = (vec![0; rank], vec![0; rank]);
            (low[axis], high[axis]) = (start, total - start - extent);
            start += extent;
            let padded = self.pad(part, &low, &high, &vec![0; rank], 0.0)?;
            joined = Some(match joined {
                None => padded,
                Some(before) => self.add(before, padded)?,
            });
        }
        Ok(joined.expect("there is a first part"))
    }
}

/// The gradient of `permute(x, axes)`: `dy` with its axes put back.
pub(crate) fn permute_grad(graph: &mut Graph, axes: &[usize], dy: NodeId) -> Result<NodeId, ShapeError> {
    let mut back = vec![0; axes.len()];
    axes.iter().enumerate().for_each(|(to, &from)| back[from] = to);
    graph.permute(dy, &back)
}

/// The gradient of a slice of `x`: `dy` where the elements came from, 0 elsewhere.
pub(crate) fn slice_grad(graph: &mut Graph, starts: &[usize], steps: &[usize], x: NodeId, dy: NodeId) -> Result<NodeId, ShapeError> {
    let (from, to) = (graph.shape(x).clone(), graph.shape(dy).clone());
    if to.elements() == 0 {
        let zero = graph.constant(0.0);
        return graph.broadcast(zero, from);
    }
    let interior: Vec<usize> = steps.iter().map(|step| step - 1).collect();
    let high: Vec<usize> = (0..from.len()).map(|axis| from[axis] - starts[axis] - (to[axis] - 1) * steps[axis] - 1).collect();
    graph.pad(dy, starts, &high, &interior, 0.0)
}

/// The gradient of a padded `x`: `dy` at the elements of `x`.
pub(crate) fn pad_grad(graph: &mut Graph, low: &[usize], interior: &[usize], x: NodeId, dy: NodeId) -> Result<NodeId, ShapeError> {
    let from = graph.shape(x).clone();
    let steps: Vec<usize> = interior.iter().map(|gap| gap + 1).collect();
    let ends: Vec<usize> =
        (0..from.len()).map(|axis| if from[axis] == 0 { low[axis] } else { low[axis] + (from[axis] - 1) * steps[axis] + 1 }).collect();
    graph.slice(dy, low, &ends, &steps)
}

/// The meaning of [`Op::Broadcast`].
pub(crate) fn broadcast(x: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let from = stretched(x, shape);
    Tensor::from_fn(shape.clone(), |at| x.data()[from[at]])
}

/// The meaning of [`Op::Permute`].
pub(crate) fn permute(x: &Tensor<f64>, axes: &[usize], shape: &Shape) -> Tensor<f64> {
    let strides = x.shape().strides();
    let strides: Vec<usize> = axes.iter().map(|&axis| strides[axis]).collect();
    let from = offsets(shape, &strides, 0);
    Tensor::from_fn(shape.clone(), |at| x.data()[from[at]])
}

/// The meaning of [`Op::Slice`].
pub(crate) fn slice(x: &Tensor<f64>, starts: &[usize], steps: &[usize], shape: &Shape) -> Tensor<f64> {
    let from = spaced(shape, x.shape(), starts, steps);
    Tensor::from_fn(shape.clone(), |at| x.data()[from[at]])
}

/// The meaning of [`Op::Pad`].
pub(crate) fn pad(x: &Tensor<f64>, low: &[usize], interior: &[usize], value: f64, shape: &Shape) -> Tensor<f64> {
    let steps: Vec<usize> = interior.iter().map(|gap| gap + 1).collect();
    let mut y = Tensor::full(shape.clone(), value);
    for (&element, to) in x.data().iter().zip(spaced(x.shape(), shape, low, &steps)) {
        y.data_mut()[to] = element;
    }
    y
}

/// Where the elements of `small` lie in `large`, from `starts` on, `steps` apart.
fn spaced(small: &Shape, large: &Shape, starts: &[usize], steps: &[usize]) -> Vec<usize> {
    let strides = large.strides();
    let base = strides.iter().zip(starts).map(|(stride, start)| stride * start).sum();
    let strides: Vec<usize> = strides.iter().zip(steps).map(|(stride, step)| stride * step).collect();
    offsets(small, &strides, base)
}
