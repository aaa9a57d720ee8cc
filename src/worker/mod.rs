//! The border between the page and the worker that trains.
//!
//! `protocol` is what crosses it; `service` runs in the worker around a [`crate::train::Session`]; `client` and `supervisor` run on the page.

pub mod protocol;
