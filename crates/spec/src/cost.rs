//! What a network costs, worked out with checked arithmetic before anything is allocated.

use crate::Experiment;
use crate::model::{ModelError, Outline};

/// The most trainable numbers.
pub const MAX_PARAMS: u64 = 2_000_000;
/// The most memory for what the layers of a batch yield, in bytes.
pub const MAX_ACTIVATION_BYTES: u64 = 64 << 20;
/// The most arithmetic of a step.
pub const MAX_STEP_FLOPS: u64 = 20_000_000_000;
/// The most samples of a step.
pub const MAX_BATCH: usize = 4096;

/// The most samples of an image set that a page shows, with what the network makes of them.
pub const SHOWN_SAMPLES: usize = 48;

/// What a network costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NetworkCost {
    /// Trainable numbers.
    pub params: u64,
    /// What the layers yield for a batch, in bytes.
    pub activation_bytes: u64,
    /// Multiply-adds of a step times 2; the way back counts twice the way there.
    pub step_flops: u64,
}

impl Experiment {
    /// What the experiment's network costs.
    ///
    /// # Errors
    /// [`ModelError`] if it costs more than the limits of this module, is too large to be written
    /// out, or its blocks do not fit together.
    pub fn cost(&self) -> Result<NetworkCost, ModelError> {
        let within = |what, amount, limit| if amount > limit { Err(ModelError::TooMuch { what, amount, limit }) } else { Ok(()) };
        within("samples a step", self.batch_size as u64, MAX_BATCH as u64)?;
        let outline = self.outline()?;
        let cost = outline.cost(self.batch_size);
        within("parameters", cost.params, MAX_PARAMS)?;
        within("bytes between layers", cost.activation_bytes, MAX_ACTIVATION_BYTES)?;
        if !self.dataset.is_2d() {
            // The images shown and the one that is drawn.
            let pictures = outline.cost(SHOWN_SAMPLES + 1).activation_bytes;
            within("bytes between layers for the images shown", pictures, MAX_ACTIVATION_BYTES)?;
        }
        within("operations a step", cost.step_flops, MAX_STEP_FLOPS)?;
        Ok(cost)
    }
}

impl Outline {
    /// What it costs with so many samples a step. Sums saturate, and the largest number exceeds
    /// every limit.
    pub fn cost(&self, batch_size: usize) -> NetworkCost {
        let sum = |of: fn(&crate::model::Site) -> u64| self.sites.iter().map(of).fold(0, u64::saturating_add);
        let batch = batch_size as u64;
        NetworkCost {
            params: sum(|site| site.params()),
            activation_bytes: sum(|site| site.extent.elements()).saturating_mul(batch).saturating_mul(4),
            step_flops: self.multiply_adds().saturating_mul(batch).saturating_mul(6),
        }
    }
}
