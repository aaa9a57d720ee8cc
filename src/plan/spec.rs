//! What is asked of the planner.

use super::kernel::Gather;
use super::update::Update;
use crate::graph::{Graph, NodeId};

/// A model to compile: its routines share parameters and statistics by index (every graph declares
/// the same ones in the same order).
#[derive(Clone, Debug)]
pub struct ModelSpec {
    /// What can be run.
    pub routines: Vec<RoutineSpec>,
    /// Whether each parameter is a weight, which penalties apply to (biases and scales are not).
    pub is_regularised: Vec<bool>,
    /// What a step does to the parameters, where a routine trains.
    pub update: Option<Update>,
    /// Words of the resident samples: features, targets, list of rows (0 where there is none).
    pub data_words: [usize; 3],
}

/// One routine to compile.
#[derive(Clone, Debug)]
pub struct RoutineSpec {
    /// `step`, `evaluate`, `evaluate-train`, `map`, `units`, `probe`, or a test's own.
    pub name: &'static str,
    /// What is computed. Simplified before it is planned.
    pub graph: Graph,
    /// What may be read afterwards, by name. Never fused away.
    pub outputs: Vec<(String, NodeId)>,
    /// What is fetched before it runs; without it every input is written by the host.
    pub fetch: Option<Fetch>,
    /// What follows, if it trains.
    pub training: Option<Training>,
    /// What it adds to the tally, if it evaluates: the loss of each row, then 1 or 0 for each row;
    /// both `[capacity]`, unmasked.
    pub tally: Option<(NodeId, NodeId)>,
}

impl RoutineSpec {
    /// All nodes that it works out, in order: outputs, then what training or an evaluation needs.
    pub(crate) fn results(&self) -> Vec<NodeId> {
        let mut results: Vec<NodeId> = self.outputs.iter().map(|(_, node)| *node).collect();
        if let Some(training) = &self.training {
            results.push(training.row_loss);
            results.extend(&training.grads);
            results.extend(training.stats.iter().map(|(_, node)| *node));
        }
        results.extend(self.tally.into_iter().flat_map(<[NodeId; 2]>::from));
        results
    }

    /// All nodes that it names.
    pub(crate) fn nodes_mut(&mut self) -> impl Iterator<Item = &mut NodeId> {
        let outputs = self.outputs.iter_mut().map(|(_, node)| node);
        let fetched =
            self.fetch.iter_mut().flat_map(|fetch| [&mut fetch.features, &mut fetch.target, &mut fetch.row_weight, &mut fetch.row_count]);
        let trained = self.training.iter_mut().flat_map(|training| {
            let stats = training.stats.iter_mut().map(|(_, node)| node);
            std::iter::once(&mut training.row_loss).chain(&mut training.grads).chain(stats)
        });
        let tallied = self.tally.iter_mut().flat_map(|(row_loss, correct)| [row_loss, correct]);
        outputs.chain(fetched).chain(trained).chain(tallied)
    }
}

/// The samples of a step and the inputs they become.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Which samples.
    pub gather: Gather,
    /// Input node `[capacity, …]`.
    pub features: NodeId,
    /// Input node `[capacity]` (a class) or `[capacity, targets]`.
    pub target: NodeId,
    /// Input node `[capacity]`: 1 / valid rows for valid rows, 0 for the others. The loss is
    /// `Σ_r row_loss[r] · row_weight[r]`.
    pub row_weight: NodeId,
    /// Input node `[]`: how many rows are valid.
    pub row_count: NodeId,
}

/// The end of a training step.
#[derive(Clone, Debug)]
pub struct Training {
    /// Loss of each row, `[capacity]`.
    pub row_loss: NodeId,
    /// Gradient of each parameter, in order, of the parameter's shape.
    pub grads: Vec<NodeId>,
    /// New values of statistics: (index in [`Graph::stats`], node).
    pub stats: Vec<(usize, NodeId)>,
    /// Whether the program also has both parts of the step as routines of their own, `gradients`
    /// and `update` (see [`super`]). One routine of a model may ask for them.
    pub has_parts: bool,
}
