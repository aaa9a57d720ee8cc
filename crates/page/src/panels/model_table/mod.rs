//! The model as a table: a row for each block of the tree, those inside another indented below it.
//!
//! Turns the experiment's model and its outline into rows, and what is set in a row into a change
//! of that block. What a layer has to set is asked of the layer; this knows no kind.

mod rows;

#[cfg(target_arch = "wasm32")]
mod cells;
#[cfg(target_arch = "wasm32")]
mod holders;
#[cfg(target_arch = "wasm32")]
mod layer;
#[cfg(target_arch = "wasm32")]
mod table;

#[cfg(target_arch = "wasm32")]
pub(super) use table::ModelTable;
