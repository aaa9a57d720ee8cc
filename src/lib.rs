//! Descent trains neural networks in a browser tab, on the visitor's own GPU, and shows why GPUs are used for it.

pub mod data;
pub mod exec;
pub mod experiment;
pub mod graph;
pub mod nn;
pub mod plan;
pub mod tensor;
pub mod train;
#[cfg(feature = "ui")]
pub mod ui;
pub mod worker;
