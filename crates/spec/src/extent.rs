//! What flows between two blocks, for one sample.

use std::fmt;

/// The extent of one sample between two blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// `[features]`
    Vector {
        /// How many numbers.
        features: usize,
    },
    /// `[rows, cols, channels]`
    Image {
        /// From top to bottom.
        rows: usize,
        /// From left to right.
        cols: usize,
        /// At each pixel.
        channels: usize,
    },
    /// `[time, features]`
    Sequence {
        /// Positions.
        time: usize,
        /// At each position.
        features: usize,
    },
    /// `[time]` numbers of tokens.
    Tokens {
        /// Positions.
        time: usize,
    },
}

impl Extent {
    /// The extent of a tensor without its batch axis: one axis is a vector, three are an image, two
    /// a sequence.
    pub fn of_shape(shape: &[usize]) -> Option<Self> {
        match *shape {
            [features] => Some(Self::Vector { features }),
            [time, features] => Some(Self::Sequence { time, features }),
            [rows, cols, channels] => Some(Self::Image { rows, cols, channels }),
            _ => None,
        }
    }

    /// Its axes, without the batch.
    pub fn shape(self) -> Vec<usize> {
        match self {
            Self::Vector { features } => vec![features],
            Self::Image { rows, cols, channels } => vec![rows, cols, channels],
            Self::Sequence { time, features } => vec![time, features],
            Self::Tokens { time } => vec![time],
        }
    }

    /// How many numbers it holds; the largest `u64` if they are more.
    pub fn elements(self) -> u64 {
        product(&self.shape())
    }

    /// Extent of the last axis: features or channels.
    pub fn channels(self) -> usize {
        match self {
            Self::Vector { features } | Self::Sequence { features, .. } => features,
            Self::Image { channels, .. } => channels,
            Self::Tokens { .. } => 1,
        }
    }

    /// The same with another last axis; tokens become a sequence.
    pub fn with_channels(self, channels: usize) -> Self {
        match self {
            Self::Vector { .. } => Self::Vector { features: channels },
            Self::Image { rows, cols, .. } => Self::Image { rows, cols, channels },
            Self::Sequence { time, .. } | Self::Tokens { time } => Self::Sequence { time, features: channels },
        }
    }

    /// Rows, columns and channels.
    ///
    /// # Errors
    /// A sentence's end, if it is no image.
    pub fn image(self) -> Result<[usize; 3], String> {
        match self {
            Self::Image { rows, cols, channels } => Ok([rows, cols, channels]),
            other => Err(format!("needs an image, and what comes in is {other}")),
        }
    }
}

/// The product; the largest `u64` if it is more.
pub(crate) fn product(extents: &[usize]) -> u64 {
    extents.iter().fold(1, |product: u64, &extent| product.saturating_mul(extent as u64))
}

impl fmt::Display for Extent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vector { features: 1 } => write!(out, "1 number"),
            Self::Vector { features } => write!(out, "{features} numbers"),
            Self::Image { rows, cols, channels: 1 } => write!(out, "an image of {rows}×{cols}"),
            Self::Image { rows, cols, channels } => write!(out, "an image of {rows}×{cols} with {channels} channels"),
            Self::Sequence { time, features } => write!(out, "a sequence of {time} positions with {features} numbers each"),
            Self::Tokens { time } => write!(out, "a text of {time} tokens"),
        }
    }
}
