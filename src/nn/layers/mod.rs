//! The graphs of the layers: one file each, but for those that are a single call; the twin of the
//! file of the same name in `crates/spec/src/layers`.
//!
//! A twin lays its layer onto a node, with the tensors that its spec has declared, in that order.

mod conv;
mod dense;
mod dropout;
mod global_mean;
mod norm;
mod pool;
mod upsample;

use super::activation;
use super::context::Context;
use crate::graph::{NodeId, ShapeError};
use descent_spec::Layer;

pub(super) use dense::dense;

/// Lays a layer onto `x`.
pub(super) fn lay(layer: &Layer, context: &mut Context<'_>, x: NodeId) -> Result<NodeId, ShapeError> {
    match layer {
        Layer::Dense(layer) => dense(layer, context, x),
        Layer::Conv(layer) => conv::conv(layer, context, x),
        Layer::Pool(layer) => context.graph.max_pool(x, pool::windows(layer.size)),
        Layer::Mean(layer) => context.graph.avg_pool(x, pool::windows(layer.size)),
        Layer::GlobalMean(_) => global_mean::global_mean(context.graph, x),
        Layer::Norm(layer) => norm::norm(layer, context, x),
        Layer::Dropout(layer) => dropout::dropout(layer, context, x),
        Layer::Act(layer) => activation::apply(context.graph, layer.activation, x),
        Layer::Flatten(_) => {
            let [rows, extents @ ..] = &**context.graph.shape(x) else { unreachable!("a batch has rows") };
            let (rows, features) = (*rows, extents.iter().product::<usize>());
            context.graph.reshape(x, [rows, features])
        }
        Layer::Upsample(layer) => upsample::upsample(layer, context.graph, x),
    }
}
