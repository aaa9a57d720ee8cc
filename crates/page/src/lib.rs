//! The page: what a visitor sees of an [`Experiment`](descent_spec::Experiment) and of the run that
//! it defines.
//!
//! An [`Event`](descent_protocol::Event) of the worker becomes signals (`state`), signals become
//! elements (`charts`, `panels`), and what a visitor does goes up as a
//! [`Command`](descent_protocol::Command). The page holds no training state of its own and knows no
//! graph, no program and no device: it draws what the worker last reported.
//!
//! Reading order: `format`, `choices`, `names` and `edit` are plain functions about numbers, names
//! and experiments. `border` carries messages and replaces a worker that died. `state` is what is
//! known of a run and what can be done to it. `parts` are small controls, `charts` the pictures,
//! `panels` the areas of the playground, `widgets` the views that stand alone, `pages` what the
//! address asks for.
//!
//! Text that changes is `prop:textContent` of its element. A browser that translates the page puts
//! elements of its own in the place of text nodes, and a text node that Leptos holds would change
//! unseen. Text that never changes stands between the tags as usual.
//!
//! Plain functions compile natively, where their tests run; what touches the browser compiles for
//! wasm32 alone.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, unused_imports, reason = "natively only tests call the logic of the views"))]
#![cfg_attr(target_arch = "wasm32", allow(unreachable_pub, reason = "Leptos gives every component a public builder"))]

mod border;
mod charts;
mod choices;
mod edit;
mod format;
mod names;
mod panels;
mod state;

#[cfg(target_arch = "wasm32")]
mod clock;
#[cfg(target_arch = "wasm32")]
mod pages;
#[cfg(target_arch = "wasm32")]
mod parts;
#[cfg(target_arch = "wasm32")]
mod widgets;

#[cfg(target_arch = "wasm32")]
pub use pages::mount;
