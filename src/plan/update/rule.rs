//! What a step does to parameters that lie side by side: the one definition of every optimizer. The
//! CPU executor runs it in f32, the reference in f64, and a GPU's kernel is the text that it writes
//! down when it runs on symbols (`symbol`).

use super::real::Real;
use super::{Clip, Optimizer, Penalty, Update};
use std::ops::Range;

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
    /// The rate of the penalty.
    pub penalty: f64,
}

/// The numbers of one step as the rule takes them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates<F> {
    /// The learning rate after the schedule.
    pub(super) rate: F,
    /// Adam: the rate over the correction of the first moment.
    pub(super) adam_rate: F,
    /// Adam: 1 over the root of the correction of the second moment.
    pub(super) adam_scale: F,
    /// AdamW: the rate times the weight decay.
    pub(super) decoupled: F,
    /// As [`StepConstants::intake`].
    pub(super) intake: F,
    /// With what gradients are multiplied.
    pub(super) clip_scale: F,
    /// Rate of [`Penalty::L1`]; 0 where the penalty is another or spares the parameter.
    pub(super) l1: F,
    /// Rate of [`Penalty::L2`], likewise.
    pub(super) l2: F,
    /// The learning rate times the rate of Playground's penalties, likewise.
    pub(super) playground: F,
}

impl<F> Rates<F> {
    /// What the numbers are called, in their order.
    pub(crate) const NAMES: [&str; 9] = ["rate", "adam_rate", "adam_scale", "decoupled", "intake", "clip_scale", "l1", "l2", "playground"];
}

impl Update {
    /// The constants of `step` (the first is 0) for a learning rate of `base` before the schedule
    /// and a rate of the penalty.
    pub fn constants(&self, base: f64, penalty: f64, step: u32) -> StepConstants {
        let rate = self.schedule.rate(base, step);
        let constants = StepConstants { rate, correction1: 1.0, correction2: 1.0, intake: 1.0, penalty };
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

    /// The gradient of the loss with its penalty of a rate, `g + l1 · sign(w) + l2 · w`: what
    /// [`Clip::Norm`] measures and what is reported as the norm.
    pub fn penalised<F: Real>(&self, rate: f64, is_regularised: bool, w: F, g: F) -> F {
        let [l1, l2] = self.gradient_penalty(rate, is_regularised);
        g + F::from_f64(l1) * w.sign() + F::from_f64(l2) * w
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
        let [l1, l2] = self.gradient_penalty(step.penalty, is_regularised);
        let real = F::from_f64;
        let decay = if let Optimizer::AdamW { weight_decay, .. } = self.optimizer { weight_decay } else { 0.0 };
        let rates = Rates {
            rate: real(step.rate),
            adam_rate: real(step.rate / step.correction1),
            adam_scale: real(1.0 / step.correction2.sqrt()),
            // `w · (1 - rate · decay)` would round the factor, by up to 3e-8 in each step.
            decoupled: real(step.rate * decay),
            intake: real(step.intake),
            clip_scale: real(clip_scale),
            l1: real(l1),
            l2: real(l2),
            playground: real(if is_regularised { step.penalty * step.rate } else { 0.0 }),
        };
        self.change(&rates, w, g, moments);
    }

    /// The rule itself.
    pub(super) fn change<F: Real>(&self, rates: &Rates<F>, w: &mut [F], g: &[F], moments: &mut [&mut [F]]) {
        if !matches!(self.penalty, Penalty::PlaygroundL1(_) | Penalty::PlaygroundL2(_)) {
            return self.descend(rates, 0..w.len(), w, g, moments);
        }
        // The penalty takes the weights before the step, a few of which are kept aside at a time.
        const STRIP: usize = 64;
        let mut before = [F::ZERO; STRIP];
        for start in (0..w.len()).step_by(STRIP) {
            let strip = start..w.len().min(start + STRIP);
            let before = &mut before[..strip.len()];
            before.copy_from_slice(&w[strip.clone()]);
            self.descend(rates, strip.clone(), w, g, moments);
            let w = &mut w[strip.clone()];
            match (self.penalty, moments.last_mut()) {
                (Penalty::PlaygroundL1(_), Some(dead)) => shrink_and_kill(rates.playground, before, w, &mut dead[strip]),
                _ => w.iter_mut().zip(before).for_each(|(w, before)| *w = *w - rates.playground * *before),
            }
        }
    }

    /// A rate as those of [`Penalty::L1`] and [`Penalty::L2`] for one parameter; 0 where the
    /// penalty is another or spares the parameter.
    fn gradient_penalty(&self, rate: f64, is_regularised: bool) -> [f64; 2] {
        match self.penalty {
            Penalty::L1(_) if is_regularised => [rate, 0.0],
            Penalty::L2(_) if is_regularised => [0.0, rate],
            _ => [0.0, 0.0],
        }
    }

    /// All of [`Update::apply`] but Playground's penalty, on a range of elements. One loop for each
    /// rule, so that the compiler can take several elements at a time.
    fn descend<F: Real>(&self, rates: &Rates<F>, range: Range<usize>, w: &mut [F], g: &[F], moments: &mut [&mut [F]]) {
        let real = F::from_f64;
        let Rates { rate, l1, l2, clip_scale, .. } = *rates;
        let bound = real(if let Clip::Value(bound) = self.clip { bound } else { f64::INFINITY });
        let shaped = |w: F, g: F| ((g + l1 * w.sign() + l2 * w) * clip_scale).max(-bound).min(bound);
        let (w, g) = (&mut w[range.clone()], &g[range.clone()]);

        match self.optimizer {
            Optimizer::Sgd { momentum: 0.0, weight_decay, .. } => {
                let decay = real(weight_decay);
                sweep(w, g, moments, range, |w, g, []| (w - rate * (shaped(w, g) + decay * w), []));
            }
            Optimizer::Sgd { momentum, nesterov, weight_decay, .. } => {
                let (momentum, decay, intake) = (real(momentum), real(weight_decay), rates.intake);
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
                let adam = Adam::new(rates, beta1, beta2, eps);
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
            Optimizer::AdamW { beta1, beta2, eps, .. } => {
                let decay = rates.decoupled;
                let adam = Adam::new(rates, beta1, beta2, eps);
                sweep(w, g, moments, range, |w, g, [mean, square]| {
                    let (mean, square) = adam.moments(shaped(w, g), mean, square);
                    (w - (adam.step(mean, square) + decay * w), [mean, square])
                });
            }
            Optimizer::RmsProp { alpha, eps, momentum, centered, weight_decay } => {
                let has_momentum = momentum != 0.0;
                let (take, eps, momentum, decay) = (real(1.0 - alpha), real(eps), real(momentum), real(weight_decay));
                let squared = |w: F, g: F, square: F| {
                    let g = shaped(w, g) + decay * w;
                    (g, square + take * (g * g - square))
                };
                // Rounding can leave the variance a little below 0 where all gradients were equal.
                let root = |square: F, mean: F| (square - mean * mean).max(F::ZERO).sqrt() + eps;
                match (centered, has_momentum) {
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
    fn new(rates: &Rates<F>, beta1: f64, beta2: f64, eps: f64) -> Self {
        Self {
            take1: F::from_f64(1.0 - beta1),
            take2: F::from_f64(1.0 - beta2),
            eps: F::from_f64(eps),
            rate: rates.adam_rate,
            scale: rates.adam_scale,
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
        let shrunk = *w - rate * before.sign();
        *dead = dead.max((*w * shrunk).is_negative());
        *w = dead.select(F::ZERO, shrunk);
    }
}
