//! Pooling over windows that do not overlap, for maxima and means.

use crate::graph::Pool;

/// Square windows side by side; what fills no window is dropped.
pub(super) fn windows(size: usize) -> Pool {
    Pool { kernel: [size; 2], stride: [size; 2], pads: [0; 4], ceil_mode: false, count_include_pad: false }
}
