//! Layers, initialisers, losses: functions that build graphs.
//!
//! Turns a list of [`Layer`]s into the graphs of a model (training, evaluation, probing) and the initial values of its parameters. It knows no
//! buffer and no device.

pub mod activation;
pub mod init;
pub mod loss;
pub mod model;
mod network;
pub mod norm;
#[cfg(test)]
mod tests;

pub use model::{Architecture, Head, LayerError, Model, Routines};
pub use network::{LayerInfo, Param, Stat};

use crate::choice::choice;
use serde::{Deserialize, Serialize};

choice! {
    /// An element-wise non-linearity (the names of PyTorch).
    Activation {
        /// `x`
        Linear = "linear",
        /// `max(x, 0)`
        Relu = "relu",
        /// `tanh x`
        Tanh = "tanh",
        /// `1 / (1 + e^-x)`
        Sigmoid = "sigmoid",
        /// `x`, or `0.01 x` below 0.
        LeakyRelu = "leaky-relu",
        /// `x`, cut to [0, 6].
        Relu6 = "relu6",
        /// `x`, cut to [-1, 1].
        Hardtanh = "hardtanh",
        /// `(x + 3) / 6`, cut to [0, 1].
        HardSigmoid = "hard-sigmoid",
        /// `x` times the hard sigmoid.
        HardSwish = "hard-swish",
        /// `x`, or `e^x - 1` below 0.
        Elu = "elu",
        /// ELU scaled so that signals keep mean 0 and variance 1 (arXiv:1706.02515).
        Selu = "selu",
        /// `x Φ(x)` (arXiv:1606.08415).
        Gelu = "gelu",
        /// GELU through tanh.
        GeluTanh = "gelu-tanh",
        /// `x` times the sigmoid.
        Silu = "silu",
        /// `x tanh(softplus(x))` (arXiv:1908.08681).
        Mish = "mish",
        /// `ln(1 + e^x)`
        Softplus = "softplus",
        /// `x / (1 + |x|)`
        Softsign = "softsign",
        /// The logarithm of the sigmoid.
        LogSigmoid = "log-sigmoid",
    }
}

/// One layer, as a visitor chooses it. Shapes follow from the data; what is flattened is flattened where a dense layer meets an image.
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
