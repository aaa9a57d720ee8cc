//! Data sets: where samples come from and how they lie in memory.
//!
//! Turns a generator, a bundled file or a visitor's files into [`Samples`], and those into the
//! words of a program's data buffer. Everything that comes from outside is read with caps and
//! checked arithmetic. Of an experiment it knows what decides the samples; it knows no network.

pub mod digits;
mod error;
mod gzip;
pub mod idx;
mod load;
pub mod samples;
pub mod strokes;

pub use error::DataError;
pub use load::{Loaded, Request, load};
pub use samples::{Column, Packed, Samples};
