//! From nodes to kernels: which nodes are written to memory, and which are folded into the kernel before or after them.
//!
//! A node is *stored* (written to memory) or *inline* (recomputed inside the one kernel that uses it). Element-wise nodes become steps of an
//! expression; reshapes vanish, since the row-major index of an element does not change; permutations, slices and broadcasts become ways of
//! reading. A product, convolution, pooling or reduction whose only use is element-wise takes that work as its epilogue.

mod extents;
mod group;
mod lower;

use super::expr::{self, Fused};
use super::kernel::{Kernel, Kind};
use super::program::Target;
use crate::graph::{Binary, Graph, NodeId, Op, Unary};
use extents::index_of;
use group::Group;
use std::ops::{Index, IndexMut};

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

/// Up to so many elements, working out one number again for each of them costs less than a kernel of its own.
const FEW: usize = 1024;

/// Lowers the nodes of `graph` that `roots` need, in order. `roots` are stored.
pub(crate) fn fuse(graph: &Graph, roots: &[NodeId], target: Target) -> Vec<Draft> {
    let mut forced = Vec::new();
    loop {
        let mut fuser = Fuser::new(graph, roots, &forced, target);
        fuser.decide();
        match fuser.emit() {
            Ok(drafts) => return drafts,
            // Too many operands for one kernel: store one more of its inline nodes and start again. Ends, as each round forces another node.
            Err(node) => forced.push(node),
        }
    }
}

/// Follows reshapes to the node whose elements they rename.
pub(crate) fn base(graph: &Graph, mut id: NodeId) -> NodeId {
    while graph.node(id).op == Op::Reshape {
        id = graph.node(id).inputs[0];
    }
    id
}

/// How a node takes part in fusion.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Lies in memory before the routine runs.
    Leaf,
    /// A number in the text.
    Constant,
    /// Arithmetic on elements.
    Elementwise,
    /// A way of reading one stored operand.
    View,
    /// A kernel of its own.
    Heavy,
    /// Vanishes.
    Reshape,
}

fn class(op: &Op) -> Class {
    match op {
        Op::Input(_) | Op::Param(_) | Op::Stat(_) => Class::Leaf,
        Op::Constant(_) => Class::Constant,
        Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Broadcast => Class::Elementwise,
        Op::Permute(_) | Op::Slice { .. } => Class::View,
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
struct Fate {
    is_needed: bool,
    is_root: bool,
    /// Needed users, reshapes skipped.
    users: Vec<NodeId>,
    /// Written to memory; else inline.
    is_stored: bool,
    /// Stored even where it could be inline.
    is_forced: bool,
    /// Of a stored element-wise node: the heavy node whose epilogue it has become.
    absorbed: Option<NodeId>,
    /// Of a heavy node: that it has an epilogue, and is stored only after it.
    is_absorbed: bool,
    /// Done as part of another kernel.
    is_merged: bool,
}

/// Decides the fate of every node, then lowers those that are stored.
struct Fuser<'g> {
    graph: &'g Graph,
    target: Target,
    /// By the index of the node.
    fates: Vec<Fate>,
    temporaries: usize,
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
    fn new(graph: &'g Graph, roots: &[NodeId], forced: &[NodeId], target: Target) -> Self {
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

    fn decide(&mut self) {
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
                Class::Elementwise | Class::View => {
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
            if class(&node.op) == Class::View || class(&node.op) == Class::Heavy && !matches!(node.op, Op::Reduce { .. }) {
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

    fn emit(&mut self) -> Result<Vec<Draft>, NodeId> {
        let mut drafts = Vec::new();
        for id in self.graph.ids().collect::<Vec<_>>() {
            if !self[id].is_needed || !self[id].is_stored || self[id].is_merged {
                continue;
            }
            match class(&self.graph.node(id).op) {
                Class::Leaf | Class::Reshape => {}
                Class::Constant | Class::Elementwise | Class::View => match self[id].absorbed {
                    Some(heavy) => self.heavy(heavy, id, &mut drafts)?,
                    None => {
                        let mut group = Group::new(self, None);
                        group.value(id, true);
                        let (fused, inputs) = group.finish();
                        self.check(id, inputs.len() + 1)?;
                        drafts.push(Draft {
                            kind: Kind::Map { shape: self.graph.shape(id).clone(), fused },
                            epilogue: Fused::none(),
                            inputs,
                            outputs: vec![Value::Node(id)],
                            label: self.label(id),
                        });
                    }
                },
                Class::Heavy => self.heavy(id, id, &mut drafts)?,
            }
        }
        Ok(drafts)
    }

    /// An error that names a node to store if a kernel rooted at `id` binds too much.
    fn check(&self, id: NodeId, bindings: usize) -> Result<(), NodeId> {
        if bindings <= Kernel::MAX_BINDINGS {
            return Ok(());
        }
        // The largest inline operand that fits a kernel of its own takes most off this one.
        let mut queue = vec![id];
        let mut best: Option<(usize, NodeId)> = None;
        while let Some(at) = queue.pop() {
            for input in &self.graph.node(at).inputs {
                let input = base(self.graph, *input);
                let is_inline = !self[input].is_stored && !self[input].is_absorbed;
                if is_inline && matches!(class(&self.graph.node(input).op), Class::Elementwise | Class::View) {
                    let leaves = self.leaves(input);
                    if leaves < Kernel::MAX_BINDINGS && best.is_none_or(|(most, _)| leaves > most) {
                        best = Some((leaves, input));
                    }
                    queue.push(input);
                } else if self[input].is_absorbed && best.is_none() {
                    best = Some((0, input));
                }
            }
        }
        let (_, node) = best.unwrap_or_else(|| panic!("{} needs {bindings} bindings and cannot be split", self.label(id)));
        Err(node)
    }

    fn leaves(&self, id: NodeId) -> usize {
        if self[id].is_stored {
            return 1;
        }
        self.graph.node(id).inputs.iter().map(|input| self.leaves(base(self.graph, *input))).sum()
    }

    /// For people: the op, and what was folded into it.
    fn label(&self, id: NodeId) -> String {
        let name = self.graph.node(id).op.name();
        match self[id].absorbed {
            Some(heavy) => format!("{} + {name}", self.graph.node(heavy).op.name()),
            None => name.to_string(),
        }
    }
}
