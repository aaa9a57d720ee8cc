//! TensorFlow Playground's links:
//! `activation=tanh&batchSize=10&dataset=circle&networkShape=4,2&seed=0.59704&…`.
//!
//! They are read leniently, as there are thousands of them in lessons: what has no effect there has
//! none here, what cannot be honoured gives a notice. Points, initial weights and every update are
//! those of the original (½(o − t)², samples as they stand, plain gradient descent).

use super::Link;
use super::value::{NOISE, Notice, RATE, TRAIN_PERCENT, number_within, seed, unescape};
use crate::layers::Dense;
use crate::{
    Activation, Dataset, Experiment, Features, InitChoice, Layer, Level, Loss, Model, OptimizerChoice, OrderChoice, PenaltyChoice, Speed,
    View, cost,
};

/// Names that switch an input on or off.
const INPUTS: [&str; 7] = Features::NAMES;

/// What else a link of the original may name. Most have no effect here.
const OTHERS: [&str; 21] = [
    "activation",
    "regularization",
    "batchSize",
    "dataset",
    "regDataset",
    "learningRate",
    "regularizationRate",
    "noise",
    "networkShape",
    "seed",
    "showTestData",
    "discretize",
    "percTrainData",
    "problem",
    "initZero",
    "weightQuantization",
    "collectStats",
    "hideText",
    "tutorial",
    "cosX",
    "cosY",
];

/// Whether the original knows a key, or did in one of its versions.
fn is_known(key: &str) -> bool {
    OTHERS.contains(&key) || INPUTS.contains(&key) || key.ends_with("_hide")
}

/// Reads a link without `v`; `None` if nothing in it is of the original.
pub(super) fn read(text: &str) -> Option<(Link, Vec<Notice>)> {
    let text = text.replace("&amp;", "&");
    let text = text.strip_suffix('/').unwrap_or(&text);
    if !text.split('&').any(|pair| is_known(pair.split_once('=').map_or(pair, |(key, _)| key))) {
        return None;
    }
    let mut reader = Reader::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if let Err(why) = reader.take(key, value) {
            reader.notices.push(Notice::new(key, value, why));
        }
    }
    Some(reader.finish())
}

/// What the defaults of the original become as keys come in.
struct Reader {
    experiment: Experiment,
    view: View,
    classified: Dataset,
    measured: Dataset,
    is_regression: bool,
    widths: Vec<usize>,
    activation: Activation,
    hidden_inputs: u8,
    notices: Vec<Notice>,
}

impl Reader {
    fn new() -> Self {
        let experiment = Experiment {
            optimizer: OptimizerChoice::Sgd,
            learning_rate: 0.03,
            loss: Loss::HalfSquare,
            init: InitChoice::Playground,
            order: OrderChoice::Stream,
            ..Experiment::start(Dataset::Circle)
        };
        Self {
            experiment,
            // The original takes an epoch a frame: 25 steps of its 250 points, 60 times a second.
            view: View { level: Level::More, speed: Speed::Thousand, ..View::default() },
            classified: Dataset::Circle,
            measured: Dataset::RegPlane,
            is_regression: false,
            widths: vec![4, 2],
            activation: Activation::Tanh,
            hidden_inputs: 0,
            notices: Vec::new(),
        }
    }

    /// Takes a key over, or says why not.
    fn take(&mut self, key: &str, value: &str) -> Result<(), String> {
        let experiment = &mut self.experiment;
        let unknown = || String::from("this is not known here; the original's default was taken");
        match key {
            "activation" => {
                let known = ["relu", "tanh", "sigmoid", "linear"].contains(&value);
                self.activation = known.then(|| Activation::from_id(value)).flatten().ok_or_else(unknown)?;
            }
            "regularization" => {
                experiment.penalty = match value {
                    "none" => PenaltyChoice::None,
                    "L1" => PenaltyChoice::L1,
                    "L2" => PenaltyChoice::L2,
                    _ => return Err(unknown()),
                }
            }
            "batchSize" => {
                let size = number_within(value, (1.0, cost::MAX_BATCH as f64)).map_err(|why| format!("{why}; 10 was taken"))?;
                experiment.batch_size = size as usize;
            }
            "dataset" => {
                self.classified = match value {
                    "circle" => Dataset::Circle,
                    "xor" => Dataset::Xor,
                    "gauss" => Dataset::Gauss,
                    "spiral" => Dataset::Spiral,
                    _ => return Err(unknown()),
                }
            }
            "regDataset" => {
                self.measured = match value {
                    "reg-plane" => Dataset::RegPlane,
                    "reg-gauss" => Dataset::RegGauss,
                    _ => return Err(unknown()),
                }
            }
            "learningRate" => experiment.learning_rate = number_within(value, RATE).map_err(|why| format!("{why}; 0.03 was taken"))?,
            "regularizationRate" => experiment.penalty_rate = number_within(value, RATE).map_err(|why| format!("{why}; 0 was taken"))?,
            "noise" => return self.noise(value),
            "networkShape" => {
                // What came through another program may have its commas escaped.
                let text = unescape(value).ok_or_else(unknown)?;
                self.widths = widths(&text).ok_or("expected numbers of units, as 4,2; that was taken")?;
            }
            // The original takes the text as it stands, escapes and all.
            "seed" => experiment.seed = seed(value)?,
            "showTestData" => self.view.show_test = switch(value, false),
            "discretize" => self.view.discretize = switch(value, false),
            "percTrainData" => {
                experiment.train_percent = number_within(value, TRAIN_PERCENT).map_err(|why| format!("{why}; 50 was taken"))?
            }
            "problem" => {
                self.is_regression = match value {
                    "classification" => false,
                    "regression" => true,
                    _ => return Err(unknown()),
                }
            }
            "initZero" => experiment.init = if switch(value, false) { InitChoice::Zeros } else { InitChoice::Playground },
            "weightQuantization" if value != "none" => return Err("weights are not quantised here".into()),
            _ => self.input(key, value),
        }
        Ok(())
    }

    /// Inputs, and the wish to hide a control, which takes an input out of the network. Other keys
    /// have no effect.
    fn input(&mut self, key: &str, value: &str) {
        let bit_of = |name: &str| INPUTS.iter().position(|input| *input == name);
        if let Some(bit) = bit_of(key) {
            let mask = 1 << bit;
            let features = &mut self.experiment.features.0;
            *features = if switch(value, bit < 2) { *features | mask } else { *features & !mask };
        } else if let (Some(bit), "true") = (key.strip_suffix("_hide").and_then(bit_of), value) {
            self.hidden_inputs |= 1 << bit;
        }
    }

    /// The original's rule: above 80 becomes 50, below 0 becomes 0.
    fn noise(&mut self, value: &str) -> Result<(), String> {
        let noise = number_within(value, (f64::MIN, f64::MAX)).map_err(|why| format!("{why}; 0 was taken"))?;
        self.experiment.noise = if noise > 80.0 { 50.0 } else { noise.clamp(NOISE.0, NOISE.1) };
        Ok(())
    }

    fn finish(mut self) -> (Link, Vec<Notice>) {
        self.experiment.dataset = if self.is_regression { self.measured } else { self.classified };
        let kept = self.experiment.features.0 & !self.hidden_inputs;
        if kept == 0 {
            self.notices.push(Notice::new("x", "false", "the network has no inputs; x and y were taken"));
        }
        self.experiment.features = Features(if kept == 0 { 0b11 } else { kept });
        self.experiment.model = self.model();
        if let Err(error) = self.experiment.cost() {
            let shape: Vec<String> = self.widths.iter().map(usize::to_string).collect();
            self.notices.push(Notice::new("networkShape", &shape.join(","), format!("{error}; 4,2 was taken")));
            self.widths = vec![4, 2];
            self.experiment.model = self.model();
        }
        (Link { experiment: self.experiment, view: self.view }, self.notices)
    }

    fn model(&self) -> Model {
        Model::chain(self.widths.iter().map(|&units| Layer::Dense(Dense { units, activation: self.activation })))
    }
}

/// The original's rule: anything but `false` is true, nothing is the default.
fn switch(value: &str, default: bool) -> bool {
    if value.is_empty() { default } else { value != "false" }
}

/// Widths of hidden layers; none if there is nothing.
fn widths(text: &str) -> Option<Vec<usize>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split(',').map(|width| width.parse().ok().filter(|width| *width > 0)).collect()
}
