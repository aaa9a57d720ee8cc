//! The data sets a visitor can choose: what the page says of each and the pictures by which it
//! shows them.
//!
//! The page imports this module, so it stays small: no engine, no loader.

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
    /// Whether its split into training and test samples is given.
    pub has_fixed_split: bool,
    /// Files it is read from, as addresses beside the page; none if it is made here.
    pub files: &'static [&'static str],
    /// How to get the files where they are absent; empty if they never are.
    pub source: &'static str,
    /// Whose work it is, under which licence; empty if it is this project's own.
    pub credit: &'static str,
}

const SIGNS: &[&str] = &["−1", "+1"];
const DIGITS: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
const CLOTHES: &[&str] = &["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
const LARGE: Kind = Kind::Images { size: [28, 28] };

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

    /// Whether the samples come from files that may have to be brought by the visitor.
    pub fn is_from_files(self) -> bool {
        !self.entry().source.is_empty()
    }
}

const PLANE: Entry = Entry {
    title: "",
    description: "",
    kind: Kind::Classes2d,
    classes: SIGNS,
    has_fixed_split: false,
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
    has_fixed_split: false,
    files: &["data/digits.bin"],
    source: "",
    credit: "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository (CC BY 4.0).",
};
const STROKES: Entry = Entry {
    title: "Strokes",
    description: "Digits drawn by this page with random pens and hands, at 28×28 pixels.",
    kind: LARGE,
    classes: DIGITS,
    has_fixed_split: true,
    files: &[],
    source: "",
    credit: "",
};
const MNIST: Entry = Entry {
    title: "MNIST",
    description: "70,000 handwritten digits at 28×28 pixels, the set that everyone starts with.",
    kind: LARGE,
    classes: DIGITS,
    has_fixed_split: true,
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
