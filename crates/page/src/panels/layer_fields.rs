//! The kinds of layer a visitor can choose from, and the numbers of each.

use crate::choices::Named;
use descent_spec::{Activation, Layer};

/// Names of all kinds, as the table's select shows them.
const KINDS: [Named; 7] = [
    ("dense", "Dense"),
    ("conv", "Convolve"),
    ("max-pool", "Max pool"),
    ("avg-pool", "Mean pool"),
    ("global-avg-pool", "Mean of a map"),
    ("batch-norm", "Batch norm"),
    ("dropout", "Dropout"),
];

/// The kinds that fit a data set: images, or points.
pub(super) fn kinds(has_images: bool) -> Vec<Named> {
    KINDS.into_iter().filter(|(id, _)| has_images || matches!(*id, "dense" | "batch-norm" | "dropout")).collect()
}

/// What a layer is, among the kinds.
pub(super) fn kind(layer: Layer) -> &'static str {
    match layer {
        Layer::Dense { .. } => "dense",
        Layer::Conv { .. } => "conv",
        Layer::MaxPool { .. } => "max-pool",
        Layer::AvgPool { .. } => "avg-pool",
        Layer::GlobalAvgPool => "global-avg-pool",
        Layer::BatchNorm { .. } => "batch-norm",
        Layer::Dropout { .. } => "dropout",
    }
}

/// A layer of that kind with usual settings.
pub(super) fn of_kind(kind: &str, activation: Activation) -> Layer {
    match kind {
        "conv" => Layer::Conv { channels: 8, kernel: 3, stride: 1, is_same: true, activation },
        "max-pool" => Layer::MaxPool { size: 2 },
        "avg-pool" => Layer::AvgPool { size: 2 },
        "global-avg-pool" => Layer::GlobalAvgPool,
        "batch-norm" => Layer::BatchNorm { activation },
        "dropout" => Layer::Dropout { percent: 25 },
        _ => Layer::Dense { units: 16, activation },
    }
}

/// A number of a layer that a visitor can set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Field {
    Units,
    Maps,
    Kernel,
    Stride,
    Window,
    Dropped,
}

impl Field {
    /// The fields of a kind of layer.
    pub(super) fn of(kind: &str) -> &'static [Self] {
        match kind {
            "dense" => &[Self::Units],
            "conv" => &[Self::Maps, Self::Kernel, Self::Stride],
            "max-pool" | "avg-pool" => &[Self::Window],
            "dropout" => &[Self::Dropped],
            _ => &[],
        }
    }

    /// What it is called to those who cannot see where it stands; `layer 2` follows.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Units => "Units of",
            Self::Maps => "Maps of",
            Self::Kernel => "Kernel of",
            Self::Stride => "Stride of",
            Self::Window => "Window of",
            Self::Dropped => "Per cent dropped by",
        }
    }

    /// What stands behind its box.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Maps => "maps",
            Self::Kernel => "kernel",
            Self::Stride => "stride",
            Self::Window => "window",
            Self::Dropped => "%",
        }
    }

    /// The least and the most a visitor can set.
    pub(super) fn range(self) -> (usize, usize) {
        match self {
            Self::Units => (1, 1024),
            Self::Maps => (1, 64),
            Self::Kernel => (1, 7),
            Self::Stride => (1, 4),
            Self::Window => (2, 7),
            Self::Dropped => (0, 90),
        }
    }

    /// What a layer has of it, if it has it.
    pub(super) fn read(self, mut layer: Layer) -> Option<usize> {
        match (self, layer) {
            (Self::Dropped, Layer::Dropout { percent }) => Some(percent.into()),
            _ => self.number_of(&mut layer).copied(),
        }
    }

    /// Sets it where a layer has it, within its range.
    pub(super) fn write(self, layer: &mut Layer, value: usize) {
        let (least, most) = self.range();
        let value = value.clamp(least, most);
        if let (Self::Dropped, Layer::Dropout { percent }) = (self, &mut *layer) {
            *percent = value as u8;
        } else if let Some(number) = self.number_of(layer) {
            *number = value;
        }
    }

    /// Where a layer keeps it; a dropout's is no `usize`.
    fn number_of(self, layer: &mut Layer) -> Option<&mut usize> {
        match (self, layer) {
            (Self::Units, Layer::Dense { units, .. }) => Some(units),
            (Self::Maps, Layer::Conv { channels, .. }) => Some(channels),
            (Self::Kernel, Layer::Conv { kernel, .. }) => Some(kernel),
            (Self::Stride, Layer::Conv { stride, .. }) => Some(stride),
            (Self::Window, Layer::MaxPool { size } | Layer::AvgPool { size }) => Some(size),
            _ => None,
        }
    }
}

/// Whether a convolution keeps the size of its input; none where a layer is no convolution.
pub(super) fn padding(layer: &mut Layer) -> Option<&mut bool> {
    match layer {
        Layer::Conv { is_same, .. } => Some(is_same),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_fields_and_they_keep_what_is_set() {
        for (id, _) in kinds(true) {
            let mut layer = of_kind(id, Activation::Relu);
            assert_eq!(kind(layer), id);
            for &field in Field::of(id) {
                let (least, most) = field.range();
                assert!(field.read(layer).is_some(), "{id} has no {field:?}");
                for (set, kept) in [(0, least), (least, least), (most, most), (usize::MAX, most)] {
                    field.write(&mut layer, set);
                    assert_eq!(field.read(layer), Some(kept), "{field:?} of {id}");
                }
            }
        }
    }

    #[test]
    fn a_field_of_another_kind_changes_nothing() {
        let mut layer = of_kind("dense", Activation::Relu);
        Field::Dropped.write(&mut layer, 50);
        assert_eq!(layer, of_kind("dense", Activation::Relu));
        assert_eq!(Field::Kernel.read(layer), None);
    }

    #[test]
    fn points_have_no_kinds_for_images() {
        assert!(kinds(false).iter().all(|(id, _)| !id.contains("pool") && *id != "conv"));
    }
}
