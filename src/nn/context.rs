//! What a layer is laid onto a graph with.

use super::norm::Rows;
use crate::graph::{Graph, NodeId};

/// What a graph is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    /// Batch normalisation by the batch; dropout drops.
    Training(Rows),
    /// Batch normalisation by running statistics; dropout lets everything pass.
    Inference,
}

/// Where a layer is laid, and with what.
pub(super) struct Context<'n> {
    pub(super) graph: &'n mut Graph,
    pub(super) mode: Mode,
    /// The site's tensors, in the order of their declaration.
    pub(super) tensors: &'n [NodeId],
    /// Tells the masks of one graph apart.
    pub(super) mask: u32,
    /// Takes the next values of statistics, in training.
    pub(super) new_stats: &'n mut Vec<NodeId>,
}
