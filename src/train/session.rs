//! One run: its program, its executor and how far it has come.
//!
//! Turns an experiment and its samples into a program, gives it first values, and takes steps.
//! `evaluation`, `pictures` and `restore` beside this file read from it and bring it elsewhere.

use super::blueprint::{self, PictureSizes};
use super::divergence::{Divergence, NotFinite};
use super::first_values::FirstValues;
use crate::data::Loaded;
use crate::exec::{Backend, Counts, ExecError, Executor};
use crate::nn::{Architecture, LayerError, Model};
use crate::plan::{self, PlanError, Program, Role, Slice, Target, state};
use descent_spec::model::{ModelError, Outline};
use descent_spec::random::{self, Stream};
use descent_spec::{Experiment, Head};
use std::fmt;
use std::rc::Rc;

/// Why a run cannot be built.
#[derive(Clone, PartialEq, Debug)]
pub enum BuildError {
    /// There is nothing to train on.
    NoSamples,
    /// Its network costs more than is allowed, or its blocks do not fit together.
    Model(ModelError),
    /// The graph of its network cannot be built.
    Layer(LayerError),
    /// The model does not fit a device.
    Plan(PlanError),
    /// The device refuses it.
    Exec(ExecError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::NoSamples => write!(out, "no sample is left to train on; raise the share of training data"),
            BuildError::Model(error) => error.fmt(out),
            BuildError::Layer(error) => error.fmt(out),
            BuildError::Plan(error) => error.fmt(out),
            BuildError::Exec(error) => error.fmt(out),
        }
    }
}

impl std::error::Error for BuildError {}

impl From<ExecError> for BuildError {
    fn from(error: ExecError) -> Self {
        BuildError::Exec(error)
    }
}

/// How far a run has come.
#[derive(Clone, PartialEq, Debug)]
pub struct Progress {
    /// Steps done.
    pub step: u64,
    /// Whole epochs done.
    pub epoch: u64,
    /// Mean loss of the samples of the last whole epoch (before its end: of those seen so far), and
    /// the step it belongs to.
    pub train_loss: Option<(f64, u64)>,
    /// Norm of the last gradient.
    pub gradient_norm: f64,
    /// The first step that was not finite and what was not: weights and statistics are those before
    /// it.
    pub divergence: Option<Divergence>,
}

/// A run on one device.
#[derive(Debug)]
pub struct Session {
    pub(super) experiment: Experiment,
    pub(super) data: Rc<Loaded>,
    pub(super) pictures: PictureSizes,
    pub(super) executor: Executor,
    model: Model,
    outline: Outline,
    pub(super) head: Head,
    pub(super) target: Target,
    pub(super) state: Slice,
    pub(super) step: usize,
}

impl Session {
    /// Builds a run at its first step.
    ///
    /// # Errors
    /// [`BuildError`] if the layers do not fit together or cost too much, or the model does not fit
    /// the device.
    pub fn new(experiment: &Experiment, data: &Rc<Loaded>, backend: &Backend) -> Result<Self, BuildError> {
        let samples = &data.samples;
        if samples.train_rows == 0 {
            return Err(BuildError::NoSamples);
        }
        experiment.cost().map_err(BuildError::Model)?;
        let architecture = blueprint::architecture(experiment, samples).map_err(BuildError::Model)?;
        let pictures = blueprint::pictures(samples, architecture.outline.multiply_adds());
        let routines = blueprint::routines(experiment, samples, &architecture.outline);
        let model = Model::build(&architecture, &routines).map_err(BuildError::Layer)?;
        let program = plan::compile(&model.spec, backend.target()).map_err(BuildError::Plan)?;
        let step = program.routine("step").expect("a run trains");
        let state = program.state().expect("a run has state");
        let data_slice = program.whole(Role::Data).expect("a run has samples");
        let executor = Executor::new(backend, program)?;
        let (experiment, data, target) = (experiment.clone(), data.clone(), backend.target());
        let Architecture { outline, head, .. } = architecture;
        let mut session = Self { experiment, data, pictures, executor, model, outline, head, target, state, step };
        session.executor.write(data_slice, &session.data.samples.pack(&[]).words)?;
        session.write_picture_inputs()?;
        session.reset()?;
        Ok(session)
    }

    /// Back to the first step and the same initial weights.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub fn reset(&mut self) -> Result<(), ExecError> {
        let seed = random::seed_from_text(&self.experiment.seed);
        let first_values = FirstValues {
            params: &blueprint::first_params(&self.experiment, &self.data, &self.model),
            stats: &self.model.first_stats(),
            learning_rate: self.experiment.learning_rate,
            order_key: random::key(seed, Stream::Order),
            dropout_key: random::key(seed, Stream::Dropout),
        };
        first_values.write(&mut self.executor)
    }

    /// What is run, kernel by kernel.
    pub fn program(&self) -> &Program {
        self.executor.program()
    }

    /// Its network, written out, the output layer last.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// Trainable numbers.
    pub fn params_len(&self) -> usize {
        self.model.params_len()
    }

    /// Steps of an epoch.
    pub fn epoch_steps(&self) -> usize {
        self.gather().epoch_steps()
    }

    /// Floating-point operations of a step: multiply-adds of its products, times 2.
    pub fn step_flops(&self) -> u64 {
        self.program().routines[self.step].flops
    }

    /// What the executor has done.
    pub fn counts(&self) -> Counts {
        self.executor.counts()
    }

    fn gather(&self) -> &plan::kernel::Gather {
        self.program().routines[self.step].gather.as_ref().expect("a step fetches its samples")
    }

    /// Takes steps. The CPU has taken them when the future is ready; a GPU has only been asked to,
    /// and [`Session::progress`] waits for it.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn run(&mut self, steps: u32) -> Result<(), ExecError> {
        self.executor.run(self.step, steps)
    }

    /// The learning rate before the schedule, from the next step on.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), ExecError> {
        self.experiment.learning_rate = learning_rate;
        self.executor.write(self.words(state::LEARNING_RATE, 1), &[(learning_rate as f32).to_bits()])
    }

    /// The rate of the penalty, from the next step on. It has an effect where there is a penalty.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub fn set_penalty_rate(&mut self, penalty_rate: f64) -> Result<(), ExecError> {
        self.experiment.penalty_rate = penalty_rate;
        self.executor.write(self.words(state::PENALTY_RATE, 1), &[(penalty_rate as f32).to_bits()])
    }

    /// Lets training go on after a divergence, from the weights before it.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub fn thaw(&mut self) -> Result<(), ExecError> {
        self.executor.write(self.words(state::BAD_STEP, 2), &[0, 0])
    }

    /// Samples of a step, on average over an epoch.
    pub fn mean_batch(&self) -> f64 {
        self.gather().rows as f64 / self.epoch_steps() as f64
    }

    /// Waits until all that was asked for is done.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn wait(&mut self) -> Result<(), ExecError> {
        self.executor.read(&[self.words(state::DONE, 1)]).await.map(|_| ())
    }

    /// Some words of the state.
    pub(super) fn words(&self, first: usize, len: usize) -> Slice {
        Slice { offset: self.state.offset + first, len, ..self.state }
    }

    /// How far the run has come, once all steps asked for are done.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn progress(&mut self) -> Result<Progress, ExecError> {
        let words = self.executor.read(&[self.words(0, state::RING)]).await?.remove(0);
        let float = |at: usize| f64::from(f32::from_bits(words[at]));
        let (step, epoch) = (u64::from(words[state::DONE]), u64::from(words[state::EPOCHS]));
        let train_loss = match (words[state::EPOCHS], float(state::EPOCH_ROWS)) {
            (0, 0.0) => None,
            (0, rows) => Some((float(state::EPOCH_LOSS) / rows, step)),
            _ => Some((float(state::LAST_EPOCH_LOSS), epoch * self.epoch_steps() as u64)),
        };
        let divergence = words[state::BAD_STEP]
            .checked_sub(1)
            .map(|bad| Divergence { step: u64::from(bad) + 1, cause: NotFinite::from_word(self.program(), words[state::BAD_TENSOR]) });
        Ok(Progress { step, epoch, train_loss, gradient_norm: float(state::GRAD_NORM), divergence })
    }
}
