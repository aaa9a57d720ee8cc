//! Fully connected layers.

use super::super::activation;
use super::super::network::Place;
use crate::graph::{NodeId, ShapeError};
use descent_spec::layers::Dense;

/// `activation(x · weight + bias)`
///
/// # Shapes
/// - `x`: `[batch, features]`, `[batch, h, w, channels]` (flattened, row-major) or `[batch, time, features]`
/// - `weight`: `[in_features, units]`; `bias`: `[units]`
/// - returns `[batch, units]` or `[batch, time, units]`
pub(in crate::nn) fn dense(layer: &Dense, place: &mut Place<'_>, x: NodeId) -> Result<NodeId, ShapeError> {
    let shape = place.graph.shape(x).clone();
    let weight = place.tensors[0];
    // All rows of all positions are rows of one product.
    let in_features = place.graph.shape(weight)[0];
    let flat = place.graph.reshape(x, [shape.elements() / in_features, in_features])?;
    let mut y = place.graph.matmul(flat, weight, false, false)?;
    if let Some(&bias) = place.tensors.get(1) {
        y = place.graph.add(y, bias)?;
    }
    let y = activation::apply(place.graph, layer.activation, y)?;
    if shape.len() == 3 { place.graph.reshape(y, [shape[0], shape[1], layer.units]) } else { Ok(y) }
}
