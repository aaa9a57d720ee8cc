//! Random masks.

use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::Shape;

impl Graph {
    /// Ones (with probability `keep`) and zeros, drawn anew each step: element `e` is 1 where
    /// `uniform(dropout key, step ^ mix(site), e) < keep` (see [`crate::tensor::rng`]).
    ///
    /// `site` tells the masks of one graph apart. Has no gradient.
    ///
    /// # Errors
    /// [`ShapeError`] if `keep` is not a probability.
    pub fn random_mask(&mut self, shape: impl Into<Shape>, keep: f64, site: u32) -> Result<NodeId, ShapeError> {
        let shape = shape.into();
        if !(0.0..=1.0).contains(&keep) {
            return Err(ShapeError::new("random_mask", &[&shape], format!("{keep} is not a probability")));
        }
        Ok(self.push(Op::RandomMask { keep, site }, &[], shape))
    }
}
