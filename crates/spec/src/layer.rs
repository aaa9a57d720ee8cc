//! One layer of a network, as a visitor chooses it.

use crate::Activation;
use serde::{Deserialize, Serialize};

/// One layer, as a visitor chooses it. Shapes follow from the data; what is flattened is flattened
/// where a dense layer meets an image.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub enum Layer {
    /// A fully connected layer with bias.
    Dense {
        /// Width.
        units: usize,
        /// What follows.
        activation: Activation,
    },
    /// A square 2-D convolution with bias, stride 1 or more.
    Conv {
        /// Output channels.
        channels: usize,
        /// Rows and columns of the kernel.
        kernel: usize,
        /// Between windows.
        stride: usize,
        /// Whether the image is padded so that stride 1 keeps its size; else not at all.
        is_same: bool,
        /// What follows.
        activation: Activation,
    },
    /// Maximum over square windows that do not overlap.
    MaxPool {
        /// Rows and columns of a window.
        size: usize,
    },
    /// Mean over square windows that do not overlap.
    AvgPool {
        /// Rows and columns of a window.
        size: usize,
    },
    /// Mean over each channel.
    GlobalAvgPool,
    /// Batch normalisation over each channel (arXiv:1502.03167), momentum 0.1, eps 1e-5.
    BatchNorm {
        /// What follows.
        activation: Activation,
    },
    /// Drops values with this probability in training, in per cent.
    Dropout {
        /// 0 to 90.
        percent: u8,
    },
}
