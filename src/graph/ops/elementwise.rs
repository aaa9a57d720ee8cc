//! Element-wise functions of one, two or three operands.
//!
//! Operands of two and more are broadcast by NumPy's rule.

use crate::graph::{Graph, NodeId, Op, ShapeError};

/// A function of one number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unary {
    /// `-x`
    Neg,
    /// `|x|`
    Abs,
    /// `-1`, `0` or `1`
    Sign,
    /// `√x`
    Sqrt,
    /// `1 / √x`
    Rsqrt,
    /// `1 / x`
    Reciprocal,
    /// `x²`
    Square,
    /// `e^x`
    Exp,
    /// `ln x`
    Log,
    /// `ln(1 + x)`
    Log1p,
    /// `tanh x`
    Tanh,
    /// `2/√π ∫₀ˣ e^(-t²) dt`
    Erf,
    /// `sin x`
    Sin,
    /// `cos x`
    Cos,
    /// `1 / (1 + e^-x)`
    Sigmoid,
    /// `ln(1 + e^x)`
    Softplus,
    /// `max(x, 0)`
    Relu,
}

/// A function of two numbers. Comparisons yield 1 or 0 and have no gradient.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a - b`
    Sub,
    /// `a · b`
    Mul,
    /// `a / b`
    Div,
    /// The larger.
    Max,
    /// The smaller.
    Min,
    /// `a > b`
    Greater,
    /// `a >= b`
    GreaterEqual,
    /// `a == b`
    Equal,
}

impl Unary {
    /// The function's name.
    pub fn name(self) -> &'static str {
        match self {
            Unary::Neg => "neg",
            Unary::Abs => "abs",
            Unary::Sign => "sign",
            Unary::Sqrt => "sqrt",
            Unary::Rsqrt => "rsqrt",
            Unary::Reciprocal => "reciprocal",
            Unary::Square => "square",
            Unary::Exp => "exp",
            Unary::Log => "log",
            Unary::Log1p => "log1p",
            Unary::Tanh => "tanh",
            Unary::Erf => "erf",
            Unary::Sin => "sin",
            Unary::Cos => "cos",
            Unary::Sigmoid => "sigmoid",
            Unary::Softplus => "softplus",
            Unary::Relu => "relu",
        }
    }
}

impl Binary {
    /// The builder method's name.
    pub fn name(self) -> &'static str {
        match self {
            Binary::Add => "add",
            Binary::Sub => "sub",
            Binary::Mul => "mul",
            Binary::Div => "div",
            Binary::Max => "max",
            Binary::Min => "min",
            Binary::Greater => "greater",
            Binary::GreaterEqual => "greater_equal",
            Binary::Equal => "equal",
        }
    }
}

impl Graph {
    /// `kind(x)`, element by element.
    pub fn unary(&mut self, kind: Unary, x: NodeId) -> Result<NodeId, ShapeError> {
        let shape = self.shape(x).clone();
        Ok(self.push(Op::Unary(kind), &[x], shape))
    }

    /// `kind(a, b)`, element by element.
    ///
    /// # Errors
    /// [`ShapeError`] if the shapes do not broadcast to one.
    pub fn binary(&mut self, kind: Binary, a: NodeId, b: NodeId) -> Result<NodeId, ShapeError> {
        let (left, right) = (self.shape(a), self.shape(b));
        let shape = left.broadcast(right).ok_or_else(|| ShapeError::new(kind.name(), &[left, right], "the shapes do not broadcast"))?;
        Ok(self.push(Op::Binary(kind), &[a, b], shape))
    }

    /// `a` where `c != 0`, else `b`.
    ///
    /// # Errors
    /// [`ShapeError`] if the three shapes do not broadcast to one.
    pub fn select(&mut self, c: NodeId, a: NodeId, b: NodeId) -> Result<NodeId, ShapeError> {
        let shapes = [self.shape(c), self.shape(a), self.shape(b)];
        let shape = shapes[0].broadcast(shapes[1]).and_then(|shape| shape.broadcast(shapes[2]));
        let shape = shape.ok_or_else(|| ShapeError::new("select", &shapes, "the shapes do not broadcast"))?;
        Ok(self.push(Op::Select, &[c, a, b], shape))
    }

    /// `factor · x`
    pub fn scale(&mut self, x: NodeId, factor: f64) -> Result<NodeId, ShapeError> {
        let factor = self.constant(factor);
        self.mul(x, factor)
    }

    /// `x + term`
    pub fn shift(&mut self, x: NodeId, term: f64) -> Result<NodeId, ShapeError> {
        let term = self.constant(term);
        self.add(x, term)
    }
}

macro_rules! shorthands {
    (unary $($name:ident = $kind:expr, $doc:literal;)+) => {
        impl Graph {
            $(#[doc = $doc]
            pub fn $name(&mut self, x: NodeId) -> Result<NodeId, ShapeError> {
                self.unary($kind, x)
            })+
        }
    };
    (binary $($name:ident = $kind:expr, $doc:literal;)+) => {
        impl Graph {
            $(#[doc = $doc]
            pub fn $name(&mut self, a: NodeId, b: NodeId) -> Result<NodeId, ShapeError> {
                self.binary($kind, a, b)
            })+
        }
    };
}

shorthands! { unary
    neg = Unary::Neg, "`-x`";
    abs = Unary::Abs, "`|x|`";
    sign = Unary::Sign, "`-1`, `0` or `1`";
    sqrt = Unary::Sqrt, "`√x`";
    rsqrt = Unary::Rsqrt, "`1 / √x`";
    reciprocal = Unary::Reciprocal, "`1 / x`";
    square = Unary::Square, "`x²`";
    exp = Unary::Exp, "`e^x`";
    log = Unary::Log, "`ln x`";
    log1p = Unary::Log1p, "`ln(1 + x)`";
    tanh = Unary::Tanh, "`tanh x`";
    erf = Unary::Erf, "The error function of `x`.";
    sin = Unary::Sin, "`sin x`";
    cos = Unary::Cos, "`cos x`";
    sigmoid = Unary::Sigmoid, "`1 / (1 + e^-x)`";
    softplus = Unary::Softplus, "`ln(1 + e^x)`";
    relu = Unary::Relu, "`max(x, 0)`";
}

shorthands! { binary
    add = Binary::Add, "`a + b`";
    sub = Binary::Sub, "`a - b`";
    mul = Binary::Mul, "`a · b`";
    div = Binary::Div, "`a / b`";
    max = Binary::Max, "The larger of `a` and `b`.";
    min = Binary::Min, "The smaller of `a` and `b`.";
    greater = Binary::Greater, "`a > b`, as 1 or 0.";
    greater_equal = Binary::GreaterEqual, "`a >= b`, as 1 or 0.";
    equal = Binary::Equal, "`a == b`, as 1 or 0.";
}
