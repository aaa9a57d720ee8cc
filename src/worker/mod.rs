//! The border between the page and the worker that trains.
//!
//! `protocol` is what crosses it; `service` runs in the worker around a [`crate::train::Session`]; `client` and `supervisor` run on the page.

#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
mod message;
pub mod protocol;
#[cfg(target_arch = "wasm32")]
pub mod service;
pub mod supervisor;
