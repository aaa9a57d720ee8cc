//! From a graph to a smaller one that yields the same values, up to rounding in double precision.
//!
//! One pass in order: `Rewriter::rule` rewrites each node over operands that are simple already. A
//! node that exists already is used again, unless it is a barrier. A last sweep drops what no root
//! needs.
//!
//! Finite operands are not assumed: `x · 0` stays, since `x` may be infinite. A factor is taken out
//! of a sum, though (`Σ a · b = b · Σ a`), so that the sum alone may overflow, or not, where the
//! sum of the products would not, or would.

use super::ops::reduce::Reduction;
use super::{Binary, Graph, NodeId, Op, Unary};
use crate::tensor::Shape;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};
use std::mem::discriminant;

/// The same `roots` in a smaller graph. All leaves stay, in their order, whether they are used or
/// not.
pub fn simplify(graph: &Graph, roots: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let mut rewriter = Rewriter::default();
    let mut renamed = rewriter.graph.copy_leaves(graph);
    let is_needed = graph.needed(roots);
    for id in graph.ids().filter(|id| is_needed[id.index()]) {
        if renamed[id.index()].is_none() {
            let node = graph.node(id);
            let inputs: Vec<NodeId> = node.inputs.iter().map(|input| renamed[input.index()].expect("operands come first")).collect();
            renamed[id.index()] = Some(rewriter.emit(node.op.clone(), inputs, node.shape.clone()));
        }
    }
    let roots: Vec<NodeId> = roots.iter().map(|root| renamed[root.index()].expect("a root is needed")).collect();
    sweep(&rewriter.graph, &roots)
}

/// Leaves out what no root needs.
fn sweep(graph: &Graph, roots: &[NodeId]) -> (Graph, Vec<NodeId>) {
    let mut swept = Graph::new();
    let mut renamed = swept.copy_leaves(graph);
    let is_needed = graph.needed(roots);
    for id in graph.ids().filter(|id| is_needed[id.index()]) {
        if renamed[id.index()].is_none() {
            let node = graph.node(id);
            let inputs: Vec<NodeId> = node.inputs.iter().map(|input| renamed[input.index()].expect("operands come first")).collect();
            renamed[id.index()] = Some(swept.push(node.op.clone(), &inputs, node.shape.clone()));
        }
    }
    let roots = roots.iter().map(|root| renamed[root.index()].expect("a root is needed")).collect();
    (swept, roots)
}

impl Graph {
    /// Declares the leaves of another graph; returns where each of its nodes is now, if it is a
    /// leaf.
    fn copy_leaves(&mut self, from: &Graph) -> Vec<Option<NodeId>> {
        let mut renamed = vec![None; from.nodes().len()];
        for leaf in from.inputs() {
            renamed[leaf.node.index()] = Some(self.input(leaf.name.clone(), from.shape(leaf.node).clone()));
        }
        for leaf in from.params() {
            renamed[leaf.node.index()] = Some(self.param(leaf.name.clone(), from.shape(leaf.node).clone()));
        }
        for leaf in from.stats() {
            renamed[leaf.node.index()] = Some(self.stat(leaf.name.clone(), from.shape(leaf.node).clone()));
        }
        renamed
    }
}

#[derive(Default)]
struct Rewriter {
    graph: Graph,
    /// The nodes made so far.
    known: HashMap<Identity, NodeId>,
}

impl Rewriter {
    /// A node with this value: a simpler one, one that exists, or a new one.
    fn emit(&mut self, op: Op, mut inputs: Vec<NodeId>, shape: Shape) -> NodeId {
        if matches!(op, Op::Binary(_) | Op::Select) {
            self.skip_broadcasts(&mut inputs, &shape);
        }
        if let Some(simpler) = self.rule(&op, &inputs, &shape) {
            return simpler;
        }
        let mut operands = inputs.clone();
        if matches!(op, Op::Binary(Binary::Add | Binary::Mul | Binary::Equal)) && operands[1] < operands[0] {
            operands.swap(0, 1);
        }
        if op == Op::Barrier {
            return self.graph.push(op, &inputs, shape);
        }
        match self.known.entry(Identity { op, operands, shape }) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                let Identity { op, shape, .. } = free.key();
                let id = self.graph.push(op.clone(), &inputs, shape.clone());
                *free.insert(id)
            }
        }
    }

    /// Element-wise ops broadcast by themselves: reads what a [`Op::Broadcast`] stretches, where
    /// the other operands give the shape.
    fn skip_broadcasts(&self, inputs: &mut [NodeId], shape: &Shape) {
        for at in 0..inputs.len() {
            let node = self.graph.node(inputs[at]);
            if node.op != Op::Broadcast {
                continue;
            }
            let mut others = inputs.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, &id)| self.graph.shape(id));
            let without = others.try_fold(self.graph.shape(node.inputs[0]).clone(), |joined, other| joined.broadcast(other));
            if without.as_ref() == Some(shape) {
                inputs[at] = node.inputs[0];
            }
        }
    }

    /// A simpler node with the same value, if there is one.
    fn rule(&mut self, op: &Op, inputs: &[NodeId], shape: &Shape) -> Option<NodeId> {
        let uniform: Vec<Option<f64>> = inputs.iter().map(|&id| self.uniform(id)).collect();
        match (op, inputs) {
            (Op::Unary(kind), &[x]) => match (uniform[0], self.operand(x, &Op::Broadcast)) {
                (Some(value), _) => Some(self.filled(kind.at(value), shape)),
                (None, Some(narrow)) => {
                    let narrow_shape = self.graph.shape(narrow).clone();
                    let y = self.emit(op.clone(), vec![narrow], narrow_shape);
                    Some(self.stretched(y, shape))
                }
                (None, None) if *kind == Unary::Neg => self.operand(x, op),
                (None, None) => None,
            },
            (Op::Binary(kind), &[a, b]) => self.binary(*kind, [a, b], [uniform[0], uniform[1]], shape),
            (Op::Select, &[_, a, b]) => uniform[0].map(|c| self.stretched(if c != 0.0 { a } else { b }, shape)),
            (Op::Broadcast, &[x]) => self.broadcast(x, shape),
            (Op::Reshape, &[x]) => self.reshape(x, uniform[0], shape),
            (Op::Reduce { kind, axes }, &[x]) => self.reduce(*kind, axes, x, uniform[0], shape),
            (Op::Permute(axes), &[x]) => self.permute(axes, x, uniform[0], shape),
            _ => None,
        }
    }

    fn binary(&mut self, kind: Binary, [a, b]: [NodeId; 2], uniform: [Option<f64>; 2], shape: &Shape) -> Option<NodeId> {
        match (kind, uniform) {
            (_, [Some(left), Some(right)]) => Some(self.filled(kind.at(left, right), shape)),
            (Binary::Add | Binary::Sub, [_, Some(0.0)]) | (Binary::Mul | Binary::Div, [_, Some(1.0)]) => Some(self.stretched(a, shape)),
            (Binary::Add, [Some(0.0), _]) | (Binary::Mul, [Some(1.0), _]) => Some(self.stretched(b, shape)),
            (Binary::Sub, [Some(0.0), _]) | (Binary::Mul, [Some(-1.0), _]) => Some(self.negated(b, shape)),
            (Binary::Mul | Binary::Div, [_, Some(-1.0)]) => Some(self.negated(a, shape)),
            _ => None,
        }
    }

    fn broadcast(&mut self, x: NodeId, shape: &Shape) -> Option<NodeId> {
        if self.graph.shape(x) == shape {
            return Some(x);
        }
        if let Some(narrower) = self.operand(x, &Op::Broadcast) {
            return Some(self.stretched(narrower, shape));
        }
        // A reshape that only puts extents of 1 in front is what a broadcast does by itself.
        let bare = self.operand(x, &Op::Reshape)?;
        let (own, bare_shape) = (self.graph.shape(x), self.graph.shape(bare));
        let added = own.len().checked_sub(bare_shape.len())?;
        (own[added..] == bare_shape[..]).then_some(())?;
        Some(self.stretched(bare, shape))
    }

    fn reshape(&mut self, x: NodeId, uniform: Option<f64>, shape: &Shape) -> Option<NodeId> {
        if self.graph.shape(x) == shape {
            return Some(x);
        }
        if let Some(value) = uniform {
            return Some(self.filled(value, shape));
        }
        let source = self.operand(x, &Op::Reshape)?;
        Some(self.emit(Op::Reshape, vec![source], shape.clone()))
    }

    fn reduce(&mut self, kind: Reduction, axes: &[usize], x: NodeId, uniform: Option<f64>, shape: &Shape) -> Option<NodeId> {
        let from = self.graph.shape(x).clone();
        let long: Vec<usize> = axes.iter().copied().filter(|&axis| from[axis] != 1).collect();
        if long.is_empty() {
            return Some(x);
        }
        if let Some(value) = uniform {
            let n: usize = long.iter().map(|&axis| from[axis]).product();
            return Some(self.filled(if kind == Reduction::Sum { value * n as f64 } else { value }, shape));
        }
        let node = self.graph.node(x);
        if let Op::Reduce { kind: inner_kind, axes: inner_axes } = &node.op
            && *inner_kind == kind
        {
            let source = node.inputs[0];
            let all = (0..from.len()).filter(|axis| long.contains(axis) || inner_axes.contains(axis)).collect();
            return Some(self.emit(Op::Reduce { kind, axes: all }, vec![source], shape.clone()));
        }
        if kind == Reduction::Sum
            && let Some((factor, term)) = self.constant_factor(x, &long)
        {
            let mut summed = from.to_vec();
            long.iter().for_each(|&axis| summed[axis] = 1);
            let sum = self.emit(Op::Reduce { kind, axes: long }, vec![term], summed.into());
            return Some(self.emit(Op::Binary(Binary::Mul), vec![sum, factor], shape.clone()));
        }
        (long.len() < axes.len()).then(|| self.emit(Op::Reduce { kind, axes: long }, vec![x], shape.clone()))
    }

    /// Of a product whose one factor is the same all along `axes`, that factor and the other:
    /// `Σ a · b = b · Σ a`.
    fn constant_factor(&self, x: NodeId, axes: &[usize]) -> Option<(NodeId, NodeId)> {
        let node = self.graph.node(x);
        let (Op::Binary(Binary::Mul), &[a, b]) = (&node.op, &*node.inputs) else { return None };
        let is_constant = |id: NodeId| {
            let own = self.graph.shape(id);
            let added = node.shape.len() - own.len();
            axes.iter().all(|&axis| axis < added || own[axis - added] == 1)
        };
        let is_whole = |id: NodeId| self.graph.shape(id) == &node.shape;
        match () {
            () if is_constant(b) && is_whole(a) => Some((b, a)),
            () if is_constant(a) && is_whole(b) => Some((a, b)),
            () => None,
        }
    }

    fn permute(&mut self, axes: &[usize], x: NodeId, uniform: Option<f64>, shape: &Shape) -> Option<NodeId> {
        if axes.iter().copied().eq(0..axes.len()) {
            return Some(x);
        }
        if let Some(value) = uniform {
            return Some(self.filled(value, shape));
        }
        let node = self.graph.node(x);
        let Op::Permute(inner) = &node.op else { return None };
        let (both, source) = (axes.iter().map(|&axis| inner[axis]).collect(), node.inputs[0]);
        Some(self.emit(Op::Permute(both), vec![source], shape.clone()))
    }

    /// The one value of all elements of a node, if it is plain that there is one.
    fn uniform(&self, id: NodeId) -> Option<f64> {
        let node = self.graph.node(id);
        match node.op {
            Op::Constant(value) => Some(value),
            Op::Broadcast => self.uniform(node.inputs[0]),
            _ => None,
        }
    }

    /// The operand of `x` if `x` is this op.
    fn operand(&self, x: NodeId, op: &Op) -> Option<NodeId> {
        let node = self.graph.node(x);
        (node.op == *op).then(|| node.inputs[0])
    }

    fn filled(&mut self, value: f64, shape: &Shape) -> NodeId {
        let scalar = self.emit(Op::Constant(value), Vec::new(), Shape::scalar());
        self.stretched(scalar, shape)
    }

    fn stretched(&mut self, x: NodeId, shape: &Shape) -> NodeId {
        self.emit(Op::Broadcast, vec![x], shape.clone())
    }

    fn negated(&mut self, x: NodeId, shape: &Shape) -> NodeId {
        let own = self.graph.shape(x).clone();
        let y = self.emit(Op::Unary(Unary::Neg), vec![x], own);
        self.stretched(y, shape)
    }
}

/// What makes two nodes one.
struct Identity {
    op: Op,
    /// Those of a commutative op in ascending order.
    operands: Vec<NodeId>,
    shape: Shape,
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        // Equal numbers may be zeros of different signs.
        let bits = |op: &Op| match op {
            Op::Constant(value) | Op::Pad { value, .. } => value.to_bits(),
            _ => 0,
        };
        self.op == other.op && bits(&self.op) == bits(&other.op) && self.operands == other.operands && self.shape == other.shape
    }
}

/// `NaN` is not equal to itself, so that each is a node of its own.
impl Eq for Identity {}

impl Hash for Identity {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (discriminant(&self.op), &self.operands, &self.shape).hash(hasher);
        // Where one operand, or none, may have many users of one kind and shape.
        match &self.op {
            Op::Constant(value) => value.to_bits().hash(hasher),
            Op::RandomMask { site, .. } => site.hash(hasher),
            Op::Unary(function) => function.hash(hasher),
            Op::Binary(function) => function.hash(hasher),
            Op::Slice { starts, .. } => starts.hash(hasher),
            Op::Pad { low, .. } => low.hash(hasher),
            _ => {}
        }
    }
}
