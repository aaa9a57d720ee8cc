//! Shapes as the extents of kernels and the ways of reading operands.

use crate::graph::{Conv, Pool};
use crate::plan::expr::Index;
use crate::plan::kernel::{ConvKernel, Direction, Gemm, Kind, PoolKernel, Pooling};
use crate::tensor::Shape;

/// How a tensor of shape `source` is read at the elements of `target`, to which it broadcasts.
pub(super) fn index_of(source: &Shape, target: &Shape) -> Index {
    let strides = source.broadcast_strides(target).unwrap_or_else(|| panic!("{source} does not broadcast to {target}"));
    strided(0, target.iter().copied().zip(strides))
}

/// The simplest [`Index`] that reads with these extents and strides.
pub(super) fn strided(base: usize, axes: impl Iterator<Item = (usize, usize)>) -> Index {
    // Axes of extent 1 never move; neighbours that step as one are one axis.
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (extent, stride) in axes.filter(|(extent, _)| *extent != 1) {
        match merged.last_mut() {
            Some((outer, outer_stride)) if *outer_stride == stride * extent => {
                *outer *= extent;
                *outer_stride = stride;
            }
            _ => merged.push((extent, stride)),
        }
    }
    match (base, merged.as_slice()) {
        (0, []) => Index::Scalar,
        (0, [(_, 1)]) => Index::Linear,
        (0, [(_, 0)]) => Index::Scalar,
        (0, [(_, 0), (n, 1)]) => Index::Modulo(*n),
        (0, [(_, 1), (n, 0)]) => Index::Divide(*n),
        _ => Index::Strided { base, axes: merged },
    }
}

/// Extents before, along and after the axes `start..end`.
pub(super) fn around(shape: &Shape, start: usize, end: usize) -> (usize, usize, usize) {
    (shape[..start].iter().product(), shape[start..end].iter().product(), shape[end..].iter().product())
}

/// The reduced axes as runs of neighbours; axes of extent 1 join whatever is beside them.
pub(super) fn runs(shape: &[usize], axes: &[usize]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &axis in axes {
        match runs.last_mut() {
            Some((_, end)) if shape[*end..axis].iter().all(|extent| *extent == 1) => *end = axis + 1,
            _ => runs.push((axis, axis + 1)),
        }
    }
    runs
}

pub(super) fn rows_and_classes(logits: &Shape) -> (usize, usize) {
    let classes = logits.last().copied().unwrap_or(1);
    (logits.elements() / classes.max(1), classes)
}

/// The extents of `op(a) · op(b)`; leading axes of `a` become rows where `b` has none.
pub(super) fn gemm(a: &Shape, b: &Shape, ta: bool, tb: bool) -> Gemm {
    let (a_rank, b_rank) = (a.len(), b.len());
    let (mut m, k) = if ta { (a[a_rank - 1], a[a_rank - 2]) } else { (a[a_rank - 2], a[a_rank - 1]) };
    let n = if tb { b[b_rank - 2] } else { b[b_rank - 1] };
    let (a_lead, b_lead) = (Shape::from(&a[..a_rank - 2]), Shape::from(&b[..b_rank - 2]));
    let lead = a_lead.broadcast(&b_lead).unwrap_or_else(|| panic!("{a_lead} and {b_lead} do not broadcast"));
    let mut batch = lead.elements();
    let (mut a_batch, b_batch) = (index_of(&a_lead, &lead), index_of(&b_lead, &lead));
    if !ta && b_batch == Index::Scalar && (a_batch == Index::Linear || batch == 1) {
        m *= batch;
        batch = 1;
        a_batch = Index::Scalar;
    }
    Gemm { batch, m, n, k, ta, tb, a_batch, b_batch, has_sum_row: false, split: 1 }
}

pub(super) fn conv_kernel(direction: Direction, conv: &Conv, x: &Shape, w: &Shape, y: &Shape) -> ConvKernel {
    ConvKernel {
        direction,
        batch: x[0],
        input: [x[1], x[2]],
        c_in: x[3],
        output: [y[1], y[2]],
        c_out: y[3],
        kernel: [w[0], w[1]],
        stride: conv.stride,
        dilation: conv.dilation,
        pads: [conv.pads[0], conv.pads[2]],
        groups: conv.groups,
        has_sum_row: false,
        split: 1,
    }
}

pub(super) fn pool_kernel(pooling: Pooling, pool: &Pool, x: &Shape, y: &Shape) -> Kind {
    Kind::Pool(PoolKernel {
        pooling,
        batch: x[0],
        input: [x[1], x[2]],
        output: [y[1], y[2]],
        channels: x[3],
        kernel: pool.kernel,
        stride: pool.stride,
        pads: pool.pads,
        count_include_pad: pool.count_include_pad,
    })
}
