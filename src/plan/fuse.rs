//! From nodes to kernels: which nodes are written to memory, which are folded into the kernel before or after them.
//!
//! A node is *stored* (written to memory) or *inline* (recomputed inside the one kernel that uses it). Element-wise nodes become steps of an
//! expression; reshapes vanish, since the row-major index of an element does not change; permutations, slices and broadcasts become ways of
//! reading. A product, convolution, pooling or reduction whose only use is element-wise takes that work as its epilogue.

use super::expr::{Expr, Fused, Index, Step};
use super::kernel::{ConvKernel, Direction, Gemm, Kind, PoolKernel, Pooling};
use super::program::Target;
use crate::graph::{Binary, Conv, Graph, NodeId, Op, Pool, Reduction, Unary};
use crate::tensor::Shape;

/// A value that kernels pass on: a stored node, or a temporary of one node's own lowering.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Value {
    /// What a node yields.
    Node(NodeId),
    /// A partial result and its length.
    Temporary(usize, usize),
}

/// A kernel whose operands have no place in memory yet.
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

/// Storage buffers that one kernel may bind in WebGPU's default limits.
pub(crate) const MAX_BINDINGS: usize = 8;

/// Up to so many elements, working out one number again for each of them costs less than a kernel of its own.
const FEW: usize = 1024;

/// Lowers the nodes of `graph` that `roots` need, in order. `roots` are stored.
pub(crate) fn fuse(graph: &Graph, roots: &[NodeId], target: Target) -> Vec<Draft> {
    let mut forced = vec![false; graph.nodes().len()];
    loop {
        let mut fuser = Fuser::new(graph, roots, &forced, target);
        fuser.decide();
        match fuser.emit() {
            Ok(drafts) => return drafts,
            // Too many operands for one kernel: store one more of its inline nodes and start again. Ends, as each round forces another node.
            Err(node) => forced[node.index()] = true,
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

struct Fuser<'g> {
    graph: &'g Graph,
    forced: &'g [bool],
    target: Target,
    is_needed: Vec<bool>,
    is_root: Vec<bool>,
    /// Needed users of each node, reshapes skipped.
    users: Vec<Vec<NodeId>>,
    is_stored: Vec<bool>,
    /// The heavy node whose epilogue a stored element-wise node has become.
    absorbed: Vec<Option<NodeId>>,
    is_absorbed: Vec<bool>,
    /// Done as part of another kernel.
    is_merged: Vec<bool>,
    temporaries: usize,
}

impl<'g> Fuser<'g> {
    fn new(graph: &'g Graph, roots: &[NodeId], forced: &'g [bool], target: Target) -> Self {
        let n = graph.nodes().len();
        let mut is_needed = vec![false; n];
        let mut is_root = vec![false; n];
        for root in roots {
            is_needed[root.index()] = true;
            is_root[base(graph, *root).index()] = true;
        }
        let mut users = vec![Vec::new(); n];
        for at in (0..n).rev() {
            if is_needed[at] {
                for input in &graph.nodes()[at].inputs {
                    is_needed[input.index()] = true;
                }
            }
        }
        for id in graph.ids().filter(|id| is_needed[id.index()] && graph.node(*id).op != Op::Reshape) {
            for input in &graph.node(id).inputs {
                users[base(graph, *input).index()].push(id);
            }
        }
        Self {
            graph,
            forced,
            target,
            is_needed,
            is_root,
            users,
            is_stored: vec![false; n],
            absorbed: vec![None; n],
            is_absorbed: vec![false; n],
            is_merged: vec![false; n],
            temporaries: 0,
        }
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
            .all(|input| index_of(self.graph.shape(*input), &node.shape) == Index::Linear)
    }

    fn decide(&mut self) {
        let ids: Vec<NodeId> = self.graph.ids().filter(|id| self.is_needed[id.index()]).collect();
        for &id in &ids {
            let node = self.graph.node(id);
            let users = &self.users[id.index()];
            let is_inline = match class(&node.op) {
                Class::Leaf | Class::Heavy => false,
                Class::Reshape => true,
                Class::Constant => {
                    !self.is_root[id.index()]
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
                                self.is_stored[input.index()] || matches!(self.graph.node(input).op, Op::Constant(_))
                            }));
                    !self.is_root[id.index()]
                        && !self.forced[id.index()]
                        && !users.is_empty()
                        && is_repeatable
                        && users.iter().all(|user| self.can_inline_into(id, *user))
                }
            };
            self.is_stored[id.index()] = !is_inline;
            // A view reads memory: its operand cannot be inline.
            if class(&node.op) == Class::View || class(&node.op) == Class::Heavy && !matches!(node.op, Op::Reduce { .. }) {
                for input in &node.inputs {
                    let input = base(self.graph, *input);
                    self.is_stored[input.index()] = true;
                }
            }
        }
        for &id in ids.iter().rev() {
            if let Some(root) = self.epilogue_root(id) {
                self.absorbed[root.index()] = Some(id);
                self.is_absorbed[id.index()] = true;
                self.is_stored[id.index()] = false;
            }
        }
    }

    /// The stored element-wise node into whose kernel the heavy node `id` can be drawn.
    fn epilogue_root(&self, id: NodeId) -> Option<NodeId> {
        let takes_epilogue = match &self.graph.node(id).op {
            Op::CrossEntropy | Op::CrossEntropyDx | Op::RandomMask { .. } => false,
            op => class(op) == Class::Heavy,
        };
        if !takes_epilogue || self.is_root[id.index()] || self.forced[id.index()] {
            return None;
        }
        let mut at = id;
        loop {
            let users = &self.users[at.index()];
            let user = *users.first()?;
            // One node may use another twice (x · x), but not two nodes.
            if users.iter().any(|other| *other != user)
                || !self.can_inline_into(at, user)
                || matches!(self.graph.node(user).op, Op::Reduce { .. })
            {
                return None;
            }
            at = user;
            if self.is_stored[at.index()] {
                return (self.absorbed[at.index()].is_none() && class(&self.graph.node(at).op) == Class::Elementwise).then_some(at);
            }
        }
    }

    fn emit(&mut self) -> Result<Vec<Draft>, NodeId> {
        let mut drafts = Vec::new();
        for id in self.graph.ids().collect::<Vec<_>>() {
            if !self.is_needed[id.index()] || !self.is_stored[id.index()] || self.is_merged[id.index()] {
                continue;
            }
            match class(&self.graph.node(id).op) {
                Class::Leaf | Class::Reshape => {}
                Class::Constant | Class::Elementwise | Class::View => match self.absorbed[id.index()] {
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
        if bindings <= MAX_BINDINGS {
            return Ok(());
        }
        // The largest inline operand that fits a kernel of its own takes most off this one.
        let mut queue = vec![id];
        let mut best: Option<(usize, NodeId)> = None;
        while let Some(at) = queue.pop() {
            for input in &self.graph.node(at).inputs {
                let input = base(self.graph, *input);
                let is_inline = !self.is_stored[input.index()] && !self.is_absorbed[input.index()];
                if is_inline && matches!(class(&self.graph.node(input).op), Class::Elementwise | Class::View) {
                    let leaves = self.leaves(input);
                    if leaves < MAX_BINDINGS && best.is_none_or(|(most, _)| leaves > most) {
                        best = Some((leaves, input));
                    }
                    queue.push(input);
                } else if self.is_absorbed[input.index()] && best.is_none() {
                    best = Some((0, input));
                }
            }
        }
        let (_, node) = best.unwrap_or_else(|| panic!("{} needs {bindings} bindings and cannot be split", self.label(id)));
        Err(node)
    }

    fn leaves(&self, id: NodeId) -> usize {
        if self.is_stored[id.index()] {
            return 1;
        }
        self.graph.node(id).inputs.iter().map(|input| self.leaves(base(self.graph, *input))).sum()
    }

    /// For people: the op, and what was folded into it.
    fn label(&self, id: NodeId) -> String {
        let name = self.graph.node(id).op.name();
        match self.absorbed[id.index()] {
            Some(heavy) => format!("{} + {name}", self.graph.node(heavy).op.name()),
            None => name.to_string(),
        }
    }

    /// The kernel of a heavy node, whose result after the epilogue is the stored node `root` (itself, if there is no epilogue).
    fn heavy(&mut self, id: NodeId, root: NodeId, drafts: &mut Vec<Draft>) -> Result<(), NodeId> {
        let graph = self.graph;
        let node = graph.node(id);
        let (epilogue, extra) = if root == id {
            (Fused::none(), Vec::new())
        } else {
            let mut group = Group::new(self, Some(id));
            group.value(root, true);
            group.finish()
        };
        let stored = |at: usize| Value::Node(base(graph, node.inputs[at]));
        let shape_of = |at: usize| graph.shape(node.inputs[at]);
        let (kind, operands) = match &node.op {
            Op::Matmul { ta, tb } => {
                if root == id && self.sum_row(id, id, drafts) {
                    return Ok(());
                }
                (Kind::Gemm(gemm(shape_of(0), shape_of(1), *ta, *tb)), vec![stored(0), stored(1)])
            }
            Op::Conv2d(conv) => {
                let kernel = conv_kernel(Direction::Forward, conv, shape_of(0), shape_of(1), &node.shape);
                (Kind::Conv(kernel), vec![stored(0), stored(1)])
            }
            Op::Conv2dDx(conv) => {
                let kernel = conv_kernel(Direction::InputGrad, conv, &node.shape, shape_of(1), shape_of(0));
                (Kind::Conv(kernel), vec![stored(0), stored(1)])
            }
            Op::Conv2dDw(conv) => {
                if root == id && self.sum_row(id, id, drafts) {
                    return Ok(());
                }
                let kernel = conv_kernel(Direction::WeightGrad, conv, shape_of(0), &node.shape, shape_of(1));
                if root == id {
                    self.emit_split(Kind::Conv(kernel), vec![stored(0), stored(1)], vec![Value::Node(id)], self.label(id), drafts);
                    return Ok(());
                }
                (Kind::Conv(kernel), vec![stored(0), stored(1)])
            }
            Op::MaxPool(pool) => (pool_kernel(Pooling::Max, pool, shape_of(0), &node.shape), vec![stored(0)]),
            Op::AvgPool(pool) => (pool_kernel(Pooling::Mean, pool, shape_of(0), &node.shape), vec![stored(0)]),
            Op::MaxPoolDx(pool) => (pool_kernel(Pooling::MaxGrad, pool, &node.shape, shape_of(1)), vec![stored(0), stored(1)]),
            Op::AvgPoolDx(pool) => (pool_kernel(Pooling::MeanGrad, pool, &node.shape, shape_of(0)), vec![stored(0)]),
            Op::Softmax | Op::LogSoftmax => {
                let cols = node.shape.last().copied().unwrap_or(1);
                let rows = node.shape.elements() / cols.max(1);
                (Kind::Softmax { rows, cols, is_log: node.op == Op::LogSoftmax }, vec![stored(0)])
            }
            Op::CrossEntropy => {
                self.cross_entropy(id, drafts);
                return Ok(());
            }
            Op::CrossEntropyDx => {
                let (rows, classes) = rows_and_classes(shape_of(0));
                (Kind::CrossEntropy { rows, classes, has_loss: false, has_grad: true }, vec![stored(0), stored(1), stored(2)])
            }
            Op::ArgMax { axis } => {
                let (outer, middle, inner) = around(shape_of(0), *axis, *axis + 1);
                (Kind::ArgMax { outer, middle, inner }, vec![stored(0)])
            }
            Op::Pad { low, interior, value, .. } => {
                let kind = Kind::Pad {
                    source: shape_of(0).clone(),
                    shape: node.shape.clone(),
                    low: low.clone(),
                    interior: interior.clone(),
                    value: *value as f32,
                };
                (kind, vec![stored(0)])
            }
            Op::RandomMask { keep, site } => (Kind::RandomMask { keep: *keep as f32, site: *site }, Vec::new()),
            Op::Reduce { kind, axes } => {
                if root == id && self.sum_row(id, id, drafts) {
                    return Ok(());
                }
                return self.reduce(id, root, *kind, axes, epilogue, extra, drafts);
            }
            Op::Input(_)
            | Op::Param(_)
            | Op::Stat(_)
            | Op::Constant(_)
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Select
            | Op::Broadcast
            | Op::Reshape
            | Op::Permute(_)
            | Op::Slice { .. } => unreachable!("not a heavy node"),
        };
        self.check(root, operands.len() + extra.len() + 1)?;
        let inputs = operands.into_iter().chain(extra).collect();
        drafts.push(Draft { kind, epilogue, inputs, outputs: vec![Value::Node(root)], label: self.label(root) });
        Ok(())
    }

    /// A reduction: axes that are not neighbours are taken in several passes, the last axes first.
    fn reduce(
        &mut self,
        id: NodeId,
        root: NodeId,
        kind: Reduction,
        axes: &[usize],
        epilogue: Fused,
        extra: Vec<Value>,
        drafts: &mut Vec<Draft>,
    ) -> Result<(), NodeId> {
        let input = self.graph.node(id).inputs[0];
        let source = base(self.graph, input);
        let (mut prologue, mut inputs) = if self.is_stored[source.index()] {
            (Fused::load(), vec![Value::Node(source)])
        } else {
            let mut group = Group::new(self, None);
            group.value(source, true);
            group.finish()
        };
        self.check(id, inputs.len() + extra.len() + 1)?;
        let mut shape: Vec<usize> = self.graph.shape(input).to_vec();
        let mut runs = runs(&shape, axes);
        let label = self.label(root);
        while let Some((start, end)) = runs.pop() {
            let (outer, middle, inner) = around(&Shape::from(shape.as_slice()), start, end);
            shape[start..end].fill(1);
            let reduction = Kind::Reduce { kind, outer, middle, inner, prologue };
            if runs.is_empty() {
                inputs.extend(extra);
                drafts.push(Draft { kind: reduction, epilogue, inputs, outputs: vec![Value::Node(root)], label });
                return Ok(());
            }
            let partial = self.temporary(outer * inner);
            drafts.push(Draft {
                kind: reduction,
                epilogue: Fused::none(),
                inputs,
                outputs: vec![partial],
                label: format!("{label} (partial)"),
            });
            prologue = Fused::load();
            inputs = vec![partial];
        }
        unreachable!("a reduction has at least one run of axes")
    }

    fn temporary(&mut self, len: usize) -> Value {
        self.temporaries += 1;
        Value::Temporary(self.temporaries - 1, len)
    }

    /// Loss and gradient in one pass, where the gradient's upstream is known early enough.
    fn cross_entropy(&mut self, id: NodeId, drafts: &mut Vec<Draft>) {
        let graph = self.graph;
        let node = graph.node(id);
        let logits = base(graph, node.inputs[0]);
        let target = base(graph, node.inputs[1]);
        let (rows, classes) = rows_and_classes(graph.shape(node.inputs[0]));
        let gradient = self.users[logits.index()].iter().copied().find(|user| {
            let other = graph.node(*user);
            other.op == Op::CrossEntropyDx
                && base(graph, other.inputs[0]) == logits
                && base(graph, other.inputs[1]) == target
                && (base(graph, other.inputs[2]) < id || class(&graph.node(base(graph, other.inputs[2])).op) == Class::Leaf)
                && self.is_stored[base(graph, other.inputs[2]).index()]
        });
        let mut inputs = vec![Value::Node(logits), Value::Node(target)];
        let mut outputs = vec![Value::Node(id)];
        if let Some(gradient) = gradient {
            inputs.push(Value::Node(base(graph, graph.node(gradient).inputs[2])));
            outputs.push(Value::Node(gradient));
            self.is_merged[gradient.index()] = true;
        }
        drafts.push(Draft {
            kind: Kind::CrossEntropy { rows, classes, has_loss: true, has_grad: gradient.is_some() },
            epilogue: Fused::none(),
            inputs,
            outputs,
            label: if gradient.is_some() { "cross_entropy + gradient".into() } else { self.label(id) },
        });
    }

    /// The gradients of a weight and of its bias as one kernel: true if `id` is one of the two and is done, now or with the other.
    fn sum_row(&mut self, id: NodeId, root: NodeId, drafts: &mut Vec<Draft>) -> bool {
        let graph = self.graph;
        let is_sum_over_rows = |at: NodeId| match &graph.node(at).op {
            Op::Reduce { kind: Reduction::Sum, axes } => {
                let shape = graph.shape(graph.node(at).inputs[0]);
                let rank = shape.len();
                rank >= 2 && axes.iter().copied().eq(0..rank - 1)
            }
            _ => false,
        };
        let upstream = |at: NodeId| match &graph.node(at).op {
            Op::Matmul { ta: true, tb: false } if graph.shape(graph.node(at).inputs[0]).len() == 2 => Some(graph.node(at).inputs[1]),
            Op::Conv2dDw(conv) if conv.groups == 1 => Some(graph.node(at).inputs[1]),
            Op::Reduce { .. } if is_sum_over_rows(at) => Some(graph.node(at).inputs[0]),
            _ => None,
        };
        let Some(dy) = upstream(id) else { return false };
        let dy_base = base(graph, dy);
        if !self.is_stored[dy_base.index()] {
            return false;
        }
        let is_free = |at: NodeId| self.is_stored[at.index()] && !self.is_merged[at.index()] && self.users[at.index()].is_empty();
        let fits = |at: NodeId| is_free(at) && upstream(at).is_some_and(|other| graph.shape(other) == graph.shape(dy));
        let is_sum = is_sum_over_rows(id);
        let partner = self.users[dy_base.index()].iter().copied().find(|at| *at != id && is_sum_over_rows(*at) != is_sum && fits(*at));
        let Some(partner) = partner.filter(|_| fits(id)) else { return false };
        if partner > id {
            // Done when the other's turn comes.
            return true;
        }
        let (weight, bias) = if is_sum { (partner, root) } else { (root, partner) };
        let node = graph.node(weight);
        let kind = match &node.op {
            Op::Matmul { ta, tb } => {
                let product = gemm(graph.shape(node.inputs[0]), graph.shape(node.inputs[1]), *ta, *tb);
                Kind::Gemm(Gemm { has_sum_row: true, ..product })
            }
            Op::Conv2dDw(conv) => {
                let kernel =
                    conv_kernel(Direction::WeightGrad, conv, graph.shape(node.inputs[0]), &node.shape, graph.shape(node.inputs[1]));
                Kind::Conv(ConvKernel { has_sum_row: true, ..kernel })
            }
            _ => unreachable!("one of the two is a weight's gradient"),
        };
        let inputs = node.inputs.iter().map(|input| Value::Node(base(graph, *input))).collect();
        let label = format!("{} + sum", self.label(weight));
        self.is_merged[partner.index()] = true;
        self.emit_split(kind, inputs, vec![Value::Node(weight), Value::Node(bias)], label, drafts);
        true
    }

    /// A product over many rows, split into ranges that an ordered second pass adds up, where the device has many cores.
    fn emit_split(&mut self, kind: Kind, inputs: Vec<Value>, outputs: Vec<Value>, label: String, drafts: &mut Vec<Draft>) {
        let (m, n, k) = match &kind {
            Kind::Gemm(gemm) => (gemm.m + usize::from(gemm.has_sum_row), gemm.n, gemm.k),
            Kind::Conv(conv) => {
                let taps = conv.kernel[0] * conv.kernel[1] * conv.c_in / conv.groups;
                (taps + usize::from(conv.has_sum_row), conv.c_out, conv.batch * conv.output[0] * conv.output[1])
            }
            _ => unreachable!("only products are split"),
        };
        let split = match self.target {
            Target::Cpu => 1,
            Target::SoftwareGpu => split(m, n, k, 256),
            Target::Gpu => split(m, n, k, 1024),
        };
        if split == 1 {
            drafts.push(Draft { kind, epilogue: Fused::none(), inputs, outputs, label });
            return;
        }
        let kind = match kind {
            Kind::Gemm(gemm) => Kind::Gemm(Gemm { split, ..gemm }),
            Kind::Conv(conv) => Kind::Conv(ConvKernel { split, ..conv }),
            other => other,
        };
        let partial = self.temporary(split * m * n);
        drafts.push(Draft { kind, epilogue: Fused::none(), inputs, outputs: vec![partial], label: format!("{label} (split)") });
        drafts.push(Draft {
            kind: Kind::Reduce { kind: Reduction::Sum, outer: 1, middle: split, inner: m * n, prologue: Fused::load() },
            epilogue: Fused::none(),
            inputs: vec![partial],
            outputs,
            label: format!("{label} (ordered sum)"),
        });
    }
}

/// Into how many ranges a sum of `k` terms is split so that about `want` tiles of 8 × 8 results are worked on at once; no range is shorter
/// than 128 terms.
fn split(m: usize, n: usize, k: usize, want: usize) -> usize {
    let tiles = m.div_ceil(8) * n.div_ceil(8);
    (want / tiles).clamp(1, (k / 128).max(1))
}

/// An expression that grows from the stored node at its root.
struct Group<'f, 'g> {
    fuser: &'f Fuser<'g>,
    /// The node whose value is `Arg(0)`, in an epilogue.
    heavy: Option<NodeId>,
    steps: Vec<Step>,
    args: Vec<(Value, Index)>,
    done: Vec<(NodeId, usize)>,
}

impl<'f, 'g> Group<'f, 'g> {
    fn new(fuser: &'f Fuser<'g>, heavy: Option<NodeId>) -> Self {
        Self { fuser, heavy, steps: Vec::new(), args: Vec::new(), done: Vec::new() }
    }

    fn push(&mut self, step: Step) -> usize {
        if let Some(at) = self.steps.iter().position(|other| *other == step) {
            return at;
        }
        self.steps.push(step);
        self.steps.len() - 1
    }

    fn arg(&mut self, value: Value, index: Index) -> usize {
        let arg = (value, index);
        let at = self.args.iter().position(|other| *other == arg).unwrap_or_else(|| {
            self.args.push(arg);
            self.args.len() - 1
        });
        self.push(Step::Arg(at + usize::from(self.heavy.is_some())))
    }

    /// The step that holds the value of `id` at the element worked on; `is_root` where `id` is what the kernel stores.
    fn value(&mut self, id: NodeId, is_root: bool) -> usize {
        if let Some((_, step)) = self.done.iter().find(|(other, _)| *other == id) {
            return *step;
        }
        let graph = self.fuser.graph;
        let node = graph.node(id);
        if !is_root && Some(id) == self.heavy {
            return self.push(Step::Arg(0));
        }
        let step = match &node.op {
            Op::Constant(value) => Step::Constant(*value as f32),
            Op::Unary(function) => Step::Unary(*function, self.operand(id, 0)),
            Op::Binary(function) => {
                let (a, b) = (self.operand(id, 0), self.operand(id, 1));
                Step::Binary(*function, a, b)
            }
            Op::Select => {
                let (c, a, b) = (self.operand(id, 0), self.operand(id, 1), self.operand(id, 2));
                Step::Select(c, a, b)
            }
            Op::Broadcast => {
                let step = self.operand(id, 0);
                self.done.push((id, step));
                return self.settle(step, is_root);
            }
            Op::Permute(axes) => {
                let strides = graph.shape(node.inputs[0]).strides();
                let index = strided(0, node.shape.iter().zip(axes).map(|(extent, axis)| (*extent, strides[*axis])));
                let step = self.arg(Value::Node(base(graph, node.inputs[0])), index);
                return self.settle(step, is_root);
            }
            Op::Slice { starts, steps, .. } => {
                let strides = graph.shape(node.inputs[0]).strides();
                let first = starts.iter().zip(&strides).map(|(start, stride)| start * stride).sum();
                let axes = node.shape.iter().zip(strides.iter().zip(steps)).map(|(extent, (stride, step))| (*extent, stride * step));
                let step = self.arg(Value::Node(base(graph, node.inputs[0])), strided(first, axes));
                return self.settle(step, is_root);
            }
            _ => unreachable!("only element-wise nodes and views are inline"),
        };
        let step = self.push(step);
        self.done.push((id, step));
        self.settle(step, is_root)
    }

    /// An expression's value is its last step: repeats the step at the root if it is an earlier one.
    fn settle(&mut self, step: usize, is_root: bool) -> usize {
        if is_root && step + 1 != self.steps.len() {
            self.steps.push(self.steps[step]);
        }
        step
    }

    /// The step that holds operand `at` of `user` at the element of `user` worked on.
    fn operand(&mut self, user: NodeId, at: usize) -> usize {
        let fuser = self.fuser;
        let graph = fuser.graph;
        let input = graph.node(user).inputs[at];
        let id = base(graph, input);
        if let Op::Constant(value) = graph.node(id).op {
            return self.push(Step::Constant(value as f32));
        }
        if Some(id) == self.heavy || !fuser.is_stored[id.index()] {
            return self.value(id, false);
        }
        self.arg(Value::Node(id), index_of(graph.shape(input), graph.shape(user)))
    }

    fn finish(self) -> (Fused, Vec<Value>) {
        let (values, args) = self.args.into_iter().unzip();
        (Fused { expr: Expr { steps: self.steps }, args }, values)
    }
}

/// How a tensor of shape `source` is read at the elements of `target`, to which it broadcasts.
fn index_of(source: &Shape, target: &Shape) -> Index {
    let strides = source.broadcast_strides(target).unwrap_or_else(|| panic!("{source} does not broadcast to {target}"));
    strided(0, target.iter().copied().zip(strides))
}

/// The simplest [`Index`] that reads with these extents and strides.
fn strided(base: usize, axes: impl Iterator<Item = (usize, usize)>) -> Index {
    // Axes of extent 1 never move; neighbours that step as one are one axis.
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (extent, stride) in axes.filter(|(extent, _)| *extent != 1) {
        match merged.last_mut() {
            Some((outer, outer_stride)) if *outer_stride == stride * extent => {
                *outer *= extent;
                *outer_stride = stride;
            }
            _ => merged.push((extent, stride)),
        }
    }
    match (base, merged.as_slice()) {
        (0, []) => Index::Scalar,
        (0, [(_, 1)]) => Index::Linear,
        (0, [(_, 0)]) => Index::Scalar,
        (0, [(_, 0), (n, 1)]) => Index::Modulo(*n),
        (0, [(_, 1), (n, 0)]) => Index::Divide(*n),
        _ => Index::Strided { base, axes: merged },
    }
}

/// Extents before, along and after the axes `start..end`.
fn around(shape: &Shape, start: usize, end: usize) -> (usize, usize, usize) {
    (shape[..start].iter().product(), shape[start..end].iter().product(), shape[end..].iter().product())
}

/// The reduced axes as runs of neighbours; axes of extent 1 join whatever is beside them.
fn runs(shape: &[usize], axes: &[usize]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &axis in axes {
        match runs.last_mut() {
            Some((_, end)) if shape[*end..axis].iter().all(|extent| *extent == 1) => *end = axis + 1,
            _ => runs.push((axis, axis + 1)),
        }
    }
    runs
}

fn rows_and_classes(logits: &Shape) -> (usize, usize) {
    let classes = logits.last().copied().unwrap_or(1);
    (logits.elements() / classes.max(1), classes)
}

/// The extents of `op(a) · op(b)`; leading axes of `a` become rows where `b` has none.
fn gemm(a: &Shape, b: &Shape, ta: bool, tb: bool) -> Gemm {
    let (a_rank, b_rank) = (a.len(), b.len());
    let (mut m, k) = if ta { (a[a_rank - 1], a[a_rank - 2]) } else { (a[a_rank - 2], a[a_rank - 1]) };
    let n = if tb { b[b_rank - 2] } else { b[b_rank - 1] };
    let (a_lead, b_lead) = (Shape::from(&a[..a_rank - 2]), Shape::from(&b[..b_rank - 2]));
    let lead = a_lead.broadcast(&b_lead).unwrap_or_else(|| panic!("{a_lead} and {b_lead} do not broadcast"));
    let mut batch = lead.elements();
    let (mut a_batch, b_batch) = (index_of(&a_lead, &lead), index_of(&b_lead, &lead));
    if !ta && b_batch == Index::Scalar && (a_batch == Index::Linear || batch == 1) {
        m *= batch;
        batch = 1;
        a_batch = Index::Scalar;
    }
    Gemm { batch, m, n, k, ta, tb, a_batch, b_batch, has_sum_row: false, split: 1 }
}

fn conv_kernel(direction: Direction, conv: &Conv, x: &Shape, w: &Shape, y: &Shape) -> ConvKernel {
    ConvKernel {
        direction,
        batch: x[0],
        input: [x[1], x[2]],
        c_in: x[3],
        output: [y[1], y[2]],
        c_out: y[3],
        kernel: [w[0], w[1]],
        stride: conv.stride,
        dilation: conv.dilation,
        pads: [conv.pads[0], conv.pads[2]],
        groups: conv.groups,
        has_sum_row: false,
        split: 1,
    }
}

fn pool_kernel(pooling: Pooling, pool: &Pool, x: &Shape, y: &Shape) -> Kind {
    Kind::Pool(PoolKernel {
        pooling,
        batch: x[0],
        input: [x[1], x[2]],
        output: [y[1], y[2]],
        channels: x[3],
        kernel: pool.kernel,
        stride: pool.stride,
        pads: pool.pads,
        count_include_pad: pool.count_include_pad,
    })
}
