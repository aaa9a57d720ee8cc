//! Mean over square windows that do not overlap: `mean:2`.

use super::pool::{WINDOWS, pooled};
use super::{Field, Kind, Value};
use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// The mean of each window; rows and columns that fill no window are dropped.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Mean {
    /// Rows and columns of a window.
    pub size: usize,
}

impl Mean {
    pub(super) fn read(args: &mut Args<'_>) -> Result<Self, TextError> {
        Ok(Self { size: args.size("the side of the window", WINDOWS)? })
    }
}

impl Kind for Mean {
    fn write(&self) -> String {
        format!("mean:{}", self.size)
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
        format!("mean, {}", self.size)
    }
}
