//! Host memory: shapes, tensors and the engine's own transcendental functions.
//!
//! Turns nothing into anything: the bottom layer. It knows no graph, no device and no file format.

pub mod math;
mod shape;
mod value;

pub use shape::Shape;
pub use value::Tensor;
