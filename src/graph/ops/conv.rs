//! 2-D convolution and its gradients.

/// How a window moves over an image. The kernel is not flipped, as in other frameworks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Conv {
    /// Rows and columns between neighbouring windows, at least 1.
    pub stride: [usize; 2],
    /// Rows and columns between neighbouring taps of a window, at least 1.
    pub dilation: [usize; 2],
    /// Zeros around the image: top, bottom, left, right.
    pub pads: [usize; 4],
    /// Input and output channels are split into so many groups that do not see each other.
    pub groups: usize,
}
