//! The areas of the playground: what is learned, what learns, how well, and what a visitor can do
//! to it.
//!
//! Turns a run's signals into headings, figures and controls, and choices into calls of the `Lab`.
//! It paints nothing: that is for `charts`.

mod cost_words;
mod model_table;

#[cfg(target_arch = "wasm32")]
mod costs;
#[cfg(target_arch = "wasm32")]
mod data;
#[cfg(target_arch = "wasm32")]
mod drop_files;
#[cfg(target_arch = "wasm32")]
mod intro;
#[cfg(target_arch = "wasm32")]
mod model;
#[cfg(target_arch = "wasm32")]
mod model_text;
#[cfg(target_arch = "wasm32")]
mod result;
#[cfg(target_arch = "wasm32")]
mod run_file;
#[cfg(target_arch = "wasm32")]
mod settings;
#[cfg(target_arch = "wasm32")]
mod status;
#[cfg(target_arch = "wasm32")]
mod thumbnail;
#[cfg(target_arch = "wasm32")]
mod transport;

#[cfg(target_arch = "wasm32")]
pub(crate) use {data::DataPanel, intro::Intro, model::ModelPanel, result::ResultPanel, status::Status, transport::Transport};
