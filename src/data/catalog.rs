//! The data sets a visitor can choose.

use crate::choice::choice;
use serde::{Deserialize, Serialize};

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
