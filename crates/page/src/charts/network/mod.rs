//! The network of a 2-D set, drawn in columns: each unit with its own map, each weight as a line.
//!
//! Each site of the outline is a column. A [`Layout`](layout::Layout) says where everything stands
//! and which numbers of a frame belong to it, what a [`Subject`](subject::Subject) is and where the
//! keys lead from it. The components know no position of their own. What is drawn comes from one
//! [`Scene`](crate::state::Scene): its frame is of the network that the layout is made from.
//! Elements follow the layout; what changes with each frame is painted over all of them in one
//! pass.

mod column;
mod keys;
mod layout;
mod places;
mod subject;

#[cfg(target_arch = "wasm32")]
mod figure;
#[cfg(target_arch = "wasm32")]
mod headers;
#[cfg(target_arch = "wasm32")]
mod lines;
#[cfg(target_arch = "wasm32")]
mod net;
#[cfg(target_arch = "wasm32")]
mod painting;
#[cfg(target_arch = "wasm32")]
mod tip;
#[cfg(target_arch = "wasm32")]
mod units;

#[cfg(target_arch = "wasm32")]
pub(crate) use figure::Network;
