//! Dropout.

use super::super::context::{Context, Mode};
use crate::graph::{NodeId, ShapeError};
use descent_spec::layers::Dropout;

/// `x · mask / keep` in training, where the mask is 1 with probability `keep`; else `x`.
pub(super) fn dropout(layer: &Dropout, context: &mut Context<'_>, x: NodeId) -> Result<NodeId, ShapeError> {
    let keep = 1.0 - f64::from(layer.percent) / 100.0;
    match context.mode {
        Mode::Training(_) => {
            let shape = context.graph.shape(x).clone();
            let mask = context.graph.random_mask(shape, keep, context.mask)?;
            let kept = context.graph.mul(x, mask)?;
            context.graph.scale(kept, 1.0 / keep)
        }
        Mode::Inference => Ok(x),
    }
}
