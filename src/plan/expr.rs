//! Element-wise work as data: printed as WGSL for the GPU, run in strips on the CPU.

use crate::graph::{Binary, Unary};

/// One step of an [`Expr`]; numbers of steps refer to earlier ones.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Step {
    /// The value of operand `n` at the element that is computed.
    Arg(usize),
    /// A number.
    Constant(f32),
    /// A function of one step.
    Unary(Unary, usize),
    /// A function of two steps.
    Binary(Binary, usize, usize),
    /// The second step where the first is not 0, else the third.
    Select(usize, usize, usize),
}

/// Straight-line element-wise arithmetic; its value is that of its last step.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// Never empty.
    pub steps: Vec<Step>,
}

impl Expr {
    /// The expression that yields operand 0.
    pub fn identity() -> Self {
        Self { steps: vec![Step::Arg(0)] }
    }

    /// Whether this is [`Expr::identity`].
    pub fn is_identity(&self) -> bool {
        self.steps == [Step::Arg(0)]
    }
}

/// Where an operand is read for element `e` of what is computed (`e` counts row-major).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Index {
    /// At `e`.
    Linear,
    /// At 0.
    Scalar,
    /// At `e % n`: the operand is repeated along the leading axes (a bias).
    Modulo(usize),
    /// At `e / n`: each value is repeated `n` times (a factor per row).
    Divide(usize),
    /// At `base + Σ_i coordinate_i · stride_i`, with the coordinates of `e` in the given extents,
    /// outermost first.
    Strided {
        /// First element.
        base: usize,
        /// (extent, stride) of each axis.
        axes: Vec<(usize, usize)>,
    },
}

impl Index {
    /// The element that is read for element `e`.
    pub fn at(&self, e: usize) -> usize {
        match self {
            Index::Linear => e,
            Index::Scalar => 0,
            Index::Modulo(n) => e % n,
            Index::Divide(n) => e / n,
            Index::Strided { base, axes } => {
                let mut rest = e;
                let mut at = *base;
                for (extent, stride) in axes.iter().rev() {
                    at += rest % extent * stride;
                    rest /= extent;
                }
                at
            }
        }
    }
}

/// An expression and how its operands are read.
#[derive(Clone, PartialEq, Debug)]
pub struct Fused {
    /// The arithmetic.
    pub expr: Expr,
    /// How each operand from memory is read. In a prologue or a [`super::Kind::Map`], `Arg(i)` is
    /// read by `args[i]`; in an epilogue `Arg(0)` is the value the kernel has worked out and
    /// `Arg(1 + i)` is read by `args[i]`.
    pub args: Vec<Index>,
}

impl Fused {
    /// An epilogue that changes nothing.
    pub fn none() -> Self {
        Self { expr: Expr::identity(), args: Vec::new() }
    }

    /// A prologue that reads its one operand as it stands.
    pub fn load() -> Self {
        Self { expr: Expr::identity(), args: vec![Index::Linear] }
    }
}
