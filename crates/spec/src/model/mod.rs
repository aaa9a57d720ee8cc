//! A model: a tree of blocks that is written as text, and the network that follows from it.
//!
//! ```text
//! model = [ item *("," item) ]              no spaces; an empty model has no hidden layer
//! item  = kind *(":" argument) [ "(" model *(";" model) ")" ]
//! conv:8x3:relu,residual:relu(conv:8x3:relu,conv:8x3:linear),repeat:2(dense:32:relu),parallel:concat(;dense:4:tanh)
//! ```
//!
//! [`Model::read`] and [`Model::write`] are inverse. [`Model::outline`] turns the tree into a flat
//! list of [`Site`]s: paths, parents, extents, tensors, cost. The page draws that list and the
//! engine builds it, so they cannot disagree. This module knows no data set and no graph.

mod error;
mod outline;
mod place;
#[cfg(test)]
mod tests;
mod text;

pub use crate::extent::Extent;
pub use crate::tensor::{Role, Tensor};
pub use crate::text_error::TextError;
pub use error::ModelError;
pub use outline::{Outline, Site, SiteKind};
pub use place::Place;

use crate::Activation;
use crate::layers::Layer;
use serde::{Deserialize, Serialize};

/// The most items of a text.
pub const MAX_ITEMS: usize = 64;
/// The most blocks, once repetitions are written out.
pub const MAX_BLOCKS: usize = 256;
/// How deeply blocks may be nested.
pub const MAX_DEPTH: usize = 8;
/// Least and most branches of a parallel block.
pub const BRANCHES: (usize, usize) = (2, 8);
/// Least and most times that a block is repeated.
pub const TIMES: (usize, usize) = (1, 64);

/// A list of blocks, each applied to what the one before it yields.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Model {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
}

/// One item of a model.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Block {
    /// A layer.
    Layer(Layer),
    /// `activation(x + body(x))`
    Residual {
        /// Applied to the sum.
        activation: Activation,
        /// Keeps the extent of `x`.
        body: Model,
    },
    /// The body several times, one after the other, each with weights of its own.
    Repeat {
        /// How often.
        times: usize,
        /// What is repeated.
        body: Model,
    },
    /// Several branches from one input, joined.
    Parallel {
        /// How.
        join: Join,
        /// Two to eight; an empty one passes the input on.
        branches: Vec<Model>,
    },
}

/// How the branches of a parallel block are joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Join {
    /// Side by side along the last axis.
    Concat,
    /// The sum; all have one extent.
    Add,
    /// The product; all have one extent.
    Mul,
}

impl Join {
    /// All of them and their names.
    pub const ALL: [(Self, &'static str); 3] = [(Self::Concat, "concat"), (Self::Add, "add"), (Self::Mul, "mul")];

    /// Its name in a model's text.
    pub fn id(self) -> &'static str {
        match self {
            Self::Concat => "concat",
            Self::Add => "add",
            Self::Mul => "mul",
        }
    }
}

impl Model {
    /// A chain of layers.
    pub fn chain(layers: impl IntoIterator<Item = Layer>) -> Self {
        Self { blocks: layers.into_iter().map(Block::Layer).collect() }
    }

    /// Items of its text.
    pub fn items(&self) -> usize {
        self.count(|_| 1)
    }

    /// Blocks once repetitions are written out; the largest number if they are more.
    pub fn repeated_blocks(&self) -> usize {
        self.count(|times| times)
    }

    fn count(&self, factor: fn(usize) -> usize) -> usize {
        let inside = |block: &Block| match block {
            Block::Layer(_) => 0,
            Block::Residual { body, .. } => body.count(factor),
            Block::Repeat { times, body } => body.count(factor).saturating_mul(factor(*times)),
            Block::Parallel { branches, .. } => branches.iter().fold(0, |sum: usize, branch| sum.saturating_add(branch.count(factor))),
        };
        self.blocks.iter().fold(0, |sum: usize, block| sum.saturating_add(1).saturating_add(inside(block)))
    }

    /// Levels of blocks within blocks; 0 for an empty model.
    pub fn depth(&self) -> usize {
        let inside = |block: &Block| match block {
            Block::Layer(_) => 0,
            Block::Residual { body, .. } | Block::Repeat { body, .. } => body.depth(),
            Block::Parallel { branches, .. } => branches.iter().map(Model::depth).max().unwrap_or(0),
        };
        self.blocks.iter().map(|block| 1 + inside(block)).max().unwrap_or(0)
    }

    /// Whether it is small enough to be written out.
    ///
    /// # Errors
    /// [`ModelError::TooMuch`] with what exceeds [`MAX_DEPTH`], [`MAX_ITEMS`] or [`MAX_BLOCKS`].
    pub fn check_size(&self) -> Result<(), ModelError> {
        let within = |what, amount: usize, limit: usize| match amount > limit {
            true => Err(ModelError::TooMuch { what, amount: amount as u64, limit: limit as u64 }),
            false => Ok(()),
        };
        within("levels of nested blocks", self.depth(), MAX_DEPTH)?;
        within("written blocks", self.items(), MAX_ITEMS)?;
        within("blocks after repetition", self.repeated_blocks(), MAX_BLOCKS)
    }
}
