//! One file per op family: formula, shape rule, gradient, f64 reference. Together they are the specification.

pub mod conv;
pub mod elementwise;
pub mod loss;
pub mod matmul;
pub mod movement;
pub mod pool;
pub mod random;
pub mod reduce;
pub mod softmax;
