//! Maximum over square windows that do not overlap: `pool:2`.

use super::{Field, Kind, Value};
use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// Least and most rows of a window.
pub(super) const WINDOWS: (usize, usize) = (2, 8);

/// The largest value of each window; rows and columns that fill no window are dropped.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pool {
    /// Rows and columns of a window.
    pub size: usize,
}

impl Pool {
    pub(super) fn read(args: &mut Args<'_>) -> Result<Self, TextError> {
        Ok(Self { size: args.size("the side of the window", WINDOWS)? })
    }
}

/// What windows of a side make of an image.
///
/// # Errors
/// The end of a sentence, if no window fits.
pub(super) fn pooled(size: usize, input: Extent) -> Result<Extent, String> {
    let [rows, cols, channels] = input.image()?;
    if rows < size || cols < size {
        return Err(format!("needs an image of {size}×{size} or more, not {rows}×{cols}"));
    }
    Ok(Extent::Image { rows: rows / size, cols: cols / size, channels })
}

impl Kind for Pool {
    fn write(&self) -> String {
        format!("pool:{}", self.size)
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        pooled(self.size, input)
    }

    fn fields(&self) -> Vec<Field> {
        vec![Field::number("size", self.size, WINDOWS)]
    }

    fn set(&mut self, field: &str, value: Value) {
        if let ("size", Value::Number(size)) = (field, value) {
            self.size = size;
        }
    }

    fn usual(_: Activation) -> Self {
        Self { size: 2 }
    }

    fn title(&self) -> String {
        "Pool".into()
    }

    fn detail(&self) -> String {
        format!("max, {}", self.size)
    }
}
