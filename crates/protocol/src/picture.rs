//! What the page draws of a run: its samples, and what the network makes of them.

use serde::{Deserialize, Serialize};

/// The shortest time between two pictures, in milliseconds: at most 15 a second.
pub const FRAME_MS: f64 = 66.0;

/// The samples to draw.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Samples {
    /// Of a 2-D set.
    Points(Points),
    /// Of a set of images.
    Images(ShownImages),
}

/// All points of a 2-D set.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Points {
    /// `[x, y, label]` of each, those to train on first.
    pub points: Vec<[f32; 3]>,
    /// How many are trained on.
    pub train: usize,
}

/// The test images that are shown.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ShownImages {
    /// Rows and columns of each.
    pub size: [usize; 2],
    /// A byte a pixel, 255 for full ink, image after image.
    pub pixels: Vec<u8>,
    /// The class of each.
    pub labels: Vec<u8>,
    /// What the classes are called.
    pub classes: Vec<String>,
}

/// What the network answers at one step.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Picture {
    /// Over the plane.
    Maps(Maps),
    /// To images.
    Images(Images),
}

/// Answers over `[-6, 6]²`, row 0 at the top; 127 stands for 1.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Maps {
    /// Points along a side of `output`.
    pub size: usize,
    /// Points along a side of each of `units`.
    pub unit_size: usize,
    /// The prediction.
    pub output: Vec<i8>,
    /// Of each site of the outline the first [`DRAWN_UNITS`](descent_spec::DRAWN_UNITS) units, map
    /// after map.
    pub units: Vec<i8>,
    /// Of each trained tensor in the order of the outline, what belongs to units that are drawn: of
    /// a weight `[inputs, units]` the first [`DRAWN_UNITS`](descent_spec::DRAWN_UNITS) rows and
    /// columns, of a vector as many numbers.
    pub params: Vec<f32>,
}

/// Answers to images.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Images {
    /// Class probabilities of the images shown, image after image.
    pub answers: Vec<f32>,
    /// What each site of the outline but the first makes of the inspected image, 255 for the site's
    /// largest.
    pub activations: Vec<u8>,
    /// Class probabilities of the drawn image; empty if there is none.
    pub drawn: Vec<f32>,
}
