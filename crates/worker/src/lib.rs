//! The web worker that trains: [`descent_protocol::Command`]s of the page come in,
//! [`descent_protocol::Event`]s go out.
//!
//! [`core`] decides what is done and what is said. It knows no browser and is tested natively.
//! `web` receives, does the work and posts.

pub mod core;
#[cfg(target_arch = "wasm32")]
pub mod web;
