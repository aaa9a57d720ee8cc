//! Batch normalisation (arXiv:1502.03167): `norm:relu`.

use super::field::ACTIVATION;
use super::{Field, Kind, Value};
use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::tensor::Tensor;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// Each channel shifted and scaled to mean 0 and variance 1 over the batch, then scaled and shifted
/// by what is learned, then an activation.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Norm {
    /// What follows.
    pub activation: Activation,
}

impl Norm {
    pub(super) fn read(args: &mut Args<'_>) -> Result<Self, TextError> {
        Ok(Self { activation: args.activation()? })
    }
}

impl Kind for Norm {
    fn write(&self) -> String {
        format!("norm:{}", self.activation.id())
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        match input {
            Extent::Tokens { .. } => Err("needs numbers, and what comes in are tokens".into()),
            other => Ok(other),
        }
    }

    fn tensors(&self, input: Extent, _: bool) -> Vec<Tensor> {
        Tensor::of_norm(input.channels())
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
        "Normalise".into()
    }

    fn detail(&self) -> String {
        self.activation.id().into()
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }
}
