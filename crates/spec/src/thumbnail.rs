//! The pictures by which the page shows its data sets.

use crate::points::{self, Point};
use crate::{Dataset, silhouettes, strokes};

/// A picture of a set.
#[derive(Clone, PartialEq, Debug)]
pub enum Thumbnail {
    /// All points, without noise.
    Points(Vec<Point>),
    /// Some images.
    Images {
        /// Rows and columns of each.
        size: [usize; 2],
        /// Their pixels, 255 for full ink, row by row.
        images: Vec<Vec<u8>>,
    },
}

impl Dataset {
    /// A picture of the set: points at noise 0, or four images.
    pub fn thumbnail(self) -> Thumbnail {
        if let Some(set) = points::points(self, 0.0, 50.0, "1") {
            return Thumbnail::Points(set.points);
        }
        let drawn = |chosen: [u32; 4]| chosen.iter().map(|&index| strokes::draw(1, index).0.to_vec()).collect();
        let size = [strokes::SIDE, strokes::SIDE];
        match self {
            Self::Digits => Thumbnail::Images { size: [8, 8], images: SCANNED.iter().map(shades).collect() },
            Self::FashionMnist => Thumbnail::Images { size, images: silhouettes::all() },
            // MNIST itself may be absent, and its licence is not ours to pass on.
            Self::Mnist => Thumbnail::Images { size, images: drawn([25, 40, 61, 119]) },
            _ => Thumbnail::Images { size, images: drawn([2, 33, 54, 87]) },
        }
    }
}

/// Pixels from shades of 0 to 16.
fn shades(image: &[u8; 64]) -> Vec<u8> {
    image.iter().map(|&shade| (u16::from(shade) * 255 / 16) as u8).collect()
}

/// Four of the scanned digits: 0, 3, 6 and 8.
#[rustfmt::skip]
const SCANNED: [[u8; 64]; 4] = [
    [
        0, 0, 5, 13, 9, 1, 0, 0,
        0, 0, 13, 15, 10, 15, 5, 0,
        0, 3, 15, 2, 0, 11, 8, 0,
        0, 4, 12, 0, 0, 8, 8, 0,
        0, 5, 8, 0, 0, 9, 8, 0,
        0, 4, 11, 0, 1, 12, 7, 0,
        0, 2, 14, 5, 10, 12, 0, 0,
        0, 0, 6, 13, 10, 0, 0, 0,
    ],
    [
        0, 1, 8, 12, 15, 14, 4, 0,
        0, 3, 11, 8, 8, 12, 12, 0,
        0, 0, 0, 0, 2, 13, 7, 0,
        0, 0, 0, 2, 15, 12, 1, 0,
        0, 0, 0, 0, 13, 5, 0, 0,
        0, 0, 0, 0, 9, 13, 0, 0,
        0, 0, 7, 8, 14, 15, 0, 0,
        0, 0, 14, 15, 11, 2, 0, 0,
    ],
    [
        0, 0, 1, 13, 14, 3, 0, 0,
        0, 0, 8, 16, 13, 2, 0, 0,
        0, 2, 16, 16, 3, 0, 0, 0,
        0, 3, 16, 12, 1, 0, 0, 0,
        0, 5, 16, 14, 5, 0, 0, 0,
        0, 3, 16, 16, 16, 16, 6, 0,
        0, 1, 14, 16, 16, 16, 12, 0,
        0, 0, 3, 12, 15, 14, 7, 0,
    ],
    [
        0, 0, 10, 11, 4, 0, 0, 0,
        0, 0, 10, 15, 13, 13, 1, 0,
        0, 0, 8, 11, 0, 14, 4, 0,
        0, 0, 0, 13, 15, 13, 0, 0,
        0, 1, 11, 16, 16, 0, 0, 0,
        0, 1, 15, 3, 9, 10, 0, 0,
        0, 0, 14, 6, 15, 10, 0, 0,
        0, 0, 8, 14, 7, 1, 0, 0,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Kind;

    #[test]
    fn every_set_can_be_shown_and_named() {
        for &dataset in Dataset::ALL {
            let entry = dataset.entry();
            assert!(!entry.title.is_empty() && entry.description.ends_with('.'), "{dataset:?}");
            match (dataset.thumbnail(), entry.kind) {
                (Thumbnail::Points(points), Kind::Classes2d | Kind::Values2d) => assert!(points.len() >= 500),
                (Thumbnail::Images { size, images }, Kind::Images { size: of_samples }) => {
                    assert_eq!(size, of_samples, "{dataset:?}");
                    assert!(images.len() == 4 && images.iter().all(|image| image.len() == size[0] * size[1]), "{dataset:?}");
                    assert_eq!(entry.classes.len(), 10);
                }
                (thumbnail, kind) => panic!("{dataset:?}: {thumbnail:?} does not show {kind:?}"),
            }
        }
    }
}
