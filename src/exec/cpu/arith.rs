//! Functions of one, two and three numbers over strips.
//!
//! The maximum, the minimum and the ramp of a NaN are NaN, so that a network that has diverged does
//! not look healthy again.

use crate::graph::{Binary, Unary};
use crate::tensor::math;

/// An operand of a step in a strip.
#[derive(Clone, Copy)]
pub(super) enum Operand<'a> {
    /// One for each element.
    Values(&'a [f32]),
    /// The same for all.
    Number(f32),
}

/// `out[i] = f(x[i])`. A macro, since the compiler does not always draw the body of a closure of
/// this size into the loop, and without that there is no SIMD.
macro_rules! map {
    ($values:expr, $out:expr, |$x:ident| $f:expr) => {
        match $values {
            Operand::Values(values) => $out.iter_mut().zip(values).for_each(|(out, value)| {
                let $x = *value;
                *out = $f;
            }),
            Operand::Number($x) => $out.fill($f),
        }
    };
}

/// `out[i] = function(x[i])`
pub(super) fn unary(function: Unary, x: Operand, out: &mut [f32]) {
    match function {
        Unary::Neg => map!(x, out, |x| -x),
        Unary::Abs => map!(x, out, |x| x.abs()),
        Unary::Sign => map!(x, out, |x| f32::from(x > 0.0) - f32::from(x < 0.0)),
        Unary::Sqrt => map!(x, out, |x| x.sqrt()),
        Unary::Rsqrt => map!(x, out, |x| 1.0 / x.sqrt()),
        Unary::Reciprocal => map!(x, out, |x| 1.0 / x),
        Unary::Square => map!(x, out, |x| x * x),
        Unary::Exp => map!(x, out, |x| math::exp(x)),
        Unary::Log => map!(x, out, |x| math::log(x)),
        Unary::Log1p => map!(x, out, |x| math::log1p(x)),
        Unary::Tanh => map!(x, out, |x| math::tanh(x)),
        Unary::Erf => map!(x, out, |x| math::erf(x)),
        Unary::Sin => map!(x, out, |x| math::sin(x)),
        Unary::Cos => map!(x, out, |x| math::cos(x)),
        Unary::Sigmoid => map!(x, out, |x| math::sigmoid(x)),
        Unary::Softplus => map!(x, out, |x| math::softplus(x)),
        Unary::Relu => map!(x, out, |x| if x < 0.0 { 0.0 } else { x }),
    }
}

/// `out[i] = function(a[i], b[i])`
pub(super) fn binary(function: Binary, a: Operand, b: Operand, out: &mut [f32]) {
    match function {
        Binary::Add => zip(a, b, out, |a, b| a + b),
        Binary::Sub => zip(a, b, out, |a, b| a - b),
        Binary::Mul => zip(a, b, out, |a, b| a * b),
        Binary::Div => zip(a, b, out, |a, b| a / b),
        Binary::Max => zip(a, b, out, max),
        Binary::Min => zip(a, b, out, min),
        Binary::Greater => zip(a, b, out, |a, b| f32::from(a > b)),
        Binary::GreaterEqual => zip(a, b, out, |a, b| f32::from(a >= b)),
        Binary::Equal => zip(a, b, out, |a, b| f32::from(a == b)),
    }
}

/// `out[i] = a[i]` where `c[i] != 0`, else `b[i]`
pub(super) fn select(c: Operand, a: Operand, b: Operand, out: &mut [f32]) {
    let pick = |c: f32, a: f32, b: f32| if c != 0.0 { a } else { b };
    match (c, a, b) {
        (Operand::Number(c), a, b) => match if c != 0.0 { a } else { b } {
            Operand::Values(values) => out.copy_from_slice(values),
            Operand::Number(value) => out.fill(value),
        },
        (Operand::Values(c), Operand::Values(a), Operand::Values(b)) => {
            out.iter_mut().zip(c).zip(a.iter().zip(b)).for_each(|((out, c), (a, b))| *out = pick(*c, *a, *b));
        }
        (c, Operand::Number(a), b) => zip(c, b, out, |c, b| pick(c, a, b)),
        (c, a, Operand::Number(b)) => zip(c, a, out, |c, a| pick(c, a, b)),
    }
}

/// The larger; NaN if either is.
#[inline(always)]
pub(super) fn max(a: f32, b: f32) -> f32 {
    let larger = if a > b { a } else { b };
    if a.is_nan() { a } else { larger }
}

/// The smaller; NaN if either is.
#[inline(always)]
pub(super) fn min(a: f32, b: f32) -> f32 {
    let smaller = if a < b { a } else { b };
    if a.is_nan() { a } else { smaller }
}

#[inline(always)]
fn zip(a: Operand, b: Operand, out: &mut [f32], f: impl Fn(f32, f32) -> f32) {
    match (a, b) {
        (Operand::Values(a), Operand::Values(b)) => out.iter_mut().zip(a.iter().zip(b)).for_each(|(out, (a, b))| *out = f(*a, *b)),
        (Operand::Values(a), Operand::Number(b)) => out.iter_mut().zip(a).for_each(|(out, a)| *out = f(*a, b)),
        (Operand::Number(a), Operand::Values(b)) => out.iter_mut().zip(b).for_each(|(out, b)| *out = f(a, *b)),
        (Operand::Number(a), Operand::Number(b)) => out.fill(f(a, b)),
    }
}
