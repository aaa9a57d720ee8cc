//! What is computed: a graph of operations with static shapes.
//!
//! Turns calls such as `graph.matmul(x, w, …)` into nodes, a loss into gradient nodes
//! ([`autodiff`]) and a graph into a smaller equal one ([`simplify`]). The meaning of every node is
//! its f64 [`mod@reference`]. It knows no buffer, no kernel and no device.
//!
//! Everything that moves through a graph is a row-major array of real numbers: class indices are
//! whole numbers in the same type. Images are NHWC, convolution weights HWIO, dense weights
//! `[in, out]`.

pub mod autodiff;
pub mod ops;
pub mod reference;
pub mod simplify;

use crate::tensor::Shape;
pub use ops::conv::Conv;
pub use ops::elementwise::{Binary, Unary};
pub use ops::pool::Pool;
pub use ops::reduce::Reduction;
use std::fmt;

/// A node of one [`Graph`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(u32);

impl NodeId {
    /// Its index in [`Graph::nodes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Everything that can be computed. Closed: matches on it are exhaustive, so that the compiler
/// lists what a new op touches.
#[derive(Clone, PartialEq, Debug)]
pub enum Op {
    /// A value supplied from outside for each run: features, targets, an upstream gradient. The
    /// number is its index in [`Graph::inputs`].
    Input(usize),
    /// A trainable parameter, by its index in [`Graph::params`].
    Param(usize),
    /// State that training changes but no gradient reaches (running statistics), by its index in
    /// [`Graph::stats`].
    Stat(usize),
    /// One number, of shape `[]`.
    Constant(f64),
    /// A mask of ones (with probability `keep`) and zeros; `site` tells the masks of one graph
    /// apart.
    RandomMask {
        /// Probability of a one.
        keep: f64,
        /// Which mask of the graph.
        site: u32,
    },
    /// An element-wise function of one operand.
    Unary(Unary),
    /// An element-wise function of two operands, broadcast by NumPy's rule.
    Binary(Binary),
    /// `select(c, a, b)`: `a` where `c != 0`, else `b`; all broadcast.
    Select,
    /// Stretches the operand to the node's shape.
    Broadcast,
    /// Sum, maximum or minimum over `axes`, which stay with extent 1.
    Reduce {
        /// What is taken.
        kind: Reduction,
        /// Ascending axes.
        axes: Vec<usize>,
    },
    /// `(x [rows, …, channels], weight [rows]) -> mean [channels]`; output 1 is the variance.
    Moments,
    /// Another output of the operand, a node that has several; output 0 is the node itself.
    Output(usize),
    /// Index of the (first) largest element along `axis`, which stays with extent 1.
    ArgMax {
        /// The axis.
        axis: usize,
    },
    /// `op(a) · op(b)` over the last two axes, leading axes broadcast; `op` swaps the last two axes
    /// where set.
    Matmul {
        /// Whether `a` is stored transposed.
        ta: bool,
        /// Whether `b` is stored transposed.
        tb: bool,
    },
    /// 2-D convolution `(x, w) -> y`.
    Conv2d(Conv),
    /// Gradient of a convolution in its input, `(dy, w) -> dx`.
    Conv2dDx(Conv),
    /// Gradient of a convolution in its weight, `(x, dy) -> dw`.
    Conv2dDw(Conv),
    /// Maximum over windows.
    MaxPool(Pool),
    /// `(x, dy) -> dx`: the gradient goes to the first maximum of each window in row-major order.
    MaxPoolDx(Pool),
    /// Mean over windows.
    AvgPool(Pool),
    /// `dy -> dx`.
    AvgPoolDx(Pool),
    /// The same elements in the node's shape.
    Reshape,
    /// The operand, as a value that nothing is merged across.
    Barrier,
    /// Output axis `i` is input axis `axes[i]`.
    Permute(Vec<usize>),
    /// Elements `starts[i], starts[i] + steps[i], …` below `ends[i]` of each axis.
    Slice {
        /// First index of each axis.
        starts: Vec<usize>,
        /// One past the last index of each axis.
        ends: Vec<usize>,
        /// Step of each axis, at least 1.
        steps: Vec<usize>,
    },
    /// `low` values before, `high` after and `interior` between the elements of each axis.
    Pad {
        /// Before the first.
        low: Vec<usize>,
        /// After the last.
        high: Vec<usize>,
        /// Between neighbours.
        interior: Vec<usize>,
        /// What is put there.
        value: f64,
    },
    /// Softmax over the last axis.
    Softmax,
    /// Logarithm of the softmax over the last axis.
    LogSoftmax,
    /// `(logits [rows, classes], target [rows]) -> loss [rows]`:
    /// `log Σ_c exp(logits[r, c]) - logits[r, target[r]]`.
    CrossEntropy,
    /// `(logits, target, dy [rows]) -> dlogits`:
    /// `dy[r] · (softmax(logits)[r, c] - (c == target[r]))`.
    CrossEntropyDx,
}

impl Op {
    /// The op's name in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Op::Input(_) => "input",
            Op::Param(_) => "param",
            Op::Stat(_) => "stat",
            Op::Constant(_) => "constant",
            Op::RandomMask { .. } => "random_mask",
            Op::Unary(function) => function.name(),
            Op::Binary(function) => function.name(),
            Op::Select => "select",
            Op::Broadcast => "broadcast",
            Op::Reduce { kind: Reduction::Sum, .. } => "sum",
            Op::Reduce { kind: Reduction::Max, .. } => "max",
            Op::Reduce { kind: Reduction::Min, .. } => "min",
            Op::Moments => "moments",
            Op::Output(_) => "output",
            Op::ArgMax { .. } => "argmax",
            Op::Matmul { .. } => "matmul",
            Op::Conv2d(_) => "conv2d",
            Op::Conv2dDx(_) => "conv2d dx",
            Op::Conv2dDw(_) => "conv2d dw",
            Op::MaxPool(_) => "max_pool",
            Op::MaxPoolDx(_) => "max_pool dx",
            Op::AvgPool(_) => "avg_pool",
            Op::AvgPoolDx(_) => "avg_pool dx",
            Op::Reshape => "reshape",
            Op::Barrier => "barrier",
            Op::Permute(_) => "permute",
            Op::Slice { .. } => "slice",
            Op::Pad { .. } => "pad",
            Op::Softmax => "softmax",
            Op::LogSoftmax => "log_softmax",
            Op::CrossEntropy => "cross_entropy",
            Op::CrossEntropyDx => "cross_entropy dx",
        }
    }
}

/// One operation, its operands and what it yields.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// What is computed.
    pub op: Op,
    /// From what, in the op's order.
    pub inputs: Vec<NodeId>,
    /// The extent of the result.
    pub shape: Shape,
}

/// A named leaf of a graph: an input, a parameter or a statistic.
#[derive(Clone, PartialEq, Debug)]
pub struct Leaf {
    /// Unique among the graph's leaves of its kind.
    pub name: String,
    /// Its node.
    pub node: NodeId,
}

/// Operations in an order in which each comes after its operands.
#[derive(Clone, Default, Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    inputs: Vec<Leaf>,
    params: Vec<Leaf>,
    stats: Vec<Leaf>,
}

impl Graph {
    /// A graph without nodes.
    pub fn new() -> Self {
        Self::default()
    }

    /// All nodes; operands come before the nodes that use them.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// One node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The shape of a node.
    pub fn shape(&self, id: NodeId) -> &Shape {
        &self.nodes[id.index()].shape
    }

    /// The ids of all nodes, in order.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// What is supplied from outside, in order of creation.
    pub fn inputs(&self) -> &[Leaf] {
        &self.inputs
    }

    /// The trainable parameters, in order of creation.
    pub fn params(&self) -> &[Leaf] {
        &self.params
    }

    /// The running statistics, in order of creation.
    pub fn stats(&self) -> &[Leaf] {
        &self.stats
    }

    /// A value supplied from outside on each run.
    pub fn input(&mut self, name: impl Into<String>, shape: impl Into<Shape>) -> NodeId {
        let node = self.push(Op::Input(self.inputs.len()), &[], shape.into());
        self.inputs.push(Leaf { name: name.into(), node });
        node
    }

    /// A trainable parameter.
    pub fn param(&mut self, name: impl Into<String>, shape: impl Into<Shape>) -> NodeId {
        let node = self.push(Op::Param(self.params.len()), &[], shape.into());
        self.params.push(Leaf { name: name.into(), node });
        node
    }

    /// A running statistic.
    pub fn stat(&mut self, name: impl Into<String>, shape: impl Into<Shape>) -> NodeId {
        let node = self.push(Op::Stat(self.stats.len()), &[], shape.into());
        self.stats.push(Leaf { name: name.into(), node });
        node
    }

    /// One number.
    pub fn constant(&mut self, value: f64) -> NodeId {
        self.push(Op::Constant(value), &[], Shape::scalar())
    }

    /// Which nodes the roots depend on, the roots themselves among them.
    pub fn needed(&self, roots: &[NodeId]) -> Vec<bool> {
        let mut is_needed = vec![false; self.nodes.len()];
        roots.iter().for_each(|root| is_needed[root.index()] = true);
        for (at, node) in self.nodes.iter().enumerate().rev() {
            if is_needed[at] {
                node.inputs.iter().for_each(|input| is_needed[input.index()] = true);
            }
        }
        is_needed
    }

    /// Appends a node whose shape its op's rule has worked out.
    pub(crate) fn push(&mut self, op: Op, inputs: &[NodeId], shape: Shape) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        assert!(inputs.iter().all(|input| *input < id), "operands come before the nodes that use them");
        self.nodes.push(Node { op, inputs: inputs.to_vec(), shape });
        id
    }
}

/// Operands whose shapes do not fit an op.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShapeError {
    /// The op's name, as in the API: `matmul`, `conv2d`.
    pub op: &'static str,
    /// The shapes of all operands, in order.
    pub shapes: Vec<Shape>,
    /// What does not fit, in words.
    pub why: String,
}

impl ShapeError {
    /// An error of `op` on operands of these shapes.
    pub fn new(op: &'static str, shapes: &[&Shape], why: impl Into<String>) -> Self {
        Self { op, shapes: shapes.iter().map(|shape| (*shape).clone()).collect(), why: why.into() }
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shapes: Vec<String> = self.shapes.iter().map(Shape::to_string).collect();
        write!(out, "{} of {}: {}", self.op, shapes.join(" and "), self.why)
    }
}

impl std::error::Error for ShapeError {}
