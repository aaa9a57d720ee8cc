//! Kernels before their operands have memory.

use crate::graph::NodeId;
use crate::plan::expr::Fused;
use crate::plan::kernel::Kind;

/// A value that kernels pass on: a stored node, or a temporary of one node's own lowering.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Value {
    /// What a node yields.
    Node(NodeId),
    /// A partial result and its length.
    Temporary(usize, usize),
}

/// A kernel whose operands have no memory yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// What is computed.
    pub(crate) kind: Kind,
    /// Work on the result.
    pub(crate) epilogue: Fused,
    /// What is read.
    pub(crate) inputs: Vec<Value>,
    /// What is written.
    pub(crate) outputs: Vec<Value>,
    /// For people.
    pub(crate) label: String,
}

impl Draft {
    /// A kernel without an epilogue.
    pub(crate) fn plain(kind: Kind, inputs: Vec<Value>, outputs: Vec<Value>, label: impl Into<String>) -> Self {
        Self { kind, epilogue: Fused::none(), inputs, outputs, label: label.into() }
    }
}
