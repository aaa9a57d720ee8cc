//! Ready-made networks and experiments: what a data set starts with, the networks of the select,
//! and the presets of the introduction.

use crate::catalog::Kind;
use crate::choice::choice;
use crate::{Dataset, Experiment, Features, Goal, InitChoice, Loss, Model, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice};

choice! {
    /// A ready-made network; its blocks depend on the data set.
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
        /// A small residual network (arXiv:1512.03385); images only.
        ResNet = "resnet",
        /// Depthwise-separable convolutions (arXiv:1704.04861); images only.
        Depthwise = "depthwise",
    }
}

impl ModelChoice {
    /// The network for a data set, if there is one that fits it.
    pub fn model(self, dataset: Dataset) -> Option<Model> {
        let text = match (self, dataset.entry().kind) {
            (ModelChoice::Linear, _) => "",
            (ModelChoice::Playground, Kind::Images { .. }) => "dense:4:relu,dense:2:relu",
            (ModelChoice::Playground, _) => "dense:4:tanh,dense:2:tanh",
            (ModelChoice::Mlp, Kind::Images { size: [8, _] }) => "dense:32:relu",
            (ModelChoice::Mlp, Kind::Images { .. }) => "dense:128:relu",
            (ModelChoice::Mlp, _) => "dense:8:tanh,dense:6:tanh",
            (ModelChoice::MlpWide, _) => "dense:1024:relu,dense:1024:relu",
            (ModelChoice::Cnn, Kind::Images { size: [8, _] }) => "conv:8x3:relu,pool:2,conv:16x3:relu,pool:2",
            (ModelChoice::Cnn, Kind::Images { .. }) => "conv:8x5:valid:relu,pool:2,conv:16x5:valid:relu,pool:2",
            (ModelChoice::CnnNorm, Kind::Images { size: [8, _] }) => "conv:8x3:linear,norm:relu,pool:2,conv:16x3:linear,norm:relu,pool:2",
            (ModelChoice::CnnNorm, Kind::Images { .. }) => "conv:8x5:valid:linear,norm:relu,pool:2,conv:16x5:valid:linear,norm:relu,pool:2",
            (ModelChoice::ResNet, Kind::Images { size: [8, _] }) => {
                "conv:16x3:linear,norm:relu,repeat:2(residual:relu(conv:16x3:linear,norm:relu,conv:16x3:linear,norm:linear)),globalmean"
            }
            (ModelChoice::ResNet, Kind::Images { .. }) => {
                "conv:8x3:stride2:linear,norm:relu,residual:relu(conv:8x3:linear,norm:relu,conv:8x3:linear,norm:linear),\
                parallel:add(conv:16x3:stride2:linear,norm:relu,conv:16x3:linear,norm:linear;conv:16x1:stride2:linear,norm:linear),act:relu,\
                globalmean"
            }
            (ModelChoice::Depthwise, Kind::Images { size: [8, _] }) => {
                "conv:16x3:linear,norm:relu,conv:16x3:depthwise:linear,norm:relu,conv:32x1:linear,norm:relu,pool:2,globalmean"
            }
            (ModelChoice::Depthwise, Kind::Images { .. }) => {
                "conv:16x3:stride2:linear,norm:relu,conv:16x3:depthwise:linear,norm:relu,conv:32x1:linear,norm:relu,pool:2,\
                conv:32x3:depthwise:linear,norm:relu,conv:32x1:linear,norm:relu,globalmean"
            }
            (ModelChoice::Cnn | ModelChoice::CnnNorm | ModelChoice::ResNet | ModelChoice::Depthwise, _) => return None,
        };
        Some(Model::read(text).expect("the texts of this table are models"))
    }

    /// The ready-made network that is just this one, for a data set.
    pub fn of(dataset: Dataset, model: &Model) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.model(dataset).is_some_and(|own| own == *model))
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
        Experiment { model: model.model(dataset).unwrap_or(start.model.clone()), ..start }
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
            model: ModelChoice::Mlp.model(dataset).unwrap_or_default(),
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
            evaluate_every: 1_000,
            goal: Goal::default(),
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
