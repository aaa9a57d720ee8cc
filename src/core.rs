//! What a network means, and what there is to run: tensors, graphs with their gradients, programs.
//!
//! The part of Descent below its executors, in a package of its own so that the CPU executor alone is compiled for speed and all else for size.

pub mod graph;
pub mod plan;
pub mod tensor;
