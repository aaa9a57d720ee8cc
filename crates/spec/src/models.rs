//! Ready-made networks and experiments.

use crate::catalog::Kind;
use crate::choice::choice;
use crate::{
    Activation, Dataset, DeviceChoice, Experiment, Features, InitChoice, Layer, Level, Loss, OptimizerChoice, OrderChoice, PenaltyChoice,
    ScheduleChoice, Speed,
};

choice! {
    /// A ready-made network; its layers depend on the data set.
    ModelChoice {
        /// No hidden layer.
        Linear = "linear",
        /// TensorFlow Playground's first network: 4 and 2 units.
        Playground = "playground",
        /// Dense layers of a size that fits the data.
        Mlp = "mlp",
        /// Two dense layers of 1,024 units, for which a GPU is worth its while.
        MlpWide = "mlp-wide",
        /// Two convolutions, each followed by pooling; images only.
        Cnn = "cnn",
        /// The same with batch normalisation; images only.
        CnnNorm = "cnn-norm",
    }
}

impl ModelChoice {
    /// Its layers for a data set, if it fits that.
    pub fn layers(self, dataset: Dataset) -> Option<Vec<Layer>> {
        use Activation::{Linear, Relu, Tanh};
        let dense = |widths: &[usize], activation| widths.iter().map(|&units| Layer::Dense { units, activation }).collect();
        let conv = |channels, kernel, is_same, activation| Layer::Conv { channels, kernel, stride: 1, is_same, activation };
        let (pool, norm) = (Layer::MaxPool { size: 2 }, Layer::BatchNorm { activation: Relu });
        Some(match (self, dataset.entry().kind) {
            (ModelChoice::Linear, _) => Vec::new(),
            (ModelChoice::Playground, Kind::Images { .. }) => dense(&[4, 2], Relu),
            (ModelChoice::Playground, _) => dense(&[4, 2], Tanh),
            (ModelChoice::Mlp, Kind::Images { size: [8, _] }) => dense(&[32], Relu),
            (ModelChoice::Mlp, Kind::Images { .. }) => dense(&[128], Relu),
            (ModelChoice::Mlp, _) => dense(&[8, 6], Tanh),
            (ModelChoice::MlpWide, _) => dense(&[1024, 1024], Relu),
            (ModelChoice::Cnn, Kind::Images { size: [8, _] }) => vec![conv(8, 3, true, Relu), pool, conv(16, 3, true, Relu), pool],
            (ModelChoice::Cnn, Kind::Images { .. }) => vec![conv(8, 5, false, Relu), pool, conv(16, 5, false, Relu), pool],
            (ModelChoice::CnnNorm, Kind::Images { size: [8, _] }) => {
                vec![conv(8, 3, true, Linear), norm, pool, conv(16, 3, true, Linear), norm, pool]
            }
            (ModelChoice::CnnNorm, Kind::Images { .. }) => {
                vec![conv(8, 5, false, Linear), norm, pool, conv(16, 5, false, Linear), norm, pool]
            }
            (ModelChoice::Cnn | ModelChoice::CnnNorm, _) => return None,
        })
    }

    /// The ready-made network that has just these layers for a data set.
    pub fn of(dataset: Dataset, layers: &[Layer]) -> Option<Self> {
        Self::ALL.iter().copied().find(|model| model.layers(dataset).is_some_and(|own| own == layers))
    }
}

/// An experiment that stands for something.
#[derive(Clone, PartialEq, Debug)]
pub struct Preset {
    /// Its name on the page's controls.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// What there is to see, in one sentence.
    pub why: &'static str,
    /// All of it.
    pub experiment: Experiment,
}

/// What a first visit is offered.
pub fn presets() -> [Preset; 3] {
    let with_model = |dataset, model: ModelChoice| {
        let start = Experiment::start(dataset);
        Experiment { layers: model.layers(dataset).unwrap_or(start.layers.clone()), ..start }
    };
    let wide = with_model(Dataset::Spiral, ModelChoice::MlpWide);
    [
        Preset {
            id: "spiral",
            title: "A spiral in five seconds",
            why: "A small network bends a plane until two spirals come apart.",
            experiment: Experiment::first_visit(),
        },
        Preset {
            id: "digits",
            title: "Real digits",
            why: "A convolutional network learns to read handwriting; draw a digit and ask it.",
            experiment: with_model(Dataset::Digits, ModelChoice::Cnn),
        },
        Preset {
            id: "wide",
            title: "Too wide for the CPU",
            why: "A million weights a step: where a GPU begins to pay.",
            experiment: Experiment { batch_size: 250, learning_rate: 0.001, ..wide },
        },
    ]
}

impl Experiment {
    /// A first visit: the spiral, learned in seconds.
    pub fn first_visit() -> Self {
        Self::start(Dataset::Spiral)
    }

    /// What a link says where it names no more than a data set.
    pub fn start(dataset: Dataset) -> Self {
        let is_2d = dataset.is_2d();
        Self {
            dataset,
            noise: 0.0,
            train_percent: if is_2d { 50.0 } else { 80.0 },
            features: Features(0b11),
            layers: ModelChoice::Mlp.layers(dataset).unwrap_or_default(),
            loss: if is_2d { Loss::HalfSquare } else { Loss::CrossEntropy },
            optimizer: OptimizerChoice::Adam,
            learning_rate: if is_2d { 0.01 } else { 0.003 },
            schedule: ScheduleChoice::Constant,
            batch_size: if is_2d { 10 } else { 32 },
            penalty: PenaltyChoice::None,
            penalty_rate: 0.0,
            init: InitChoice::Default,
            order: OrderChoice::Shuffled,
            seed: "1".into(),
            draw: 0,
            device: DeviceChoice::Auto,
            speed: Speed::Max,
            level: Level::Simple,
            show_test: false,
            discretize: false,
        }
    }
}

impl Loss {
    /// Whether it can compare the targets of a data set.
    pub fn fits(self, dataset: Dataset) -> bool {
        match (self, dataset.entry().kind) {
            (Loss::CrossEntropy, kind) => matches!(kind, Kind::Images { .. }),
            (Loss::BinaryCrossEntropy, kind) => kind == Kind::Classes2d,
            (Loss::HalfSquare | Loss::Huber, kind) => !matches!(kind, Kind::Images { .. }),
        }
    }
}
