//! An activation by itself, behind a sum or a product of branches: `act:gelu`.

use super::field::ACTIVATION;
use super::{Field, Kind, Value};
use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// `activation(x)`, element by element.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Act {
    /// Which.
    pub activation: Activation,
}

impl Act {
    pub(super) fn read(args: &mut Args<'_>) -> Result<Self, TextError> {
        Ok(Self { activation: args.activation()? })
    }
}

impl Kind for Act {
    fn write(&self) -> String {
        format!("act:{}", self.activation.id())
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        match input {
            Extent::Tokens { .. } => Err("needs numbers, and what comes in are tokens".into()),
            other => Ok(other),
        }
    }

    fn fields(&self) -> Vec<Field> {
        vec![Field::activation(self.activation)]
    }

    fn set(&mut self, field: &str, value: Value) {
        if let (ACTIVATION, Value::Activation(activation)) = (field, value) {
            self.activation = activation;
        }
    }

    fn usual(activation: Activation) -> Self {
        Self { activation }
    }

    fn title(&self) -> String {
        "Activate".into()
    }

    fn detail(&self) -> String {
        self.activation.id().into()
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }
}
