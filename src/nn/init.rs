//! Initial weights: the first value of each tensor that a network declares, drawn from the seed by
//! the tensor's role and fan, as PyTorch's initialisers of the same names draw them.

use crate::tensor::{Shape, Tensor};
use descent_spec::Activation;
use descent_spec::random::{Rng, Stream};

/// How the first weights of a network are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Init {
    /// `U(±1/√fan_in)` for weights and biases, PyTorch's default for dense layers and convolutions.
    Default,
    /// `U(±√3 s)`, `s = gain / √fan_in` (He et al., arXiv:1502.01852); biases 0.
    KaimingUniform,
    /// `N(0, s²)`, `s = gain / √fan_in`; biases 0.
    KaimingNormal,
    /// `U(±√3 s)`, `s = gain · √(2 / (fan_in + fan_out))` (Glorot and Bengio 2010); biases 0.
    XavierUniform,
    /// `N(0, s²)`, `s = gain · √(2 / (fan_in + fan_out))`; biases 0.
    XavierNormal,
    /// `U(-0.5, 0.5)`, biases 0.1, as in TensorFlow Playground.
    Playground,
    /// All 0, biases too.
    Zeros,
}

/// What one tensor is filled with.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Fill {
    /// One number.
    Constant(f64),
    /// Numbers between `-bound` and `bound`.
    Uniform {
        /// The largest.
        bound: f64,
    },
    /// Numbers of a normal distribution around 0.
    Normal {
        /// Its standard deviation.
        std: f64,
    },
}

impl Init {
    /// What the weights of a layer are filled with that is followed by `activation`.
    pub fn weight(self, fans: Fans, activation: Activation) -> Fill {
        let uniform = |std: f64| Fill::Uniform { bound: 3f64.sqrt() * std };
        match self {
            Init::Default => Fill::Uniform { bound: 1.0 / fans.fan_in.sqrt() },
            Init::KaimingUniform => uniform(kaiming_std(gain(activation), fans.fan_in)),
            Init::KaimingNormal => Fill::Normal { std: kaiming_std(gain(activation), fans.fan_in) },
            Init::XavierUniform => uniform(xavier_std(gain(activation), fans)),
            Init::XavierNormal => Fill::Normal { std: xavier_std(gain(activation), fans) },
            Init::Playground => Fill::Uniform { bound: 0.5 },
            Init::Zeros => Fill::Constant(0.0),
        }
    }

    /// What the biases of that layer are filled with.
    pub fn bias(self, fans: Fans) -> Fill {
        match self {
            Init::Default => Fill::Uniform { bound: 1.0 / fans.fan_in.sqrt() },
            Init::Playground => Fill::Constant(0.1),
            Init::KaimingUniform | Init::KaimingNormal | Init::XavierUniform | Init::XavierNormal | Init::Zeros => Fill::Constant(0.0),
        }
    }
}

impl Fill {
    /// The numbers of tensor number `tensor` under `seed`.
    pub fn draw(self, shape: impl Into<Shape>, seed: u64, tensor: u32) -> Tensor<f64> {
        let mut rng = Rng::new(seed, Stream::Init, tensor);
        Tensor::from_fn(shape, |_| match self {
            Fill::Constant(value) => value,
            Fill::Uniform { bound } => rng.between(-bound, bound),
            Fill::Normal { std } => std * rng.normal(),
        })
    }
}

/// How many numbers flow into and out of a unit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fans {
    /// Terms of each output's sum.
    pub fan_in: f64,
    /// Sums that each input enters.
    pub fan_out: f64,
}

impl Fans {
    /// Those of a weight `[in, out]` or `[kh, kw, in, out]`.
    ///
    /// # Panics
    /// If the shape has fewer than two axes.
    pub fn of(weight: &Shape) -> Self {
        let [kernel @ .., inputs, outputs] = &**weight else { panic!("a weight has inputs and outputs") };
        let taps: usize = kernel.iter().product();
        Self { fan_in: (taps * inputs) as f64, fan_out: (taps * outputs) as f64 }
    }
}

/// `gain / √fan`
pub fn kaiming_std(gain: f64, fan: f64) -> f64 {
    gain / fan.sqrt()
}

/// `gain · √(2 / (fan_in + fan_out))`
pub fn xavier_std(gain: f64, fans: Fans) -> f64 {
    gain * (2.0 / (fans.fan_in + fans.fan_out)).sqrt()
}

/// By how much a layer's weights are scaled so that its activation keeps the variance of signals:
/// the values of PyTorch, and `√2`, that of ReLU, for the smooth functions shaped like it.
pub fn gain(activation: Activation) -> f64 {
    match activation {
        Activation::Linear | Activation::Sigmoid | Activation::HardSigmoid | Activation::LogSigmoid => 1.0,
        Activation::Tanh | Activation::Hardtanh | Activation::Softsign => 5.0 / 3.0,
        Activation::Selu => 0.75,
        Activation::LeakyRelu => leaky_relu_gain(0.01),
        Activation::Relu
        | Activation::Relu6
        | Activation::HardSwish
        | Activation::Elu
        | Activation::Gelu
        | Activation::GeluTanh
        | Activation::Silu
        | Activation::Mish
        | Activation::Softplus => 2f64.sqrt(),
    }
}

/// `√(2 / (1 + slope²))`
pub fn leaky_relu_gain(slope: f64) -> f64 {
    (2.0 / (1.0 + slope * slope)).sqrt()
}
