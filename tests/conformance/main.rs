//! Every kind of kernel does what its definition says, on every executor this machine has.
//!
//! The expected values are worked out here in double precision, straight from the definitions in
//! `plan::kernel`.

mod barrier;
mod elements;
mod elementwise;
mod harness;
mod products;
mod rows;
mod step;
mod windows;
