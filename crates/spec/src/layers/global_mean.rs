//! The mean of each channel over rows and columns, or of each feature over time: `globalmean`.

use super::{Field, Kind, Value};
use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// `[rows, cols, channels]` or `[time, features]` becomes a vector of means.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct GlobalMean;

impl GlobalMean {
    pub(super) fn read(_: &mut Args<'_>) -> Result<Self, TextError> {
        Ok(Self)
    }
}

impl Kind for GlobalMean {
    fn write(&self) -> String {
        "globalmean".into()
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        match input {
            Extent::Image { channels, .. } => Ok(Extent::Vector { features: channels }),
            Extent::Sequence { features, .. } => Ok(Extent::Vector { features }),
            other => Err(format!("needs an image or a sequence, and what comes in is {other}")),
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
        "Pool".into()
    }

    fn detail(&self) -> String {
        "mean of each channel".into()
    }
}
