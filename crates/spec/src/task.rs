//! What a network is given, what it is to answer, and how the answer is judged.

use crate::catalog::Kind;
use crate::layers::Dense;
use crate::model::{Extent, ModelError, Outline};
use crate::{Activation, Experiment, Loss};
use serde::{Deserialize, Serialize};

/// What a network is for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Task {
    /// Extent of a sample.
    pub input: Extent,
    /// The output layer, and what its output is compared by.
    pub head: Head,
}

/// The output layer, and what its output is compared by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Head {
    /// One output, `½ (output - target)²`: tanh for classes ±1, linear for regression.
    HalfSquare {
        /// Whether targets are classes ±1.
        is_classification: bool,
    },
    /// One output as for [`Head::HalfSquare`], Huber's loss with delta 1.
    Huber {
        /// Whether targets are classes ±1.
        is_classification: bool,
    },
    /// One logit, binary cross-entropy; targets are classes ±1.
    BinaryCrossEntropy,
    /// A logit for each class, softmax cross-entropy; targets are class indices.
    CrossEntropy {
        /// How many.
        classes: usize,
    },
}

impl Head {
    /// The output layer.
    pub fn output(self) -> Dense {
        match self {
            Self::HalfSquare { is_classification: true } | Self::Huber { is_classification: true } => {
                Dense { units: 1, activation: Activation::Tanh }
            }
            Self::HalfSquare { .. } | Self::Huber { .. } | Self::BinaryCrossEntropy => Dense { units: 1, activation: Activation::Linear },
            Self::CrossEntropy { classes } => Dense { units: classes, activation: Activation::Linear },
        }
    }

    /// Whether the answer is one of some classes.
    pub fn is_classification(self) -> bool {
        match self {
            Self::HalfSquare { is_classification } | Self::Huber { is_classification } => is_classification,
            Self::BinaryCrossEntropy | Self::CrossEntropy { .. } => true,
        }
    }
}

impl Experiment {
    /// What its network is for.
    pub fn task(&self) -> Task {
        let entry = self.dataset.entry();
        match entry.kind {
            // Where the target is a class among many, only cross-entropy compares.
            Kind::Images { size: [rows, cols] } => {
                Task { input: Extent::Image { rows, cols, channels: 1 }, head: Head::CrossEntropy { classes: entry.classes.len() } }
            }
            kind => {
                let is_classification = kind == Kind::Classes2d;
                let head = match self.loss {
                    Loss::Huber => Head::Huber { is_classification },
                    Loss::BinaryCrossEntropy | Loss::CrossEntropy if is_classification => Head::BinaryCrossEntropy,
                    _ => Head::HalfSquare { is_classification },
                };
                Task { input: Extent::Vector { features: self.features.count() }, head }
            }
        }
    }

    /// Its network, written out, the output layer last.
    ///
    /// # Errors
    /// [`ModelError`] if the network is too large to be written out or its blocks do not fit
    /// together.
    pub fn outline(&self) -> Result<Outline, ModelError> {
        let Task { input, head } = self.task();
        self.model.outline(input, Some(head.output()))
    }
}
