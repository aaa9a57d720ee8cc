//! A square 2-D convolution: `conv:8x3:relu`, `conv:16x5:valid:stride2:relu`,
//! `conv:32x3:depthwise:linear`.

use super::field::ACTIVATION;
use super::{Field, Kind, Value, WIDTHS};
use crate::Activation;
use crate::args::{Args, number};
use crate::extent::{Extent, product};
use crate::tensor::Tensor;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// Least and most rows of a kernel.
const KERNELS: (usize, usize) = (1, 11);
/// Least and most rows between windows.
const STRIDES: (usize, usize) = (1, 4);
/// Least and most rows between the taps of a kernel.
const DILATIONS: (usize, usize) = (1, 4);

/// `activation(conv2d(x, weight) + bias)`; the kernel is not flipped.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Conv {
    /// Output channels.
    pub channels: usize,
    /// Rows and columns of the kernel.
    pub kernel: usize,
    /// Rows between windows.
    pub stride: usize,
    /// Rows between the taps of the kernel.
    pub dilation: usize,
    /// Which channels see which.
    pub groups: Groups,
    /// Whether the image is padded so that stride 1 keeps its size; else not at all.
    pub is_same: bool,
    /// What follows.
    pub activation: Activation,
}

/// Which input channels an output channel sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Groups {
    /// The channels are cut into so many groups; an output channel sees one of them.
    Of(usize),
    /// As many groups as there are input channels.
    Depthwise,
}

impl Conv {
    /// Stride and dilation 1, one group, padded.
    pub fn new(channels: usize, kernel: usize, activation: Activation) -> Self {
        Self { channels, kernel, stride: 1, dilation: 1, groups: Groups::Of(1), is_same: true, activation }
    }

    pub(super) fn read(args: &mut Args<'_>) -> Result<Self, TextError> {
        let (at, word) = args.word("CHANNELSxKERNEL, as in 8x3")?;
        let Some((channels, kernel)) = word.split_once('x') else {
            return Err(TextError::new(at, "a convolution is CHANNELSxKERNEL, as in 8x3"));
        };
        let channels = (number(at, channels, "the number of channels", WIDTHS)?, at + channels.len() + 1);
        let kernel = number(channels.1, kernel, "the side of the kernel", KERNELS)?;
        let activation = args.activation()?;
        let stride = args.option_size("stride", STRIDES)?.unwrap_or(1);
        let dilation = args.option_size("dilation", DILATIONS)?.unwrap_or(1);
        let groups = args.option_size("groups", WIDTHS)?;
        let is_depthwise = args.flag("depthwise")?;
        if is_depthwise && groups.is_some() {
            return Err(TextError::new(at, "a depthwise convolution has as many groups as channels come in"));
        }
        let groups = if is_depthwise { Groups::Depthwise } else { Groups::Of(groups.unwrap_or(1)) };
        Ok(Self { channels: channels.0, kernel, stride, dilation, groups, is_same: !args.flag("valid")?, activation })
    }

    /// Rows that a window covers: `dilation · (kernel - 1) + 1`.
    pub fn reach(&self) -> usize {
        self.dilation * (self.kernel - 1) + 1
    }

    /// Rows of padding before and after.
    pub fn pads(&self) -> [usize; 2] {
        if self.is_same { [(self.reach() - 1) / 2, self.reach() / 2] } else { [0, 0] }
    }

    /// How many groups the channels are cut into.
    pub fn groups(&self, in_channels: usize) -> usize {
        match self.groups {
            Groups::Of(groups) => groups,
            Groups::Depthwise => in_channels,
        }
    }

    /// Extent of its weight, `[kernel, kernel, in_channels / groups, channels]`.
    fn weight_shape(&self, in_channels: usize) -> Vec<usize> {
        vec![self.kernel, self.kernel, in_channels / self.groups(in_channels).max(1), self.channels]
    }
}

impl Kind for Conv {
    fn write(&self) -> String {
        let mut text = format!("conv:{}x{}", self.channels, self.kernel);
        if !self.is_same {
            text += ":valid";
        }
        if self.stride > 1 {
            text += &format!(":stride{}", self.stride);
        }
        if self.dilation > 1 {
            text += &format!(":dilation{}", self.dilation);
        }
        match self.groups {
            Groups::Of(1) => {}
            Groups::Of(groups) => text += &format!(":groups{groups}"),
            Groups::Depthwise => text += ":depthwise",
        }
        text + ":" + self.activation.id()
    }

    fn output(&self, input: Extent) -> Result<Extent, String> {
        let [rows, cols, in_channels] = input.image()?;
        let groups = self.groups(in_channels);
        if !in_channels.is_multiple_of(groups) || !self.channels.is_multiple_of(groups) {
            let channels = self.channels;
            return Err(format!("cannot cut {in_channels} channels that come in and {channels} that go out into {groups} groups"));
        }
        let [before, after] = self.pads();
        let along = |extent: usize| (extent + before + after).checked_sub(self.reach()).map(|room| room / self.stride + 1);
        match (along(rows), along(cols)) {
            (Some(rows), Some(cols)) => Ok(Extent::Image { rows, cols, channels: self.channels }),
            _ => Err(format!("needs an image of {0}×{0} or more, not {rows}×{cols}", self.reach())),
        }
    }

    fn tensors(&self, input: Extent, has_bias: bool) -> Vec<Tensor> {
        let mut tensors = vec![Tensor::weight(self.weight_shape(input.channels()))];
        tensors.extend(has_bias.then(|| Tensor::bias(self.channels)));
        tensors
    }

    fn multiply_adds(&self, input: Extent, output: Extent) -> u64 {
        let Extent::Image { rows, cols, .. } = output else { return 0 };
        product(&self.weight_shape(input.channels())).saturating_mul(product(&[rows, cols]))
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::number("channels", self.channels, WIDTHS),
            Field::number("kernel", self.kernel, KERNELS),
            Field::number("stride", self.stride, STRIDES),
            Field::number("dilation", self.dilation, DILATIONS),
            Field::choice("padding", if self.is_same { "same" } else { "valid" }, &["same", "valid"]),
            Field::activation(self.activation),
        ]
    }

    fn set(&mut self, field: &str, value: Value) {
        match (field, value) {
            ("channels", Value::Number(channels)) => self.channels = channels,
            ("kernel", Value::Number(kernel)) => self.kernel = kernel,
            ("stride", Value::Number(stride)) => self.stride = stride,
            ("dilation", Value::Number(dilation)) => self.dilation = dilation,
            ("padding", Value::Choice(padding)) => self.is_same = padding == "same",
            (ACTIVATION, Value::Activation(activation)) => self.activation = activation,
            _ => {}
        }
    }

    fn usual(activation: Activation) -> Self {
        Self::new(8, 3, activation)
    }

    fn title(&self) -> String {
        let kind = if self.groups == Groups::Depthwise { "Depthwise" } else { "Convolve" };
        format!("{kind} {0}×{0}", self.kernel)
    }

    fn detail(&self) -> String {
        self.activation.id().into()
    }

    fn activation(&self) -> Option<Activation> {
        Some(self.activation)
    }
}
