//! One file per op family: formula, shape rule, gradient, f64 reference. Together they are the specification.

pub mod conv;
pub mod elementwise;
pub mod pool;
pub mod reduce;
