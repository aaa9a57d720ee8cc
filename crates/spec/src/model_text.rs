//! Layers as the text of a link: `conv:8x3:relu,pool:2,dense:32:relu`.

use crate::{Activation, Layer};

/// The text of a list of layers.
///
/// ```text
/// dense:UNITS:ACTIVATION    conv:CHANNELSxKERNEL[:valid][:strideN]:ACTIVATION    norm:ACTIVATION
/// pool:SIZE (maximum)       mean:SIZE       globalmean       dropout:PERCENT
/// ```
pub(crate) fn write(layers: &[Layer]) -> String {
    let text: Vec<String> = layers.iter().map(|layer| write_one(*layer)).collect();
    text.join(",")
}

fn write_one(layer: Layer) -> String {
    match layer {
        Layer::Dense { units, activation } => format!("dense:{units}:{}", activation.id()),
        Layer::Conv { channels, kernel, stride, is_same, activation } => {
            let valid = if is_same { "" } else { ":valid" };
            let stride = if stride == 1 { String::new() } else { format!(":stride{stride}") };
            format!("conv:{channels}x{kernel}{valid}{stride}:{}", activation.id())
        }
        Layer::MaxPool { size } => format!("pool:{size}"),
        Layer::AvgPool { size } => format!("mean:{size}"),
        Layer::GlobalAvgPool => "globalmean".into(),
        Layer::BatchNorm { activation } => format!("norm:{}", activation.id()),
        Layer::Dropout { percent } => format!("dropout:{percent}"),
    }
}

/// Reads a list of layers, each number within [`WIDTHS`], [`KERNELS`], [`STRIDES`], [`POOLS`] or
/// [`DROPPED`].
///
/// # Errors
/// What is wrong with the first layer that is, in words.
pub(crate) fn read(text: &str) -> Result<Vec<Layer>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(|layer| read_one(layer).map_err(|why| format!("“{layer}”: {why}"))).collect()
}

fn read_one(text: &str) -> Result<Layer, String> {
    let parts: Vec<&str> = text.split(':').collect();
    match parts[..] {
        ["dense", units, activation] => Ok(Layer::Dense { units: within(units, WIDTHS)?, activation: named(activation)? }),
        ["conv", extent, ref options @ .., activation] => {
            let (channels, kernel) = extent.split_once('x').ok_or("a convolution is CHANNELSxKERNEL")?;
            let (mut stride, mut is_same) = (1, true);
            for option in options {
                match (option.strip_prefix("stride"), *option) {
                    (Some(number), _) => stride = within(number, STRIDES)?,
                    (None, "valid") => is_same = false,
                    (None, _) => return Err(format!("there is no option {option}")),
                }
            }
            let (channels, kernel) = (within(channels, WIDTHS)?, within(kernel, KERNELS)?);
            Ok(Layer::Conv { channels, kernel, stride, is_same, activation: named(activation)? })
        }
        ["pool", size] => Ok(Layer::MaxPool { size: within(size, POOLS)? }),
        ["mean", size] => Ok(Layer::AvgPool { size: within(size, POOLS)? }),
        ["globalmean"] => Ok(Layer::GlobalAvgPool),
        ["norm", activation] => Ok(Layer::BatchNorm { activation: named(activation)? }),
        ["dropout", percent] => Ok(Layer::Dropout { percent: within(percent, DROPPED)? as u8 }),
        _ => Err("there is no such layer".into()),
    }
}

/// Least and most units of a dense layer or channels of a convolution.
pub(crate) const WIDTHS: (usize, usize) = (1, 4096);
/// Least and most rows of a convolution's kernel.
pub(crate) const KERNELS: (usize, usize) = (1, 11);
/// Least and most rows between its windows.
pub(crate) const STRIDES: (usize, usize) = (1, 4);
/// Least and most rows of a pooling window.
pub(crate) const POOLS: (usize, usize) = (2, 8);
/// Least and most per cent that dropout drops.
pub(crate) const DROPPED: (usize, usize) = (0, 90);

fn within(text: &str, (least, most): (usize, usize)) -> Result<usize, String> {
    let number: usize = text.parse().map_err(|_| format!("“{text}” is not a whole number"))?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(format!("{number} is not between {least} and {most}")) }
}

fn named(text: &str) -> Result<Activation, String> {
    Activation::from_id(text).ok_or_else(|| format!("there is no activation “{text}”"))
}
