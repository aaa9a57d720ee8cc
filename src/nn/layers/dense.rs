//! Fully connected layers.

use super::super::activation;
use super::super::context::Context;
use crate::graph::{NodeId, ShapeError};
use descent_spec::layers::Dense;

/// `activation(x · weight + bias)`
///
/// # Shapes
/// - `x`: `[batch, features]`, `[batch, h, w, channels]` (flattened, row-major) or `[batch, time,
///   features]`
/// - `weight`: `[in_features, units]`; `bias`: `[units]`
/// - returns `[batch, units]` or `[batch, time, units]`
pub(in crate::nn) fn dense(layer: &Dense, context: &mut Context<'_>, x: NodeId) -> Result<NodeId, ShapeError> {
    let shape = context.graph.shape(x).clone();
    let weight = context.tensors[0];
    // All rows of all positions are rows of one product.
    let in_features = context.graph.shape(weight)[0];
    let flat = context.graph.reshape(x, [shape.elements() / in_features, in_features])?;
    let mut y = context.graph.matmul(flat, weight, false, false)?;
    if let Some(&bias) = context.tensors.get(1) {
        y = context.graph.add(y, bias)?;
    }
    let y = activation::apply(context.graph, layer.activation, y)?;
    if shape.len() == 3 { context.graph.reshape(y, [shape[0], shape[1], layer.units]) } else { Ok(y) }
}
