//! Pooling and its gradients.

use super::harness::{Case, random, with_epilogue};
use descent::plan::Kind;
use descent::plan::kernel::{PoolKernel, Pooling};

/// [batch, h, w, channels, kh, kw, stride rows, stride cols, top, bottom, left, right, rows of y,
/// cols of y]
const POOLS: [[usize; 14]; 9] = [
    [1, 2, 2, 1, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1],
    [2, 28, 28, 8, 2, 2, 2, 2, 0, 0, 0, 0, 14, 14],
    [2, 7, 7, 3, 2, 2, 2, 2, 0, 0, 0, 0, 3, 3],
    [1, 9, 8, 33, 3, 3, 2, 2, 1, 1, 1, 1, 5, 4],
    [2, 8, 8, 5, 3, 2, 1, 1, 0, 0, 0, 0, 6, 7],
    [1, 5, 6, 65, 5, 6, 1, 1, 0, 0, 0, 0, 1, 1],
    // Windows that overhang the padded image, as with `ceil_mode`.
    [1, 6, 6, 3, 3, 3, 2, 2, 0, 0, 0, 0, 3, 3],
    [1, 6, 7, 9, 3, 3, 2, 3, 1, 1, 1, 0, 4, 3],
    [3, 4, 1, 2, 2, 1, 1, 1, 1, 0, 0, 0, 4, 1],
];

struct Window {
    /// Elements of `x`, in row-major order.
    cells: Vec<usize>,
    y: usize,
    divisor: f64,
}

fn windows(pool: &PoolKernel) -> Vec<Window> {
    let mut all = Vec::new();
    let [h, w] = pool.input;
    for n in 0..pool.batch {
        for (i, j) in (0..pool.output[0]).flat_map(|i| (0..pool.output[1]).map(move |j| (i, j))) {
            for c in 0..pool.channels {
                let (mut cells, mut padded) = (Vec::new(), 0);
                for (p, q) in (0..pool.kernel[0]).flat_map(|p| (0..pool.kernel[1]).map(move |q| (p, q))) {
                    let (row, col) = (i * pool.stride[0] + p, j * pool.stride[1] + q);
                    padded += usize::from(row < pool.pads[0] + h + pool.pads[1] && col < pool.pads[2] + w + pool.pads[3]);
                    if let (Some(row), Some(col)) = (row.checked_sub(pool.pads[0]), col.checked_sub(pool.pads[2]))
                        && row < h
                        && col < w
                    {
                        cells.push(((n * h + row) * w + col) * pool.channels + c);
                    }
                }
                let divisor = if pool.count_include_pad { padded } else { cells.len() } as f64;
                all.push(Window { cells, y: ((n * pool.output[0] + i) * pool.output[1] + j) * pool.channels + c, divisor });
            }
        }
    }
    all
}

#[test]
fn pooling_and_its_gradients_agree() {
    for [batch, h, w, channels, kh, kw, sh, sw, top, bottom, left, right, oh, ow] in POOLS {
        for (pooling, count_include_pad) in [
            (Pooling::Max, false),
            (Pooling::MaxGrad, false),
            (Pooling::Mean, false),
            (Pooling::Mean, true),
            (Pooling::MeanGrad, false),
            (Pooling::MeanGrad, true),
        ] {
            let pool = PoolKernel {
                pooling,
                batch,
                input: [h, w],
                output: [oh, ow],
                channels,
                kernel: [kh, kw],
                stride: [sh, sw],
                pads: [top, bottom, left, right],
                count_include_pad,
            };
            // Few different values, so that windows have several maxima.
            let x: Vec<f32> = random(batch * h * w * channels, 1).iter().map(|x| (x * 2.0).round()).collect();
            let dy = random(batch * oh * ow * channels, 2);
            let first_max = |window: &Window| window.cells.iter().copied().reduce(|best, at| if x[at] > x[best] { at } else { best });
            let mut y = vec![0.0; dy.len()];
            let mut dx = vec![0.0; x.len()];
            for window in windows(&pool) {
                let best = first_max(&window).expect("a window covers a cell");
                let gradient = f64::from(dy[window.y]);
                match pooling {
                    Pooling::Max => y[window.y] = f64::from(x[best]),
                    Pooling::MaxGrad => dx[best] += gradient,
                    Pooling::Mean => y[window.y] = window.cells.iter().map(|at| f64::from(x[*at])).sum::<f64>() / window.divisor,
                    Pooling::MeanGrad => window.cells.iter().for_each(|at| dx[*at] += gradient / window.divisor),
                }
            }
            let (inputs, expected) = match pooling {
                Pooling::Max | Pooling::Mean => (vec![x.clone()], y),
                Pooling::MaxGrad => (vec![x.clone(), dy], dx),
                Pooling::MeanGrad => (vec![dy], dx),
            };
            let own = inputs.len();
            let case = Case::new(Kind::Pool(pool), inputs, &[expected.len()]).with_bias_and_relu(random(channels, 3));
            case.assert_close(&[with_epilogue(&case, own, expected)], 2e-6);
        }
    }
}
