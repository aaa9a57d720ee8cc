//! From an architecture to everything that is compiled and started: the graphs of its routines and
//! its first weights.

use super::init::{Fill, Init};
use super::loss;
use super::network::{LayerInfo, Mode, Network, Param, Stat};
use super::norm::Rows;
use super::{Activation, Layer};
use crate::graph::{Graph, NodeId, ShapeError, autodiff};
use crate::plan::kernel::Gather;
use crate::plan::update::Update;
use crate::plan::{Fetch, ModelSpec, RoutineSpec, Training};
use crate::tensor::{Shape, Tensor};
use std::fmt;

/// The shape of a network.
#[derive(Clone, PartialEq, Debug)]
pub struct Architecture {
    /// Extent of a sample: `[features]` or `[h, w, channels]`.
    pub input: Vec<usize>,
    /// The hidden layers.
    pub layers: Vec<Layer>,
    /// The output layer and what it is compared by.
    pub head: Head,
    /// How the first weights are drawn.
    pub init: Init,
}

/// The output layer, and what its output is compared by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Head {
    /// One output, `½ (output - target)²`: tanh for classes ±1, linear for regression.
    HalfSquare {
        /// Whether targets are classes ±1.
        is_classification: bool,
    },
    /// One output as for [`Head::HalfSquare`], Huber's loss with delta 1.
    Huber {
        /// Whether targets are classes ±1.
        is_classification: bool,
    },
    /// One logit, binary cross-entropy; targets are classes ±1.
    BinaryCrossEntropy,
    /// A logit for each class, softmax cross-entropy; targets are class indices.
    CrossEntropy {
        /// How many.
        classes: usize,
    },
}

/// The samples of a model's routines.
#[derive(Clone, PartialEq, Debug)]
pub struct Routines {
    /// Words of the resident samples: features, targets, list of rows.
    pub data_words: [usize; 3],
    /// The samples and rule of `step`, if the model trains.
    pub step: Option<(Gather, Update)>,
    /// Routines that tally the loss and the right answers.
    pub evaluations: Vec<(&'static str, Gather)>,
    /// Routines with so many rows of `features` written by the host, whose outputs are all layers
    /// and `prediction`.
    pub probes: Vec<(&'static str, usize)>,
}

/// A model, ready to be compiled and started.
#[derive(Clone, Debug)]
pub struct Model {
    /// What is compiled.
    pub spec: ModelSpec,
    /// The trainable tensors, in the graphs' order.
    pub params: Vec<Param>,
    /// The running statistics, in the graphs' order.
    pub stats: Vec<Stat>,
    /// The layers, the output last.
    pub layers: Vec<LayerInfo>,
}

/// A layer that does not fit what comes before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LayerError {
    /// Its number from 1; one more than there are layers for the output.
    pub number: usize,
    /// What does not fit.
    pub cause: ShapeError,
}

impl fmt::Display for LayerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "layer {}: {}", self.number, self.cause)
    }
}

impl std::error::Error for LayerError {}

impl Model {
    /// Builds the graphs of a network.
    ///
    /// `step` has the inputs `features`, `target`, `row_weight` and `row_count`, no outputs, and
    /// trains. An evaluation has the same inputs. A probe has the input `features` and as outputs
    /// each layer by its name, then `prediction` (see [`Head::prediction`]).
    ///
    /// # Errors
    /// [`LayerError`] if a layer does not fit what comes before it.
    pub fn build(architecture: &Architecture, routines: &Routines) -> Result<Model, LayerError> {
        let outline = Outline::of(architecture)?;
        let mut specs = Vec::new();
        if let Some((gather, _)) = &routines.step {
            specs.push(architecture.step(gather.clone())?);
        }
        for (name, gather) in &routines.evaluations {
            specs.push(architecture.evaluation(name, gather.clone())?);
        }
        for (name, rows) in &routines.probes {
            specs.push(architecture.probe(name, *rows)?);
        }
        let spec = ModelSpec {
            routines: specs,
            is_regularised: outline.params.iter().map(|param| param.is_weight).collect(),
            update: routines.step.as_ref().map(|(_, update)| *update),
            data_words: routines.data_words,
        };
        Ok(Model { spec, params: outline.params, stats: outline.stats, layers: outline.layers })
    }

    /// The first value of each parameter under `seed`.
    pub fn first_params(&self, seed: u64) -> Vec<Tensor<f64>> {
        self.params.iter().zip(0..).map(|(param, tensor)| param.fill.draw(param.shape.clone(), seed, tensor)).collect()
    }

    /// The first value of each parameter, each weight being `uniform() - ½` as TensorFlow
    /// Playground draws them: layer after layer, for each unit the weights of all its inputs. What
    /// is no weight, and a weight that is to be 0, takes its constant (the latter uses up its
    /// numbers).
    pub fn playground_params(&self, mut uniform: impl FnMut() -> f64) -> Vec<Tensor<f64>> {
        let mut draw = |param: &Param| {
            let mut tensor = param.fill.draw(param.shape.clone(), 0, 0);
            if let (true, [inputs @ .., units]) = (param.is_weight, &*param.shape) {
                let inputs: usize = inputs.iter().product();
                for unit in 0..*units {
                    for input in 0..inputs {
                        let weight = uniform() - 0.5;
                        if !matches!(param.fill, Fill::Constant(_)) {
                            tensor.data_mut()[input * units + unit] = weight;
                        }
                    }
                }
            }
            tensor
        };
        self.params.iter().map(&mut draw).collect()
    }

    /// The first value of each running statistic.
    pub fn first_stats(&self) -> Vec<Tensor<f64>> {
        self.stats.iter().map(|stat| Tensor::full(stat.shape.clone(), stat.start)).collect()
    }

    /// How many trainable numbers there are.
    pub fn params_len(&self) -> usize {
        self.params.iter().map(|param| param.shape.elements()).sum()
    }
}

/// What all graphs of a network have in common.
struct Outline {
    params: Vec<Param>,
    stats: Vec<Stat>,
    layers: Vec<LayerInfo>,
}

impl Outline {
    fn of(architecture: &Architecture) -> Result<Self, LayerError> {
        let mut graph = Graph::new();
        let x = architecture.features(&mut graph, 1);
        let (network, _) = architecture.append_layers(&mut graph, x, Mode::Inference)?;
        Ok(Self {
            params: network.params.into_iter().map(|(param, _)| param).collect(),
            stats: network.stats,
            layers: network.layers.into_iter().map(|(layer, _)| layer).collect(),
        })
    }
}

impl Architecture {
    fn features(&self, graph: &mut Graph, rows: usize) -> NodeId {
        let extents: Vec<usize> = std::iter::once(rows).chain(self.input.iter().copied()).collect();
        graph.input("features", extents)
    }

    /// Appends all layers to `x` and returns the output layer's node.
    fn append_layers<'g>(&self, graph: &'g mut Graph, x: NodeId, mode: Mode) -> Result<(Network<'g>, NodeId), LayerError> {
        let mut network = Network::new(graph, mode, self.init);
        let mut x = x;
        for (at, layer) in self.layers.iter().enumerate() {
            let next = self.layers.get(at + 1).copied();
            x = network.layer(x, *layer, next).map_err(|cause| LayerError { number: at + 1, cause })?;
        }
        let (units, activation) = self.head.output();
        let output = network.dense("output".into(), "Output", x, units, activation, true);
        let output = output.map_err(|cause| LayerError { number: self.layers.len() + 1, cause })?;
        Ok((network, output))
    }

    fn step(&self, gather: Gather) -> Result<RoutineSpec, LayerError> {
        let mut graph = Graph::new();
        let fetch = self.fetch(&mut graph, gather);
        let rows = Rows { weight: fetch.row_weight, count: fetch.row_count };
        let (network, output) = self.append_layers(&mut graph, fetch.features, Mode::Training(rows))?;
        let params: Vec<NodeId> = network.params.iter().map(|(_, node)| *node).collect();
        let stats: Vec<(usize, NodeId)> = network.new_stats.into_iter().enumerate().collect();
        let row_loss = self.head.row_loss(&mut graph, output, fetch.target).map_err(|cause| self.output_error(cause))?;
        let grads = autodiff::gradients(&mut graph, &[(row_loss, fetch.row_weight)], &params);
        let training = Some(Training { row_loss, grads, stats });
        Ok(RoutineSpec { name: "step", graph, outputs: Vec::new(), fetch: Some(fetch), training, tally: None })
    }

    fn evaluation(&self, name: &'static str, gather: Gather) -> Result<RoutineSpec, LayerError> {
        let mut graph = Graph::new();
        let fetch = self.fetch(&mut graph, gather);
        let (_, output) = self.append_layers(&mut graph, fetch.features, Mode::Inference)?;
        let row_loss = self.head.row_loss(&mut graph, output, fetch.target).map_err(|cause| self.output_error(cause))?;
        let correct = self.head.correct(&mut graph, output, fetch.target).map_err(|cause| self.output_error(cause))?;
        Ok(RoutineSpec { name, graph, outputs: Vec::new(), fetch: Some(fetch), training: None, tally: Some((row_loss, correct)) })
    }

    fn probe(&self, name: &'static str, rows: usize) -> Result<RoutineSpec, LayerError> {
        let mut graph = Graph::new();
        let x = self.features(&mut graph, rows);
        let (network, output) = self.append_layers(&mut graph, x, Mode::Inference)?;
        let mut outputs: Vec<(String, NodeId)> = network.layers.into_iter().map(|(layer, node)| (layer.name, node)).collect();
        let prediction = self.head.prediction(&mut graph, output).map_err(|cause| self.output_error(cause))?;
        outputs.push(("prediction".into(), prediction));
        Ok(RoutineSpec { name, graph, outputs, fetch: None, training: None, tally: None })
    }

    fn fetch(&self, graph: &mut Graph, gather: Gather) -> Fetch {
        assert_eq!(gather.feature_len, self.input.iter().product::<usize>(), "samples have the extent that the network expects");
        let rows = gather.capacity;
        let target = match self.head {
            Head::CrossEntropy { .. } => Shape::from([rows]),
            Head::HalfSquare { .. } | Head::Huber { .. } | Head::BinaryCrossEntropy => Shape::from([rows, 1]),
        };
        Fetch {
            gather,
            features: self.features(graph, rows),
            target: graph.input("target", target),
            row_weight: graph.input("row_weight", [rows]),
            row_count: graph.input("row_count", Shape::scalar()),
        }
    }

    fn output_error(&self, cause: ShapeError) -> LayerError {
        LayerError { number: self.layers.len() + 1, cause }
    }
}

impl Head {
    /// Units and activation of the output layer.
    fn output(self) -> (usize, Activation) {
        match self {
            Head::HalfSquare { is_classification: true } | Head::Huber { is_classification: true } => (1, Activation::Tanh),
            Head::HalfSquare { is_classification: false } | Head::Huber { is_classification: false } | Head::BinaryCrossEntropy => {
                (1, Activation::Linear)
            }
            Head::CrossEntropy { classes } => (classes, Activation::Linear),
        }
    }

    /// The loss of each row, `[rows]`.
    fn row_loss(self, graph: &mut Graph, output: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
        let losses = match self {
            Head::HalfSquare { .. } => loss::half_square(graph, output, target)?,
            Head::Huber { .. } => loss::huber(graph, output, target, 1.0)?,
            Head::BinaryCrossEntropy => {
                let halved = graph.scale(target, 0.5)?;
                let probability = graph.shift(halved, 0.5)?;
                loss::binary_cross_entropy(graph, output, probability, None)?
            }
            Head::CrossEntropy { .. } => loss::cross_entropy(graph, output, target, 0.0)?,
        };
        loss::per_row(graph, losses)
    }

    /// 1 for each row that is answered correctly, else 0, `[rows]`; all 0 for regression.
    fn correct(self, graph: &mut Graph, output: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
        let rows = graph.shape(output)[0];
        let zero = graph.constant(0.0);
        match self {
            Head::CrossEntropy { .. } => {
                let answer = graph.argmax(output, 1, false)?;
                graph.equal(answer, target)
            }
            Head::HalfSquare { is_classification: true } | Head::Huber { is_classification: true } | Head::BinaryCrossEntropy => {
                let product = graph.mul(output, target)?;
                let is_same_side = graph.greater(product, zero)?;
                graph.reshape(is_same_side, [rows])
            }
            Head::HalfSquare { is_classification: false } | Head::Huber { is_classification: false } => graph.broadcast(zero, [rows]),
        }
    }

    /// What is drawn of an output: itself, `tanh(logit / 2)` (that is `2 p - 1`) of a binary logit,
    /// or the probabilities of the classes.
    pub fn prediction(self, graph: &mut Graph, output: NodeId) -> Result<NodeId, ShapeError> {
        match self {
            Head::HalfSquare { .. } | Head::Huber { .. } => Ok(output),
            Head::BinaryCrossEntropy => {
                let half = graph.scale(output, 0.5)?;
                graph.tanh(half)
            }
            Head::CrossEntropy { .. } => graph.softmax(output),
        }
    }
}
