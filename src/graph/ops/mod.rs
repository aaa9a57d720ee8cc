//! One file per op family: formula, shape rule, gradient, f64 reference. Together they are the
//! specification.

pub mod barrier;
pub mod conv;
pub mod elementwise;
pub mod loss;
pub mod matmul;
pub mod moments;
pub mod movement;
pub mod pool;
pub mod random;
pub mod reduce;
pub mod softmax;

/// Offsets at which the elements of `shape` are read, row-major, with so many elements between
/// neighbours of each axis.
pub(crate) fn offsets(shape: &[usize], strides: &[usize], base: usize) -> Vec<usize> {
    let mut offsets = vec![base];
    for (&extent, &stride) in shape.iter().zip(strides) {
        offsets = offsets.iter().flat_map(|offset| (0..extent).map(move |at| offset + at * stride)).collect();
    }
    offsets
}
