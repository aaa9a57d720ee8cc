//! What a step does to the parameters: optimizer, schedule, penalty and clipping.
//!
//! The choices are plain data here. [`Schedule::rate`] stands in `schedule`, what a step does to a
//! parameter ([`Update::apply`]) in `rule`: one definition, run in f32 by the CPU executor and in
//! f64 by the reference, and written down as an expression for a GPU's kernel (`symbol`). The
//! learning rate and the rate of the penalty are read from the state, so that both can change
//! while a run goes on.

mod real;
mod rule;
mod schedule;
mod symbol;
#[cfg(test)]
mod tests;

pub use real::Real;
pub(crate) use rule::Rates;
pub use rule::StepConstants;

/// All of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Update {
    /// The rule.
    pub optimizer: Optimizer,
    /// The learning rate over time.
    pub schedule: Schedule,
    /// The learning rate before the schedule, from which the state's word starts.
    pub learning_rate: f64,
    /// What is added to the loss for large weights, with the rate from which the state's word
    /// starts.
    pub penalty: Penalty,
    /// How large gradients are cut.
    pub clip: Clip,
}

/// An optimizer with PyTorch's meaning of every constant.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Optimizer {
    /// Stochastic gradient descent.
    Sgd {
        /// Weight of the former direction; 0 for none.
        momentum: f64,
        /// What is kept back of the new gradient.
        dampening: f64,
        /// Looks ahead along the momentum.
        nesterov: bool,
        /// Coupled weight decay.
        weight_decay: f64,
    },
    /// Adam (arXiv:1412.6980).
    Adam {
        /// Decay of the first moment.
        beta1: f64,
        /// Decay of the second moment.
        beta2: f64,
        /// Added to the root of the second moment.
        eps: f64,
        /// Coupled weight decay.
        weight_decay: f64,
        /// Keeps the largest second moment.
        amsgrad: bool,
    },
    /// Adam with decoupled weight decay (arXiv:1711.05101).
    AdamW {
        /// Decay of the first moment.
        beta1: f64,
        /// Decay of the second moment.
        beta2: f64,
        /// Added to the root of the second moment.
        eps: f64,
        /// Decoupled weight decay.
        weight_decay: f64,
    },
    /// RMSprop.
    RmsProp {
        /// Decay of the mean square.
        alpha: f64,
        /// Added to the root.
        eps: f64,
        /// Momentum on the scaled gradient; 0 for none.
        momentum: f64,
        /// Subtracts the squared mean.
        centered: bool,
        /// Coupled weight decay.
        weight_decay: f64,
    },
    /// Adagrad (Duchi et al. 2011).
    Adagrad {
        /// Decay of the learning rate per step.
        lr_decay: f64,
        /// Added to the root.
        eps: f64,
        /// What the sums of squares start from.
        initial_accumulator: f64,
        /// Coupled weight decay.
        weight_decay: f64,
    },
}

/// The learning rate as a factor or a value over steps, as in `golden/train/schedules.json`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Schedule {
    /// Always the same.
    Constant,
    /// Times `gamma` after every `step_size` steps.
    Step {
        /// Steps of a plateau.
        step_size: u32,
        /// Factor between plateaus.
        gamma: f64,
    },
    /// Times `gamma` after every step.
    Exponential {
        /// Factor between steps.
        gamma: f64,
    },
    /// Half a cosine from the rate to `eta_min` over `t_max` steps, where it stays.
    Cosine {
        /// Steps until the minimum.
        t_max: u32,
        /// The minimum.
        eta_min: f64,
    },
    /// Linear from nothing over `warmup` steps, then constant.
    LinearWarmup {
        /// Steps until the full rate.
        warmup: u32,
    },
    /// Linear from nothing over `warmup` steps, then half a cosine to 0 at `t_max`, where it stays.
    WarmupCosine {
        /// Steps until the full rate.
        warmup: u32,
        /// Steps until 0.
        t_max: u32,
    },
    /// PyTorch's one-cycle policy over `total` steps: half a cosine from `max_lr / 25` up to
    /// `max_lr` over 30% of them, then half a cosine down to `max_lr / 250,000`, where it stays.
    /// Takes no notice of the base rate.
    OneCycle {
        /// The largest rate.
        max_lr: f64,
        /// Steps of the cycle.
        total: u32,
    },
}

/// A penalty on the regularised parameters.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Penalty {
    /// None.
    None,
    /// `rate · Σ |w|`
    L1(f64),
    /// `rate / 2 · Σ w²`
    L2(f64),
    /// TensorFlow Playground's L1: applied after the gradient step, with the sign that the weight
    /// had before it; a weight that the penalty alone would carry across 0 becomes 0 and stays
    /// there.
    PlaygroundL1(f64),
    /// TensorFlow Playground's L2: applied after the gradient step, with the weight before it.
    PlaygroundL2(f64),
}

impl Penalty {
    /// The rate from which the state's word starts; 0 for none.
    pub fn rate(self) -> f64 {
        match self {
            Penalty::None => 0.0,
            Penalty::L1(rate) | Penalty::L2(rate) | Penalty::PlaygroundL1(rate) | Penalty::PlaygroundL2(rate) => rate,
        }
    }
}

/// How large gradients are cut.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Clip {
    /// Not at all.
    None,
    /// All gradients are scaled by `min(1, c / (norm + 1e-6))`.
    Norm(f64),
    /// Each element is cut to `[-c, c]`.
    Value(f64),
}

impl Update {
    /// How many moments a parameter has. In this order: SGD: the momentum. Adam, AdamW: first,
    /// second, with `amsgrad` the largest second. RMSprop: mean square, with `centered` the mean,
    /// with `momentum` the momentum. Adagrad: sum of squares. Last, for [`Penalty::PlaygroundL1`]:
    /// 1 where the weight has died, else 0.
    pub fn moments(&self) -> usize {
        let own = match self.optimizer {
            Optimizer::Sgd { momentum, .. } => usize::from(momentum != 0.0),
            Optimizer::Adam { amsgrad, .. } => 2 + usize::from(amsgrad),
            Optimizer::AdamW { .. } => 2,
            Optimizer::RmsProp { momentum, centered, .. } => 1 + usize::from(momentum != 0.0) + usize::from(centered),
            Optimizer::Adagrad { .. } => 1,
        };
        own + usize::from(matches!(self.penalty, Penalty::PlaygroundL1(_)))
    }

    /// What every element of a moment is before the first step.
    pub fn initial_moment(&self, moment: usize) -> f64 {
        match self.optimizer {
            Optimizer::Adagrad { initial_accumulator, .. } if moment == 0 => initial_accumulator,
            _ => 0.0,
        }
    }
}
