//! Host memory: shapes, tensors and the engine's own transcendental functions.
//!
//! The bottom layer: it imports nothing of the engine, and knows no graph, no device and no file
//! format.

pub mod math;
mod shape;
mod value;

pub use shape::Shape;
pub use value::Tensor;
