//! Samples in memory and in a program's data buffer: one column of features and one of targets, in
//! bytes where they came as bytes, training rows first.

use crate::plan::Slice;
use crate::tensor::Shape;
use descent_spec::Features;
use descent_spec::points::Points;

/// One column of a data set, sample after sample.
#[derive(Clone, PartialEq, Debug)]
pub enum Column {
    /// Small whole numbers.
    U8 {
        /// One byte an element.
        bytes: Vec<u8>,
        /// The value of an element is its byte times this.
        scale: f32,
    },
    /// Any numbers.
    F32(Vec<f32>),
}

impl Column {
    /// How many elements it holds.
    pub fn len(&self) -> usize {
        match self {
            Self::U8 { bytes, .. } => bytes.len(),
            Self::F32(values) => values.len(),
        }
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of an element.
    pub fn value(&self, element: usize) -> f32 {
        match self {
            Self::U8 { bytes, scale } => f32::from(bytes[element]) * scale,
            Self::F32(values) => values[element],
        }
    }

    /// Words of 32 bits that it takes in a data buffer.
    pub fn words(&self) -> usize {
        match self {
            Self::U8 { bytes, .. } => bytes.len().div_ceil(4),
            Self::F32(values) => values.len(),
        }
    }

    /// Appends its words: bytes four to a word, lowest first; floats as their bits.
    fn pack_into(&self, words: &mut Vec<u32>) {
        match self {
            Self::U8 { bytes, .. } => {
                let (fours, rest) = bytes.as_chunks();
                words.extend(fours.iter().map(|four| u32::from_le_bytes(*four)));
                let mut word = [0; 4];
                word[..rest.len()].copy_from_slice(rest);
                words.extend((!rest.is_empty()).then_some(u32::from_le_bytes(word)));
            }
            Self::F32(values) => words.extend(values.iter().map(|value| value.to_bits())),
        }
    }
}

/// All samples of a data set, those to train on first.
#[derive(Clone, PartialEq, Debug)]
pub struct Samples {
    /// Samples trained on.
    pub train_rows: usize,
    /// Samples tested on.
    pub test_rows: usize,
    /// Extent of a sample's features: `[features]`, or `[h, w, channels]` of an image.
    pub feature_shape: Shape,
    /// Features, sample after sample.
    pub features: Column,
    /// Targets, one a sample: the number of a class, or for the 2-D sets -1, 1 or a measured value.
    pub target: Column,
    /// How many classes there are; 0 for the 2-D sets.
    pub classes: usize,
}

/// Samples as the words of a data buffer: features, targets, list of rows, each part padded to
/// whole multiples of [`Slice::ALIGN`] words.
#[derive(Clone, PartialEq, Debug)]
pub struct Packed {
    /// The words.
    pub words: Vec<u32>,
    /// First word of each part.
    pub offsets: [usize; 3],
    /// Words of each part without its padding.
    pub lens: [usize; 3],
}

impl Samples {
    /// Samples of both parts.
    pub fn rows(&self) -> usize {
        self.train_rows + self.test_rows
    }

    /// Elements of a sample's features.
    pub fn feature_len(&self) -> usize {
        self.feature_shape.elements()
    }

    /// The features of a sample, as an executor reads them.
    pub fn feature_row(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        let len = self.feature_len();
        (row * len..(row + 1) * len).map(|element| self.features.value(element))
    }

    /// Words of features, targets and a list of `listed` rows, as
    /// [`crate::plan::ModelSpec::data_words`] asks for.
    pub fn data_words(&self, listed: usize) -> [usize; 3] {
        [self.features.words(), self.target.words(), listed]
    }

    /// The words of a data buffer that holds these samples and the rows of `list`.
    pub fn pack(&self, list: &[u32]) -> Packed {
        let lens = self.data_words(list.len());
        let mut offsets = [0; 3];
        let mut words = Vec::with_capacity(lens.iter().map(|len| len.next_multiple_of(Slice::ALIGN)).sum());
        for part in 0..3 {
            offsets[part] = words.len();
            match part {
                0 => self.features.pack_into(&mut words),
                1 => self.target.pack_into(&mut words),
                _ => words.extend_from_slice(list),
            }
            words.resize(words.len().next_multiple_of(Slice::ALIGN), 0);
        }
        Packed { words, offsets, lens }
    }

    /// A 2-D set with the inputs a visitor chose.
    pub fn from_points(set: &Points, features: Features) -> Self {
        let columns = features.count();
        let values = set.points.iter().flat_map(|p| features.values(p.x, p.y)).map(|value| value as f32).collect();
        Self {
            train_rows: set.train_rows,
            test_rows: set.points.len() - set.train_rows,
            feature_shape: Shape::from([columns]),
            features: Column::F32(values),
            target: Column::F32(set.points.iter().map(|p| p.label as f32).collect()),
            classes: 0,
        }
    }

    /// Images with one channel and ten classes, `test` last, from rows of pixels and labels.
    pub(crate) fn from_images(size: [usize; 2], train: (Vec<u8>, Vec<u8>), test: (Vec<u8>, Vec<u8>), scale: f32) -> Self {
        let (mut pixels, mut labels) = train;
        let (train_rows, test_rows) = (labels.len(), test.1.len());
        pixels.extend_from_slice(&test.0);
        labels.extend_from_slice(&test.1);
        Self {
            train_rows,
            test_rows,
            feature_shape: Shape::from([size[0], size[1], 1]),
            features: Column::U8 { bytes: pixels, scale },
            target: Column::U8 { bytes: labels, scale: 1.0 },
            classes: 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_data_buffer_starts_at_a_binding_boundary() {
        let samples = Samples::from_images([1, 3], (vec![1, 2, 3], vec![7]), (vec![4, 5, 6], vec![9]), 0.5);
        let packed = samples.pack(&[1, 0, 1]);
        assert_eq!(packed.offsets, [0, 64, 128]);
        assert_eq!(packed.lens, samples.data_words(3));
        assert_eq!(packed.words.len(), 192);
        assert_eq!(packed.words[..3], [0x0403_0201, 0x0605, 0], "bytes lie lowest first and pass over the border of a sample");
        assert_eq!(packed.words[64], 0x0907);
        assert_eq!(packed.words[128..132], [1, 0, 1, 0]);
        assert_eq!(samples.feature_row(1).collect::<Vec<_>>(), [2.0, 2.5, 3.0]);
    }
}
