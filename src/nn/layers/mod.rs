//! The graphs of the layers: one file each, the twin of the file of the same name in `crates/spec/src/layers`.
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
use super::network::Place;
use crate::graph::{NodeId, ShapeError};
use descent_spec::Layer;

pub(super) use dense::dense;

/// Lays a layer onto `x`.
pub(super) fn lay(layer: &Layer, place: &mut Place<'_>, x: NodeId) -> Result<NodeId, ShapeError> {
    match layer {
        Layer::Dense(layer) => dense(layer, place, x),
        Layer::Conv(layer) => conv::conv(layer, place, x),
        Layer::Pool(layer) => place.graph.max_pool(x, pool::windows(layer.size)),
        Layer::Mean(layer) => place.graph.avg_pool(x, pool::windows(layer.size)),
        Layer::GlobalMean(_) => global_mean::global_mean(place.graph, x),
        Layer::Norm(layer) => norm::norm(layer, place, x),
        Layer::Dropout(layer) => dropout::dropout(layer, place, x),
        Layer::Act(layer) => activation::apply(place.graph, layer.activation, x),
        Layer::Flatten(_) => {
            let [rows, extents @ ..] = &**place.graph.shape(x) else { unreachable!("a batch has rows") };
            let (rows, features) = (*rows, extents.iter().product::<usize>());
            place.graph.reshape(x, [rows, features])
        }
        Layer::Upsample(layer) => upsample::upsample(layer, place.graph, x),
    }
}
