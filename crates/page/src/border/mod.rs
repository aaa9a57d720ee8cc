//! The page's end of the border: carries commands to the worker and events from it, and replaces a
//! worker that died.
//!
//! [`Supervisor`](descent_protocol::Supervisor) decides when a worker counts as dead and what brings
//! another to where it was; `client` carries that out; `worker` is one worker of the browser,
//! started with `worker_files`; `shelf` is where the browser keeps runs between visits. None of
//! them knows what an event means to a visitor.

#[cfg(target_arch = "wasm32")]
mod client;
#[cfg(target_arch = "wasm32")]
pub(crate) mod shelf;
#[cfg(target_arch = "wasm32")]
mod worker;
#[cfg(target_arch = "wasm32")]
mod worker_files;

#[cfg(target_arch = "wasm32")]
pub(crate) use client::Client;
