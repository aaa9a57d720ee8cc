//! What a visitor chose, and what follows from it by integers and f64 alone.
//!
//! Turns a link (untrusted) into an [`Experiment`] that is safe to build and a [`View`] of it, and
//! back; a model's text into a tree of blocks; a saved file (untrusted) into a [`Snapshot`]. Says
//! what a network costs, and makes the points and the drawn digits of the generated data sets. It
//! knows no engine, no device and no browser: the page, the worker and the engine all lean on it.

pub mod activation;
mod args;
pub mod catalog;
mod choice;
pub mod cost;
pub mod experiment;
mod extent;
mod features;
pub mod goal;
pub mod layers;
pub mod link;
pub mod model;
pub mod models;
pub mod number;
pub mod points;
mod quote;
pub mod random;
pub mod seedrandom;
pub mod silhouettes;
pub mod snapshot;
pub mod strokes;
pub mod task;
mod tensor;
mod text_error;
pub mod thumbnail;
mod view;

pub use activation::Activation;
pub use catalog::Dataset;
pub use experiment::{DRAWN_UNITS, Experiment, InitChoice, Loss, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice};
pub use features::Features;
pub use goal::Goal;
pub use layers::Layer;
pub use model::{Block, Model};
pub use models::{ModelChoice, Preset, presets};
pub use quote::quote;
pub use snapshot::{Snapshot, SnapshotError};
pub use task::{Head, Task};
pub use view::{DeviceChoice, Level, Speed, View};
