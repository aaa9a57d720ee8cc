//! 2-D convolutions.

use super::super::activation;
use super::super::context::Context;
use crate::graph::{NodeId, ShapeError};
use descent_spec::layers;

/// `activation(conv2d(x, weight) + bias)`; as in other frameworks the kernel is not flipped.
///
/// # Shapes
/// - `x`: `[batch, h, w, in_channels]`
/// - `weight`: `[k, k, in_channels / groups, channels]`; `bias`: `[channels]`
/// - returns `[batch, h_out, w_out, channels]`
pub(super) fn conv(layer: &layers::Conv, context: &mut Context<'_>, x: NodeId) -> Result<NodeId, ShapeError> {
    let in_channels = context.graph.shape(x).last().copied().unwrap_or_default();
    let [before, after] = layer.pads();
    let conv = crate::graph::Conv {
        stride: [layer.stride; 2],
        dilation: [layer.dilation; 2],
        pads: [before, after, before, after],
        groups: layer.groups(in_channels),
    };
    let mut y = context.graph.conv2d(x, context.tensors[0], conv)?;
    if let Some(&bias) = context.tensors.get(1) {
        y = context.graph.add(y, bias)?;
    }
    activation::apply(context.graph, layer.activation, y)
}
