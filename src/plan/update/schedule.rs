//! The learning rate at a step.

use super::Schedule;
use std::f64::consts::PI;

impl Schedule {
    /// The learning rate of `step` (the first is 0), given the one before the schedule.
    pub fn rate(&self, base: f64, step: u32) -> f64 {
        let t = f64::from(step);
        match *self {
            Schedule::Constant => base,
            Schedule::Step { step_size, gamma } => base * libm::pow(gamma, f64::from(step / step_size.max(1))),
            Schedule::Exponential { gamma } => base * libm::pow(gamma, t),
            Schedule::Cosine { t_max, eta_min } => half_cosine(base, eta_min, t / f64::from(t_max)),
            Schedule::LinearWarmup { warmup } => base * ((t + 1.0) / f64::from(warmup)).min(1.0),
            Schedule::WarmupCosine { warmup, .. } if step < warmup => base * (t + 1.0) / f64::from(warmup),
            Schedule::WarmupCosine { warmup, t_max } => {
                half_cosine(base, 0.0, f64::from(step - warmup) / (f64::from(t_max) - f64::from(warmup)))
            }
            Schedule::OneCycle { max_lr, total } => one_cycle(max_lr, f64::from(total), t),
        }
    }
}

/// From `start` (at 0) to `end` (at 1, and beyond) along half a cosine.
fn half_cosine(start: f64, end: f64, progress: f64) -> f64 {
    // A schedule of no steps divides by 0 and is over at once.
    let progress = if progress < 1.0 { progress } else { 1.0 };
    end + (start - end) * 0.5 * (1.0 + libm::cos(PI * progress))
}

/// PyTorch's `OneCycleLR` with its defaults `pct_start = 0.3`, `div_factor = 25`,
/// `final_div_factor = 1e4`.
fn one_cycle(max_lr: f64, total: f64, t: f64) -> f64 {
    let first = max_lr / 25.0;
    let peak = 0.3 * total - 1.0;
    if t <= peak { half_cosine(first, max_lr, t / peak) } else { half_cosine(max_lr, first / 1e4, (t - peak) / (total - 1.0 - peak)) }
}
