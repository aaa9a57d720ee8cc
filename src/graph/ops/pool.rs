//! Maximum and mean over windows, and their gradients.

/// How a pooling window moves over an image.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pool {
    /// Rows and columns of a window.
    pub kernel: [usize; 2],
    /// Rows and columns between neighbouring windows.
    pub stride: [usize; 2],
    /// Cells around the image: top, bottom, left, right (minus infinity for a maximum, zero for a mean).
    pub pads: [usize; 4],
    /// Whether a last window that overhangs the padded image counts (it must start inside the image or its left padding).
    pub ceil_mode: bool,
    /// Whether a mean divides by the cells of the padded image under the window, or by those of the image alone.
    pub count_include_pad: bool,
}
