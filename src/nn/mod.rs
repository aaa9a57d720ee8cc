//! Layers, initialisers, losses: functions that build graphs.
//!
//! Turns the outline of a model ([`descent_spec::model::Outline`]) into its graphs (training,
//! evaluation, probing) and the initial values of its parameters. It knows no buffer and no device.

pub mod activation;
mod context;
pub mod init;
mod layers;
pub mod loss;
pub mod model;
mod network;
pub mod norm;
#[cfg(test)]
mod tests;

pub use model::{Architecture, LayerError, Model, Routines};
pub use network::{Param, Stat};
