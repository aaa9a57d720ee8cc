//! What the page knows: turns [`Event`](descent_protocol::Event)s into signals, and what a visitor
//! does into [`Command`](descent_protocol::Command)s.
//!
//! `Run` is the signals of one run, `Lab` a run with what acts on it. It knows no element: views
//! read the signals and call the lab.

mod changes;
mod history;
mod report;

#[cfg(target_arch = "wasm32")]
pub(crate) mod address;
#[cfg(target_arch = "wasm32")]
mod frames;
#[cfg(target_arch = "wasm32")]
mod kept_run;
#[cfg(target_arch = "wasm32")]
mod lab;
#[cfg(target_arch = "wasm32")]
mod receive;
#[cfg(target_arch = "wasm32")]
mod run;
#[cfg(target_arch = "wasm32")]
pub(crate) mod saved_run;

pub(crate) use history::History;
pub(crate) use report::{Built, Frame, Notice, Phase, Scene};

#[cfg(target_arch = "wasm32")]
pub(crate) use lab::{Lab, lab};
#[cfg(target_arch = "wasm32")]
pub(crate) use run::Run;
