//! What the rule of an optimizer is computed with: numbers, or symbols that write it down.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number, or something that stands for one: `f32` in the CPU executor, `f64` in the reference,
/// a symbol that writes the rule down for the text of a GPU's kernel.
#[allow(missing_docs, reason = "most methods are those of the primitive types")]
pub trait Real: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self> {
    const ZERO: Self;
    const ONE: Self;
    fn from_f64(value: f64) -> Self;
    fn sqrt(self) -> Self;
    fn max(self, other: Self) -> Self;
    fn min(self, other: Self) -> Self;
    /// -1, 0 or 1.
    fn sign(self) -> Self;
    /// 1 where it is below 0, else 0.
    fn is_negative(self) -> Self;
    /// `yes` where it is not 0, else `no`.
    fn select(self, yes: Self, no: Self) -> Self;
}

macro_rules! real {
    ($($float:ident),*) => { $(
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            fn from_f64(value: f64) -> Self { value as Self }
            fn sqrt(self) -> Self { $float::sqrt(self) }
            fn max(self, other: Self) -> Self { $float::max(self, other) }
            fn min(self, other: Self) -> Self { $float::min(self, other) }
            fn sign(self) -> Self {
                if self > 0.0 { 1.0 } else if self < 0.0 { -1.0 } else { 0.0 }
            }
            fn is_negative(self) -> Self { if self < 0.0 { 1.0 } else { 0.0 } }
            fn select(self, yes: Self, no: Self) -> Self { if self != 0.0 { yes } else { no } }
        }
    )* };
}
real!(f32, f64);
