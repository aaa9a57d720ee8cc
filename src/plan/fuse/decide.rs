//! Which nodes are written to memory and which are folded into another node's kernel.

use super::extents::index_of;
use crate::graph::{Binary, Graph, NodeId, Op, Unary};
use crate::plan::expr;
use crate::plan::program::Target;
use std::ops::{Index, IndexMut};

/// Up to so many elements, working out one number again for each of them costs less than a kernel
/// of its own.
const FEW: usize = 1024;

/// Follows reshapes to the node whose elements they rename.
pub(crate) fn base(graph: &Graph, mut id: NodeId) -> NodeId {
    while graph.node(id).op == Op::Reshape {
        id = graph.node(id).inputs[0];
    }
    id
}

/// How a node takes part in fusion.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Lies in memory before the routine runs.
    Leaf,
    /// A number in the text.
    Constant,
    /// Arithmetic on elements.
    Elementwise,
    /// A way of reading one stored operand.
    Movement,
    /// A kernel of its own.
    Heavy,
    /// Vanishes.
    Reshape,
}

pub(super) fn class(op: &Op) -> Class {
    match op {
        Op::Input(_) | Op::Param(_) | Op::Stat(_) => Class::Leaf,
        Op::Constant(_) => Class::Constant,
        Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Broadcast => Class::Elementwise,
        Op::Permute(_) | Op::Slice { .. } => Class::Movement,
        Op::Reshape => Class::Reshape,
        Op::RandomMask { .. }
        | Op::Reduce { .. }
        | Op::ArgMax { .. }
        | Op::Matmul { .. }
        | Op::Conv2d(_)
        | Op::Conv2dDx(_)
        | Op::Conv2dDw(_)
        | Op::MaxPool(_)
        | Op::MaxPoolDx(_)
        | Op::AvgPool(_)
        | Op::AvgPoolDx(_)
        | Op::Pad { .. }
        | Op::Softmax
        | Op::LogSoftmax
        | Op::CrossEntropy
        | Op::CrossEntropyDx => Class::Heavy,
    }
}

/// Whether doing it twice costs less than writing and reading it.
fn is_cheap(op: &Op) -> bool {
    match op {
        Op::Unary(function) => matches!(function, Unary::Neg | Unary::Abs | Unary::Sign | Unary::Square | Unary::Relu),
        Op::Binary(function) => !matches!(function, Binary::Div),
        Op::Select => true,
        _ => false,
    }
}

/// What has been decided about a node.
#[derive(Clone, Default)]
pub(super) struct Fate {
    pub(super) is_needed: bool,
    pub(super) is_root: bool,
    /// Needed users, reshapes skipped.
    pub(super) users: Vec<NodeId>,
    /// Written to memory; else inline.
    pub(super) is_stored: bool,
    /// Stored even where it could be inline.
    pub(super) is_forced: bool,
    /// Of a stored element-wise node: the heavy node whose epilogue it has become.
    pub(super) absorbed: Option<NodeId>,
    /// Of a heavy node: that it has an epilogue, and is stored only after it.
    pub(super) is_absorbed: bool,
    /// Done as part of another kernel.
    pub(super) is_merged: bool,
}

/// Decides the fate of every node, then lowers those that are stored.
pub(super) struct Fuser<'g> {
    pub(super) graph: &'g Graph,
    pub(super) target: Target,
    /// By the index of the node.
    fates: Vec<Fate>,
    pub(super) temporaries: usize,
}

impl Index<NodeId> for Fuser<'_> {
    type Output = Fate;
    fn index(&self, id: NodeId) -> &Fate {
        &self.fates[id.index()]
    }
}

impl IndexMut<NodeId> for Fuser<'_> {
    fn index_mut(&mut self, id: NodeId) -> &mut Fate {
        &mut self.fates[id.index()]
    }
}

impl<'g> Fuser<'g> {
    pub(super) fn new(graph: &'g Graph, roots: &[NodeId], forced: &[NodeId], target: Target) -> Self {
        let needed = graph.needed(roots).into_iter();
        let fates = needed.map(|is_needed| Fate { is_needed, ..Fate::default() }).collect();
        let mut fuser = Self { graph, target, fates, temporaries: 0 };
        for root in roots {
            fuser[base(graph, *root)].is_root = true;
        }
        for id in forced {
            fuser[*id].is_forced = true;
        }
        for id in graph.ids().filter(|id| graph.node(*id).op != Op::Reshape) {
            if fuser[id].is_needed {
                for input in &graph.node(id).inputs {
                    fuser[base(graph, *input)].users.push(id);
                }
            }
        }
        fuser
    }

    fn elements(&self, id: NodeId) -> usize {
        self.graph.shape(id).elements()
    }

    /// Whether `user` can recompute the element-wise node or view `id` at the element it works on.
    fn can_inline_into(&self, id: NodeId, user: NodeId) -> bool {
        if self.elements(id) == 1 && self.elements(user) <= FEW && class(&self.graph.node(id).op) == Class::Elementwise {
            return class(&self.graph.node(user).op) == Class::Elementwise;
        }
        if self.elements(id) != self.elements(user) && !matches!(self.graph.node(user).op, Op::Reduce { .. }) {
            return false;
        }
        match &self.graph.node(user).op {
            Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Broadcast => self.reads_linearly(id, user),
            Op::Reduce { .. } => true,
            _ => false,
        }
    }

    /// Whether `user` reads element `e` of `id` for its own element `e`.
    fn reads_linearly(&self, id: NodeId, user: NodeId) -> bool {
        let node = self.graph.node(user);
        node.inputs
            .iter()
            .filter(|input| base(self.graph, **input) == id)
            .all(|input| index_of(self.graph.shape(*input), &node.shape) == expr::Index::Linear)
    }

    pub(super) fn decide(&mut self) {
        let ids: Vec<NodeId> = self.graph.ids().filter(|id| self[*id].is_needed).collect();
        for &id in &ids {
            let node = self.graph.node(id);
            let users = &self[id].users;
            let is_inline = match class(&node.op) {
                Class::Leaf | Class::Heavy => false,
                Class::Reshape => true,
                Class::Constant => {
                    !self[id].is_root
                        && users.iter().all(|user| {
                            matches!(class(&self.graph.node(*user).op), Class::Elementwise)
                                || matches!(self.graph.node(*user).op, Op::Reduce { .. })
                        })
                }
                Class::Elementwise | Class::Movement => {
                    let is_repeatable = users.len() <= 1
                        || (users.len() <= 3
                            && is_cheap(&node.op)
                            && node.inputs.iter().all(|input| {
                                let input = base(self.graph, *input);
                                self[input].is_stored || matches!(self.graph.node(input).op, Op::Constant(_))
                            }));
                    !self[id].is_root
                        && !self[id].is_forced
                        && !users.is_empty()
                        && is_repeatable
                        && users.iter().all(|user| self.can_inline_into(id, *user))
                }
            };
            self[id].is_stored = !is_inline;
            // A view reads memory: its operand cannot be inline.
            if class(&node.op) == Class::Movement || class(&node.op) == Class::Heavy && !matches!(node.op, Op::Reduce { .. }) {
                for input in &node.inputs {
                    let input = base(self.graph, *input);
                    self[input].is_stored = true;
                }
            }
        }
        for &id in ids.iter().rev() {
            if let Some(root) = self.epilogue_root(id) {
                self[root].absorbed = Some(id);
                self[id].is_absorbed = true;
                self[id].is_stored = false;
            }
        }
    }

    /// The stored element-wise node into whose kernel the heavy node `id` can be drawn.
    fn epilogue_root(&self, id: NodeId) -> Option<NodeId> {
        let takes_epilogue = match &self.graph.node(id).op {
            Op::CrossEntropy | Op::CrossEntropyDx | Op::RandomMask { .. } => false,
            op => class(op) == Class::Heavy,
        };
        if !takes_epilogue || self[id].is_root || self[id].is_forced {
            return None;
        }
        let mut at = id;
        loop {
            let users = &self[at].users;
            let user = *users.first()?;
            // One node may use another twice (x · x), but not two nodes.
            if users.iter().any(|other| *other != user)
                || !self.can_inline_into(at, user)
                || matches!(self.graph.node(user).op, Op::Reduce { .. })
            {
                return None;
            }
            at = user;
            if self[at].is_stored {
                return (self[at].absorbed.is_none() && class(&self.graph.node(at).op) == Class::Elementwise).then_some(at);
            }
        }
    }
}
