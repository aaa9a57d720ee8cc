//! Trains a model by the f64 interpreter: slow, and what every executor answers to.

use descent::graph::reference::{Feeds, evaluate};
use descent::graph::simplify::simplify;
use descent::graph::{Graph, NodeId};
use descent::nn::Model;
use descent::plan::RoutineSpec;
use descent::plan::update::Update;
use descent::tensor::Tensor;

/// A model in training.
pub struct Interpreter {
    update: Update,
    is_regularised: Vec<bool>,
    step: Compute,
    evaluation: Option<Compute>,
    /// The parameters, in the graphs' order.
    pub params: Vec<Tensor<f64>>,
    /// The running statistics.
    pub stats: Vec<Tensor<f64>>,
    moments: Vec<Vec<Vec<f64>>>,
    /// Steps done.
    pub done: u32,
    /// By how much of the largest gradient each is off, up and down in turn; 0 unless a test wants
    /// to know what depends on that.
    pub rounding: f64,
}

/// The rows of a batch.
pub struct Batch {
    /// `[rows, …]`
    pub features: Tensor<f64>,
    /// `[rows]` or `[rows, 1]`
    pub target: Tensor<f64>,
    /// How many rows count; the others come after them.
    pub valid: usize,
}

impl Interpreter {
    /// Takes over the `step` of a model and, where it has one, its first evaluation.
    pub fn new(model: &Model, params: Vec<Tensor<f64>>) -> Self {
        let update = model.spec.update.expect("the model trains");
        let routine =
            |trains: bool| model.spec.routines.iter().find(|routine| routine.fetch.is_some() && routine.training.is_some() == trains);
        let moment = |param: &Tensor<f64>, at: usize| vec![update.initial_moment(at); param.data().len()];
        let moments = params.iter().map(|param| (0..update.moments()).map(|at| moment(param, at)).collect()).collect();
        Self {
            update,
            is_regularised: model.spec.is_regularised.clone(),
            step: Compute::of(routine(true).expect("the model trains")),
            evaluation: routine(false).map(Compute::of),
            params,
            stats: model.first_stats(),
            moments,
            done: 0,
            rounding: 0.0,
        }
    }

    /// Takes a step and returns the batch's loss before it.
    pub fn train(&mut self, batch: &Batch) -> f64 {
        let values = self.step.run(batch, &self.params, &self.stats, self.done);
        let (losses, grads) = values.split_first().expect("the loss comes first");
        let (grads, stats) = grads.split_at(self.params.len());
        let grads = rounded(grads, self.rounding);
        let mut square = 0.0;
        for ((param, grad), is_regularised) in self.params.iter().zip(&grads).zip(&self.is_regularised) {
            for (w, g) in param.data().iter().zip(grad.data()) {
                square += self.update.penalised(self.update.penalty.rate(), *is_regularised, *w, *g).powi(2);
            }
        }
        let scale = self.update.clip_scale(square.sqrt());
        let constants = self.update.constants(self.update.learning_rate, self.update.penalty.rate(), self.done);
        for (at, (param, grad)) in self.params.iter_mut().zip(&grads).enumerate() {
            let mut moments: Vec<&mut [f64]> = self.moments[at].iter_mut().map(Vec::as_mut_slice).collect();
            self.update.apply(&constants, self.is_regularised[at], scale, param.data_mut(), grad.data(), &mut moments);
        }
        self.stats.clone_from_slice(stats);
        self.done += 1;
        mean(losses, batch.valid)
    }

    /// The mean loss of a batch by the evaluation, whose capacity it must have.
    pub fn loss(&self, batch: &Batch) -> f64 {
        let evaluation = self.evaluation.as_ref().expect("the model has an evaluation");
        mean(&evaluation.run(batch, &self.params, &self.stats, self.done)[0], batch.valid)
    }
}

/// Gradients as rounding errors of this size would leave them. A sum that cancels to nearly nothing
/// keeps the errors of its terms, which may be as large as any gradient.
fn rounded(grads: &[Tensor<f64>], rounding: f64) -> Vec<Tensor<f64>> {
    let largest = grads.iter().flat_map(|grad| grad.data()).fold(0.0, |largest: f64, g| largest.max(g.abs()));
    let error = rounding * largest;
    let mut errors = [error, -error, -error].into_iter().cycle();
    grads.iter().map(|grad| grad.map(|g| g + errors.next().expect("there is no end to them"))).collect()
}

fn mean(losses: &Tensor<f64>, valid: usize) -> f64 {
    losses.data()[..valid].iter().sum::<f64>() / valid as f64
}

/// A graph that fetches samples, and what is worked out: the loss of each row, then gradients and
/// new statistics where it trains.
struct Compute {
    graph: Graph,
    wanted: Vec<NodeId>,
}

impl Compute {
    fn of(routine: &RoutineSpec) -> Self {
        let roots = match (&routine.training, routine.tally) {
            (Some(training), _) => {
                let mut roots = vec![training.row_loss];
                roots.extend(&training.grads);
                roots.extend(training.stats.iter().map(|(_, node)| *node));
                roots
            }
            (None, Some((row_loss, _))) => vec![row_loss],
            (None, None) => panic!("the routine neither trains nor evaluates"),
        };
        let (graph, wanted) = simplify(&routine.graph, &roots);
        Self { graph, wanted }
    }

    fn run(&self, batch: &Batch, params: &[Tensor<f64>], stats: &[Tensor<f64>], step: u32) -> Vec<Tensor<f64>> {
        let rows = batch.features.shape()[0];
        let valid = batch.valid as f64;
        let row_weight = Tensor::from_fn([rows], |row| if row < batch.valid { 1.0 / valid } else { 0.0 });
        let inputs = [batch.features.clone(), batch.target.clone(), row_weight, Tensor::scalar(valid)];
        evaluate(&self.graph, &Feeds { inputs: &inputs, params, stats, dropout_key: 0, step }, &self.wanted)
    }
}
