//! The mean of each channel.

use crate::graph::{Graph, NodeId, ShapeError};

/// # Shapes
/// - `x`: `[batch, h, w, channels]` or `[batch, time, features]`
/// - returns `[batch, channels]` or `[batch, features]`
pub(super) fn global_mean(graph: &mut Graph, x: NodeId) -> Result<NodeId, ShapeError> {
    let axes: Vec<usize> = (1..graph.shape(x).len() - 1).collect();
    graph.mean(x, &axes, false)
}
