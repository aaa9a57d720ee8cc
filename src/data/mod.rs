//! Data sets: where samples come from and how they lie in memory.

pub mod catalog;
pub(crate) mod choice;
pub mod playground;
