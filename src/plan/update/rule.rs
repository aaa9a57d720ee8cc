//! The arithmetic of a step on parameters that lie side by side.

use super::{Clip, Optimizer, Penalty, Update};
use std::ops::{Add, Div, Mul, Neg, Range, Sub};

/// A floating-point type in which parameters are changed: `f32` in executors, `f64` in the
/// reference.
#[allow(missing_docs, reason = "the methods are those of the primitive types")]
pub trait Real:
    Copy + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    fn from_f64(value: f64) -> Self;
    fn sqrt(self) -> Self;
    fn max(self, other: Self) -> Self;
    fn min(self, other: Self) -> Self;
}

macro_rules! real {
    ($($float:ident),*) => { $(
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            fn from_f64(value: f64) -> Self { value as Self }
            fn sqrt(self) -> Self { $float::sqrt(self) }
            fn max(self, other: Self) -> Self { $float::max(self, other) }
            fn min(self, other: Self) -> Self { $float::min(self, other) }
        }
    )* };
}
real!(f32, f64);

/// The numbers of one step that are the same for all parameters. Worked out in f64, since `1 - β^t`
/// loses most of its digits in f32.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StepConstants {
    /// The learning rate after the schedule (and after Adagrad's own decay).
    pub rate: f64,
    /// `1 - β₁^(step + 1)` for Adam and AdamW, else 1.
    pub correction1: f64,
    /// `1 - β₂^(step + 1)` for Adam and AdamW, else 1.
    pub correction2: f64,
    /// SGD: the share of a gradient that enters the momentum: 1 in the first step, then
    /// `1 - dampening`.
    pub intake: f64,
}

impl Update {
    /// The constants of `step` (the first is 0) for a learning rate of `base` before the schedule.
    pub fn constants(&self, base: f64, step: u32) -> StepConstants {
        let rate = self.schedule.rate(base, step);
        let constants = StepConstants { rate, correction1: 1.0, correction2: 1.0, intake: 1.0 };
        let correction = |beta: f64| -libm::expm1((f64::from(step) + 1.0) * libm::log(beta));
        match self.optimizer {
            Optimizer::Adam { beta1, beta2, .. } | Optimizer::AdamW { beta1, beta2, .. } => {
                StepConstants { correction1: correction(beta1), correction2: correction(beta2), ..constants }
            }
            Optimizer::Sgd { dampening, .. } if step > 0 => StepConstants { intake: 1.0 - dampening, ..constants },
            Optimizer::Adagrad { lr_decay, .. } => StepConstants { rate: rate / (1.0 + f64::from(step) * lr_decay), ..constants },
            Optimizer::Sgd { .. } | Optimizer::RmsProp { .. } => constants,
        }
    }

    /// The gradient of the loss with its penalty, `g + l1 · sign(w) + l2 · w`: what [`Clip::Norm`]
    /// measures and what is reported as the norm.
    pub fn penalised<F: Real>(&self, is_regularised: bool, w: F, g: F) -> F {
        let (l1, l2) = self.penalty_rates(is_regularised);
        g + F::from_f64(l1) * sign(w) + F::from_f64(l2) * w
    }

    /// With what all gradients are multiplied when their norm, penalties included, is `norm`.
    pub fn clip_scale(&self, norm: f64) -> f64 {
        match self.clip {
            Clip::Norm(limit) => (limit / (norm + 1e-6)).min(1.0),
            Clip::None | Clip::Value(_) => 1.0,
        }
    }

    /// Changes the parameters `w` and their moments, in this order: penalty, clipping, coupled
    /// weight decay, rule, Playground's penalty.
    ///
    /// `g` is the gradient of the loss alone; `clip_scale` is that of [`Update::clip_scale`];
    /// `moments` holds [`Update::moments`] slices.
    ///
    /// # Panics
    /// If a slice is shorter than `w` or a moment is missing.
    pub fn apply<F: Real>(
        &self,
        step: &StepConstants,
        is_regularised: bool,
        clip_scale: f64,
        w: &mut [F],
        g: &[F],
        moments: &mut [&mut [F]],
    ) {
        let playground = match self.penalty {
            Penalty::PlaygroundL1(rate) | Penalty::PlaygroundL2(rate) if is_regularised => F::from_f64(rate * step.rate),
            _ => return self.descend(step, is_regularised, clip_scale, 0..w.len(), w, g, moments),
        };
        // The penalty takes the weights before the step, a few of which are kept aside at a time.
        const STRIP: usize = 64;
        let mut before = [F::ZERO; STRIP];
        for start in (0..w.len()).step_by(STRIP) {
            let strip = start..w.len().min(start + STRIP);
            let before = &mut before[..strip.len()];
            before.copy_from_slice(&w[strip.clone()]);
            self.descend(step, is_regularised, clip_scale, strip.clone(), w, g, moments);
            let w = &mut w[strip.clone()];
            match (self.penalty, moments.last_mut()) {
                (Penalty::PlaygroundL1(_), Some(dead)) => shrink_and_kill(playground, before, w, &mut dead[strip]),
                _ => w.iter_mut().zip(before).for_each(|(w, before)| *w = *w - playground * *before),
            }
        }
    }

    /// The rates of [`Penalty::L1`] and [`Penalty::L2`] for one parameter; 0 where the penalty is
    /// another or spares the parameter.
    pub(crate) fn penalty_rates(&self, is_regularised: bool) -> (f64, f64) {
        match self.penalty {
            Penalty::L1(rate) if is_regularised => (rate, 0.0),
            Penalty::L2(rate) if is_regularised => (0.0, rate),
            _ => (0.0, 0.0),
        }
    }

    /// All of [`Update::apply`] but Playground's penalty, on a range of elements. One loop for each
    /// rule, so that the compiler can take several elements at a time.
    fn descend<F: Real>(
        &self,
        step: &StepConstants,
        is_regularised: bool,
        clip_scale: f64,
        range: Range<usize>,
        w: &mut [F],
        g: &[F],
        moments: &mut [&mut [F]],
    ) {
        let real = F::from_f64;
        let (l1, l2) = self.penalty_rates(is_regularised);
        let (l1, l2, scale) = (real(l1), real(l2), real(clip_scale));
        let bound = real(if let Clip::Value(bound) = self.clip { bound } else { f64::INFINITY });
        let shaped = |w: F, g: F| ((g + l1 * sign(w) + l2 * w) * scale).max(-bound).min(bound);
        let rate = real(step.rate);
        let (w, g) = (&mut w[range.clone()], &g[range.clone()]);

        match self.optimizer {
            Optimizer::Sgd { momentum: 0.0, weight_decay, .. } => {
                let decay = real(weight_decay);
                sweep(w, g, moments, range, |w, g, []| (w - rate * (shaped(w, g) + decay * w), []));
            }
            Optimizer::Sgd { momentum, nesterov, weight_decay, .. } => {
                let (momentum, decay, intake) = (real(momentum), real(weight_decay), real(step.intake));
                let ahead = if nesterov { F::ONE } else { F::ZERO };
                let along = if nesterov { momentum } else { F::ONE };
                sweep(w, g, moments, range, |w, g, [velocity]| {
                    let g = shaped(w, g) + decay * w;
                    let velocity = momentum * velocity + intake * g;
                    (w - rate * (ahead * g + along * velocity), [velocity])
                });
            }
            Optimizer::Adam { beta1, beta2, eps, weight_decay, amsgrad } => {
                let decay = real(weight_decay);
                let adam = Adam::new(step, beta1, beta2, eps);
                if amsgrad {
                    sweep(w, g, moments, range, |w, g, [mean, square, largest]| {
                        let (mean, square) = adam.moments(shaped(w, g) + decay * w, mean, square);
                        let largest = largest.max(square);
                        (w - adam.step(mean, largest), [mean, square, largest])
                    });
                } else {
                    sweep(w, g, moments, range, |w, g, [mean, square]| {
                        let (mean, square) = adam.moments(shaped(w, g) + decay * w, mean, square);
                        (w - adam.step(mean, square), [mean, square])
                    });
                }
            }
            Optimizer::AdamW { beta1, beta2, eps, weight_decay } => {
                // `w · (1 - rate · decay)` would round the factor, by up to 3e-8 in each step.
                let decay = real(step.rate * weight_decay);
                let adam = Adam::new(step, beta1, beta2, eps);
                sweep(w, g, moments, range, |w, g, [mean, square]| {
                    let (mean, square) = adam.moments(shaped(w, g), mean, square);
                    (w - (adam.step(mean, square) + decay * w), [mean, square])
                });
            }
            Optimizer::RmsProp { alpha, eps, momentum, centered, weight_decay } => {
                let (take, eps, momentum, decay) = (real(1.0 - alpha), real(eps), real(momentum), real(weight_decay));
                let squared = |w: F, g: F, square: F| {
                    let g = shaped(w, g) + decay * w;
                    (g, square + take * (g * g - square))
                };
                // Rounding can leave the variance a little below 0 where all gradients were equal.
                let root = |square: F, mean: F| (square - mean * mean).max(F::ZERO).sqrt() + eps;
                match (centered, momentum != F::ZERO) {
                    (false, false) => sweep(w, g, moments, range, |w, g, [square]| {
                        let (g, square) = squared(w, g, square);
                        (w - rate * (g / (square.sqrt() + eps)), [square])
                    }),
                    (false, true) => sweep(w, g, moments, range, |w, g, [square, velocity]| {
                        let (g, square) = squared(w, g, square);
                        let velocity = momentum * velocity + g / (square.sqrt() + eps);
                        (w - rate * velocity, [square, velocity])
                    }),
                    (true, false) => sweep(w, g, moments, range, |w, g, [square, mean]| {
                        let (g, square) = squared(w, g, square);
                        let mean = mean + take * (g - mean);
                        (w - rate * (g / root(square, mean)), [square, mean])
                    }),
                    (true, true) => sweep(w, g, moments, range, |w, g, [square, mean, velocity]| {
                        let (g, square) = squared(w, g, square);
                        let mean = mean + take * (g - mean);
                        let velocity = momentum * velocity + g / root(square, mean);
                        (w - rate * velocity, [square, mean, velocity])
                    }),
                }
            }
            Optimizer::Adagrad { eps, weight_decay, .. } => {
                let (eps, decay) = (real(eps), real(weight_decay));
                sweep(w, g, moments, range, |w, g, [sum]| {
                    let g = shaped(w, g) + decay * w;
                    let sum = sum + g * g;
                    (w - rate * (g / (sum.sqrt() + eps)), [sum])
                });
            }
        }
    }
}

/// Adam's arithmetic, shared by its variants.
struct Adam<F> {
    take1: F,
    take2: F,
    eps: F,
    /// `rate / correction1`
    rate: F,
    /// `1 / √correction2`
    scale: F,
}

impl<F: Real> Adam<F> {
    fn new(step: &StepConstants, beta1: f64, beta2: f64, eps: f64) -> Self {
        Self {
            take1: F::from_f64(1.0 - beta1),
            take2: F::from_f64(1.0 - beta2),
            eps: F::from_f64(eps),
            rate: F::from_f64(step.rate / step.correction1),
            scale: F::from_f64(1.0 / step.correction2.sqrt()),
        }
    }

    /// `m ← m + (1 - β₁)(g - m)`, `v ← v + (1 - β₂)(g² - v)`
    ///
    /// With the rounded β₂ as a second constant `v` would settle at 1.00001 g² in f32, since 0.999
    /// and 0.001 do not add up to 1 there.
    fn moments(&self, g: F, mean: F, square: F) -> (F, F) {
        (mean + self.take1 * (g - mean), square + self.take2 * (g * g - square))
    }

    /// `rate · m̂ / (√v̂ + eps)`
    fn step(&self, mean: F, square: F) -> F {
        self.rate * (mean / (square.sqrt() * self.scale + self.eps))
    }
}

/// Applies `rule(w, g, moments) -> (w, moments)` to each element of `w`; `range` says where the
/// moments start.
fn sweep<F: Real, const N: usize>(
    w: &mut [F],
    g: &[F],
    moments: &mut [&mut [F]],
    range: Range<usize>,
    rule: impl Fn(F, F, [F; N]) -> (F, [F; N]),
) {
    let mut moments = moments.iter_mut();
    let moments: [&mut [F]; N] = std::array::from_fn(|_| &mut moments.next().expect("there is a slice for each moment")[range.clone()]);
    let len = range.len();
    assert!(w.len() == len && g.len() == len && moments.iter().all(|moment| moment.len() == len), "the range is that of the slices");
    for e in 0..len {
        let (new_w, new_moments) = rule(w[e], g[e], std::array::from_fn(|moment| moments[moment][e]));
        w[e] = new_w;
        for moment in 0..N {
            moments[moment][e] = new_moments[moment];
        }
    }
}

/// TensorFlow Playground's L1: a step of `rate` towards 0 by the sign before the gradient step;
/// what it carries across 0 dies there.
fn shrink_and_kill<F: Real>(rate: F, before: &[F], w: &mut [F], dead: &mut [F]) {
    for ((w, dead), before) in w.iter_mut().zip(dead).zip(before) {
        let shrunk = *w - rate * sign(*before);
        let dies = *dead != F::ZERO || *w * shrunk < F::ZERO;
        *w = if dies { F::ZERO } else { shrunk };
        *dead = if dies { F::ONE } else { F::ZERO };
    }
}

fn sign<F: Real>(w: F) -> F {
    if w > F::ZERO {
        F::ONE
    } else if w < F::ZERO {
        -F::ONE
    } else {
        F::ZERO
    }
}
