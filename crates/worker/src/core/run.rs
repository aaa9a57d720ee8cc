//! The state of one run: what it is doing, where it stands, and what it does next.

use super::costs::CostMeter;
use super::pace::{Pace, slice_goal_ms};
use super::rate::Rate;
use super::recovery::Recovery;
use super::say::{self, Outbox};
use super::schedule::{Due, Schedule, Standing};
use super::tempo::Tempo;
use super::work::{Divergence, Evaluation, Facts, Gpu, Measured, Opened, PictureRequest, Progress, Snapshot, Work};
use descent_protocol::{Command, DeviceKind, DeviceReport, Event, Figure, Metrics, NoticeKind, Picture, RunState};
use descent_spec::goal::Reached;
use descent_spec::{Experiment, Speed, View};
use std::collections::VecDeque;

/// A run that has a session.
pub(super) struct Run {
    pub(super) placement: Placement,
    pub(super) costs: CostMeter,
    /// The last snapshot read back, and its step.
    pub(super) saved: Option<(u64, Snapshot)>,
    /// Whether a setting that the snapshot holds was changed since.
    is_changed: bool,
    /// The last recovery, until a step is saved on the device that it found. A GPU that is lost
    /// again before that has not come back.
    pub(super) last_recovery: Option<Recovery>,
    state: RunState,
    /// Steps after which the run pauses.
    steps_left: Option<u32>,
    /// Steps of the slice of training under way.
    slice_steps: u32,
    /// Whether the session may refuse to train because a step was not finite.
    is_frozen: bool,
    /// What the session has to be told before anything else is done with it.
    duties: VecDeque<Work>,
    request: PictureRequest,
    wants_frame: bool,
    metrics: Metrics,
    /// The step at which the goal was reached. It is not judged again until a reset.
    goal_step: Option<u64>,
    epoch_steps: u64,
    mean_batch: f64,
    step_flops: u64,
    /// Samples that an evaluation goes through and that a picture shows.
    evaluated_rows: usize,
    drawn_rows: usize,
    pace: Pace,
    /// When the next slice is due at a chosen speed.
    tempo: Tempo,
    rate: Rate,
    schedule: Schedule,
}

/// Where a run is computed and why.
pub(super) struct Placement {
    pub(super) device: DeviceKind,
    pub(super) name: String,
    pub(super) why: String,
}

impl Run {
    /// A run at step 0.
    pub(super) fn new(opened: &Opened, placement: Placement) -> Self {
        Self {
            placement,
            costs: CostMeter::default(),
            saved: None,
            is_changed: false,
            last_recovery: None,
            state: RunState::Ready,
            steps_left: None,
            slice_steps: 0,
            is_frozen: false,
            duties: VecDeque::new(),
            request: PictureRequest::default(),
            wants_frame: false,
            metrics: Metrics::default(),
            goal_step: None,
            epoch_steps: opened.epoch_steps.max(1) as u64,
            mean_batch: opened.mean_batch,
            step_flops: opened.step_flops,
            evaluated_rows: opened.evaluated_rows,
            drawn_rows: opened.drawn_rows,
            pace: Pace::new(),
            tempo: Tempo::default(),
            rate: Rate::default(),
            schedule: Schedule::default(),
        }
    }

    pub(super) fn step(&self) -> u64 {
        self.metrics.step
    }

    /// Tells where the run is computed.
    pub(super) fn announce(&self, gpu: Gpu, out: &mut Outbox) {
        let Placement { device, name, why } = &self.placement;
        out.say(Event::Device(DeviceReport { kind: *device, name: name.clone(), why: why.clone(), has_gpu: gpu.may_exist() }));
    }

    pub(super) fn set_state(&mut self, state: RunState, out: &mut Outbox) {
        self.state = state;
        self.repeat_state(out);
    }

    /// Says again what the run does, and at which step.
    pub(super) fn repeat_state(&self, out: &mut Outbox) {
        out.state(self.state, self.metrics.step);
    }

    /// Takes in a command that concerns only the run. Nothing is under way meanwhile.
    pub(super) fn obey(&mut self, command: Command, now_ms: f64, experiment: &mut Experiment, view: &mut View, out: &mut Outbox) {
        match command {
            Command::Play => {
                self.thaw();
                self.steps_left = None;
                self.tempo = Tempo::starting(now_ms);
                self.set_state(RunState::Training, out);
            }
            Command::Pause => self.pause(now_ms, out),
            Command::Step { steps } => {
                self.thaw();
                self.state = RunState::Paused;
                self.steps_left = Some(steps);
            }
            Command::Reset => self.reset(now_ms, out),
            Command::Speed { speed } => {
                view.speed = speed;
                self.tempo = Tempo::starting(now_ms);
            }
            Command::LearningRate { learning_rate } => {
                experiment.learning_rate = learning_rate;
                self.is_changed = true;
                self.duties.push_back(Work::SetLearningRate { learning_rate });
            }
            Command::WantFrame => self.wants_frame = true,
            Command::Draw { pixels } => {
                self.request.drawing = Some(pixels).filter(|pixels| !pixels.is_empty());
                self.show_anew();
            }
            Command::Inspect { sample } => {
                self.request.inspected = Some(sample);
                self.show_anew();
            }
            // The machine obeys these.
            Command::Build { .. } | Command::Device { .. } | Command::Files | Command::Check { .. } | Command::Bench { .. } => {}
            #[cfg(feature = "faults")]
            Command::Fault(_) => {}
        }
    }

    /// Another thing is to be seen. A picture that is on its way does not show it, though the page
    /// may have asked for no other.
    fn show_anew(&mut self) {
        self.schedule.drawing.outdated();
        self.wants_frame = true;
    }

    fn is_training(&self) -> bool {
        self.state == RunState::Training || self.steps_left.is_some()
    }

    /// Training goes on from the last good weights.
    fn thaw(&mut self) {
        if std::mem::take(&mut self.is_frozen) {
            self.duties.push_back(Work::Thaw);
        }
    }

    /// Holds the run: no step is taken from here on.
    fn pause(&mut self, now_ms: f64, out: &mut Outbox) {
        if !self.is_training() {
            return;
        }
        self.steps_left = None;
        self.rate.clear();
        self.report(now_ms, out);
        self.set_state(RunState::Paused, out);
    }

    /// Back to the same initial weights; what was saved is of no use any more.
    pub(super) fn reset(&mut self, now_ms: f64, out: &mut Outbox) {
        self.duties.push_back(Work::Reset);
        self.steps_left = None;
        self.saved = None;
        self.goal_step = None;
        self.is_frozen = false;
        self.went_to(0, now_ms, out);
        self.set_state(RunState::Ready, out);
    }

    /// Everything shown is of another step now.
    pub(super) fn went_to(&mut self, step: u64, now_ms: f64, out: &mut Outbox) {
        self.metrics = Metrics { step, epoch: step / self.epoch_steps, ..Metrics::default() };
        self.rate.clear();
        self.pace = Pace::new();
        self.schedule.went_elsewhere();
        self.report(now_ms, out);
    }

    /// The session is another one, at step 0.
    pub(super) fn moved(&mut self, placement: Placement) {
        self.placement = placement;
        self.duties.clear();
        self.costs.moved();
        self.pace = Pace::new();
        self.schedule.moved();
    }

    /// The session stands where this snapshot was taken.
    pub(super) fn woke(&mut self, step: u64, snapshot: Snapshot, now_ms: f64, learning_rate: f64, out: &mut Outbox) {
        self.saved = Some((step, snapshot));
        // The snapshot has the rate of its time, and may have been taken after a divergence.
        self.duties.push_back(Work::SetLearningRate { learning_rate });
        self.is_frozen = true;
        if self.is_training() {
            self.thaw();
        }
        self.went_to(step, now_ms, out);
    }

    /// What the session has to be told before another command is obeyed.
    pub(super) fn next_duty(&mut self) -> Option<Work> {
        self.duties.pop_front()
    }

    /// What to do next, once there are no duties.
    pub(super) fn next(&mut self, now_ms: f64, experiment: &Experiment, speed: Speed, facts: Facts, out: &mut Outbox) -> Work {
        let standing = self.standing(experiment);
        // Steps that were asked for one by one are taken at once.
        let speed = if self.steps_left.is_some() { Speed::Max } else { speed };
        let left_ms = self.tempo.left_ms(now_ms, speed);
        match self.schedule.due(now_ms, standing) {
            Some(Due::Save) => return Work::Save,
            Some(Due::Draw) => return Work::Draw { request: self.request.clone(), part_flops: self.part_flops() },
            Some(Due::Evaluate) => return Work::Evaluate { part_flops: self.part_flops() },
            None => {}
        }
        if standing.is_training {
            if self.schedule.is_report_due(now_ms) {
                self.report(now_ms, out);
            }
            if let Some(work) = self.costs.next(now_ms, self.placement.device, facts, experiment, out) {
                return work;
            }
            if left_ms == 0.0 {
                return self.train(now_ms, experiment, speed);
            }
        }
        Work::Wait { ms: self.schedule.wait_ms(now_ms, standing, left_ms) }
    }

    fn standing(&self, experiment: &Experiment) -> Standing {
        Standing {
            step: self.metrics.step,
            is_saved: self.saved.as_ref().map_or(self.metrics.step == 0, |(step, _)| *step == self.metrics.step && !self.is_changed),
            is_training: self.is_training(),
            is_judged: self.is_judged(experiment),
            wants_frame: self.wants_frame,
        }
    }

    /// Whether the goal is judged at the present step.
    fn is_judged(&self, experiment: &Experiment) -> bool {
        let step = self.metrics.step;
        experiment.goal.exists() && self.goal_step.is_none() && step > 0 && step.is_multiple_of(experiment.evaluate_every.into())
    }

    fn train(&mut self, now_ms: f64, experiment: &Experiment, speed: Speed) -> Work {
        let wanted = self.pace.steps().min(Tempo::slice_steps(speed));
        self.slice_steps = self.steps_left.map_or(wanted, |left| left.min(wanted));
        if experiment.goal.exists() {
            let every = u64::from(experiment.evaluate_every);
            self.slice_steps = self.slice_steps.min((every - self.metrics.step % every) as u32);
        }
        self.tempo.took(self.slice_steps, now_ms, speed);
        Work::Train { steps: self.slice_steps, part_flops: self.part_flops() }
    }

    fn part_flops(&self) -> u64 {
        self.pace.part_flops(self.step_flops)
    }

    /// What evaluating and drawing will take where a step takes so long: a step goes back too,
    /// which takes twice as long as going there.
    fn expect_jobs(&mut self, now_ms: f64) {
        let Some(step_ms) = self.pace.step_ms() else { return };
        let expected_ms = |rows: usize| step_ms * rows as f64 / (3.0 * self.mean_batch.max(1.0));
        self.schedule.evaluation.expect(expected_ms(self.evaluated_rows), now_ms);
        self.schedule.drawing.expect(expected_ms(self.drawn_rows), now_ms);
    }

    /// A slice of training is done.
    pub(super) fn trained(&mut self, progress: Progress, began_ms: f64, ended_ms: f64, experiment: &Experiment, out: &mut Outbox) {
        let took_ms = ended_ms - began_ms;
        self.pace.learn(self.slice_steps, took_ms, slice_goal_ms(self.placement.device));
        self.expect_jobs(ended_ms);
        self.costs.spent(took_ms, progress.step.saturating_sub(self.metrics.step));
        self.metrics.step = progress.step;
        self.metrics.epoch = progress.epoch;
        if let Some((value, step)) = progress.train_loss {
            self.metrics.train_loss = Some(Figure { value, step });
        }
        self.rate.mark(ended_ms, progress.step);
        if let Some(divergence) = progress.divergence {
            self.diverge(&divergence, ended_ms, experiment, out);
        } else if let Some(left) = self.steps_left {
            self.steps_left = Some(left.saturating_sub(self.slice_steps));
            if left <= self.slice_steps {
                self.pause(ended_ms, out);
            }
        }
    }

    fn diverge(&mut self, divergence: &Divergence, now_ms: f64, experiment: &Experiment, out: &mut Outbox) {
        self.steps_left = None;
        self.is_frozen = true;
        self.rate.clear();
        self.metrics.train_loss = Some(Figure { value: f64::NAN, step: divergence.step });
        self.report(now_ms, out);
        self.set_state(RunState::Diverged, out);
        let text = say::diverged(divergence.step, &divergence.cause, experiment.lower_learning_rate());
        out.notice(NoticeKind::Diverged, text);
    }

    /// A snapshot of the present step was read back.
    pub(super) fn save(&mut self, snapshot: Snapshot, now_ms: f64) {
        self.saved = Some((self.step(), snapshot));
        self.is_changed = false;
        self.last_recovery = None;
        self.schedule.saved_ms = now_ms;
    }

    /// A picture of the present step is there.
    pub(super) fn drawn(&mut self, picture: Picture, began_ms: f64, ended_ms: f64, out: &mut Outbox) {
        out.say(Event::Frame { step: self.step(), picture });
        self.wants_frame = false;
        self.schedule.drawing.done(self.step(), began_ms, ended_ms);
    }

    /// Figures of the present step are there, or the evaluation gave way.
    pub(super) fn evaluated(
        &mut self,
        evaluation: Option<Evaluation>,
        began_ms: f64,
        ended_ms: f64,
        experiment: &Experiment,
        out: &mut Outbox,
    ) {
        let Some(Evaluation { train_loss, test_loss, test_accuracy }) = evaluation else {
            return self.schedule.evaluation.interrupted(ended_ms);
        };
        let step = self.step();
        let figure = |value: f64| Figure { value, step };
        if let Some(loss) = test_loss {
            self.metrics.test_loss = Some(figure(loss));
            self.metrics.test_accuracy = test_accuracy.map(figure);
        }
        if let Some(loss) = train_loss {
            self.metrics.train_loss = Some(figure(loss));
        }
        self.schedule.evaluation.done(step, began_ms, ended_ms);
        self.report(ended_ms, out);
        let params = experiment.cost().map_or(0, |cost| cost.params);
        let reached = Reached { train_loss, test_loss, accuracy: test_accuracy, steps: step, params };
        if self.is_judged(experiment) && experiment.goal.is_reached(&reached) {
            self.goal_step = Some(step);
            out.say(Event::Goal { step });
            self.pause(ended_ms, out);
        }
    }

    /// The other device was measured.
    pub(super) fn measured(&mut self, measured: Option<Measured>, now_ms: f64, facts: Facts, out: &mut Outbox) {
        self.costs.measured(measured, now_ms, self.placement.device, facts, out);
    }

    pub(super) fn report(&mut self, now_ms: f64, out: &mut Outbox) {
        self.schedule.reported_ms = now_ms;
        self.metrics.steps_per_second = self.rate.per_second();
        self.metrics.samples_per_second = self.metrics.steps_per_second * self.mean_batch;
        out.say(Event::Metrics(self.metrics.clone()));
    }
}
