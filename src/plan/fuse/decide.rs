//! Which nodes are written to memory and which are folded into another node's kernel.

use super::extents::index_of;
use crate::graph::{Binary, Graph, NodeId, Op, Reduction, Unary};
use crate::plan::expr;
use crate::plan::kernel::Kernel;
use crate::plan::program::Target;
use std::collections::HashSet;
use std::ops::{Index, IndexMut};

/// Up to so many elements, working out one number again for each of them costs less than a kernel
/// of its own.
const FEW: usize = 1024;

/// The most steps of one expression: many more than layers give, and few enough that kernels of a
/// deep chain stay small.
const MOST_STEPS: usize = 256;

/// Follows reshapes to the node whose elements they rename.
pub(crate) fn base(graph: &Graph, mut id: NodeId) -> NodeId {
    while graph.node(id).op == Op::Reshape {
        id = graph.node(id).inputs[0];
    }
    id
}

/// Follows reshapes and barriers to the node in whose memory the elements lie.
pub(crate) fn storage(graph: &Graph, mut id: NodeId) -> NodeId {
    while matches!(graph.node(id).op, Op::Reshape | Op::Barrier) {
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
    /// Another result of its operand's kernel.
    Output,
    /// Vanishes.
    Reshape,
    /// Another value in the memory of its operand.
    Barrier,
}

pub(super) fn class(op: &Op) -> Class {
    match op {
        Op::Input(_) | Op::Param(_) | Op::Stat(_) => Class::Leaf,
        Op::Constant(_) => Class::Constant,
        Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Broadcast => Class::Elementwise,
        Op::Permute(_) | Op::Slice { .. } => Class::Movement,
        Op::Reshape => Class::Reshape,
        Op::Barrier => Class::Barrier,
        Op::Output(_) => Class::Output,
        Op::RandomMask { .. }
        | Op::Moments
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

/// Whether a node sums all axes but the last, as the gradient of a bias does.
pub(super) fn is_sum_over_rows(graph: &Graph, id: NodeId) -> bool {
    let node = graph.node(id);
    let Op::Reduce { kind: Reduction::Sum, axes } = &node.op else { return false };
    let rank = graph.shape(node.inputs[0]).len();
    rank >= 2 && axes.iter().copied().eq(0..rank - 1)
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
    /// Those of them that are sums over rows.
    pub(super) row_sums: Vec<NodeId>,
    /// Written to memory; else inline.
    pub(super) is_stored: bool,
    /// Of a stored element-wise node: the heavy node whose epilogue it has become.
    pub(super) absorbed: Option<NodeId>,
    /// Of a heavy node: that it has an epilogue, and is stored only after it.
    pub(super) is_absorbed: bool,
    /// Done as part of another kernel.
    pub(super) is_merged: bool,
    /// What an expression that ends in this node reads from memory, at most.
    reads: HashSet<(NodeId, expr::Index)>,
    /// How many steps it has, at most.
    steps: usize,
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
    pub(super) fn new(graph: &'g Graph, roots: &[NodeId], target: Target) -> Self {
        let needed = graph.needed(roots).into_iter();
        let fates = needed.map(|is_needed| Fate { is_needed, ..Fate::default() }).collect();
        let mut fuser = Self { graph, target, fates, temporaries: 0 };
        for root in roots {
            fuser[base(graph, *root)].is_root = true;
        }
        for id in graph.ids().filter(|id| graph.node(*id).op != Op::Reshape) {
            if fuser[id].is_needed {
                for input in &graph.node(id).inputs {
                    let operand = &mut fuser[base(graph, *input)];
                    operand.users.push(id);
                    if is_sum_over_rows(graph, id) {
                        operand.row_sums.push(id);
                    }
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
                Class::Leaf | Class::Heavy | Class::Output | Class::Barrier => false,
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
                    !self[id].is_root && !users.is_empty() && is_repeatable && users.iter().all(|user| self.can_inline_into(id, *user))
                }
            };
            self[id].is_stored = !is_inline;
            self.bound(id);
            // What reads memory has no inline operand.
            if !matches!(class(&node.op), Class::Elementwise | Class::Reshape) && !matches!(node.op, Op::Reduce { .. }) {
                for input in &node.inputs {
                    let input = base(self.graph, *input);
                    self[input].is_stored = true;
                }
            }
        }
        // What is stored for the sake of one user may be one more thing to read for another.
        let mut has_stored = true;
        while has_stored {
            has_stored = false;
            ids.iter().for_each(|id| has_stored |= self.bound(*id));
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
            Op::CrossEntropy | Op::CrossEntropyDx | Op::RandomMask { .. } | Op::Moments => false,
            op => class(op) == Class::Heavy,
        };
        if !takes_epilogue || self[id].is_root {
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
                let is_free = self[at].absorbed.is_none() && class(&self.graph.node(at).op) == Class::Elementwise;
                // The result takes the binding of the heavy node's value.
                let bindings = self.operands(id) + self[at].reads.len();
                return (is_free && bindings <= Kernel::MAX_BINDINGS).then_some(at);
            }
        }
    }

    /// How many operands the kernel of a heavy node reads without its epilogue.
    fn operands(&self, id: NodeId) -> usize {
        let node = self.graph.node(id);
        if let Op::Reduce { .. } = node.op {
            let source = base(self.graph, node.inputs[0]);
            return if self[source].is_stored { 1 } else { self[source].reads.len() };
        }
        node.inputs.len()
    }

    /// Works out what an expression that ends in an element-wise node or a view reads. Where that
    /// is too much for one kernel, its largest operands are stored, one after the other; returns
    /// whether any was.
    fn bound(&mut self, id: NodeId) -> bool {
        let node = self.graph.node(id);
        let mut has_stored = false;
        match class(&node.op) {
            Class::Leaf | Class::Constant | Class::Heavy | Class::Output | Class::Reshape | Class::Barrier => {}
            Class::Movement => (self[id].reads, self[id].steps) = (HashSet::from([(id, expr::Index::Linear)]), 1),
            Class::Elementwise => loop {
                let (reads, steps) = self.expression(id);
                let has_many_steps = steps > MOST_STEPS;
                if reads.len() < Kernel::MAX_BINDINGS && !has_many_steps {
                    (self[id].reads, self[id].steps) = (reads, steps);
                    break;
                }
                let size = |at: &NodeId| if has_many_steps { self[*at].steps } else { self[*at].reads.len() };
                let inline = node.inputs.iter().map(|input| base(self.graph, *input)).filter(|input| !self[*input].is_stored);
                // The first of the largest.
                let largest = inline.rev().max_by_key(size);
                let largest = largest.expect("a node without inline operands reads no more than these");
                self[largest].is_stored = true;
                has_stored = true;
            },
        }
        has_stored
    }

    /// What an expression that ends in `id` reads and how many steps it has, at most.
    fn expression(&self, id: NodeId) -> (HashSet<(NodeId, expr::Index)>, usize) {
        let node = self.graph.node(id);
        let (mut reads, mut steps) = (HashSet::new(), 1);
        for input in &node.inputs {
            let operand = base(self.graph, *input);
            steps += 1;
            if class(&self.graph.node(operand).op) == Class::Constant {
                continue;
            }
            let fate = &self[operand];
            if fate.is_stored {
                reads.insert((operand, index_of(self.graph.shape(*input), &node.shape)));
            } else {
                reads.extend(fate.reads.iter().cloned());
                steps += fate.steps;
            }
        }
        (reads, steps)
    }
}
