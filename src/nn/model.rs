//! From an architecture to everything that is compiled and started: the graphs of its routines and
//! its first weights.

use super::context::Mode;
use super::init::{Fill, Init};
use super::loss;
use super::network::{Network, Param, Stat};
use super::norm::Rows;
use crate::graph::{Graph, NodeId, ShapeError, autodiff};
use crate::plan::kernel::Gather;
use crate::plan::update::Update;
use crate::plan::{Fetch, ModelSpec, RoutineSpec, Training};
use crate::tensor::{Shape, Tensor};
use descent_spec::model::{ModelError, Outline};
use descent_spec::{Head, Task};
use std::fmt;

/// A network, what it is for, and how it starts.
#[derive(Clone, PartialEq, Debug)]
pub struct Architecture {
    /// The network written out, the output layer last.
    pub outline: Outline,
    /// What the output is compared by.
    pub head: Head,
    /// How the first weights are drawn.
    pub init: Init,
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
}

/// A part of a network whose graph cannot be built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LayerError {
    /// Its path: `residual2.conv1`; `loss` where the output does not fit the targets.
    pub path: String,
    /// What does not fit.
    pub cause: ShapeError,
}

impl fmt::Display for LayerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path, self.cause)
    }
}

impl std::error::Error for LayerError {}

impl Model {
    /// Builds the graphs of a network.
    ///
    /// `step` has the inputs `features`, `target`, `row_weight` and `row_count`, no outputs, and
    /// trains. An evaluation has the same inputs. A probe has the input `features` and as outputs
    /// each layer by its name, then `prediction` (see [`prediction`]).
    ///
    /// # Errors
    /// [`LayerError`] if a layer does not fit what comes before it.
    pub fn build(architecture: &Architecture, routines: &Routines) -> Result<Model, LayerError> {
        let mut graph = Graph::new();
        let x = architecture.features(&mut graph, 1);
        let Network { params, stats, .. } = architecture.lay(&mut graph, x, Mode::Inference)?;
        let params: Vec<Param> = params.into_iter().map(|(param, _)| param).collect();
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
            is_regularised: params.iter().map(|param| param.is_weight).collect(),
            update: routines.step.as_ref().map(|(_, update)| *update),
            data_words: routines.data_words,
        };
        Ok(Model { spec, params, stats })
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

impl Architecture {
    /// A model for a task.
    ///
    /// # Errors
    /// [`ModelError`] if the blocks do not fit together.
    pub fn new(model: &descent_spec::Model, task: Task, init: Init) -> Result<Self, ModelError> {
        Ok(Self { outline: model.outline(task.input, Some(task.head.output()))?, head: task.head, init })
    }

    /// Extent of a sample.
    fn input(&self) -> Vec<usize> {
        self.outline.sites[0].extent.shape()
    }

    fn features(&self, graph: &mut Graph, rows: usize) -> NodeId {
        let extents: Vec<usize> = std::iter::once(rows).chain(self.input()).collect();
        graph.input("features", extents)
    }

    fn lay(&self, graph: &mut Graph, x: NodeId, mode: Mode) -> Result<Network, LayerError> {
        Network::lay(graph, &self.outline, x, mode, self.init).map_err(|(path, cause)| LayerError { path, cause })
    }

    fn step(&self, gather: Gather) -> Result<RoutineSpec, LayerError> {
        let mut graph = Graph::new();
        let fetch = self.fetch(&mut graph, gather);
        let rows = Rows { weight: fetch.row_weight, count: fetch.row_count };
        let network = self.lay(&mut graph, fetch.features, Mode::Training(rows))?;
        let output = network.output();
        let params: Vec<NodeId> = network.params.iter().map(|(_, node)| *node).collect();
        let stats: Vec<(usize, NodeId)> = network.new_stats.into_iter().enumerate().collect();
        let row_loss = row_loss(self.head, &mut graph, output, fetch.target).map_err(of_loss)?;
        let grads = autodiff::gradients(&mut graph, &[(row_loss, fetch.row_weight)], &params);
        let training = Some(Training { row_loss, grads, stats, has_parts: false });
        Ok(RoutineSpec { name: "step", graph, outputs: Vec::new(), fetch: Some(fetch), training, tally: None })
    }

    fn evaluation(&self, name: &'static str, gather: Gather) -> Result<RoutineSpec, LayerError> {
        let mut graph = Graph::new();
        let fetch = self.fetch(&mut graph, gather);
        let output = self.lay(&mut graph, fetch.features, Mode::Inference)?.output();
        let row_loss = row_loss(self.head, &mut graph, output, fetch.target).map_err(of_loss)?;
        let correct = correct(self.head, &mut graph, output, fetch.target).map_err(of_loss)?;
        Ok(RoutineSpec { name, graph, outputs: Vec::new(), fetch: Some(fetch), training: None, tally: Some((row_loss, correct)) })
    }

    fn probe(&self, name: &'static str, rows: usize) -> Result<RoutineSpec, LayerError> {
        let mut graph = Graph::new();
        let x = self.features(&mut graph, rows);
        let network = self.lay(&mut graph, x, Mode::Inference)?;
        let sites = self.outline.sites.iter().zip(&network.nodes).skip(1);
        let mut outputs: Vec<(String, NodeId)> = sites.map(|(site, node)| (site.path.clone(), *node)).collect();
        let prediction = prediction(self.head, &mut graph, network.output()).map_err(of_loss)?;
        outputs.push(("prediction".into(), prediction));
        Ok(RoutineSpec { name, graph, outputs, fetch: None, training: None, tally: None })
    }

    fn fetch(&self, graph: &mut Graph, gather: Gather) -> Fetch {
        assert_eq!(gather.feature_len, self.input().iter().product::<usize>(), "samples have the extent that the network expects");
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
}

fn of_loss(cause: ShapeError) -> LayerError {
    LayerError { path: "loss".into(), cause }
}

/// The loss of each row, `[rows]`.
fn row_loss(head: Head, graph: &mut Graph, output: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
    let losses = match head {
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
fn correct(head: Head, graph: &mut Graph, output: NodeId, target: NodeId) -> Result<NodeId, ShapeError> {
    let rows = graph.shape(output)[0];
    let zero = graph.constant(0.0);
    match head {
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

/// What is drawn of an output: itself, `tanh(logit / 2)` (that is `2 p - 1`) of a binary logit, or
/// the probabilities of the classes.
pub fn prediction(head: Head, graph: &mut Graph, output: NodeId) -> Result<NodeId, ShapeError> {
    match head {
        Head::HalfSquare { .. } | Head::Huber { .. } => Ok(output),
        Head::BinaryCrossEntropy => {
            let half = graph.scale(output, 0.5)?;
            graph.tanh(half)
        }
        Head::CrossEntropy { .. } => graph.softmax(output),
    }
}
