//! Random masks.

use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::{Shape, Tensor};
use descent_spec::random;

impl Graph {
    /// Ones (with probability `keep`) and zeros, drawn anew each step: element `e` is 1 where
    /// `uniform(dropout key, step ^ mix(site), e) < keep` (see [`descent_spec::random`]).
    ///
    /// `site` tells the masks of one graph apart. Has no gradient.
    ///
    /// # Errors
    /// [`ShapeError`] if `keep` is not a probability.
    pub fn random_mask(&mut self, shape: impl Into<Shape>, keep: f64, site: u32) -> Result<NodeId, ShapeError> {
        let shape = shape.into();
        if !(0.0..=1.0).contains(&keep) {
            return Err(ShapeError::new("random_mask", &[&shape], "its share of ones is not a probability"));
        }
        Ok(self.push(Op::RandomMask { keep, site }, &[], shape))
    }
}

/// The meaning of [`Op::RandomMask`].
pub(crate) fn evaluate(keep: f64, site: u32, dropout_key: u32, step: u32, shape: &Shape) -> Tensor<f64> {
    let step = step ^ random::mix(site);
    Tensor::from_fn(shape.clone(), |e| if random::uniform(dropout_key, step, e as u32) < keep as f32 { 1.0 } else { 0.0 })
}
