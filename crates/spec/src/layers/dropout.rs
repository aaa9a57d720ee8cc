//! Dropout (Srivastava et al., 2014): `dropout:20`.

use super::{Field, Kind, Value};
use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// Least and most per cent that are dropped.
const PERCENT: (usize, usize) = (0, 90);

/// In training each value is 0 with this probability, and the others are scaled up to keep the
/// mean.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Dropout {
    /// 0 to 90.
    pub percent: u8,
}

impl Dropout {
    pub(super) fn read(args: &mut Args<'_>) -> Result<Self, TextError> {
        Ok(Self { percent: args.size("the percentage", PERCENT)? as u8 })
    }
}

impl Kind for Dropout {
    fn write(&self) -> String {
        format!("dropout:{}", self.percent)
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        match input {
            Extent::Tokens { .. } => Err("needs numbers, and what comes in are tokens".into()),
            other => Ok(other),
        }
    }

    fn fields(&self) -> Vec<Field> {
        vec![Field::number("percent", self.percent.into(), PERCENT)]
    }

    fn set(&mut self, field: &str, value: Value) {
        if let ("percent", Value::Number(percent)) = (field, value) {
            self.percent = percent.min(PERCENT.1) as u8;
        }
    }

    fn usual(_: Activation) -> Self {
        Self { percent: 25 }
    }

    fn title(&self) -> String {
        "Dropout".into()
    }

    fn detail(&self) -> String {
        format!("{}%", self.percent)
    }
}
