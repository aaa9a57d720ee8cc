//! A run in the worker: when it trains, evaluates, is saved and drawn, and what the page hears of it.

use super::costs::Costs;
use super::job::Job;
use super::placing::Placed;
use super::port::{self, Inbox};
use descent::data::Loaded;
use descent::exec::ExecError;
use descent::train::clock::now_ms;
use descent::train::pace::{Pace, Rate};
use descent::train::session::Divergence;
use descent::train::{Frame, Part, RestoreError, Snapshot, View};
use descent_protocol::{DeviceKind, Event, LayerInfo, Metrics, NoticeKind, RunId, RunState};
use descent_spec::number;
use descent_spec::{Experiment, Speed};
use std::rc::Rc;

/// How long the CPU trains before it gives way.
const CPU_SLICE_MS: f64 = 10.0;
/// How long the GPU trains on one submission: the wait for its answer is lost, so longer is quicker, and a frame still comes in time.
const GPU_SLICE_MS: f64 = 50.0;
/// Between two reports of figures.
const REPORT_MS: f64 = 100.0;
/// Between two snapshots. With the time that one takes it is still less than a second.
const SAVE_MS: f64 = 900.0;
/// Between two pictures: 15 a second.
const FRAME_MS: f64 = 66.0;
/// The first requests on a device compile and find their length; they say nothing of what a step costs.
const UNMEASURED_SLICES: u32 = 3;
/// A run at one step a picture goes on after this long though nobody has asked for the picture.
const HELD_MS: f64 = 150.0;
/// How long an evaluation goes on before it gives way.
const EVALUATION_SLICE_MS: f64 = 10.0;

/// A run and everything that is remembered of it between two looks at the inbox.
pub(super) struct Run {
    pub(super) id: RunId,
    pub(super) experiment: Experiment,
    pub(super) data: Rc<Loaded>,
    pub(super) placed: Placed,
    pub(super) view: View,
    pub(super) wants_frame: bool,
    /// The last snapshot read back.
    pub(super) saved: Option<(u64, Snapshot)>,
    /// Milliseconds and steps of training on the present device.
    pub(super) spent: (f64, u64),
    /// Times that it was asked for steps on the present device.
    slices: u32,
    pub(super) costs: Costs,
    state: RunState,
    steps_left: Option<u32>,
    metrics: Metrics,
    pace: Pace,
    rate: Rate,
    sliced_ms: f64,
    reported_ms: f64,
    saved_ms: f64,
    evaluated: Job,
    drawn: Job,
}

impl Run {
    pub(super) fn new(id: RunId, experiment: Experiment, data: Rc<Loaded>, placed: Placed) -> Self {
        let metrics = Metrics { run: id, ..Metrics::default() };
        Self {
            id,
            experiment,
            data,
            placed,
            view: View::default(),
            wants_frame: false,
            saved: None,
            spent: (0.0, 0),
            slices: 0,
            costs: Costs::default(),
            state: RunState::Ready,
            steps_left: None,
            metrics,
            pace: Pace::new(),
            rate: Rate::default(),
            sliced_ms: 0.0,
            reported_ms: 0.0,
            saved_ms: 0.0,
            evaluated: Job::default(),
            drawn: Job::default(),
        }
    }

    /// Tells the page what was built.
    pub(super) fn introduce(&self) {
        let session = &self.placed.session;
        let samples = &self.data.samples;
        let layers = session.layers().iter().map(|layer| LayerInfo {
            title: layer.title.clone(),
            detail: layer.detail.clone(),
            shape: layer.shape.clone(),
            params: layer.params,
            multiplications: layer.multiplications,
        });
        port::post(&Event::Built {
            run: self.id,
            layers: layers.collect(),
            params: session.params_len(),
            train_rows: samples.train_rows,
            test_rows: samples.test_rows,
            epoch_steps: session.epoch_steps(),
            program: session.program().to_string(),
        });
        match session.shown() {
            Some(shown) => {
                let classes = self.experiment.dataset.entry().classes.iter().map(|name| (*name).to_owned()).collect();
                let event = Event::Data { run: self.id, train_points: 0, image: shown.image, classes };
                port::post_with(&event, &[&shown.pixels, &shown.labels]);
            }
            None => {
                let points = self.data.points.iter().flat_map(|set| &set.points);
                let triples: Vec<f32> = points.flat_map(|point| [point.x as f32, point.y as f32, point.label as f32]).collect();
                let event = Event::Data { run: self.id, train_points: samples.train_rows, image: [0, 0], classes: Vec::new() };
                port::post_with(&event, &[bytemuck::cast_slice(&triples)]);
            }
        }
    }

    pub(super) fn is_training(&self) -> bool {
        self.state == RunState::Training || self.steps_left.is_some()
    }

    pub(super) fn step(&self) -> u64 {
        self.metrics.step
    }

    pub(super) fn set_state(&mut self, state: RunState) {
        self.state = state;
        self.repeat_state();
    }

    /// Says again what the run does, and at which step.
    pub(super) fn repeat_state(&self) {
        port::post(&Event::State { run: self.id, state: self.state, step: self.metrics.step });
    }

    /// Trains until paused. Goes on from the last good weights after a divergence.
    pub(super) fn play(&mut self) -> Result<(), ExecError> {
        self.thaw()?;
        self.steps_left = None;
        self.set_state(RunState::Training);
        Ok(())
    }

    fn thaw(&mut self) -> Result<(), ExecError> {
        if self.state == RunState::Diverged { self.placed.session.thaw() } else { Ok(()) }
    }

    /// Trains so many steps and pauses.
    pub(super) fn take_steps(&mut self, steps: u32) -> Result<(), ExecError> {
        self.thaw()?;
        self.state = RunState::Paused;
        self.steps_left = Some(steps);
        Ok(())
    }

    /// Holds the run; all steps asked for are done.
    pub(super) fn pause(&mut self) {
        if !self.is_training() {
            return;
        }
        self.steps_left = None;
        self.rate.clear();
        self.report();
        self.set_state(RunState::Paused);
    }

    /// Back to the same initial weights.
    pub(super) fn reset(&mut self) -> Result<(), ExecError> {
        self.placed.session.reset()?;
        self.steps_left = None;
        self.saved = None;
        self.went_to(0);
        self.set_state(RunState::Ready);
        Ok(())
    }

    /// Sets the learning rate from the next step on.
    pub(super) fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), ExecError> {
        self.experiment.learning_rate = learning_rate;
        self.placed.session.set_learning_rate(learning_rate)
    }

    /// Goes on from a snapshot. One that is of another network is told of, and the run stays at its beginning.
    pub(super) fn wake(&mut self, snapshot: Snapshot) -> Result<(), ExecError> {
        match self.placed.session.restore(&snapshot) {
            Ok(()) => {
                let step = u64::from(snapshot.counter("done").unwrap_or_default());
                self.saved = Some((step, snapshot));
                self.went_to(step);
                Ok(())
            }
            Err(RestoreError::Exec(error)) => Err(error),
            Err(RestoreError::Snapshot(error)) => {
                port::post(&Event::Notice { kind: NoticeKind::WorkerRestarted, text: error.to_string() });
                Ok(())
            }
        }
    }

    /// Everything shown is of another step now.
    fn went_to(&mut self, step: u64) {
        self.metrics = Metrics { run: self.id, step, epoch: step / self.placed.session.epoch_steps() as u64, ..Metrics::default() };
        self.rate.clear();
        self.pace = Pace::new();
        self.evaluated = Job::default();
        self.drawn = Job::default();
        self.report();
    }

    /// Goes on elsewhere from the last snapshot, or from the beginning if there is none.
    pub(super) fn move_to(&mut self, placed: Placed) -> Result<(), ExecError> {
        self.placed = placed;
        self.spent = (0.0, 0);
        self.slices = 0;
        match self.saved.take() {
            Some((_, snapshot)) => self.wake(snapshot),
            None => {
                self.went_to(0);
                Ok(())
            }
        }
    }

    /// The view has changed: the last picture does not show it.
    pub(super) fn redraw(&mut self) {
        self.drawn.step = None;
    }

    /// Does what is due. Says whether it wants to go on at once.
    pub(super) async fn work(&mut self, inbox: &Inbox) -> Result<bool, ExecError> {
        let is_training = self.is_training();
        if is_training && !self.is_held() {
            self.train().await?;
        }
        let now = now_ms();
        let is_training = is_training && self.is_training();
        if self.step() != self.saved.as_ref().map_or(0, |(step, _)| *step) && (!is_training || now - self.saved_ms >= SAVE_MS) {
            self.save().await?;
        }
        if self.wants_frame && self.drawn.step != Some(self.step()) && self.drawn.is_due(now, FRAME_MS) {
            self.draw().await?;
        }
        if self.evaluated.step != Some(self.step()) && (!is_training || self.evaluated.is_due(now, REPORT_MS)) {
            self.evaluate(inbox).await?;
        }
        if is_training && now_ms() - self.reported_ms >= REPORT_MS {
            self.report();
        }
        Ok(is_training)
    }

    /// At a step or ten a picture, training waits until the last picture is on its way.
    pub(super) fn is_held(&self) -> bool {
        self.experiment.speed != Speed::Max && self.drawn.step != Some(self.step()) && now_ms() - self.sliced_ms < HELD_MS
    }

    async fn train(&mut self) -> Result<(), ExecError> {
        let wanted = match self.experiment.speed {
            Speed::One => 1,
            Speed::Ten => 10,
            Speed::Max => self.pace.steps(),
        };
        let steps = self.steps_left.map_or(wanted, |left| left.min(wanted));
        let began = now_ms();
        self.placed.session.run(steps)?;
        let progress = self.placed.session.progress().await?;
        self.sliced_ms = now_ms();
        let took = self.sliced_ms - began;
        let goal = match self.placed.device {
            DeviceKind::Cpu => CPU_SLICE_MS,
            DeviceKind::Gpu => GPU_SLICE_MS,
        };
        self.pace.learn(steps, took, goal);
        let done = progress.step.saturating_sub(self.metrics.step);
        self.slices += 1;
        if self.slices > UNMEASURED_SLICES {
            self.spent = (self.spent.0 + took, self.spent.1 + done);
        }
        self.metrics.step = progress.step;
        self.metrics.epoch = progress.epoch;
        self.metrics.gradient_norm = progress.gradient_norm;
        if self.data.samples.classes > 0 {
            self.metrics.train_loss = progress.train_loss;
        }
        self.rate.mark(self.sliced_ms, progress.step);
        if let Some(divergence) = progress.divergence {
            self.diverge(&divergence);
        } else if let Some(left) = self.steps_left {
            self.steps_left = Some(left.saturating_sub(steps));
            if left <= steps {
                self.pause();
            }
        }
        Ok(())
    }

    fn diverge(&mut self, divergence: &Divergence) {
        self.steps_left = None;
        self.rate.clear();
        self.metrics.train_loss = Some((f64::NAN, divergence.step));
        self.report();
        self.set_state(RunState::Diverged);
        let text = format!(
            "Training diverged at step {}: {} was no longer a finite number. The weights are those before that step. Try a learning rate of {}.",
            number::thousands(divergence.step),
            divergence.cause,
            number::shortest(lower_rate(self.experiment.learning_rate))
        );
        port::post(&Event::Notice { kind: NoticeKind::Diverged, text });
    }

    /// Reads a snapshot back and hands it to the page.
    pub(super) async fn save(&mut self) -> Result<(), ExecError> {
        let snapshot = self.placed.session.snapshot().await?;
        port::post_with(&Event::Saved { run: self.id, step: self.step() }, &[&snapshot.to_bytes()]);
        self.saved = Some((self.step(), snapshot));
        self.saved_ms = now_ms();
        Ok(())
    }

    async fn draw(&mut self) -> Result<(), ExecError> {
        let began = now_ms();
        let frame = self.placed.session.frame(&self.view).await?;
        let (run, step) = (self.id, self.step());
        match &frame {
            Frame::Maps { size, unit_size, output, units, params } => {
                let event = Event::Frame { run, step, size: *size, unit_size: *unit_size };
                port::post_with(&event, &[bytemuck::cast_slice(output), bytemuck::cast_slice(units), bytemuck::cast_slice(params)]);
            }
            Frame::Images { shown, activations, drawn } => {
                let event = Event::Frame { run, step, size: 0, unit_size: 0 };
                port::post_with(&event, &[bytemuck::cast_slice(shown), activations, bytemuck::cast_slice(drawn)]);
            }
        }
        self.wants_frame = false;
        self.drawn.done(step, began);
        Ok(())
    }

    /// Evaluates all of it at one step, or nothing: whatever the visitor asks for in between comes first.
    async fn evaluate(&mut self, inbox: &Inbox) -> Result<(), ExecError> {
        let began = now_ms();
        let step = self.step();
        let mut results = [None, None];
        for (part, result) in [Part::Test, Part::Train].into_iter().zip(&mut results) {
            let chunks = self.placed.session.begin_evaluation(part)?;
            let mut slice_ms = now_ms();
            for _ in 0..chunks {
                self.placed.session.continue_evaluation(part, 1)?;
                if self.placed.device == DeviceKind::Gpu || now_ms() - slice_ms > EVALUATION_SLICE_MS {
                    self.placed.session.wait().await?;
                    inbox.breathe().await;
                    port::post_alive();
                    slice_ms = now_ms();
                    if inbox.is_urgent() {
                        self.evaluated.ended_ms = slice_ms;
                        return Ok(());
                    }
                }
            }
            *result = self.placed.session.end_evaluation(part).await?;
        }
        let [test, train] = results;
        if let Some(test) = test {
            self.metrics.test_loss = Some((test.loss, step));
            self.metrics.test_accuracy = test.accuracy.map(|accuracy| (accuracy, step));
        }
        if let Some(train) = train {
            self.metrics.train_loss = Some((train.loss, step));
        }
        self.evaluated.done(step, began);
        self.report();
        Ok(())
    }

    fn report(&mut self) {
        self.reported_ms = now_ms();
        let counts = self.placed.session.counts();
        self.metrics.steps_per_second = self.rate.per_second();
        self.metrics.samples_per_second = self.metrics.steps_per_second * self.placed.session.mean_batch();
        self.metrics.counts = [self.metrics.step, counts.submissions, counts.dispatches, counts.bytes_written];
        port::post(&Event::Metrics(self.metrics.clone()));
    }
}

/// A third of a learning rate, to one digit.
fn lower_rate(rate: f64) -> f64 {
    number::rounded(rate / 3.0, 1)
}
