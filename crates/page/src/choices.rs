//! What the choices of an experiment are called on the page.

use descent_spec::Activation;
use descent_spec::catalog::Kind;
use descent_spec::goal::{Condition, Measure, Relation};
use descent_spec::number::shortest;
use descent_spec::{
    Dataset, DeviceChoice, Goal, InitChoice, Level, Loss, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice, Speed,
};

/// A value and its name, as a control shows them.
pub(crate) type Named = (&'static str, &'static str);

/// Owned pairs of a list of names.
pub(crate) fn owned(options: Vec<Named>) -> Vec<(String, String)> {
    options.into_iter().map(|(id, title)| (id.to_string(), title.to_string())).collect()
}

fn named<T: Copy>(all: &[T], id: fn(T) -> &'static str, title: fn(T) -> &'static str) -> Vec<Named> {
    all.iter().map(|&value| (id(value), title(value))).collect()
}

pub(crate) fn levels() -> Vec<Named> {
    named(Level::ALL, Level::id, |level| match level {
        Level::Simple => "Simple",
        Level::More => "More",
        Level::All => "All",
    })
}

pub(crate) fn speeds() -> Vec<Named> {
    named(Speed::ALL, Speed::id, |speed| match speed {
        Speed::Ten => "10 steps/s",
        Speed::Hundred => "100 steps/s",
        Speed::Thousand => "1,000 steps/s",
        Speed::TenThousand => "10,000 steps/s",
        Speed::Max => "Max",
    })
}

pub(crate) fn devices() -> Vec<Named> {
    named(DeviceChoice::ALL, DeviceChoice::id, |device| match device {
        DeviceChoice::Auto => "Auto",
        DeviceChoice::Gpu => "GPU",
        DeviceChoice::Cpu => "CPU",
    })
}

pub(crate) fn optimizers() -> Vec<Named> {
    named(OptimizerChoice::ALL, OptimizerChoice::id, |optimizer| match optimizer {
        OptimizerChoice::Sgd => "SGD",
        OptimizerChoice::Momentum => "Momentum",
        OptimizerChoice::Nesterov => "Nesterov",
        OptimizerChoice::Adam => "Adam",
        OptimizerChoice::AdamW => "AdamW",
        OptimizerChoice::RmsProp => "RMSprop",
        OptimizerChoice::Adagrad => "Adagrad",
    })
}

pub(crate) fn schedules() -> Vec<Named> {
    named(ScheduleChoice::ALL, ScheduleChoice::id, |schedule| match schedule {
        ScheduleChoice::Constant => "Constant",
        ScheduleChoice::Step => "Halved every 1,000",
        ScheduleChoice::Cosine => "Cosine, 10,000",
        ScheduleChoice::Warmup => "Warm-up, 100",
    })
}

pub(crate) fn penalties() -> Vec<Named> {
    named(PenaltyChoice::ALL, PenaltyChoice::id, |penalty| match penalty {
        PenaltyChoice::None => "None",
        PenaltyChoice::L1 => "L1",
        PenaltyChoice::L2 => "L2",
    })
}

pub(crate) fn inits() -> Vec<Named> {
    named(InitChoice::ALL, InitChoice::id, |init| match init {
        InitChoice::Default => "Uniform 1/√n",
        InitChoice::KaimingUniform => "Kaiming uniform",
        InitChoice::KaimingNormal => "Kaiming normal",
        InitChoice::XavierUniform => "Xavier uniform",
        InitChoice::XavierNormal => "Xavier normal",
        InitChoice::Playground => "TF Playground's",
        InitChoice::Zeros => "Zeros",
    })
}

pub(crate) fn orders() -> Vec<Named> {
    named(OrderChoice::ALL, OrderChoice::id, |order| match order {
        OrderChoice::Shuffled => "Shuffled",
        OrderChoice::Stream => "As they stand",
    })
}

pub(crate) fn losses(dataset: Dataset) -> Vec<Named> {
    let fitting: Vec<Loss> = Loss::ALL.iter().copied().filter(|loss| loss.fits(dataset)).collect();
    named(&fitting, Loss::id, |loss| match loss {
        Loss::HalfSquare => "Half square",
        Loss::CrossEntropy => "Cross-entropy",
        Loss::BinaryCrossEntropy => "Binary cross-entropy",
        Loss::Huber => "Huber",
    })
}

/// An activation as people write it.
pub(crate) fn activation_title(activation: Activation) -> &'static str {
    match activation {
        Activation::Relu => "ReLU",
        Activation::LeakyRelu => "leaky ReLU",
        Activation::Relu6 => "ReLU6",
        Activation::Hardtanh => "hard tanh",
        Activation::HardSigmoid => "hard sigmoid",
        Activation::HardSwish => "hard swish",
        Activation::Elu => "ELU",
        Activation::Selu => "SELU",
        Activation::Gelu => "GELU",
        Activation::GeluTanh => "GELU (tanh)",
        Activation::Silu => "SiLU",
        Activation::LogSigmoid => "log sigmoid",
        Activation::Linear | Activation::Tanh | Activation::Sigmoid => activation.id(),
        Activation::Mish | Activation::Softplus | Activation::Softsign => activation.id(),
    }
}

pub(crate) fn activations() -> Vec<Named> {
    named(Activation::ALL, Activation::id, activation_title)
}

/// Whether its samples are images.
pub(crate) fn is_image(dataset: Dataset) -> bool {
    !dataset.is_2d()
}

/// Whether its labels are numbers instead of classes.
pub(crate) fn is_regression(dataset: Dataset) -> bool {
    dataset.entry().kind == Kind::Values2d
}

/// Its name where room is short.
pub(crate) fn short_title(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Xor => "Xor",
        Dataset::Gauss => "Bells",
        _ => dataset.entry().title,
    }
}

/// A goal as people read it: `test loss < 0.2, steps ≤ 5,000`.
pub(crate) fn goal_in_words(goal: &Goal) -> String {
    let words = |condition: &Condition| {
        let (name, bound) = match condition.measure {
            Measure::TrainLoss => ("train loss", shortest(condition.bound)),
            Measure::TestLoss => ("test loss", shortest(condition.bound)),
            Measure::Accuracy => ("test accuracy", format!("{} %", shortest(condition.bound * 100.0))),
            Measure::Steps => ("steps", shortest(condition.bound)),
            Measure::Params => ("parameters", shortest(condition.bound)),
        };
        let sign = match condition.relation {
            Relation::AtMost => "≤",
            Relation::AtLeast => "≥",
            Relation::Below => "<",
            Relation::Above => ">",
        };
        format!("{name} {sign} {bound}")
    };
    goal.conditions.iter().map(words).collect::<Vec<_>>().join(", ")
}

/// The inputs of the 2-D sets, as people write them.
pub(crate) const FEATURES: [&str; 7] = ["x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_reads_as_a_sentence() {
        let goal = Goal::read("testLoss<0.2;params<=20;accuracy>0.95").expect("a goal");
        assert_eq!(goal_in_words(&goal), "test loss < 0.2, parameters ≤ 20, test accuracy > 95 %");
    }
}
