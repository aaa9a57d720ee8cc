//! Steps that would have written numbers that are not finite.

use crate::plan::Program;
use std::fmt;

/// A step that would have written a number that is not finite. It changed nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// Its number, from 1.
    pub step: u64,
    /// What was not finite; where several things were, the first of gradients, loss and statistics.
    pub cause: NotFinite,
}

/// The part of a step that was not finite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotFinite {
    /// The gradient of this parameter.
    Gradient(String),
    /// The loss.
    Loss,
    /// This running statistic.
    Statistic(String),
}

impl NotFinite {
    /// The meaning of the word [`crate::plan::state::BAD_TENSOR`].
    pub(super) fn from_word(program: &Program, word: u32) -> Self {
        let at = word as usize;
        match (program.params.get(at), at.checked_sub(program.params.len() + 1).and_then(|at| program.stats.get(at))) {
            (Some(param), _) => NotFinite::Gradient(param.name.clone()),
            (None, Some(stat)) => NotFinite::Statistic(stat.name.clone()),
            (None, None) => NotFinite::Loss,
        }
    }
}

impl fmt::Display for NotFinite {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotFinite::Gradient(name) => write!(out, "the gradient of {name}"),
            NotFinite::Loss => write!(out, "the loss"),
            NotFinite::Statistic(name) => write!(out, "the running statistic {name}"),
        }
    }
}
