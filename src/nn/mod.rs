//! Layers, initialisers, losses: functions that build graphs.
//!
//! Turns a list of [`Layer`]s into the graphs of a model (training, evaluation, probing) and the
//! initial values of its parameters. It knows no buffer and no device.

pub mod activation;
pub mod init;
pub mod loss;
pub mod model;
mod network;
pub mod norm;
#[cfg(test)]
mod tests;

pub use model::{Architecture, Head, LayerError, Model, Routines};
pub use network::{LayerInfo, Param, Stat};

pub use descent_spec::{Activation, Layer};
