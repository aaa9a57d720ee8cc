//! Digits drawn from strokes, as samples: the drawing itself is [`descent_spec::strokes`].

use super::Samples;
use descent_spec::strokes::{FIRST_TEST, PIXELS, SIDE, draw};

/// The first `train_rows` training samples of a seed and its first `test_rows` test samples.
pub fn samples(seed: u64, train_rows: usize, test_rows: usize) -> Samples {
    let part = |first: u32, rows: usize| {
        let (mut pixels, mut labels) = (Vec::with_capacity(rows * PIXELS), Vec::with_capacity(rows));
        for row in 0..rows as u32 {
            let (image, label) = draw(seed, first + row);
            pixels.extend_from_slice(&image);
            labels.push(label);
        }
        (pixels, labels)
    };
    Samples::from_images([SIDE, SIDE], part(0, train_rows), part(FIRST_TEST, test_rows), 1.0 / 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_the_same_however_many_are_drawn() {
        let (few, many) = (samples(3, 20, 5), samples(3, 50, 9));
        let row = |samples: &Samples, row: usize| samples.feature_row(row).collect::<Vec<_>>();
        assert_eq!(row(&few, 7), row(&many, 7));
        assert_eq!(row(&few, 20), row(&many, 50), "the first test sample");
        assert_ne!(row(&few, 0), row(&few, 20), "training and test samples differ");
        assert_ne!(row(&few, 0), row(&samples(4, 1, 1), 0), "seeds differ");
    }
}
