//! Losses, with PyTorch's meaning of every constant.
//!
//! Each function gives the loss of every element (or, for cross-entropy, of every row); [`Average`]
//! makes one number of them, and [`per_row`] the loss of each sample, which training weighs and
//! adds up.

use crate::graph::{Graph, NodeId, ShapeError};

/// What becomes of the losses of elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Average {
    /// They stay.
    None,
    /// Their mean, of shape `[]`.
    Mean,
    /// Their sum, of shape `[]`.
    Sum,
}

impl Average {
    /// Applies it.
    pub fn apply(self, graph: &mut Graph, losses: NodeId) -> Result<NodeId, ShapeError> {
        let axes: Vec<usize> = (0..graph.shape(losses).len()).collect();
        match self {
            Average::None => Ok(losses),
            Average::Mean => graph.mean(losses, &axes, false),
            Average::Sum => graph.sum(losses, &axes, false),
        }
    }
}

/// The mean over all axes but the first: `[rows, …] -> [rows]`.
pub fn per_row(graph: &mut Graph, losses: NodeId) -> Result<NodeId, ShapeError> {
    match &**graph.shape(losses) {
        [_] => Ok(losses),
        &[rows, 1] => graph.reshape(losses, [rows]),
        shape => {
            let axes: Vec<usize> = (1..shape.len()).collect();
            graph.mean(losses, &axes, false)
        }
    }
}

/// `Σ_r weight[r] · loss[r] / Σ_r weight[r]`
pub fn weighted_mean(graph: &mut Graph, losses: NodeId, weights: NodeId) -> Result<NodeId, ShapeError> {
    let weighted = graph.mul(losses, weights)?;
    let total = Average::Sum.apply(graph, weighted)?;
    let weight = Average::Sum.apply(graph, weights)?;
    graph.div(total, weight)
}

/// Cross-entropy of each row with class indices; `smoothing` moves that share of the target evenly
/// onto all classes: `(1 - s) · -log p[target] + s / classes · Σ_c -log p[c]`,
/// `p = softmax(logits)`.
///
/// # Shapes
/// `logits`: `[rows, classes]`, `target`: `[rows]`, returns `[rows]`
pub fn cross_entropy(graph: &mut Graph, logits: NodeId, target: NodeId, smoothing: f64) -> Result<NodeId, ShapeError> {
    let sharp = graph.cross_entropy(logits, target)?;
    if smoothing == 0.0 {
        return Ok(sharp);
    }
    let log_p = graph.log_softmax(logits)?;
    let mean = graph.mean(log_p, &[1], false)?;
    let even = graph.scale(mean, -smoothing)?;
    let sharp = graph.scale(sharp, 1.0 - smoothing)?;
    graph.add(sharp, even)
}

/// Cross-entropy of each row with target probabilities: `Σ_c -target[c] · log softmax(logits)[c]`.
///
/// # Shapes
/// Both `[rows, classes]`, returns `[rows]`
pub fn soft_cross_entropy(graph: &mut Graph, logits: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
    let log_p = graph.log_softmax(logits)?;
    let products = graph.mul(target, log_p)?;
    let sum = graph.sum(products, &[1], false)?;
    graph.neg(sum)
}

/// `weight[target[r]]`: the weight of each row's class, for [`weighted_mean`].
///
/// Picked out by a cross-entropy, which is `log Σ exp weight - weight[target]`.
///
/// # Shapes
/// `class_weight`: `[classes]`, `target`: `[rows]`, returns `[rows]`
pub fn class_weights(graph: &mut Graph, class_weight: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
    let (rows, classes) = (graph.shape(target).elements(), graph.shape(class_weight).elements());
    let table = graph.broadcast(class_weight, [rows, classes])?;
    let picked = graph.cross_entropy(table, target)?;
    let all = graph.logsumexp(table, &[1], false)?;
    graph.sub(all, picked)
}

/// `(prediction - target)²`
pub fn squared_error(graph: &mut Graph, prediction: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
    let difference = graph.sub(prediction, target)?;
    graph.square(difference)
}

/// `½ (prediction - target)²`
pub fn half_square(graph: &mut Graph, prediction: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
    let squared = squared_error(graph, prediction, target)?;
    graph.scale(squared, 0.5)
}

/// `|prediction - target|`
pub fn absolute_error(graph: &mut Graph, prediction: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
    let difference = graph.sub(prediction, target)?;
    graph.abs(difference)
}

/// Huber's loss: with `d = |prediction - target|`, `½ d²` up to `delta` and `delta · (d - ½ delta)`
/// beyond.
///
/// Written as `q · (d - ½ q)`, `q = min(d, delta)`.
pub fn huber(graph: &mut Graph, prediction: NodeId, target: NodeId, delta: f64) -> Result<NodeId, ShapeError> {
    let distance = absolute_error(graph, prediction, target)?;
    let delta = graph.constant(delta);
    let near = graph.min(distance, delta)?;
    let half = graph.scale(near, 0.5)?;
    let rest = graph.sub(distance, half)?;
    graph.mul(near, rest)
}

/// [`huber`] divided by its `beta`.
pub fn smooth_l1(graph: &mut Graph, prediction: NodeId, target: NodeId, beta: f64) -> Result<NodeId, ShapeError> {
    let losses = huber(graph, prediction, target, beta)?;
    graph.scale(losses, 1.0 / beta)
}

/// Binary cross-entropy of logits with targets in [0, 1]: `(1 - t) · x + softplus(-x)`; with
/// `positive_weight` `p` for the targets that are 1,
/// `(1 - t) · x + (1 + (p - 1) · t) · softplus(-x)`.
pub fn binary_cross_entropy(
    graph: &mut Graph,
    logits: NodeId,
    target: NodeId,
    positive_weight: Option<NodeId>,
) -> Result<NodeId, ShapeError> {
    let one = graph.constant(1.0);
    let negative = graph.sub(one, target)?;
    let linear = graph.mul(negative, logits)?;
    let opposite = graph.neg(logits)?;
    let mut curved = graph.softplus(opposite)?;
    if let Some(positive_weight) = positive_weight {
        let extra = graph.shift(positive_weight, -1.0)?;
        let extra = graph.mul(extra, target)?;
        let weight = graph.shift(extra, 1.0)?;
        curved = graph.mul(weight, curved)?;
    }
    graph.add(linear, curved)
}
