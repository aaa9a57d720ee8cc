//! All that defines a run. Where it runs and how it is shown is a [`View`](crate::View).

use crate::choice::choice;
use crate::{Dataset, Features, Goal, Model, number};
use serde::{Deserialize, Serialize};

/// Units of a layer that are drawn where each is drawn by itself; what belongs to others need not
/// cross the border to the page.
pub const DRAWN_UNITS: usize = 8;

/// What determines the numbers of a run. Two equal experiments on one device give the same run, bit
/// for bit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Experiment {
    /// What is learned.
    pub dataset: Dataset,
    /// Jitter of the 2-D sets in per cent.
    pub noise: f64,
    /// Share of the samples that is trained on, in per cent (2-D sets and digits; the others have a
    /// fixed split).
    pub train_percent: f64,
    /// Inputs of the 2-D sets.
    pub features: Features,
    /// The network without its output layer, which follows from the data.
    pub model: Model,
    /// What the output is compared by.
    pub loss: Loss,
    /// The rule that changes weights.
    pub optimizer: OptimizerChoice,
    /// Before the schedule.
    pub learning_rate: f64,
    /// Over time.
    pub schedule: ScheduleChoice,
    /// Samples of a step.
    pub batch_size: usize,
    /// On the weights.
    pub penalty: PenaltyChoice,
    /// Factor of the penalty.
    pub penalty_rate: f64,
    /// How the first weights are drawn.
    pub init: InitChoice,
    /// In which order samples come.
    pub order: OrderChoice,
    /// Text from which all random numbers follow.
    pub seed: String,
    /// Counts "new weights": draws other initial weights from the same seed.
    pub draw: u32,
    /// What depends on figures is judged after each so many steps: the goal.
    pub evaluate_every: u32,
    /// What the run is to reach; it is held where that is so.
    pub goal: Goal,
}

impl Experiment {
    /// The learning rate to try after a divergence: a third, to one digit.
    pub fn lower_learning_rate(&self) -> f64 {
        number::rounded(self.learning_rate / 3.0, 1)
    }
}

choice! {
    /// What the output is compared by.
    Loss {
        /// Half the squared error of one tanh (classes) or linear (regression) output, as in
        /// TensorFlow Playground.
        HalfSquare = "half-square",
        /// Softmax cross-entropy over classes.
        CrossEntropy = "cross-entropy",
        /// Binary cross-entropy of one logit; labels ±1.
        BinaryCrossEntropy = "binary-cross-entropy",
        /// Huber's loss with delta 1.
        Huber = "huber",
    }
}
choice! {
    /// An optimizer with PyTorch's defaults.
    OptimizerChoice {
        /// Plain gradient descent.
        Sgd = "sgd",
        /// With momentum 0.9.
        Momentum = "momentum",
        /// With Nesterov's momentum 0.9.
        Nesterov = "nesterov",
        /// Adam.
        Adam = "adam",
        /// AdamW, weight decay 0.01.
        AdamW = "adamw",
        /// RMSprop.
        RmsProp = "rmsprop",
        /// Adagrad.
        Adagrad = "adagrad",
    }
}
choice! {
    /// The learning rate over time.
    ScheduleChoice {
        /// Always the same.
        Constant = "constant",
        /// Halved every 1,000 steps.
        Step = "step",
        /// Falls along a cosine over 10,000 steps.
        Cosine = "cosine",
        /// Rises over 100 steps, then stays.
        Warmup = "warmup",
    }
}
choice! {
    /// A penalty on the weights.
    PenaltyChoice {
        /// None.
        None = "none",
        /// On their size.
        L1 = "L1",
        /// On their square.
        L2 = "L2",
    }
}
choice! {
    /// How the first weights are drawn.
    InitChoice {
        /// U(±1/√fan_in) for weights and biases, PyTorch's default.
        Default = "default",
        /// Kaiming uniform for the layer's activation, biases 0.
        KaimingUniform = "kaiming-uniform",
        /// Kaiming normal, biases 0.
        KaimingNormal = "kaiming-normal",
        /// Xavier uniform, biases 0.
        XavierUniform = "xavier-uniform",
        /// Xavier normal, biases 0.
        XavierNormal = "xavier-normal",
        /// TensorFlow Playground's: U(-0.5, 0.5), biases 0.1, from its own generator.
        Playground = "playground",
        /// All 0 (old links: biases too).
        Zeros = "zeros",
    }
}
choice! {
    /// In which order samples come.
    OrderChoice {
        /// A fresh permutation each epoch.
        Shuffled = "shuffled",
        /// As they stand, as in TensorFlow Playground.
        Stream = "stream",
    }
}
