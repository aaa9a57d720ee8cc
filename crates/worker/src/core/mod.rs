//! What the worker does next, and what it says: a state machine without a browser, a session or a
//! clock.
//!
//! Turns commands, outcomes of work and the time into pieces of [`Work`] and events. It knows only
//! plain data, so every decision is tested natively. The worker's loop (`web`) does the work:
//!
//! ```text
//!             hear (commands)  observe (facts)
//!                     │           │
//!                     ▼           ▼
//!     ┌────────────► Machine ──► next ──► Work ──► session, files, browser
//!     │                 │                                 │
//!   finish              └──► said ──► events              │
//!     └──────────── Report (outcome, times) ─────── ◄─────┘
//! ```
//!
//! One piece of work is under way at a time. Commands that are heard meanwhile are obeyed after it,
//! in order; two take effect at once: after a Build nothing is told of an earlier run, after a
//! Reset no step, figure, picture or snapshot of before it.

mod absence;
mod brought;
mod check;
mod costs;
mod job;
mod opening;
mod pace;
mod placement;
mod rate;
mod recovery;
mod run;
mod say;
mod schedule;
mod silence;
mod tempo;
mod work;

#[cfg(test)]
mod tests;

pub use brought::{Brought, check_files, shown_name};
pub use pace::FIRST_PART_FLOPS;
pub use say::Said;
pub use work::{
    Bench, Broken, Divergence, Evaluation, Facts, Gpu, Measured, OpenError, OpenFault, Opened, Outcome, PictureRequest, Progress, Report,
    Snapshot, TrialState, Work,
};

use absence::Absence;
use check::check;
use descent_protocol::{Addressed, Command, Event, NoticeKind, RunId, RunState, Start};
use descent_spec::{DeviceChoice, Experiment, View};
use opening::Opening;
use run::Run;
use say::Outbox;
use schedule::IDLE_MS;
use silence::Silence;
use std::collections::VecDeque;

/// Decides what the worker does and says.
pub struct Machine {
    /// What was last asked for, with what was changed since.
    experiment: Option<Experiment>,
    /// Where it is to run and how fast it is shown.
    view: View,
    /// Where it begins, if not at step 0; kept until it stands there, however often it is refused.
    start: Option<Snapshot>,
    phase: Phase,
    /// The run, once it has a session.
    run: Option<Run>,
    /// What was heard of the run and not yet obeyed.
    commands: VecDeque<Command>,
    benches: VecDeque<Bench>,
    /// How often files came that are not yet taken.
    files: usize,
    /// Whether the work under way is of a run that is over.
    is_outdated: bool,
    facts: Facts,
    silence: Silence,
    absence: Absence,
    has_told_of_absence: bool,
    out: Outbox,
}

/// What is being done with the run that was last asked for.
enum Phase {
    /// There is none: none was asked for, or it cannot be built.
    Idle,
    /// Its samples are awaited.
    Loading,
    /// It is on its way to a device.
    Opening(Opening),
    /// It has a session that does what it is asked to.
    Running,
}

impl Machine {
    /// A worker that was asked for nothing yet.
    pub fn new() -> Self {
        Self {
            experiment: None,
            view: View::default(),
            start: None,
            phase: Phase::Idle,
            run: None,
            commands: VecDeque::new(),
            benches: VecDeque::new(),
            files: 0,
            is_outdated: false,
            facts: Facts { gpu: Gpu::Asked { is_offered: false }, trial: TrialState::Absent },
            silence: Silence::default(),
            absence: Absence::new(),
            has_told_of_absence: false,
            out: Outbox::default(),
        }
    }

    /// The run last asked for.
    pub fn run(&self) -> RunId {
        self.out.run
    }

    /// Takes in a command; `snapshot` is what is attached to [`Command::Build`] or
    /// [`Command::Check`]. What is for an earlier run is dropped.
    pub fn hear(&mut self, message: Addressed<Command>, snapshot: Option<Snapshot>) {
        let Addressed { run, message: command } = message;
        match command {
            Command::Build { experiment, view, start } if run >= self.out.run => {
                self.out.run = run;
                self.out.resets = 0;
                self.experiment = Some(experiment);
                self.view = view;
                self.is_outdated = true;
                self.commands.clear();
                self.start = snapshot.filter(|_| matches!(start, Start::Snapshot { .. }));
                self.load();
            }
            // These are about the worker itself.
            Command::Check { id } => self.out.say(Event::Checked { id, result: check(snapshot.as_deref()) }),
            Command::Files => self.files += 1,
            Command::Bench { case, backend, budget_ms, steps } => self.benches.push_back(Bench { case, backend, budget_ms, steps }),
            command if run == self.out.run => {
                if command == Command::Reset {
                    self.out.resets += 1;
                    // Whatever these would do is undone.
                    self.commands.retain(|command| !matches!(command, Command::Play | Command::Pause | Command::Step { .. }));
                }
                self.commands.push_back(command);
            }
            _ => {}
        }
    }

    /// Whether the page has asked to forget what the run has done, and the run has not done so yet.
    fn is_reset_awaited(&self) -> bool {
        self.commands.contains(&Command::Reset)
    }

    /// Begins the run that was last asked for. What was heard of it is obeyed once it is built.
    fn load(&mut self) {
        self.run = None;
        self.phase = Phase::Loading;
    }

    /// Takes in what has changed by itself.
    pub fn observe(&mut self, facts: Facts, now_ms: f64) {
        let before = self.facts.gpu;
        let gpu = self.silence.judge(facts.gpu, now_ms);
        let gpu = self.absence.judge(gpu, matches!(self.phase, Phase::Opening(_)), now_ms);
        self.facts = Facts { gpu, ..facts };
        if before.may_exist() != gpu.may_exist() {
            self.tell_whether_there_is_a_gpu();
        }
        self.tell_of_absence();
    }

    /// A GPU that does not answer or has gone is not offered until it does or is back. A run that
    /// was placed elsewhere stays there.
    fn tell_whether_there_is_a_gpu(&mut self) {
        let Some(run) = &mut self.run else { return };
        if self.facts.gpu.may_exist() {
            let why = match &*run.placement.why {
                placement::NO_ANSWER => Some(placement::LATE_ANSWER),
                placement::STAYED_AWAY => Some(placement::BACK),
                _ => None,
            };
            run.placement.why = why.map_or_else(|| std::mem::take(&mut run.placement.why), Into::into);
        }
        run.announce(self.facts.gpu, &mut self.out);
    }

    fn tell_of_absence(&mut self) {
        let facts = self.facts;
        // Said of a run, so that the page that asked for it hears it.
        let text = match facts.gpu {
            Gpu::Absent => say::NO_WEBGPU_NOTICE,
            Gpu::Insecure => say::INSECURE_NOTICE,
            _ => return,
        };
        if self.has_told_of_absence || self.experiment.is_none() {
            return;
        }
        self.has_told_of_absence = true;
        self.out.notice(NoticeKind::NoWebgpu, text);
        if let Some(run) = &mut self.run {
            if self.view.device == DeviceChoice::Auto {
                run.placement.why = placement::place(DeviceChoice::Auto, 0, facts.gpu).1.into();
            }
            run.announce(facts.gpu, &mut self.out);
        }
    }

    /// The next piece of work. Its outcome is awaited by [`Machine::finish`].
    pub fn next(&mut self, now_ms: f64) -> Work {
        self.is_outdated = false;
        if let Some(bench) = self.benches.pop_front() {
            return Work::Bench(bench);
        }
        if self.files > 0
            && !matches!(self.phase, Phase::Opening(_))
            && let Some(experiment) = &self.experiment
        {
            self.files -= 1;
            return Work::TakeFiles { experiment: experiment.clone() };
        }
        if !matches!(self.phase, Phase::Opening(_)) && self.absence.is_to_be_asked(self.facts.gpu, now_ms) {
            return Work::AskGpu;
        }
        match (&self.phase, &self.experiment) {
            (Phase::Loading, Some(experiment)) => Work::Load { experiment: experiment.clone() },
            (Phase::Opening(_), _) => self.next_of_opening(now_ms),
            (Phase::Running, _) => self.next_of_run(now_ms),
            (Phase::Idle | Phase::Loading, _) => self.next_of_idle(),
        }
    }

    /// Obeys what was heard while there is no run. Live settings are for the next one; a Play or a
    /// Step tries to build it.
    fn next_of_idle(&mut self) -> Work {
        while let (Some(command), Some(experiment)) = (self.commands.pop_front(), &mut self.experiment) {
            match command {
                Command::Device { device } => self.view.device = device,
                Command::Speed { speed } => self.view.speed = speed,
                Command::LearningRate { learning_rate } => experiment.learning_rate = learning_rate,
                Command::Reset => self.start = None,
                Command::Play | Command::Step { .. } => {
                    let experiment = experiment.clone();
                    self.commands.push_front(command);
                    self.load();
                    return Work::Load { experiment };
                }
                _ => {}
            }
        }
        Work::Wait { ms: IDLE_MS }
    }

    /// Obeys what was heard and goes on with the run.
    fn next_of_run(&mut self, now_ms: f64) -> Work {
        let (Some(run), Some(experiment)) = (&mut self.run, &mut self.experiment) else {
            unreachable!("a run that goes on was asked for and built")
        };
        loop {
            if let Some(duty) = run.next_duty() {
                return duty;
            }
            match self.commands.pop_front() {
                Some(Command::Device { device }) => {
                    self.view.device = device;
                    run.last_recovery = None;
                    self.phase = Phase::Opening(Opening::move_run());
                    return self.next_of_opening(now_ms);
                }
                Some(command) => run.obey(command, now_ms, experiment, &mut self.view, &mut self.out),
                None => return run.next(now_ms, experiment, self.view.speed, self.facts, &mut self.out),
            }
        }
    }

    /// Takes in what became of the last piece of work.
    pub fn finish(&mut self, report: Report) {
        let Report { began_ms, ended_ms, outcome } = report;
        match outcome {
            Outcome::Benched(json) => self.out.say(Event::Bench { json }),
            Outcome::FilesTaken(result) => self.took_files(result),
            _ if self.is_outdated => {}
            Outcome::Done => {}
            Outcome::Loaded(result) => self.loaded(result),
            Outcome::Opened(result) => self.opened(result, ended_ms),
            Outcome::Restored(result) => self.restored(result, ended_ms),
            Outcome::Broken(broken) => self.broken(broken, ended_ms),
            outcome => self.worked(outcome, began_ms, ended_ms),
        }
    }

    /// The run's session has done something.
    fn worked(&mut self, outcome: Outcome, began_ms: f64, ended_ms: f64) {
        let is_forgotten = matches!(self.phase, Phase::Running) && self.is_reset_awaited();
        let (Some(run), Some(experiment), out) = (&mut self.run, &self.experiment, &mut self.out) else { return };
        match outcome {
            Outcome::Measured(measured) => run.measured(measured, ended_ms, self.facts, out),
            // What the page has asked to forget.
            _ if is_forgotten => {}
            Outcome::Trained(progress) => run.trained(progress, began_ms, ended_ms, experiment, out),
            Outcome::Saved(snapshot) => self.saved(snapshot, ended_ms),
            Outcome::Drawn(picture) => run.drawn(picture, began_ms, ended_ms, out),
            Outcome::Evaluated(evaluation) => run.evaluated(evaluation, began_ms, ended_ms, experiment, out),
            _ => {}
        }
    }

    /// The samples are here, or not.
    fn loaded(&mut self, result: Result<(), String>) {
        if !matches!(self.phase, Phase::Loading) {
            return;
        }
        match result {
            Ok(()) => self.phase = Phase::Opening(Opening::build()),
            Err(text) => self.refuse(NoticeKind::File, text),
        }
    }

    /// Files were taken as a data set, or not. A run that is of such a set begins again with them.
    fn took_files(&mut self, result: Result<(), String>) {
        let is_from_files = self.experiment.as_ref().is_some_and(|experiment| experiment.dataset.is_from_files());
        match result {
            Err(text) => self.out.notice(NoticeKind::File, text),
            Ok(()) if matches!(self.phase, Phase::Loading) => {}
            Ok(()) if is_from_files => self.load(),
            Ok(()) => {}
        }
    }

    /// Says why a run cannot be built. A Play or a Step that waits for it is not obeyed.
    fn refuse(&mut self, kind: NoticeKind, text: String) {
        self.run = None;
        self.commands.retain(|command| !matches!(command, Command::Play | Command::Step { .. }));
        self.phase = Phase::Idle;
        self.out.notice(kind, text);
        self.out.state(RunState::Failed, 0);
    }

    /// What is to be posted, oldest first.
    pub fn said(&mut self) -> Vec<Said> {
        self.out.take()
    }
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}
