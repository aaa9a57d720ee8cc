//! The data sets a visitor can choose: what the page says of each and the pictures by which it shows them.
//!
//! The page imports this module, so it stays small: no engine, no loader.

use super::playground::{self, Point};
use super::{silhouettes, strokes};
use crate::choice::choice;

choice! {
    /// A data set of the catalogue.
    Dataset {
        /// A disc in a ring, 2-D.
        Circle = "circle",
        /// Quadrants, 2-D.
        Xor = "xor",
        /// Two bells, 2-D.
        Gauss = "gauss",
        /// Two spirals, 2-D.
        Spiral = "spiral",
        /// Regression on a plane, 2-D.
        RegPlane = "reg-plane",
        /// Regression on several bells, 2-D.
        RegGauss = "reg-gauss",
        /// 1,797 real handwritten digits, 8×8.
        Digits = "digits",
        /// Digits drawn from random strokes, 28×28.
        Strokes = "strokes",
        /// MNIST, 28×28, from files.
        Mnist = "mnist",
        /// Fashion-MNIST, 28×28, from files.
        FashionMnist = "fashion-mnist",
    }
}

/// What the samples of a set are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Points of a plane in two classes, -1 and 1.
    Classes2d,
    /// Points of a plane with a measured value.
    Values2d,
    /// Images with one channel, in classes.
    Images {
        /// Rows and columns.
        size: [usize; 2],
    },
}

/// What the page says of a set.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Entry {
    /// Its name.
    pub title: &'static str,
    /// In one sentence.
    pub description: &'static str,
    /// What its samples are.
    pub kind: Kind,
    /// What its classes are called; none where values are measured.
    pub classes: &'static [&'static str],
    /// Files it is read from, as addresses beside the page; none if it is made here.
    pub files: &'static [&'static str],
    /// How to get the files where they are absent; empty if they never are.
    pub source: &'static str,
    /// Whose work it is, under which licence; empty if it is this project's own.
    pub credit: &'static str,
}

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

const SIGNS: &[&str] = &["−1", "+1"];
const DIGITS: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const CLOTHES: &[&str] = &["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
const LARGE: Kind = Kind::Images { size: [strokes::SIDE, strokes::SIDE] };

impl Dataset {
    /// What the page says of the set.
    pub fn entry(self) -> &'static Entry {
        match self {
            Self::Circle => &CIRCLE,
            Self::Xor => &XOR,
            Self::Gauss => &GAUSS,
            Self::Spiral => &SPIRAL,
            Self::RegPlane => &REG_PLANE,
            Self::RegGauss => &REG_GAUSS,
            Self::Digits => &HANDWRITTEN,
            Self::Strokes => &STROKES,
            Self::Mnist => &MNIST,
            Self::FashionMnist => &FASHION_MNIST,
        }
    }

    /// Whether the samples are points of a plane.
    pub fn is_2d(self) -> bool {
        !matches!(self.entry().kind, Kind::Images { .. })
    }

    /// A picture of the set: points at noise 0, or four images.
    pub fn thumbnail(self) -> Thumbnail {
        if let Some(set) = playground::points(self, 0.0, 50.0, "1") {
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

const PLANE: Entry = Entry {
    title: "",
    description: "",
    kind: Kind::Classes2d,
    classes: SIGNS,
    files: &[],
    source: "",
    credit: "After TensorFlow Playground (Apache-2.0).",
};
const CIRCLE: Entry = Entry { title: "Circle", description: "A disc inside a ring: one bend in the border is enough.", ..PLANE };
const XOR: Entry = Entry { title: "Exclusive or", description: "Opposite quarters belong together: no straight line parts them.", ..PLANE };
const GAUSS: Entry = Entry { title: "Two bells", description: "Two clouds of points: a straight line parts them.", ..PLANE };
const SPIRAL: Entry = Entry { title: "Spiral", description: "Two arms wound around each other: the hardest of the four.", ..PLANE };
const REG_PLANE: Entry =
    Entry { title: "Plane", description: "A value that grows evenly towards one corner.", kind: Kind::Values2d, classes: &[], ..PLANE };
const REG_GAUSS: Entry = Entry {
    title: "Hills",
    description: "Six hills and hollows whose height is to be learned.",
    kind: Kind::Values2d,
    classes: &[],
    ..PLANE
};
const HANDWRITTEN: Entry = Entry {
    title: "Digits",
    description: "1,797 real handwritten digits, scanned at 8×8 pixels.",
    kind: Kind::Images { size: [8, 8] },
    classes: DIGITS,
    files: &["data/digits.bin"],
    source: "",
    credit: "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository (CC BY 4.0).",
};
const STROKES: Entry = Entry {
    title: "Strokes",
    description: "Digits drawn by this page with random pens and hands, at 28×28 pixels.",
    kind: LARGE,
    classes: DIGITS,
    files: &[],
    source: "",
    credit: "",
};
const MNIST: Entry = Entry {
    title: "MNIST",
    description: "70,000 handwritten digits at 28×28 pixels, the set that everyone starts with.",
    kind: LARGE,
    classes: DIGITS,
    files: &[
        "data/mnist/train-images-idx3-ubyte.gz",
        "data/mnist/train-labels-idx1-ubyte.gz",
        "data/mnist/t10k-images-idx3-ubyte.gz",
        "data/mnist/t10k-labels-idx1-ubyte.gz",
    ],
    source: "Get its four files (github.com/cvdfoundation/mnist says where) and drop them onto this page. They stay on this machine.",
    credit: "MNIST, Y. LeCun, C. Cortes and C. Burges (CC BY-SA 3.0). Images in the menu are drawn by this page.",
};
const FASHION_MNIST: Entry = Entry {
    title: "Fashion",
    description: "70,000 pictures of clothes at 28×28 pixels, harder than digits.",
    classes: CLOTHES,
    files: &[
        "data/fashion-mnist/train-images-idx3-ubyte.gz",
        "data/fashion-mnist/train-labels-idx1-ubyte.gz",
        "data/fashion-mnist/t10k-images-idx3-ubyte.gz",
        "data/fashion-mnist/t10k-labels-idx1-ubyte.gz",
    ],
    source: "Get its four files (github.com/zalandoresearch/fashion-mnist, data/fashion) and drop them onto this page. They stay on this machine.",
    credit: "Fashion-MNIST, H. Xiao, K. Rasul and R. Vollgraf, Zalando SE (MIT). Images in the menu are drawn by this page.",
    ..MNIST
};

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
