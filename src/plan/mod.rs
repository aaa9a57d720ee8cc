//! From graphs to a [`Program`]: fusion, order, lifetimes and buffers. Plain data.
//!
//! A [`ModelSpec`] names the graphs of a model; [`compile()`] fuses their nodes into kernels, gives
//! every value its memory and returns a [`Program`] that prints itself. plan knows sizes and
//! lifetimes; it knows no device, no data set and no clock.
//!
//! # A step and its parts
//!
//! The routine `step` fetches its samples, works out the loss, all gradients and the next
//! statistics, and ends in two kernels: the guard looks at what has been worked out, the optimizer
//! changes the parameters. A model may ask for both parts as routines of their own
//! ([`Training::has_parts`]), so that something can be done with gradients before they are used:
//!
//! - `gradients` is `step` without its last two kernels. Its outputs are the gradients, each by
//!   the name of its parameter, in the slices where the optimizer looks for them. Parameters,
//!   moments, statistics and the counters of steps stay as they are.
//! - `update` is the last two kernels. It takes the gradients, the loss of each row and the next
//!   statistics that `gradients` has left; other routines but `step` may run in between.
//!
//! All three have the same kernels over the same memory: `gradients` and then `update` is `step`,
//! to the last bit. `gradients` run twice without `update` fetches the same samples again.

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
