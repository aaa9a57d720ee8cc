//! Rows, columns and channels, or positions and features, in one axis: `flatten`.

use super::{Field, Kind, Value};
use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// `[rows, cols, channels]` or `[time, features]` becomes a vector, row-major. Dense layers flatten
/// images by themselves.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Flatten;

impl Flatten {
    pub(super) fn read(_: &mut Args<'_>) -> Result<Self, TextError> {
        Ok(Self)
    }
}

impl Kind for Flatten {
    fn write(&self) -> String {
        "flatten".into()
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        match input {
            Extent::Tokens { .. } => Err("needs numbers, and what comes in are tokens".into()),
            other => usize::try_from(other.elements()).map(|features| Extent::Vector { features }).map_err(|_| "is too large".into()),
        }
    }

    fn fields(&self) -> Vec<Field> {
        Vec::new()
    }

    fn set(&mut self, _: &str, _: Value) {}

    fn usual(_: Activation) -> Self {
        Self
    }

    fn title(&self) -> String {
        "Flatten".into()
    }

    fn detail(&self) -> String {
        String::new()
    }
}
