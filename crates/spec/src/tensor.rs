//! The tensors that layers declare.

use crate::extent::product;

/// A tensor that a site declares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tensor {
    /// Its name within the site: `weight`.
    pub part: &'static str,
    /// Its extent.
    pub shape: Vec<usize>,
    /// What it is for.
    pub role: Role,
}

/// What a tensor is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Trained, and subject to penalties.
    Weight,
    /// Trained; 0 at first under most initialisers.
    Bias,
    /// Trained; multiplies what is normalised, 1 at first.
    Scale,
    /// Trained; is added to what is normalised, 0 at first.
    Shift,
    /// A running mean: no gradient reaches it.
    Mean,
    /// A running variance: no gradient reaches it.
    Variance,
}

impl Role {
    /// Whether training changes it by gradients.
    pub fn is_trained(self) -> bool {
        !matches!(self, Self::Mean | Self::Variance)
    }
}

impl Tensor {
    pub(crate) fn weight(shape: Vec<usize>) -> Self {
        Self { part: "weight", shape, role: Role::Weight }
    }

    pub(crate) fn bias(len: usize) -> Self {
        Self { part: "bias", shape: vec![len], role: Role::Bias }
    }

    /// The four of a normalisation over so many channels.
    pub(crate) fn of_norm(channels: usize) -> Vec<Self> {
        let parts = [("weight", Role::Scale), ("bias", Role::Shift), ("mean", Role::Mean), ("variance", Role::Variance)];
        parts.into_iter().map(|(part, role)| Self { part, shape: vec![channels], role }).collect()
    }

    /// Elements; the largest number if they are more.
    pub fn elements(&self) -> u64 {
        product(&self.shape)
    }
}
