//! What can be wrong with a model that was read: how its blocks fit together, and how much it is.

use crate::number::thousands;
use std::fmt;

/// Blocks that do not fit together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ModelError {
    /// A block does not fit what comes into it.
    Block {
        /// Its path: `residual2.conv1`.
        path: String,
        /// The end of a sentence that begins with the path.
        why: String,
    },
    /// There is more of something than is allowed.
    TooMuch {
        /// What: `parameters`.
        what: &'static str,
        /// How much; the largest number if it is more.
        amount: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// There is nothing to learn from.
    NoInputs,
}

impl fmt::Display for ModelError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block { path, why } => write!(out, "{path} {why}"),
            Self::TooMuch { what, amount: u64::MAX, limit } => {
                write!(out, "the network has more {what} than can be counted; the limit is {}", thousands(*limit))
            }
            Self::TooMuch { what, amount, limit } => {
                write!(out, "the network has {} {what}; the limit is {}", thousands(*amount), thousands(*limit))
            }
            Self::NoInputs => write!(out, "the network has no inputs"),
        }
    }
}

impl std::error::Error for ModelError {}
