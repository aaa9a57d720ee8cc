//! From graphs to a [`Program`]: fusion, order, lifetimes and buffers. Plain data.
//!
//! A [`ModelSpec`] names the graphs of a model; [`compile()`] fuses their nodes into kernels, gives
//! every value its memory and returns a [`Program`] that prints itself. plan knows sizes and
//! lifetimes; it knows no device, no data set and no clock.

mod allocate;
mod compile;
pub mod expr;
mod fuse;
pub mod kernel;
mod memory;
mod print;
pub mod program;
pub mod spec;
pub mod state;
pub mod update;

pub use compile::{PlanError, compile};
pub use expr::{Expr, Fused, Index, Step};
pub use kernel::{Kernel, Kind};
pub use program::{Buffer, BufferId, Element, NamedSlice, Program, Role, Routine, Slice, Target};
pub use spec::{Fetch, ModelSpec, RoutineSpec, Training};
