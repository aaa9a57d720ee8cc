//! Element-wise functions of one, two or three operands.
//!
//! Operands of two and more are broadcast by NumPy's rule.

use super::offsets;
use super::reduce::sum_to;
use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::{Shape, Tensor};

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
    /// The larger; NaN if either is.
    Max,
    /// The smaller; NaN if either is.
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

/// The gradient in `x` of `y = kind(x)`, written with `y` where that is possible, so that `x` need
/// not be kept.
///
/// `relu'(0) = 0` and `|x|'(0) = 0`. Where `relu` masks, the gradient is 0 even if `dy` is
/// infinite.
pub(crate) fn unary_grad(graph: &mut Graph, kind: Unary, x: NodeId, y: NodeId, dy: NodeId) -> Result<Option<NodeId>, ShapeError> {
    let slope = match kind {
        Unary::Neg => return graph.neg(dy).map(Some),
        Unary::Sign => return Ok(None),
        Unary::Relu => {
            let zero = graph.constant(0.0);
            let is_on = graph.greater(y, zero)?;
            return graph.select(is_on, dy, zero).map(Some);
        }
        Unary::Log => return graph.div(dy, x).map(Some),
        Unary::Log1p => {
            let above = graph.shift(x, 1.0)?;
            return graph.div(dy, above).map(Some);
        }
        Unary::Sqrt => {
            let half = graph.scale(dy, 0.5)?;
            return graph.div(half, y).map(Some);
        }
        Unary::Abs => graph.sign(x)?,
        Unary::Rsqrt => {
            let squared = graph.square(y)?;
            let half = graph.scale(y, -0.5)?;
            graph.mul(half, squared)?
        }
        Unary::Reciprocal => {
            let squared = graph.square(y)?;
            graph.neg(squared)?
        }
        Unary::Square => graph.scale(x, 2.0)?,
        Unary::Exp => y,
        Unary::Tanh => {
            let (one, squared) = (graph.constant(1.0), graph.square(y)?);
            graph.sub(one, squared)?
        }
        Unary::Erf => {
            let squared = graph.square(x)?;
            let exponent = graph.neg(squared)?;
            let bell = graph.exp(exponent)?;
            graph.scale(bell, std::f64::consts::FRAC_2_SQRT_PI)?
        }
        Unary::Sin => graph.cos(x)?,
        Unary::Cos => {
            let sin = graph.sin(x)?;
            graph.neg(sin)?
        }
        Unary::Sigmoid => {
            let one = graph.constant(1.0);
            let rest = graph.sub(one, y)?;
            graph.mul(y, rest)?
        }
        Unary::Softplus => graph.sigmoid(x)?,
    };
    graph.mul(dy, slope).map(Some)
}

/// The gradient of `y = kind(a, b)` in `a` (operand 0) or `b`. Ties of a maximum or minimum go to
/// `a`.
pub(crate) fn binary_grad(
    graph: &mut Graph,
    kind: Binary,
    [a, b]: [NodeId; 2],
    y: NodeId,
    dy: NodeId,
    operand: usize,
) -> Result<Option<NodeId>, ShapeError> {
    let own = graph.shape([a, b][operand]).clone();
    let full = match (kind, operand) {
        (Binary::Add, _) | (Binary::Sub, 0) => dy,
        (Binary::Sub, _) => {
            let total = sum_to(graph, dy, &own)?;
            return graph.neg(total).map(Some);
        }
        (Binary::Mul, 0) => graph.mul(dy, b)?,
        (Binary::Mul, _) => graph.mul(dy, a)?,
        (Binary::Div, 0) => graph.div(dy, b)?,
        (Binary::Div, _) => {
            let weighted = graph.mul(dy, y)?;
            let quotient = graph.div(weighted, b)?;
            graph.neg(quotient)?
        }
        (Binary::Max | Binary::Min, _) => {
            let is_a = if kind == Binary::Max { graph.greater_equal(a, b)? } else { graph.greater_equal(b, a)? };
            let zero = graph.constant(0.0);
            if operand == 0 { graph.select(is_a, dy, zero)? } else { graph.select(is_a, zero, dy)? }
        }
        (Binary::Greater | Binary::GreaterEqual | Binary::Equal, _) => return Ok(None),
    };
    sum_to(graph, full, &own).map(Some)
}

/// The gradient of `select(c, a, b)` in `a` (operand 1) or `b` (operand 2): `dy` where it was
/// chosen, else 0.
pub(crate) fn select_grad(graph: &mut Graph, operands: [NodeId; 3], dy: NodeId, operand: usize) -> Result<Option<NodeId>, ShapeError> {
    let zero = graph.constant(0.0);
    let full = match operand {
        0 => return Ok(None),
        1 => graph.select(operands[0], dy, zero)?,
        _ => graph.select(operands[0], zero, dy)?,
    };
    let own = graph.shape(operands[operand]).clone();
    sum_to(graph, full, &own).map(Some)
}

impl Unary {
    /// The function's value in double precision.
    pub fn at(self, x: f64) -> f64 {
        match self {
            Unary::Neg => -x,
            Unary::Abs => x.abs(),
            Unary::Sign if x == 0.0 => 0.0,
            Unary::Sign => x.signum(),
            Unary::Sqrt => x.sqrt(),
            Unary::Rsqrt => 1.0 / x.sqrt(),
            Unary::Reciprocal => 1.0 / x,
            Unary::Square => x * x,
            Unary::Exp => libm::exp(x),
            Unary::Log => libm::log(x),
            Unary::Log1p => libm::log1p(x),
            Unary::Tanh => libm::tanh(x),
            Unary::Erf => libm::erf(x),
            Unary::Sin => libm::sin(x),
            Unary::Cos => libm::cos(x),
            Unary::Sigmoid => 1.0 / (1.0 + libm::exp(-x)),
            // Neither exponent can overflow: ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|).
            Unary::Softplus => x.max(0.0) + libm::log1p(libm::exp(-x.abs())),
            // A NaN stays one, so that it is noticed.
            Unary::Relu => {
                if x < 0.0 {
                    0.0
                } else {
                    x
                }
            }
        }
    }
}

impl Binary {
    /// The function's value in double precision.
    pub fn at(self, a: f64, b: f64) -> f64 {
        let truth = |is_true: bool| if is_true { 1.0 } else { 0.0 };
        // A NaN on either side yields a NaN, so that a maximum does not hide a diverging network.
        let first_if = |is_first: bool| if is_first { a } else { b };
        match self {
            Binary::Add => a + b,
            Binary::Sub => a - b,
            Binary::Mul => a * b,
            Binary::Div => a / b,
            Binary::Max => first_if(a > b || a.is_nan()),
            Binary::Min => first_if(a < b || a.is_nan()),
            Binary::Greater => truth(a > b),
            Binary::GreaterEqual => truth(a >= b),
            Binary::Equal => truth(a == b),
        }
    }
}

/// The meaning of [`Op::Binary`].
pub(crate) fn binary(kind: Binary, a: &Tensor<f64>, b: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let (left, right) = (stretched(a, shape), stretched(b, shape));
    Tensor::from_fn(shape.clone(), |at| kind.at(a.data()[left[at]], b.data()[right[at]]))
}

/// The meaning of [`Op::Select`].
pub(crate) fn select([c, a, b]: [&Tensor<f64>; 3], shape: &Shape) -> Tensor<f64> {
    let [if_, then, else_] = [c, a, b].map(|operand| stretched(operand, shape));
    Tensor::from_fn(shape.clone(), |at| if c.data()[if_[at]] != 0.0 { a.data()[then[at]] } else { b.data()[else_[at]] })
}

/// Where the elements of a broadcast operand are read.
pub(crate) fn stretched(x: &Tensor<f64>, shape: &Shape) -> Vec<usize> {
    let strides = x.shape().broadcast_strides(shape).expect("the shape rule has checked that it broadcasts");
    offsets(shape, &strides, 0)
}
