//! The web worker that trains: what the page asks for comes in as [`descent_protocol::Command`]s, what it is told goes out as
//! [`descent_protocol::Event`]s.

#[cfg(target_arch = "wasm32")]
pub mod web;
