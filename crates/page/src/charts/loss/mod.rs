//! The loss over the steps: a chart with a cursor, and the same numbers as a table.
//!
//! [`scale`] and [`lookup`] are plain functions of a [`History`](crate::state::History);
//! [`drawing`] paints what they say.

mod lookup;
mod scale;

#[cfg(target_arch = "wasm32")]
mod chart;
#[cfg(target_arch = "wasm32")]
mod drawing;
#[cfg(target_arch = "wasm32")]
mod figure;
#[cfg(target_arch = "wasm32")]
mod table;

#[cfg(target_arch = "wasm32")]
pub(crate) use figure::LossChart;
