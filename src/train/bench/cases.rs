//! The training cases: networks, first weights and batches, remade number for number.

use crate::data::{Column, Samples};
use crate::nn::init::Init;
use crate::nn::{Architecture, Model, Param, Routines};
use crate::plan::kernel::{Gather, Order, Stored};
use crate::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use crate::tensor::Shape;
use descent_spec::model::Extent;
use descent_spec::{Head, Task};
use std::f64::consts::PI;

/// The names of all cases.
pub const CASES: [&str; 12] = [
    "toy-mlp",
    "mlp-mnist",
    "mlp-wide",
    "cnn-mnist",
    "cnn-cifar",
    "k-matmul-256",
    "k-matmul-512",
    "k-matmul-1024",
    "k-matmul-2048",
    "k-conv-fwd",
    "k-conv-dx",
    "k-conv-dw",
];

/// A network and how it is trained.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct TrainingCase {
    pub(super) input: Vec<usize>,
    /// Its text.
    pub(super) model: String,
    pub(super) head: Head,
    pub(super) optimizer: Optimizer,
    pub(super) learning_rate: f64,
    pub(super) batch: usize,
    /// Batches on the device, taken in turn.
    pub(super) batches: usize,
    /// Whether they are all there is, so that a round is an epoch.
    pub(super) has_epochs: bool,
}

const ADAM: Optimizer = Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, amsgrad: false };

fn sgd(momentum: f64) -> Optimizer {
    Optimizer::Sgd { momentum, dampening: 0.0, nesterov: false, weight_decay: 0.0 }
}

impl TrainingCase {
    /// The case of a name, if it is one that trains.
    pub(super) fn of(name: &str) -> Option<Self> {
        let classes = Self::classes();
        Some(match name {
            "toy-mlp" => Self {
                input: vec![2],
                model: "dense:4:tanh,dense:2:tanh".into(),
                head: Head::HalfSquare { is_classification: true },
                optimizer: sgd(0.0),
                learning_rate: 0.03,
                batch: 10,
                batches: 50,
                has_epochs: true,
            },
            "mlp-mnist" => Self { model: "dense:128:relu".into(), optimizer: sgd(0.9), learning_rate: 0.05, ..classes },
            "mlp-wide" => Self { model: "dense:1024:relu,dense:1024:relu".into(), batch: 256, ..classes },
            "cnn-mnist" => Self { input: vec![28, 28, 1], model: "conv:8x5:relu,pool:2,conv:16x5:relu,pool:2".into(), ..classes },
            "cnn-cifar" => Self {
                input: vec![32, 32, 3],
                model: "conv:32x3:relu,conv:32x3:relu,pool:2,conv:64x3:relu,conv:64x3:relu,pool:2,dense:256:relu".into(),
                batch: 32,
                ..classes
            },
            _ => return None,
        })
    }

    /// Logits of ten classes, straight from the input.
    pub(super) fn classes() -> Self {
        Self {
            input: vec![784],
            model: String::new(),
            head: Head::CrossEntropy { classes: 10 },
            optimizer: ADAM,
            learning_rate: 0.001,
            batch: 64,
            batches: 8,
            has_epochs: false,
        }
    }

    /// Its network.
    ///
    /// # Panics
    /// If the blocks do not fit together, which those of the cases do.
    pub(super) fn architecture(&self) -> Architecture {
        let input = Extent::of_shape(&self.input).expect("samples of a case are vectors or images");
        let model = descent_spec::Model::read(&self.model).expect("the text of a case is a model");
        Architecture::new(&model, Task { input, head: self.head }, Init::Zeros).expect("the blocks of a case fit together")
    }

    /// What is compiled: a routine `step`.
    ///
    /// # Panics
    /// If the layers do not fit together, which those of the cases do.
    pub(super) fn model(&self, samples: &Samples) -> Model {
        let stored = |column: &Column| match column {
            Column::U8 { scale, .. } => Stored::U8 { scale: *scale },
            Column::F32(_) => Stored::F32,
        };
        let rows = self.batch * self.batches;
        let gather = Gather {
            order: Order::Listed { steps: self.batches },
            first_row: 0,
            rows,
            batch: self.batch,
            capacity: self.batch,
            feature_len: samples.feature_len(),
            features: stored(&samples.features),
            target_len: 1,
            target: stored(&samples.target),
        };
        let update = Update {
            optimizer: self.optimizer,
            schedule: Schedule::Constant,
            learning_rate: self.learning_rate,
            penalty: Penalty::None,
            clip: Clip::None,
        };
        let architecture = self.architecture();
        let routines =
            Routines { data_words: samples.data_words(rows), step: Some((gather, update)), evaluations: Vec::new(), probes: Vec::new() };
        Model::build(&architecture, &routines).expect("the layers of a case fit together")
    }

    /// All batches, one after the other.
    pub(super) fn samples(&self) -> Samples {
        let rows = self.batch * self.batches;
        let (features, target, classes) = match self.head {
            Head::CrossEntropy { classes } => {
                let (features, labels) = self.noisy_prototypes(rows, classes);
                (features, Column::U8 { bytes: labels, scale: 1.0 }, classes)
            }
            Head::HalfSquare { .. } | Head::Huber { .. } | Head::BinaryCrossEntropy => {
                let (features, labels) = circles(rows);
                (features, Column::F32(labels), 0)
            }
        };
        let feature_shape = Shape::from(self.input.clone());
        Samples { train_rows: rows, test_rows: 0, feature_shape, features: Column::F32(features), target, classes }
    }

    /// Images of ten classes: half a prototype and noise.
    fn noisy_prototypes(&self, rows: usize, classes: usize) -> (Vec<f32>, Vec<u8>) {
        let len: usize = self.input.iter().product();
        let prototypes = uniform(5, classes * len, -0.5, 0.5);
        let mut random = Mulberry32(6);
        let (mut features, mut labels) = (Vec::with_capacity(rows * len), Vec::with_capacity(rows));
        for row in 0..rows {
            let (batch, at) = (row / self.batch, row % self.batch);
            let class = (batch * self.batch + at * 7) % classes;
            labels.push(class as u8);
            let prototype = &prototypes[class * len..(class + 1) * len];
            features.extend(prototype.iter().map(|&pixel| (0.5 * f64::from(pixel) + (random.uniform() - 0.5)) as f32));
        }
        (features, labels)
    }
}

/// Points of a disc and of a ring in turn.
fn circles(rows: usize) -> (Vec<f32>, Vec<f32>) {
    let mut random = Mulberry32(7);
    let (mut features, mut labels) = (Vec::new(), Vec::new());
    for row in 0..rows {
        let is_inner = row % 2 == 0;
        let radius = if is_inner { 2.5 * random.uniform() } else { 3.5 + 1.5 * random.uniform() };
        let angle = 2.0 * PI * random.uniform();
        features.extend([(radius * libm::sin(angle)) as f32, (radius * libm::cos(angle)) as f32]);
        labels.push(if is_inner { 1.0 } else { -1.0 });
    }
    (features, labels)
}

/// The first weights: `U(±√(3 / fan_in))`, each tensor from its own seed; biases 0.
pub(super) fn first_weights(params: &[Param]) -> Vec<Vec<f32>> {
    let mut seed = 1000;
    let mut draw = |param: &Param| {
        let len = param.shape.elements();
        if !param.is_weight {
            return vec![0.0; len];
        }
        let fan_in = len / param.shape.last().expect("a weight has axes");
        let bound = (3.0 / fan_in as f64).sqrt();
        seed += 1;
        uniform(seed - 1, len, -bound, bound)
    };
    params.iter().map(&mut draw).collect()
}

/// Numbers between `low` and `high`.
pub(super) fn uniform(seed: u32, len: usize, low: f64, high: f64) -> Vec<f32> {
    let mut random = Mulberry32(seed);
    (0..len).map(|_| (low + (high - low) * random.uniform()) as f32).collect()
}

/// T. Ettinger's generator of 32 bits, which the contract names.
struct Mulberry32(u32);

impl Mulberry32 {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let mut t = self.0;
        t = (t ^ (t >> 15)).wrapping_mul(t | 1);
        t ^= t.wrapping_add((t ^ (t >> 7)).wrapping_mul(t | 61));
        f64::from(t ^ (t >> 14)) / 4_294_967_296.0
    }
}
