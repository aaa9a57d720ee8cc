//! Dropout.

use super::super::network::{Mode, Place};
use crate::graph::{NodeId, ShapeError};
use descent_spec::layers::Dropout;

/// `x · mask / keep` in training, where the mask is 1 with probability `keep`; else `x`.
pub(super) fn dropout(layer: &Dropout, place: &mut Place<'_>, x: NodeId) -> Result<NodeId, ShapeError> {
    let keep = 1.0 - f64::from(layer.percent) / 100.0;
    match place.mode {
        Mode::Training(_) => {
            let shape = place.graph.shape(x).clone();
            let mask = place.graph.random_mask(shape, keep, place.mask)?;
            let kept = place.graph.mul(x, mask)?;
            place.graph.scale(kept, 1.0 / keep)
        }
        Mode::Inference => Ok(x),
    }
}
