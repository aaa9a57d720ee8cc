//! What a network costs, worked out with checked arithmetic before anything is allocated.

use crate::catalog::Kind;
use crate::{Dataset, Experiment, Layer, model_text};
use std::fmt;

/// The most hidden layers.
pub const MAX_LAYERS: usize = 32;
/// The most trainable numbers.
pub const MAX_PARAMS: u64 = 2_000_000;
/// The most memory for what the layers of a batch yield, in bytes.
pub const MAX_ACTIVATION_BYTES: u64 = 64 << 20;
/// The most arithmetic of a step.
pub const MAX_STEP_FLOPS: u64 = 20_000_000_000;
/// The most samples of a step.
pub const MAX_BATCH: usize = 4096;

/// What a network costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NetworkCost {
    /// Trainable numbers.
    pub params: u64,
    /// What the layers yield for a batch, in bytes.
    pub activation_bytes: u64,
    /// Multiply-adds of a step times 2; the way back counts twice the way there.
    pub step_flops: u64,
}

/// Why a network is not built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CostError {
    /// Something is more than its limit.
    TooMuch {
        /// What: `parameters`.
        what: &'static str,
        /// How much; the largest number if it does not fit one.
        amount: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// A layer does not fit what comes before it.
    Layer {
        /// Its number from 1.
        number: usize,
        /// Why.
        why: String,
    },
    /// There is nothing to learn from.
    NoInputs,
}

impl fmt::Display for CostError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CostError::TooMuch { what, amount, limit } if *amount == u64::MAX => {
                write!(out, "the network has more {what} than can be counted; the limit is {limit}")
            }
            CostError::TooMuch { what, amount, limit } => write!(out, "the network has {amount} {what}; the limit is {limit}"),
            CostError::Layer { number, why } => write!(out, "layer {number} {why}"),
            CostError::NoInputs => write!(out, "the network has no inputs"),
        }
    }
}

impl std::error::Error for CostError {}

impl Experiment {
    /// What the experiment's network costs.
    ///
    /// # Errors
    /// [`CostError`] if it costs more than the limits of this module or a layer does not fit.
    pub fn cost(&self) -> Result<NetworkCost, CostError> {
        let too_much = |what, amount, limit| if amount > limit { Err(CostError::TooMuch { what, amount, limit }) } else { Ok(()) };
        too_much("layers", self.layers.len() as u64, MAX_LAYERS as u64)?;
        too_much("samples a step", self.batch_size as u64, MAX_BATCH as u64)?;
        let batch = self.batch_size as u64;
        let (input, outputs) = ends(self.dataset, self.features.count())?;
        let mut tally = Tally { extent: input, params: 0, elements: elements(&input), multiplications: 0 };
        for (at, layer) in self.layers.iter().enumerate() {
            tally.add(*layer).map_err(|why| CostError::Layer { number: at + 1, why })?;
        }
        tally.dense(outputs);

        let bytes = tally.elements.saturating_mul(batch).saturating_mul(4);
        let flops = tally.multiplications.saturating_mul(batch).saturating_mul(6);
        too_much("parameters", tally.params, MAX_PARAMS)?;
        too_much("bytes between layers", bytes, MAX_ACTIVATION_BYTES)?;
        too_much("operations a step", flops, MAX_STEP_FLOPS)?;
        Ok(NetworkCost { params: tally.params, activation_bytes: bytes, step_flops: flops })
    }
}

/// The extent of a sample and how many outputs its targets ask for.
fn ends(dataset: Dataset, features: usize) -> Result<(Extent, usize), CostError> {
    match dataset.entry().kind {
        Kind::Images { size: [rows, cols] } => Ok((Extent::Image([rows, cols, 1]), dataset.entry().classes.len())),
        Kind::Classes2d | Kind::Values2d if features == 0 => Err(CostError::NoInputs),
        Kind::Classes2d | Kind::Values2d => Ok((Extent::Vector(features), 1)),
    }
}

/// What lies between two layers, for a sample.
#[derive(Clone, Copy)]
enum Extent {
    Vector(usize),
    /// Rows, columns, channels.
    Image([usize; 3]),
}

fn elements(extent: &Extent) -> u64 {
    match extent {
        Extent::Vector(len) => *len as u64,
        Extent::Image(extents) => extents.iter().fold(1, |product: u64, extent| product.saturating_mul(*extent as u64)),
    }
}

/// Sums over layers; they saturate, and the largest number exceeds every limit.
struct Tally {
    extent: Extent,
    params: u64,
    elements: u64,
    multiplications: u64,
}

impl Tally {
    fn add(&mut self, layer: Layer) -> Result<(), String> {
        match layer {
            Layer::Dense { units, .. } => {
                in_range(units, model_text::WIDTHS)?;
                self.dense(units);
            }
            Layer::Conv { channels, kernel, stride, is_same, .. } => {
                let [rows, cols, c_in] = self.image()?;
                in_range(channels, model_text::WIDTHS)?;
                in_range(kernel, model_text::KERNELS)?;
                in_range(stride, model_text::STRIDES)?;
                let pads = if is_same { kernel - 1 } else { 0 };
                let along = |extent: usize| (extent + pads).checked_sub(kernel).map(|room| room / stride + 1);
                let (Some(rows), Some(cols)) = (along(rows), along(cols)) else {
                    return Err(format!("needs an image of {kernel}×{kernel} or more, not {rows}×{cols}"));
                };
                let weights = elements(&Extent::Image([kernel * kernel, c_in, channels]));
                self.params = self.params.saturating_add(weights).saturating_add(channels as u64);
                self.multiplications = self.multiplications.saturating_add(weights.saturating_mul((rows * cols) as u64));
                self.yields(Extent::Image([rows, cols, channels]));
            }
            Layer::MaxPool { size } | Layer::AvgPool { size } => {
                let [rows, cols, channels] = self.image()?;
                in_range(size, model_text::POOLS)?;
                if rows < size || cols < size {
                    return Err(format!("needs an image of {size}×{size} or more, not {rows}×{cols}"));
                }
                self.yields(Extent::Image([rows / size, cols / size, channels]));
            }
            Layer::GlobalAvgPool => {
                let [_, _, channels] = self.image()?;
                self.yields(Extent::Vector(channels));
            }
            Layer::BatchNorm { .. } => {
                let (Extent::Vector(channels) | Extent::Image([_, _, channels])) = self.extent;
                self.params = self.params.saturating_add(2 * channels as u64);
                self.yields(self.extent);
            }
            Layer::Dropout { percent } => {
                in_range(percent.into(), model_text::DROPPED)?;
                self.yields(self.extent);
            }
        }
        Ok(())
    }

    fn dense(&mut self, units: usize) {
        let weights = elements(&self.extent).saturating_mul(units as u64);
        self.params = self.params.saturating_add(weights).saturating_add(units as u64);
        self.multiplications = self.multiplications.saturating_add(weights);
        self.yields(Extent::Vector(units));
    }

    fn yields(&mut self, extent: Extent) {
        self.extent = extent;
        self.elements = self.elements.saturating_add(elements(&extent));
    }

    fn image(&self) -> Result<[usize; 3], String> {
        match self.extent {
            Extent::Image(extent) => Ok(extent),
            Extent::Vector(_) => Err("needs an image, and there is none before it".into()),
        }
    }
}

fn in_range(number: usize, (least, most): (usize, usize)) -> Result<(), String> {
    if (least..=most).contains(&number) { Ok(()) } else { Err(format!("has a size of {number}, which is not between {least} and {most}")) }
}
