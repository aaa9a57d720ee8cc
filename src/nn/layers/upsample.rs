//! More rows and columns.

use crate::graph::{Graph, NodeId, ShapeError};
use crate::tensor::Shape;
use descent_spec::layers::{Sampling, Upsample};

/// Each pixel becomes `factor`×`factor` pixels.
///
/// # Shapes
/// - `x`: `[batch, h, w, channels]`
/// - returns `[batch, h · factor, w · factor, channels]`
pub(super) fn upsample(layer: &Upsample, graph: &mut Graph, x: NodeId) -> Result<NodeId, ShapeError> {
    match layer.sampling {
        Sampling::Nearest => nearest(graph, x, layer.factor),
        Sampling::Bilinear => {
            let rows = bilinear(graph, x, 1, layer.factor)?;
            bilinear(graph, rows, 2, layer.factor)
        }
    }
}

fn nearest(graph: &mut Graph, x: NodeId, factor: usize) -> Result<NodeId, ShapeError> {
    let &[batch, h, w, channels] = &**graph.shape(x) else { unreachable!("the spec asks for an image") };
    let apart = graph.reshape(x, [batch, h, 1, w, 1, channels])?;
    let stretched = graph.broadcast(apart, [batch, h, factor, w, factor, channels])?;
    graph.reshape(stretched, [batch, h * factor, w * factor, channels])
}

/// Along one axis: output `i` lies at `(i + 0.5) / factor - 0.5` between two inputs and mixes them
/// by distance; beyond the border the first and the last input go on.
///
/// Outputs `i` with one remainder by `factor` mix neighbours by one and the same weight, so each
/// remainder is a weighted sum of `x` and `x` shifted by one.
fn bilinear(graph: &mut Graph, x: NodeId, axis: usize, factor: usize) -> Result<NodeId, ShapeError> {
    let shape = graph.shape(x).clone();
    let extent = shape[axis];
    let before = shifted(graph, x, axis, [0..1, 0..extent - 1])?;
    let after = shifted(graph, x, axis, [1..extent, extent - 1..extent])?;
    // A new axis behind `axis` holds the remainders.
    let mut column: Vec<usize> = shape.to_vec();
    column.insert(axis + 1, 1);
    let mut phases = Vec::with_capacity(factor);
    for phase in 0..factor {
        let offset = (phase as f64 + 0.5) / factor as f64 - 0.5;
        let neighbour = if offset < 0.0 { before } else { after };
        let near = graph.scale(x, 1.0 - offset.abs())?;
        let far = graph.scale(neighbour, offset.abs())?;
        let mixed = graph.add(near, far)?;
        phases.push(graph.reshape(mixed, Shape::from(column.as_slice()))?);
    }
    let together = graph.concat(&phases, axis + 1)?;
    let mut out = shape.to_vec();
    out[axis] = extent * factor;
    graph.reshape(together, out)
}

/// Two ranges of an axis, one behind the other.
fn shifted(graph: &mut Graph, x: NodeId, axis: usize, ranges: [std::ops::Range<usize>; 2]) -> Result<NodeId, ShapeError> {
    let shape = graph.shape(x).clone();
    let mut parts = Vec::new();
    for range in ranges.into_iter().filter(|range| !range.is_empty()) {
        let (mut starts, mut ends) = (vec![0; shape.len()], shape.to_vec());
        (starts[axis], ends[axis]) = (range.start, range.end);
        parts.push(graph.slice(x, &starts, &ends, &vec![1; shape.len()])?);
    }
    graph.concat(&parts, axis)
}
