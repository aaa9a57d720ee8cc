//! Softmax and cross-entropy.

use super::harness::{Case, ODD, random, with_epilogue};
use descent::plan::Kind;

/// Logits of ±100 overflow an f32 `exp` unless the row's maximum is subtracted first.
fn logits(rows: usize, cols: usize) -> Vec<f32> {
    random(rows * cols, cols as u64).iter().map(|x| x * 100.0).collect()
}

/// The probabilities of a row and the logarithm of the sum of the exponentials.
fn softmax(row: &[f32]) -> (Vec<f64>, f64) {
    let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let exps: Vec<f64> = row.iter().map(|x| libm::exp(f64::from(x - max))).collect();
    let sum: f64 = row.iter().map(|x| libm::exp(f64::from(*x) - f64::from(max))).sum();
    (exps.iter().map(|e| e / sum).collect(), f64::from(max) + libm::log(sum))
}

#[test]
fn softmax_and_its_logarithm_agree() {
    for cols in ODD.into_iter().chain([10, 1000]) {
        for rows in [1, 3, 65] {
            for is_log in [false, true] {
                let x = logits(rows, cols);
                let expected = x.chunks(cols).flat_map(|row| {
                    let (probabilities, log_sum) = softmax(row);
                    let value = move |(x, p): (&f32, f64)| if is_log { f64::from(*x) - log_sum } else { p };
                    row.iter().zip(probabilities).map(value).collect::<Vec<_>>()
                });
                let expected: Vec<f64> = expected.collect();
                let case = Case::new(Kind::Softmax { rows, cols, is_log }, vec![x.clone()], &[rows * cols]);
                // exp of a difference of up to 200 that is rounded to half an ulp of 200.
                case.assert_close(std::slice::from_ref(&expected), 1e-5);
                let case = case.with_bias_and_relu(random(cols, 4));
                case.assert_close(&[with_epilogue(&case, 1, expected)], 2e-5);
            }
        }
    }
}

#[test]
fn moments_agree() {
    for channels in ODD.into_iter().chain([8, 64]) {
        for (batch, cells) in [(1, 1), (3, 1), (65, 1), (2, 77), (9, 500)] {
            // Far from 0, where the difference of two sums of squares would have no digits left.
            let x: Vec<f32> = random(batch * cells * channels, 7).iter().map(|x| 300.0 + x).collect();
            // The last row does not count, if there is another.
            let counted = batch.max(2) - 1;
            let weight: Vec<f32> = (0..batch).map(|row| if row < counted { 1.0 / counted as f32 } else { 0.0 }).collect();
            let weighted = |of: &dyn Fn(usize, f64) -> f64| {
                let mut sums = vec![0.0; channels];
                for (at, x) in x.iter().enumerate() {
                    let share = f64::from(weight[at / channels / cells]) / cells as f64;
                    sums[at % channels] += share * of(at % channels, f64::from(*x));
                }
                sums
            };
            let mean = weighted(&|_, x| x);
            let variance = weighted(&|channel, x| (x - mean[channel]).powi(2));
            let case = Case::new(Kind::Moments { batch, cells, channels }, vec![x.clone(), weight.clone()], &[channels, channels]);
            case.assert_close(&[mean, variance], 1e-5);
        }
    }
}

#[test]
fn cross_entropy_and_its_gradient_agree() {
    for classes in ODD.into_iter().chain([10]) {
        for rows in [1, 10, 65] {
            let x = logits(rows, classes);
            let target: Vec<f32> = random(rows, 5).iter().map(|t| ((t + 1.0) * 0.5 * classes as f32).floor()).collect();
            let dy = random(rows, 6);
            let (mut losses, mut grads) = (Vec::new(), Vec::new());
            for ((row, target), dy) in x.chunks(classes).zip(&target).zip(&dy) {
                let (probabilities, log_sum) = softmax(row);
                losses.push(log_sum - f64::from(row[*target as usize]));
                let is_target = |c: usize| f64::from(c == *target as usize);
                grads.extend(probabilities.iter().enumerate().map(|(c, p)| f64::from(*dy) * (p - is_target(c))));
            }
            for (has_loss, has_grad) in [(true, false), (false, true), (true, true)] {
                let kind = Kind::CrossEntropy { rows, classes, has_loss, has_grad };
                let mut inputs = vec![x.clone(), target.clone()];
                inputs.extend(has_grad.then(|| dy.clone()));
                let mut expected = Vec::new();
                expected.extend(has_loss.then(|| losses.clone()));
                expected.extend(has_grad.then(|| grads.clone()));
                let lens: Vec<usize> = expected.iter().map(Vec::len).collect();
                Case::new(kind, inputs, &lens).assert_close(&expected, 1e-5);
            }
        }
    }
}
