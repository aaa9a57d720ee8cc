//! The formulas of activations: compositions of element-wise ops, so that each has its gradient by
//! itself.

use crate::graph::{Graph, NodeId, ShapeError};
use descent_spec::Activation;

/// `activation(x)`, with PyTorch's definitions and conventions: `relu'(0) = 0`, `leaky_relu'(0)` is
/// the slope, `elu'(0) = alpha`.
///
/// Each is finite, with a finite gradient, for any `x` up to `|x| = 1e4`.
pub fn apply(graph: &mut Graph, activation: Activation, x: NodeId) -> Result<NodeId, ShapeError> {
    match activation {
        Activation::Linear => Ok(x),
        Activation::Relu => graph.relu(x),
        Activation::Tanh => graph.tanh(x),
        Activation::Sigmoid => graph.sigmoid(x),
        Activation::LeakyRelu => leaky_relu(graph, x, 0.01),
        Activation::Relu6 => relu6(graph, x),
        Activation::Hardtanh => clamp(graph, x, -1.0, 1.0),
        Activation::HardSigmoid => hard_sigmoid(graph, x),
        Activation::HardSwish => {
            let gate = hard_sigmoid(graph, x)?;
            graph.mul(x, gate)
        }
        Activation::Elu => elu(graph, x, 1.0),
        Activation::Selu => selu(graph, x),
        Activation::Gelu => gelu(graph, x),
        Activation::GeluTanh => gelu_tanh(graph, x),
        Activation::Silu => {
            let gate = graph.sigmoid(x)?;
            graph.mul(x, gate)
        }
        Activation::Mish => {
            let positive = graph.softplus(x)?;
            let gate = graph.tanh(positive)?;
            graph.mul(x, gate)
        }
        Activation::Softplus => graph.softplus(x),
        Activation::Softsign => {
            let size = graph.abs(x)?;
            let divisor = graph.shift(size, 1.0)?;
            graph.div(x, divisor)
        }
        Activation::LogSigmoid => {
            let flipped = graph.neg(x)?;
            let y = graph.softplus(flipped)?;
            graph.neg(y)
        }
    }
}

/// `x` where it is positive, else `slope · x`.
pub fn leaky_relu(graph: &mut Graph, x: NodeId, slope: f64) -> Result<NodeId, ShapeError> {
    let zero = graph.constant(0.0);
    let is_positive = graph.greater(x, zero)?;
    let damped = graph.scale(x, slope)?;
    graph.select(is_positive, x, damped)
}

/// `x` where it is positive, else `alpha · (e^x - 1)` (arXiv:1511.07289).
pub fn elu(graph: &mut Graph, x: NodeId, alpha: f64) -> Result<NodeId, ShapeError> {
    let zero = graph.constant(0.0);
    let is_positive = graph.greater(x, zero)?;
    let negative = graph.min(x, zero)?; // Where x is large, e^x would be infinite, and infinity times a masked gradient is not 0.
    let exponential = graph.exp(negative)?;
    let shifted = graph.shift(exponential, -1.0)?;
    let scaled = graph.scale(shifted, alpha)?;
    graph.select(is_positive, x, scaled)
}

/// `x` cut to `[low, high]`.
pub fn clamp(graph: &mut Graph, x: NodeId, low: f64, high: f64) -> Result<NodeId, ShapeError> {
    let (low, high) = (graph.constant(low), graph.constant(high));
    let above = graph.max(x, low)?;
    graph.min(above, high)
}

/// `min(max(x, 0), 6)`
fn relu6(graph: &mut Graph, x: NodeId) -> Result<NodeId, ShapeError> {
    let positive = graph.relu(x)?;
    let six = graph.constant(6.0);
    graph.min(positive, six)
}

/// `relu6(x + 3) / 6`
fn hard_sigmoid(graph: &mut Graph, x: NodeId) -> Result<NodeId, ShapeError> {
    let shifted = graph.shift(x, 3.0)?;
    let cut = relu6(graph, shifted)?;
    graph.scale(cut, 1.0 / 6.0)
}

/// `scale · elu(x)`, with the constants of arXiv:1706.02515.
fn selu(graph: &mut Graph, x: NodeId) -> Result<NodeId, ShapeError> {
    let y = elu(graph, x, 1.673_263_242_354_377_2)?;
    graph.scale(y, 1.050_700_987_355_480_5)
}

/// `x/2 · (1 + erf(x / √2))` (arXiv:1606.08415).
fn gelu(graph: &mut Graph, x: NodeId) -> Result<NodeId, ShapeError> {
    let scaled = graph.scale(x, std::f64::consts::FRAC_1_SQRT_2)?;
    let erf = graph.erf(scaled)?;
    gated(graph, x, erf)
}

/// `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))` (arXiv:1606.08415).
fn gelu_tanh(graph: &mut Graph, x: NodeId) -> Result<NodeId, ShapeError> {
    let squared = graph.square(x)?;
    let bent = graph.scale(squared, 0.044_715)?;
    let factor = graph.shift(bent, 1.0)?;
    let cubic = graph.mul(x, factor)?;
    let argument = graph.scale(cubic, std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2)?;
    let tanh = graph.tanh(argument)?;
    gated(graph, x, tanh)
}

/// `x/2 · (1 + gate)`
fn gated(graph: &mut Graph, x: NodeId, gate: NodeId) -> Result<NodeId, ShapeError> {
    let half = graph.scale(x, 0.5)?;
    let opened = graph.shift(gate, 1.0)?;
    graph.mul(half, opened)
}
