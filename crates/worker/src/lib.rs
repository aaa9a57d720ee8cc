//! The web worker that trains: what the page asks for comes in as [`descent_protocol::Command`]s,
//! what it is told goes out as
//! [`descent_protocol::Event`]s.
//!
//! [`core`] decides what is done and said; it knows no browser and is tested natively. `web` does it.

pub mod core;
#[cfg(target_arch = "wasm32")]
pub mod web;
