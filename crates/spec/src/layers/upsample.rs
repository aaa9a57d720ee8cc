//! More rows and columns: `upsample:2`, `upsample:2:bilinear`.

use super::{Field, Kind, Value};
use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// Least and most times as many rows.
const FACTORS: (usize, usize) = (2, 4);

/// Each pixel becomes `factor`×`factor` pixels.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Upsample {
    /// How many times as many rows and columns.
    pub factor: usize,
    /// What stands between the pixels there were.
    pub sampling: Sampling,
}

/// What stands between the pixels there were.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Sampling {
    /// The nearest of them.
    Nearest,
    /// A mixture of the four around, by distance (PyTorch's `bilinear` with `align_corners =
    /// False`).
    Bilinear,
}

impl Upsample {
    pub(super) fn read(args: &mut Args<'_>) -> Result<Self, TextError> {
        let factor = args.size("the factor", FACTORS)?;
        Ok(Self { factor, sampling: if args.flag("bilinear")? { Sampling::Bilinear } else { Sampling::Nearest } })
    }
}

impl Kind for Upsample {
    fn write(&self) -> String {
        let sampling = if self.sampling == Sampling::Bilinear { ":bilinear" } else { "" };
        format!("upsample:{}{sampling}", self.factor)
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        let [rows, cols, channels] = input.image()?;
        match (rows.checked_mul(self.factor), cols.checked_mul(self.factor)) {
            (Some(rows), Some(cols)) => Ok(Extent::Image { rows, cols, channels }),
            _ => Err("yields an image that is too large".into()),
        }
    }

    fn fields(&self) -> Vec<Field> {
        let sampling = if self.sampling == Sampling::Bilinear { "bilinear" } else { "nearest" };
        vec![Field::number("factor", self.factor, FACTORS), Field::choice("sampling", sampling, &["nearest", "bilinear"])]
    }

    fn set(&mut self, field: &str, value: Value) {
        match (field, value) {
            ("factor", Value::Number(factor)) => self.factor = factor,
            ("sampling", Value::Choice(name)) => self.sampling = if name == "bilinear" { Sampling::Bilinear } else { Sampling::Nearest },
            _ => {}
        }
    }

    fn usual(_: Activation) -> Self {
        Self { factor: 2, sampling: Sampling::Nearest }
    }

    fn title(&self) -> String {
        format!("Upsample ×{}", self.factor)
    }

    fn detail(&self) -> String {
        if self.sampling == Sampling::Bilinear { "bilinear".into() } else { "nearest".into() }
    }
}
