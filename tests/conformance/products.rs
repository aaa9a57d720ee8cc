//! Matrix products and convolutions.

use super::harness::{Case, GPUS, ODD, one_in, random, with_epilogue};
use descent::plan::kernel::{ConvKernel, Direction, Gemm};
use descent::plan::{Index, Kind, Target};

fn gemm(m: usize, n: usize, k: usize, ta: bool, tb: bool) -> Gemm {
    Gemm { batch: 1, m, n, k, ta, tb, a_batch: Index::Scalar, b_batch: Index::Scalar, has_sum_row: false, split: 1 }
}

fn product(gemm: &Gemm, a: &[f32], b: &[f32]) -> Vec<f64> {
    let Gemm { batch, m, n, k, ta, tb, .. } = *gemm;
    let mut out = Vec::with_capacity(batch * m * n);
    for z in 0..batch {
        let (a, b) = (&a[gemm.a_batch.at(z) * m * k..], &b[gemm.b_batch.at(z) * k * n..]);
        for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
            let left = |p: usize| f64::from(a[if ta { p * m + i } else { i * k + p }]);
            let right = |p: usize| f64::from(b[if tb { j * k + p } else { p * n + j }]);
            out.push((0..k).map(|p| left(p) * right(p)).sum());
        }
    }
    out
}

/// A sum of `k` random terms below 1 stays around √k; each of `k` additions rounds it by half an
/// ulp, independently: √k · √k · 2⁻²⁴.
fn tolerance(k: usize) -> f64 {
    6e-8 * k.max(16) as f64
}

fn assert_product(gemm: Gemm, a_matrices: usize, b_matrices: usize, is_fused: bool) {
    assert_product_on(GPUS, gemm, a_matrices, b_matrices, is_fused);
}

fn assert_product_on(gpu_targets: &'static [Target], gemm: Gemm, a_matrices: usize, b_matrices: usize, is_fused: bool) {
    let (a, b) = (random(a_matrices * gemm.m * gemm.k, 1), random(b_matrices * gemm.k * gemm.n, 2));
    let expected = product(&gemm, &a, &b);
    let mut case = Case::new(Kind::Gemm(gemm.clone()), vec![a, b], &[expected.len()]);
    case.gpu_targets = gpu_targets;
    if is_fused {
        case = case.with_bias_and_relu(random(gemm.n, 3));
    }
    let expected = with_epilogue(&case, 2, expected);
    case.assert_close(&[expected], 2.0 * tolerance(gemm.k)); // The epilogue doubles.
}

const TRANSPOSES: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

#[test]
fn products_of_all_small_shapes_agree() {
    for (ta, tb) in TRANSPOSES {
        for m in [1, 2, 3, 4, 5, 9] {
            for n in [1, 2, 7, 8, 9, 17] {
                for k in [1, 2, 3, 8, 13] {
                    assert_product_on(one_in(14, 7, 5 * m + 3 * n + k), gemm(m, n, k, ta, tb), 1, 1, m == 5);
                }
            }
        }
    }
}

#[test]
fn products_of_odd_shapes_agree() {
    for (ta, tb) in TRANSPOSES {
        for (at, size) in ODD.into_iter().enumerate() {
            let other = ODD[(at * 5 + 3) % ODD.len()];
            assert_product(gemm(size, 65, other, ta, tb), 1, 1, false);
            assert_product(gemm(33, size, other, ta, tb), 1, 1, true);
            assert_product(gemm(other, 33, size, ta, tb), 1, 1, false);
        }
        assert_product(gemm(130, 300, 600, ta, tb), 1, 1, true);
    }
}

/// One product for each tile through workgroup memory (a test in `src/exec/gpu/tiles.rs` tells
/// which).
#[test]
fn products_agree_in_every_tile() {
    for (ta, tb) in TRANSPOSES {
        for (m, n, k) in [(520, 1000, 20), (40, 40, 16), (68, 36, 40), (9000, 12, 12), (20, 20, 256), (16384, 5, 260)] {
            assert_product_on(&[Target::Gpu], gemm(m, n, k, ta, tb), 1, 1, m < 100);
        }
    }
}

#[test]
fn batched_products_read_their_own_matrices() {
    for (ta, tb) in TRANSPOSES {
        for (m, n, k) in [(3, 5, 4), (33, 17, 40)] {
            let batched = |a_batch: Index, b_batch: Index| Gemm { batch: 6, a_batch, b_batch, ..gemm(m, n, k, ta, tb) };
            assert_product(batched(Index::Linear, Index::Linear), 6, 6, true);
            assert_product(batched(Index::Linear, Index::Scalar), 6, 1, false);
            assert_product(batched(Index::Modulo(2), Index::Divide(2)), 2, 3, false);
            assert_product(batched(Index::Scalar, Index::Strided { base: 1, axes: vec![(2, 1), (3, 2)] }), 1, 7, false);
        }
    }
}

#[test]
fn a_sum_row_is_the_sum_of_the_right_operands_rows() {
    for (ta, tb) in TRANSPOSES {
        for (m, n, k) in [(2, 4, 10), (33, 65, 129), (784, 10, 64), (9, 1, 33)] {
            let gemm = Gemm { has_sum_row: true, ..gemm(m, n, k, ta, tb) };
            let (a, b) = (random(m * k, 4), random(k * n, 5));
            let right = |p: usize, j: usize| f64::from(b[if tb { j * k + p } else { p * n + j }]);
            let sums = (0..n).map(|j| (0..k).map(|p| right(p, j)).sum()).collect();
            let expected = [product(&gemm, &a, &b), sums];
            Case::new(Kind::Gemm(gemm), vec![a, b.clone()], &[m * n, n]).assert_close(&expected, tolerance(k));
        }
    }
}

/// Calls `term(x, w, y)` with the indices of the factors of each term of a convolution.
fn for_each_term(conv: &ConvKernel, mut term: impl FnMut(usize, usize, usize)) {
    let (group_in, group_out) = (conv.c_in / conv.groups, conv.c_out / conv.groups);
    let inside = |window: usize, tap: usize, axis: usize| {
        let at = (window * conv.stride[axis] + tap * conv.dilation[axis]).checked_sub(conv.pads[axis])?;
        (at < conv.input[axis]).then_some(at)
    };
    for n in 0..conv.batch {
        for (i, j) in (0..conv.output[0]).flat_map(|i| (0..conv.output[1]).map(move |j| (i, j))) {
            for (p, q) in (0..conv.kernel[0]).flat_map(|p| (0..conv.kernel[1]).map(move |q| (p, q))) {
                let (Some(row), Some(col)) = (inside(i, p, 0), inside(j, q, 1)) else { continue };
                for (c, o) in (0..group_in).flat_map(|c| (0..conv.c_out).map(move |o| (c, o))) {
                    let x = ((n * conv.input[0] + row) * conv.input[1] + col) * conv.c_in + o / group_out * group_in + c;
                    let w = ((p * conv.kernel[1] + q) * group_in + c) * conv.c_out + o;
                    term(x, w, ((n * conv.output[0] + i) * conv.output[1] + j) * conv.c_out + o);
                }
            }
        }
    }
}

/// [batch, h, w, c_in, c_out, kh, kw, stride, dilation, top, left, bottom, right, groups]
const CONVOLUTIONS: [[usize; 14]; 23] = [
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1],
    [2, 5, 5, 1, 1, 3, 3, 1, 1, 0, 0, 0, 0, 1],
    [2, 5, 6, 3, 5, 3, 3, 1, 1, 1, 1, 1, 1, 1],
    [3, 9, 9, 1, 8, 5, 5, 1, 1, 2, 2, 2, 2, 1],
    [2, 14, 14, 8, 16, 5, 5, 1, 1, 2, 2, 2, 2, 1],
    [1, 8, 7, 4, 9, 1, 1, 1, 1, 0, 0, 0, 0, 1],
    [2, 8, 7, 4, 9, 1, 1, 2, 1, 0, 0, 0, 0, 1],
    [2, 7, 8, 3, 4, 3, 3, 2, 1, 1, 1, 1, 1, 1],
    [2, 8, 8, 3, 4, 3, 3, 2, 1, 0, 0, 0, 0, 1],
    [1, 11, 10, 2, 3, 3, 3, 3, 1, 1, 0, 0, 1, 1],
    [1, 9, 9, 3, 4, 3, 3, 1, 2, 2, 2, 2, 2, 1],
    [1, 9, 9, 3, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1],
    [1, 6, 6, 2, 2, 2, 3, 1, 1, 3, 4, 3, 4, 1],
    [1, 6, 6, 4, 6, 3, 3, 1, 1, 1, 1, 1, 1, 2],
    [2, 6, 6, 6, 6, 3, 3, 1, 1, 1, 1, 1, 1, 6],
    [1, 7, 7, 4, 8, 3, 3, 2, 1, 1, 1, 1, 1, 4],
    [1, 9, 8, 4, 8, 2, 2, 2, 2, 1, 0, 1, 0, 2],
    [2, 9, 8, 8, 16, 3, 3, 1, 1, 1, 1, 1, 1, 2],
    [1, 4, 20, 2, 3, 1, 7, 1, 1, 0, 3, 0, 3, 1],
    [1, 20, 4, 2, 3, 7, 1, 1, 1, 3, 0, 3, 0, 1],
    [1, 4, 4, 33, 65, 4, 4, 1, 1, 0, 0, 0, 0, 1],
    [2, 13, 12, 17, 33, 3, 3, 1, 1, 1, 1, 1, 1, 1],
    [1, 5, 5, 2, 3, 3, 3, 4, 1, 2, 2, 2, 2, 1],
];

fn conv_kernel(direction: Direction, case: [usize; 14]) -> ConvKernel {
    let [batch, h, w, c_in, c_out, kh, kw, stride, dilation, top, left, bottom, right, groups] = case;
    let along = |extent: usize, kernel: usize| (extent - (dilation * (kernel - 1) + 1)) / stride + 1;
    ConvKernel {
        direction,
        batch,
        input: [h, w],
        c_in,
        output: [along(h + top + bottom, kh), along(w + left + right, kw)],
        c_out,
        kernel: [kh, kw],
        stride: [stride; 2],
        dilation: [dilation; 2],
        pads: [top, left],
        groups,
        has_sum_row: false,
        split: 1,
    }
}

fn lens(conv: &ConvKernel) -> [usize; 3] {
    [
        conv.batch * conv.input[0] * conv.input[1] * conv.c_in,
        conv.kernel[0] * conv.kernel[1] * conv.c_in / conv.groups * conv.c_out,
        conv.batch * conv.output[0] * conv.output[1] * conv.c_out,
    ]
}

/// Terms of a sum.
fn depth(conv: &ConvKernel) -> usize {
    let taps = conv.kernel[0] * conv.kernel[1];
    match conv.direction {
        Direction::Forward => taps * conv.c_in / conv.groups,
        Direction::InputGrad => taps * conv.c_out / conv.groups,
        Direction::WeightGrad => conv.batch * conv.output[0] * conv.output[1],
    }
}

#[test]
fn convolutions_and_their_gradients_agree() {
    for (at, extents) in CONVOLUTIONS.into_iter().enumerate() {
        for (way, direction) in [Direction::Forward, Direction::InputGrad, Direction::WeightGrad].into_iter().enumerate() {
            let conv = conv_kernel(direction, extents);
            let [x_len, w_len, y_len] = lens(&conv);
            let (a_len, b_len, out_len, period) = match direction {
                Direction::Forward => (x_len, w_len, y_len, conv.c_out),
                Direction::InputGrad => (y_len, w_len, x_len, conv.c_in),
                Direction::WeightGrad => (x_len, y_len, w_len, conv.c_out),
            };
            let (a, b) = (random(a_len, 6), random(b_len, 7));
            let mut expected = vec![0.0; out_len];
            for_each_term(&conv, |x, w, y| {
                let (to, left, right) = match direction {
                    Direction::Forward => (y, x, w),
                    Direction::InputGrad => (x, y, w),
                    Direction::WeightGrad => (w, x, y),
                };
                expected[to] += f64::from(a[left]) * f64::from(b[right]);
            });
            let tolerance = 2.0 * tolerance(depth(&conv)); // The epilogue doubles.
            let mut case = Case::new(Kind::Conv(conv), vec![a, b], &[out_len]);
            // A GPU runs each with an epilogue or without.
            case.gpu_targets = one_in(2, 2, at + way);
            case.assert_close(std::slice::from_ref(&expected), tolerance);
            case.gpu_targets = one_in(2, 2, at + way + 1);
            let case = case.with_bias_and_relu(random(period, 8));
            case.assert_close(&[with_epilogue(&case, 2, expected)], tolerance);
        }
    }
}

#[test]
fn a_weights_gradient_brings_that_of_the_bias() {
    for extents in CONVOLUTIONS {
        let conv = ConvKernel { has_sum_row: true, ..conv_kernel(Direction::WeightGrad, extents) };
        let [x_len, w_len, y_len] = lens(&conv);
        let (x, dy) = (random(x_len, 9), random(y_len, 10));
        let (mut dw, mut sums) = (vec![0.0; w_len], vec![0.0; conv.c_out]);
        for_each_term(&conv, |from, w, y| dw[w] += f64::from(x[from]) * f64::from(dy[y]));
        dy.iter().enumerate().for_each(|(at, dy)| sums[at % conv.c_out] += f64::from(*dy));
        let tolerance = tolerance(depth(&conv));
        Case::new(Kind::Conv(conv), vec![x, dy], &[w_len, sums.len()]).assert_close(&[dw, sums], tolerance);
    }
}
