//! A run: what is trained on what, where it stands, and how it is saved and restored.
//!
//! Turns an [`descent_spec::Experiment`] and its samples into a [`Session`] on one backend, and a
//! session into figures, pictures and [`Snapshot`]s. It knows no page, no worker and no message.

pub mod bench;
pub mod blueprint;
pub mod clock;
mod divergence;
mod evaluation;
mod first_values;
mod parts;
pub mod pictures;
mod restore;
pub mod session;
pub mod trial;

pub use divergence::{Divergence, NotFinite};
pub use evaluation::{Evaluation, Part};
pub use first_values::FirstValues;
pub use parts::Parts;
pub use pictures::{FrameRequest, Picture, Shown};
pub use restore::RestoreError;
pub use session::{BuildError, Progress, Session};

pub use descent_spec::{Snapshot, SnapshotError};
