//! What the choices of an experiment are called on the page.

use crate::data::catalog::Kind;
use crate::experiment::{
    Dataset, DeviceChoice, InitChoice, Level, Loss, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice, Speed,
};
use crate::nn::Activation;

/// A value and its name, as a control shows them.
pub(super) type Named = (&'static str, &'static str);

/// Owned pairs of a list of names.
pub(super) fn owned(options: Vec<Named>) -> Vec<(String, String)> {
    options.into_iter().map(|(id, title)| (id.to_string(), title.to_string())).collect()
}

fn named<T: Copy>(all: &[T], id: fn(T) -> &'static str, title: fn(T) -> &'static str) -> Vec<Named> {
    all.iter().map(|&value| (id(value), title(value))).collect()
}

pub(super) fn levels() -> Vec<Named> {
    named(Level::ALL, Level::id, |level| match level {
        Level::Simple => "Simple",
        Level::More => "More",
        Level::All => "All",
    })
}

pub(super) fn speeds() -> Vec<Named> {
    named(Speed::ALL, Speed::id, |speed| match speed {
        Speed::One => "1×",
        Speed::Ten => "10×",
        Speed::Max => "Max",
    })
}

pub(super) fn devices() -> Vec<Named> {
    named(DeviceChoice::ALL, DeviceChoice::id, |device| match device {
        DeviceChoice::Auto => "Auto",
        DeviceChoice::Gpu => "GPU",
        DeviceChoice::Cpu => "CPU",
    })
}

pub(super) fn optimizers() -> Vec<Named> {
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

pub(super) fn schedules() -> Vec<Named> {
    named(ScheduleChoice::ALL, ScheduleChoice::id, |schedule| match schedule {
        ScheduleChoice::Constant => "Constant",
        ScheduleChoice::Step => "Halved every 1,000",
        ScheduleChoice::Cosine => "Cosine, 10,000",
        ScheduleChoice::Warmup => "Warm-up, 100",
    })
}

pub(super) fn penalties() -> Vec<Named> {
    named(PenaltyChoice::ALL, PenaltyChoice::id, |penalty| match penalty {
        PenaltyChoice::None => "None",
        PenaltyChoice::L1 => "L1",
        PenaltyChoice::L2 => "L2",
    })
}

pub(super) fn inits() -> Vec<Named> {
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

pub(super) fn orders() -> Vec<Named> {
    named(OrderChoice::ALL, OrderChoice::id, |order| match order {
        OrderChoice::Shuffled => "Shuffled",
        OrderChoice::Stream => "As they stand",
    })
}

pub(super) fn losses(dataset: Dataset) -> Vec<Named> {
    let fitting: Vec<Loss> = Loss::ALL.iter().copied().filter(|loss| loss.fits(dataset)).collect();
    named(&fitting, Loss::id, |loss| match loss {
        Loss::HalfSquare => "Half square",
        Loss::CrossEntropy => "Cross-entropy",
        Loss::BinaryCrossEntropy => "Binary cross-entropy",
        Loss::Huber => "Huber",
    })
}

/// An activation as people write it.
pub(super) fn activation_title(activation: Activation) -> &'static str {
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

pub(super) fn activations() -> Vec<Named> {
    named(Activation::ALL, Activation::id, activation_title)
}

/// Whether its samples are images.
pub(super) fn is_image(dataset: Dataset) -> bool {
    !dataset.is_2d()
}

/// Whether its labels are numbers instead of classes.
pub(super) fn is_regression(dataset: Dataset) -> bool {
    dataset.entry().kind == Kind::Values2d
}

/// The inputs of the 2-D sets, as people write them.
pub(super) const FEATURES: [&str; 7] = ["x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"];
