//! A fully connected layer: `dense:32:relu`.

use super::field::ACTIVATION;
use super::{Field, Kind, Value, WIDTHS};
use crate::Activation;
use crate::args::Args;
use crate::extent::{Extent, product};
use crate::tensor::Tensor;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// `activation(x · weight + bias)`. Images are flattened first, `[rows, cols, channels]` row-major;
/// a sequence keeps its positions.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Dense {
    /// Width.
    pub units: usize,
    /// What follows.
    pub activation: Activation,
}

impl Dense {
    pub(super) fn read(args: &mut Args<'_>) -> Result<Self, TextError> {
        Ok(Self { units: args.size("the number of units", WIDTHS)?, activation: args.activation()? })
    }

    /// Numbers that come into a unit.
    pub fn in_features(input: Extent) -> usize {
        match input {
            Extent::Image { .. } => usize::try_from(input.elements()).unwrap_or(usize::MAX),
            other => other.channels(),
        }
    }
}

impl Kind for Dense {
    fn write(&self) -> String {
        format!("dense:{}:{}", self.units, self.activation.id())
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        match input {
            Extent::Vector { .. } | Extent::Image { .. } => Ok(Extent::Vector { features: self.units }),
            Extent::Sequence { time, .. } => Ok(Extent::Sequence { time, features: self.units }),
            Extent::Tokens { .. } => Err("needs numbers, and what comes in are tokens".into()),
        }
    }

    fn tensors(&self, input: Extent, has_bias: bool) -> Vec<Tensor> {
        let mut tensors = vec![Tensor::weight(vec![Self::in_features(input), self.units])];
        tensors.extend(has_bias.then(|| Tensor::bias(self.units)));
        tensors
    }

    fn multiply_adds(&self, input: Extent, output: Extent) -> u64 {
        let positions = if let Extent::Sequence { time, .. } = output { time } else { 1 };
        product(&[positions, Self::in_features(input), self.units])
    }

    fn fields(&self) -> Vec<Field> {
        vec![Field::number("units", self.units, WIDTHS), Field::activation(self.activation)]
    }

    fn set(&mut self, field: &str, value: Value) {
        match (field, value) {
            ("units", Value::Number(units)) => self.units = units,
            (ACTIVATION, Value::Activation(activation)) => self.activation = activation,
            _ => {}
        }
    }

    fn usual(activation: Activation) -> Self {
        Self { units: 16, activation }
    }

    fn title(&self) -> String {
        "Dense".into()
    }

    fn detail(&self) -> String {
        self.activation.id().into()
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }
}
