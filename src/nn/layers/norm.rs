//! Batch normalisation as a layer; its formulas are in [`crate::nn::norm`].

use super::super::activation;
use super::super::context::{Context, Mode};
use super::super::norm::BatchNorm;
use crate::graph::{NodeId, ShapeError};
use descent_spec::layers::Norm;

/// Weight of a new batch in the running statistics, and what is added to the variance: PyTorch's
/// defaults.
const MOMENTUM: f64 = 0.1;
const EPS: f64 = 1e-5;

/// `activation(norm(x))`: by the batch in training, which also yields the next statistics, else by
/// the running statistics.
pub(super) fn norm(layer: &Norm, context: &mut Context<'_>, x: NodeId) -> Result<NodeId, ShapeError> {
    let &[scale, bias, mean, variance] = context.tensors else { unreachable!("a normalisation declares four tensors") };
    let norm = BatchNorm { scale, bias, mean, variance, eps: EPS, momentum: MOMENTUM };
    let y = match context.mode {
        Mode::Training(rows) => {
            let normalised = norm.training(context.graph, x, rows)?;
            context.new_stats.extend([normalised.mean, normalised.variance]);
            normalised.y
        }
        Mode::Inference => norm.inference(context.graph, x)?,
    };
    activation::apply(context.graph, layer.activation, y)
}
