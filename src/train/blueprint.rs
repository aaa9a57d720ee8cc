//! What an experiment asks of the network builder, the planner and the executors: the network, its
//! samples and pictures, the optimizer with its constants, the first weights.

use crate::data::{Column, Loaded, Samples};
use crate::nn::init::Init;
use crate::nn::{Architecture, Model, Routines};
use crate::plan::kernel::{Gather, Order, Stored};
use crate::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use crate::tensor::Tensor;
use descent_spec::cost::{MAX_ACTIVATION_BYTES, SHOWN_SAMPLES};
use descent_spec::model::{Extent, ModelError, Outline};
use descent_spec::random;
use descent_spec::{Experiment, Head, InitChoice, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice, Task};

/// The most rows of an evaluation's chunk.
const EVALUATED_ROWS: u64 = 256;
/// The most multiply-adds of such a chunk, if it has more than a row: a fifth of a second of a
/// core. A worker is not heard while it computes one.
const EVALUATED_MULTIPLY_ADDS: u64 = 1_000_000_000;
/// Points along a side of the output map and of a unit's map, finest first: the first that costs
/// little enough is taken.
const MAP_SIZES: [(usize, usize); 4] = [(100, 24), (50, 24), (32, 16), (16, 16)];
/// The most multiply-adds of an output map: about 10 ms of one core.
const MAP_MULTIPLY_ADDS: u64 = 50_000_000;

/// The sizes of a run's pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PictureSizes {
    /// Maps over the plane.
    Maps {
        /// Points along a side of the output map.
        size: usize,
        /// Points along a side of a unit's map.
        unit_size: usize,
    },
    /// Answers to images, the drawn one last.
    Images {
        /// Test samples shown.
        shown: usize,
    },
}

/// The network of an experiment on these samples.
///
/// # Errors
/// [`ModelError`] if the blocks do not fit together or the samples.
pub fn architecture(experiment: &Experiment, samples: &Samples) -> Result<Architecture, ModelError> {
    let mut task = experiment.task();
    // Files that a visitor brings decide on extents and classes themselves.
    if samples.classes > 0 {
        let extent = Extent::of_shape(&samples.feature_shape);
        let why = || format!("has a shape of {}, which no network takes", samples.feature_shape);
        let input = extent.ok_or_else(|| ModelError::Block { path: "input".into(), why: why() })?;
        task = Task { input, head: Head::CrossEntropy { classes: samples.classes } };
    }
    Architecture::new(&experiment.model, task, init(experiment.init))
}

fn init(choice: InitChoice) -> Init {
    match choice {
        InitChoice::Default => Init::Default,
        InitChoice::KaimingUniform => Init::KaimingUniform,
        InitChoice::KaimingNormal => Init::KaimingNormal,
        InitChoice::XavierUniform => Init::XavierUniform,
        InitChoice::XavierNormal => Init::XavierNormal,
        InitChoice::Playground => Init::Playground,
        InitChoice::Zeros => Init::Zeros,
    }
}

/// The routines of a run with this network: `step`, `evaluate` and for the 2-D sets
/// `evaluate-train`, and those for its pictures.
pub(super) fn routines(experiment: &Experiment, samples: &Samples, outline: &Outline) -> Routines {
    let gather = |order, first_row, rows: usize, batch: usize, capacity| Gather {
        order,
        first_row,
        rows,
        batch,
        capacity,
        feature_len: samples.feature_len(),
        features: stored(&samples.features),
        target_len: 1,
        target: stored(&samples.target),
    };
    let rows = samples.train_rows;
    let batch = experiment.batch_size.clamp(1, rows);
    let step = match experiment.order {
        OrderChoice::Shuffled => gather(Order::Shuffled, 0, rows, batch, batch),
        OrderChoice::Stream => gather(Order::Stream, 0, rows, batch, batch + rows % batch),
    };
    let row = outline.cost(1);
    let (by_work, by_memory) =
        (EVALUATED_MULTIPLY_ADDS / outline.multiply_adds().max(1), MAX_ACTIVATION_BYTES / row.activation_bytes.max(1));
    let evaluated_rows = by_work.min(by_memory).clamp(1, EVALUATED_ROWS) as usize;
    let sequential = |first_row, rows: usize| {
        let batch = rows.min(evaluated_rows);
        gather(Order::Sequential, first_row, rows, batch, batch)
    };
    let mut evaluations = Vec::new();
    if samples.test_rows > 0 {
        evaluations.push(("evaluate", sequential(rows, samples.test_rows)));
    }
    let probes = match pictures(samples, outline.multiply_adds()) {
        PictureSizes::Maps { size, unit_size } => {
            evaluations.push(("evaluate-train", sequential(0, rows)));
            vec![("map", size * size), ("units", unit_size * unit_size)]
        }
        PictureSizes::Images { shown } => vec![("probe", shown + 1)],
    };
    Routines { data_words: samples.data_words(0), step: Some((step, update(experiment))), evaluations, probes }
}

fn stored(column: &Column) -> Stored {
    match column {
        Column::U8 { scale, .. } => Stored::U8 { scale: *scale },
        Column::F32(_) => Stored::F32,
    }
}

/// The pictures of a network with so many multiply-adds a sample.
pub(super) fn pictures(samples: &Samples, multiply_adds: u64) -> PictureSizes {
    if samples.classes > 0 {
        return PictureSizes::Images { shown: samples.test_rows.min(SHOWN_SAMPLES) };
    }
    let is_cheap = |(size, _): &&(usize, usize)| (size * size) as u64 * multiply_adds <= MAP_MULTIPLY_ADDS;
    let [.., coarsest] = MAP_SIZES;
    let (size, unit_size) = *MAP_SIZES.iter().find(is_cheap).unwrap_or(&coarsest);
    PictureSizes::Maps { size, unit_size }
}

/// What a step does to the parameters: PyTorch's defaults; where samples come in TensorFlow
/// Playground's order, its penalties too.
pub fn update(experiment: &Experiment) -> Update {
    let sgd = |momentum, nesterov| Optimizer::Sgd { momentum, dampening: 0.0, nesterov, weight_decay: 0.0 };
    let optimizer = match experiment.optimizer {
        OptimizerChoice::Sgd => sgd(0.0, false),
        OptimizerChoice::Momentum => sgd(0.9, false),
        OptimizerChoice::Nesterov => sgd(0.9, true),
        OptimizerChoice::Adam => Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, amsgrad: false },
        OptimizerChoice::AdamW => Optimizer::AdamW { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01 },
        OptimizerChoice::RmsProp => Optimizer::RmsProp { alpha: 0.99, eps: 1e-8, momentum: 0.0, centered: false, weight_decay: 0.0 },
        OptimizerChoice::Adagrad => Optimizer::Adagrad { lr_decay: 0.0, eps: 1e-10, initial_accumulator: 0.0, weight_decay: 0.0 },
    };
    let schedule = match experiment.schedule {
        ScheduleChoice::Constant => Schedule::Constant,
        ScheduleChoice::Step => Schedule::Step { step_size: 1_000, gamma: 0.5 },
        ScheduleChoice::Cosine => Schedule::Cosine { t_max: 10_000, eta_min: 0.0 },
        ScheduleChoice::Warmup => Schedule::LinearWarmup { warmup: 100 },
    };
    let penalty = match (experiment.penalty, experiment.order) {
        (PenaltyChoice::None, _) => Penalty::None,
        (PenaltyChoice::L1, OrderChoice::Stream) => Penalty::PlaygroundL1(experiment.penalty_rate),
        (PenaltyChoice::L2, OrderChoice::Stream) => Penalty::PlaygroundL2(experiment.penalty_rate),
        (PenaltyChoice::L1, OrderChoice::Shuffled) => Penalty::L1(experiment.penalty_rate),
        (PenaltyChoice::L2, OrderChoice::Shuffled) => Penalty::L2(experiment.penalty_rate),
    };
    Update { optimizer, schedule, learning_rate: experiment.learning_rate, penalty, clip: Clip::None }
}

/// The first value of each parameter, in the model's order.
pub(super) fn first_params(experiment: &Experiment, data: &Loaded, model: &Model) -> Vec<Tensor<f64>> {
    match (experiment.init, &data.points) {
        (InitChoice::Playground, Some(set)) if experiment.draw == 0 => {
            let mut random = set.random.clone();
            model.playground_params(|| random.uniform())
        }
        _ => model.first_params(init_seed(experiment)),
    }
}

/// The seed of initial weights: another for each draw.
fn init_seed(experiment: &Experiment) -> u64 {
    random::seed_from_text(&experiment.seed) ^ u64::from(experiment.draw) << 32
}
