//! The element-wise non-linearities a layer may end in.

use crate::choice::choice;

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
