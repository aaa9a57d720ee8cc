//! A run and what acts on it: every change a visitor makes goes through [`Lab`].
//!
//! A change of the experiment or the view becomes a command to the worker, live where the run can
//! go on and a new build where it cannot, and is put into the address. `receive` is the way back.

use super::changes::{live_commands, view_commands};
use super::kept_run::Kept;
use super::{Notice, Phase, Run, address};
use crate::border::Client;
use crate::edit;
use descent_protocol::{Addressed, Command, Costs, NoticeKind, RunId, Start};
use descent_spec::link::Link;
use descent_spec::{Experiment, Level, View};
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use std::time::Duration;

/// A run, the worker that computes it, and what a visitor can do to it. Copies are the same lab; it
/// lives as long as the part of the page that made it.
#[derive(Clone, Copy)]
pub(crate) struct Lab {
    /// What is known of the run.
    pub(crate) run: Run,
    /// The run that was asked for last. What the worker says of another is dropped.
    pub(super) id: StoredValue<RunId>,
    /// The experiment of that run as it was sent.
    pub(super) sent: StoredValue<Experiment>,
    /// Whether a frame was asked for and has not come.
    pub(super) is_awaiting_frame: StoredValue<bool>,
    /// When the last frame was asked for, or will be.
    pub(super) last_frame_ms: StoredValue<f64>,
    /// Runs out when the next frame is to be asked for.
    pub(super) frame_timer: StoredValue<Option<TimeoutHandle>>,
    /// Runs out when a changed experiment is to be built.
    settle_timer: StoredValue<Option<TimeoutHandle>>,
    next_serial: StoredValue<u32>,
    /// How often a file was opened as a saved run.
    pub(super) opened: StoredValue<u32>,
    /// What the browser keeps of the present link.
    pub(super) kept: StoredValue<Kept>,
    /// The kept run that the visitor is offered, as of [`Lab::checked`].
    pub(super) offered: StoredValue<Option<(Experiment, u64, ArrayBuffer)>, LocalStorage>,
    pub(super) client: StoredValue<Option<Client>, LocalStorage>,
}

/// How long after a change its run is built: a dragged slider makes many.
const SETTLE: Duration = Duration::from_millis(60);

/// The lab of this part of the page.
pub(crate) fn lab() -> Lab {
    expect_context()
}

/// A lab and its worker.
impl Lab {
    /// Starts a worker and builds the experiment of the address, or a first visit's, and follows
    /// the address from then on. It does not train by itself.
    pub(crate) fn begin() -> Self {
        let lab = Self::new();
        lab.client.set_value(Some(Client::start(move |event| lab.receive(event))));
        lab.build();
        let address = window_event_listener(leptos::ev::hashchange, move |_| lab.follow_link());
        on_cleanup(move || address.remove());
        lab
    }

    /// Nothing is running yet.
    fn new() -> Self {
        let (link, problems) = address::read();
        let lab = Self {
            id: StoredValue::new(RunId::default()),
            sent: StoredValue::new(link.experiment.clone()),
            run: Run::new(link),
            is_awaiting_frame: StoredValue::new(false),
            last_frame_ms: StoredValue::new(0.0),
            frame_timer: StoredValue::new(None),
            settle_timer: StoredValue::new(None),
            next_serial: StoredValue::new(0),
            opened: StoredValue::new(0),
            kept: StoredValue::new(Kept::default()),
            offered: StoredValue::new_local(None),
            client: StoredValue::new_local(None),
        };
        lab.report_link(&problems);
        on_cleanup(move || {
            for timer in [lab.frame_timer, lab.settle_timer] {
                if let Some(handle) = timer.try_get_value().flatten() {
                    handle.clear();
                }
            }
        });
        lab
    }

    /// Sends a command to the present run.
    pub(crate) fn send(self, command: Command) {
        if let Some(client) = self.client.get_value() {
            client.send(Addressed { run: self.id.get_value(), message: command });
        }
    }

    /// Hands the files of a data set to the worker.
    pub(crate) fn send_files(self, files: Vec<web_sys::File>) {
        if let Some(client) = self.client.get_value() {
            client.send_files(self.id.get_value(), files);
        }
    }
}

/// Changes of the experiment and the view.
impl Lab {
    /// Lets a visitor's choice take effect: live where the run can go on, else as a new run that
    /// waits for Play. A choice that costs too much is refused with a notice; the experiment stays
    /// as it is.
    pub(crate) fn change(self, edit: impl FnOnce(&mut Experiment)) {
        let mut experiment = self.run.experiment.get_untracked();
        edit(&mut experiment);
        match experiment.cost() {
            Ok(_) => {
                self.dismiss(NoticeKind::Experiment);
                self.adopt(experiment);
            }
            Err(why) => self.notify(NoticeKind::Experiment, format!("That change was not made. With it, {why}.")),
        }
    }

    /// Takes a whole experiment.
    pub(crate) fn adopt(self, next: Experiment) {
        let before = self.run.experiment.get_untracked();
        if next == before {
            return;
        }
        self.run.experiment.set(next.clone());
        address::write(&self.run.link());
        match live_commands(&before, &next) {
            Some(commands) => {
                self.dismiss(NoticeKind::KeptRun);
                self.kept.set_value(Kept::default());
                commands.into_iter().for_each(|command| self.send(command));
            }
            None if self.settle_timer.get_value().is_some() => {}
            None => match set_timeout_with_handle(move || self.build_if_stale(), SETTLE) {
                Ok(timer) => self.settle_timer.set_value(Some(timer)),
                Err(_) => self.build(),
            },
        }
    }

    /// Takes a preset's experiment.
    pub(crate) fn adopt_preset(self, id: &str) {
        if let Some(next) = edit::preset(id) {
            self.adopt(next);
        }
    }

    /// Lets the run go on elsewhere or be shown in another way.
    pub(crate) fn change_view(self, edit: impl FnOnce(&mut View)) {
        let before = self.run.view.get_untracked();
        let mut next = before;
        edit(&mut next);
        if next != before {
            self.run.view.set(next);
            address::write(&self.run.link());
            view_commands(before, next).into_iter().for_each(|command| self.send(command));
        }
    }

    /// Reads the address again: a visitor or a page around this one changed it.
    pub(crate) fn follow_link(self) {
        let (Link { experiment, view }, problems) = address::read();
        self.report_link(&problems);
        self.change_view(|now| *now = view);
        self.adopt(experiment);
    }

    /// Other initial weights.
    pub(crate) fn new_weights(self) {
        self.change(|experiment| experiment.draw = experiment.draw.wrapping_add(1));
    }

    /// How much the page shows, followed.
    pub(crate) fn level(self) -> Level {
        self.run.view.with(|view| view.level)
    }

    /// Builds what a visitor has changed since the last run was built.
    fn build_if_stale(self) {
        if self.settle_timer.get_value().is_some() {
            self.build();
        }
    }

    /// Builds the experiment in the place of the present run.
    fn build(self) {
        let experiment = self.begin_run();
        self.send(Command::Build { experiment, view: self.run.view.get_untracked(), start: Start::Beginning });
        self.ask_again();
        self.look_for_kept();
    }

    /// Makes room for a run of the experiment, which is about to be sent to the worker.
    pub(super) fn begin_run(self) -> Experiment {
        if let Some(timer) = self.settle_timer.get_value() {
            timer.clear();
        }
        self.settle_timer.set_value(None);
        self.id.update_value(|id| id.0 += 1);
        self.run.phase.set(Phase::Loading);
        self.run.clear_numbers();
        self.run.costs.set(Costs::default());
        self.run.inspected.set(0);
        self.dismiss(NoticeKind::Diverged);
        self.dismiss(NoticeKind::KeptRun);
        let experiment = self.run.experiment.get_untracked();
        self.sent.set_value(experiment.clone());
        experiment
    }
}

/// The course of the run.
impl Lab {
    /// Trains until paused.
    pub(crate) fn play(self) {
        self.build_if_stale();
        self.send(Command::Play);
        // A GPU may take seconds over its first step; the page must not look as if it had not
        // heard.
        if matches!(self.run.phase.get_untracked(), Phase::Ready | Phase::Paused) {
            self.run.phase.set(Phase::Training);
        }
        self.want_frame();
    }

    /// Holds after what is in flight.
    pub(crate) fn pause(self) {
        self.send(Command::Pause);
    }

    /// One step.
    pub(crate) fn step(self) {
        self.build_if_stale();
        self.send(Command::Step { steps: 1 });
        self.want_frame();
    }

    /// Back to the same initial weights.
    pub(crate) fn reset(self) {
        self.build_if_stale();
        self.dismiss(NoticeKind::Diverged);
        self.run.clear_numbers();
        self.send(Command::Reset);
        self.want_frame();
    }

    /// Starts a diverged run again with a lower learning rate.
    pub(crate) fn start_lower(self) {
        self.change(|experiment| experiment.learning_rate = experiment.lower_learning_rate());
        self.reset();
        self.play();
    }

    /// Shows what the layers make of another test image.
    pub(crate) fn inspect(self, sample: usize) {
        self.run.inspected.set(sample);
        self.send(Command::Inspect { sample });
        self.want_frame();
    }

    /// Has a drawing answered in each frame: a byte a pixel, 255 for full ink; none if it is empty.
    pub(crate) fn draw(self, pixels: Vec<u8>) {
        self.send(Command::Draw { pixels });
        self.want_frame();
    }
}

/// What a visitor is told.
impl Lab {
    /// Shows a notice in the place of an earlier one of its kind.
    pub(crate) fn notify(self, kind: NoticeKind, text: String) {
        let serial = self.next_serial.get_value();
        self.next_serial.set_value(serial + 1);
        self.run.notices.update(|notices| {
            notices.retain(|notice| notice.kind != kind);
            notices.push(Notice { serial, kind, text });
        });
    }

    /// Takes a notice away.
    pub(crate) fn dismiss(self, kind: NoticeKind) {
        if self.has_notice(kind) {
            self.run.notices.update(|notices| notices.retain(|notice| notice.kind != kind));
        }
    }

    /// Whether there is a notice of a kind now.
    fn has_notice(self, kind: NoticeKind) -> bool {
        self.run.notices.with_untracked(|notices| notices.iter().any(|notice| notice.kind == kind))
    }

    fn report_link(self, problems: &[String]) {
        if problems.is_empty() {
            self.dismiss(NoticeKind::Link);
        } else {
            self.notify(NoticeKind::Link, format!("Parts of this link could not be read. {}.", problems.join("; ")));
        }
    }
}
