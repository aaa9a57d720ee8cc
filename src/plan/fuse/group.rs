//! Element-wise nodes as the steps of one expression.

use super::decide::{Fuser, base};
use super::draft::Value;
use super::extents::{index_of, strided};
use crate::graph::{NodeId, Op};
use crate::plan::expr::{Expr, Fused, Index, Step};
use std::collections::HashMap;

/// An expression that grows from the stored node at its root.
pub(super) struct Group<'f, 'g> {
    fuser: &'f Fuser<'g>,
    /// The node whose value is `Arg(0)`, in an epilogue.
    heavy: Option<NodeId>,
    steps: Vec<Step>,
    args: Vec<(Value, Index)>,
    /// The step of each node that has one.
    done: HashMap<NodeId, usize>,
}

impl<'f, 'g> Group<'f, 'g> {
    pub(super) fn new(fuser: &'f Fuser<'g>, heavy: Option<NodeId>) -> Self {
        Self { fuser, heavy, steps: Vec::new(), args: Vec::new(), done: HashMap::new() }
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

    /// The step that holds the value of `id` at the element worked on; `is_root` where `id` is what
    /// the kernel stores.
    pub(super) fn value(&mut self, id: NodeId, is_root: bool) -> usize {
        if let Some(step) = self.done.get(&id) {
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
                self.done.insert(id, step);
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
        self.done.insert(id, step);
        self.settle(step, is_root)
    }

    /// An expression's value is its last step: repeats the step at the root if it is an earlier
    /// one.
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
        if Some(id) == self.heavy || !fuser[id].is_stored {
            return self.value(id, false);
        }
        self.arg(Value::Node(id), index_of(graph.shape(input), graph.shape(user)))
    }

    pub(super) fn finish(self) -> (Fused, Vec<Value>) {
        let (values, args) = self.args.into_iter().unzip();
        (Fused { expr: Expr { steps: self.steps }, args }, values)
    }
}
