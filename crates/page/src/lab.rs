//! What the page knows: the experiment a visitor has chosen and what the worker last reported of its run.

use super::links;
use super::reports::{Built, Costs, Device, Frame, History, Notice, PageState, Samples};
use super::watched::Watched;
use crate::client::Client;
use descent_protocol::{Command, Metrics, NoticeKind, RunId};
use descent_spec::{Experiment, Level};
use leptos::prelude::*;
use std::time::Duration;

/// All of it. Copies share one state.
#[derive(Clone, Copy)]
pub(crate) struct Lab {
    pub(crate) experiment: Watched<Experiment>,
    pub(crate) state: Watched<PageState>,
    pub(crate) built: Watched<Option<Built>>,
    pub(crate) samples: Watched<Option<Samples>>,
    pub(crate) frame: Watched<Option<Frame>>,
    pub(crate) metrics: Watched<Metrics>,
    pub(crate) history: Watched<History>,
    pub(crate) device: Watched<Option<Device>>,
    pub(crate) costs: Watched<Costs>,
    pub(crate) saved_step: Watched<Option<u64>>,
    pub(crate) notices: Watched<Vec<Notice>>,
    /// The test sample whose activations are shown.
    pub(crate) inspected: Watched<usize>,
    // From here on nothing is followed.
    pub(crate) run: Watched<RunId>,
    /// Whether a changed experiment waits to be built.
    is_stale: Watched<bool>,
    /// Whether a frame was asked for and has not come.
    is_awaiting_frame: Watched<bool>,
    last_frame_ms: Watched<f64>,
    client: Watched<Option<Client>>,
}

/// How long a dragged slider may rest before its run is built.
const SETTLE: Duration = Duration::from_millis(60);

impl Lab {
    /// The experiment of the address, or a first visit's; nothing is running yet.
    pub(crate) fn new() -> Self {
        let (experiment, problems) = links::read();
        let lab = Self {
            experiment: Watched::new(experiment),
            state: Watched::new(PageState::Loading),
            built: Watched::new(None),
            samples: Watched::new(None),
            frame: Watched::new(None),
            metrics: Watched::new(Metrics::default()),
            history: Watched::new(History::default()),
            device: Watched::new(None),
            costs: Watched::new(Costs::default()),
            saved_step: Watched::new(None),
            notices: Watched::new(Vec::new()),
            inspected: Watched::new(0),
            run: Watched::new(RunId::default()),
            is_stale: Watched::new(false),
            is_awaiting_frame: Watched::new(false),
            last_frame_ms: Watched::new(0.0),
            client: Watched::new(None),
        };
        lab.report_link(problems);
        lab
    }

    /// Starts the worker and builds the first run. It does not train by itself.
    pub(crate) fn start(self) {
        self.client.set(Some(Client::start(move |event, arrays| self.receive(event, arrays))));
        self.build();
    }

    /// Sends a command without arrays.
    pub(crate) fn send(self, command: Command) {
        self.send_with(command, Vec::new());
    }

    /// Sends a command and what belongs to it.
    pub(crate) fn send_with(self, command: Command, arrays: Vec<js_sys::ArrayBuffer>) {
        self.client.with_untracked(|client| {
            if let Some(client) = client {
                client.send(command, arrays);
            }
        });
    }

    /// Hands data set files to the worker.
    pub(crate) fn send_files(self, files: Vec<web_sys::File>) {
        self.client.with_untracked(|client| {
            if let Some(client) = client {
                client.send_files(files);
            }
        });
    }

    /// Lets a visitor's choice take effect: live where the run can go on, else as a new run that waits for Play.
    pub(crate) fn change(self, edit: impl FnOnce(&mut Experiment)) {
        let mut experiment = self.experiment.get_untracked();
        edit(&mut experiment);
        match experiment.cost() {
            Ok(_) => {
                self.dismiss(NoticeKind::Experiment);
                self.adopt(experiment);
            }
            Err(why) => {
                self.notify(NoticeKind::Experiment, format!("That change was not made. With it, {why}."));
                // Controls go back to what is.
                self.experiment.notify();
            }
        }
    }

    /// The same for a whole experiment.
    pub(crate) fn adopt(self, next: Experiment) {
        let before = self.experiment.get_untracked();
        if next == before {
            return;
        }
        links::write(&next);
        self.experiment.set(next.clone());
        let mut live = before.clone();
        live.level = next.level;
        live.show_test = next.show_test;
        live.discretize = next.discretize;
        live.device = next.device;
        live.speed = next.speed;
        live.learning_rate = next.learning_rate;
        if live != next {
            self.is_stale.set(true);
            set_timeout(move || self.build_if_stale(), SETTLE);
            return;
        }
        if before.device != next.device {
            self.send(Command::Device { device: next.device });
        }
        if before.speed != next.speed {
            self.send(Command::Speed { speed: next.speed });
        }
        if before.learning_rate != next.learning_rate {
            self.send(Command::LearningRate { learning_rate: next.learning_rate });
        }
    }

    /// Reads the address again: a visitor or a page around this one changed it.
    pub(crate) fn follow_link(self) {
        let (experiment, problems) = links::read();
        self.report_link(problems);
        self.adopt(experiment);
    }

    /// Builds what a visitor has changed since the last run was built.
    pub(crate) fn build_if_stale(self) {
        if self.is_stale.get_untracked() {
            self.build();
        }
    }

    fn build(self) {
        self.is_stale.set(false);
        let run = RunId(self.run.get_untracked().0 + 1);
        self.run.set(run);
        self.state.set(PageState::Loading);
        self.clear_numbers();
        self.costs.set(Costs::default());
        self.inspected.set(0);
        self.dismiss(NoticeKind::Diverged);
        self.send(Command::Build { run, experiment: self.experiment.get_untracked(), has_snapshot: false });
        self.send(Command::Speed { speed: self.experiment.with_untracked(|e| e.speed) });
        self.ask_again();
    }

    fn clear_numbers(self) {
        self.metrics.set(Metrics { run: self.run.get_untracked(), ..Metrics::default() });
        self.history.set(History::default());
        self.saved_step.set(None);
    }

    /// Trains until paused.
    pub(crate) fn play(self) {
        self.build_if_stale();
        self.send(Command::Play);
        // A GPU may take seconds over its first step; the page must not look as if it had not heard.
        if matches!(self.state.get_untracked(), PageState::Ready | PageState::Paused) {
            self.state.set(PageState::Training);
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
        self.clear_numbers();
        self.send(Command::Reset);
        self.want_frame();
    }

    /// Other initial weights.
    pub(crate) fn new_weights(self) {
        self.change(|experiment| experiment.draw = experiment.draw.wrapping_add(1));
    }

    /// Starts a diverged run again with a lower learning rate.
    pub(crate) fn start_lower(self, learning_rate: f64) {
        self.change(|experiment| experiment.learning_rate = learning_rate);
        self.reset();
        self.play();
    }

    /// Shows what the layers make of another test sample.
    pub(crate) fn inspect(self, sample: usize) {
        self.inspected.set(sample);
        self.send(Command::Inspect { sample });
        self.want_frame();
    }

    /// Has a drawing answered in each frame; an empty one, none.
    pub(crate) fn draw(self, pixels: js_sys::ArrayBuffer) {
        self.send_with(Command::Draw, vec![pixels]);
        self.want_frame();
    }

    /// Asks for the next pictures unless they are already asked for.
    pub(crate) fn want_frame(self) {
        if !self.is_awaiting_frame.get_untracked() {
            self.is_awaiting_frame.set(true);
            self.send(Command::WantFrame);
        }
    }

    /// Asks for pictures, whatever was asked for before.
    pub(crate) fn ask_again(self) {
        self.is_awaiting_frame.set(false);
        self.want_frame();
    }

    /// Takes note that the pictures came, and asks for the next once these are drawn: at most 15 times a second, twice with reduced motion.
    pub(crate) fn frame_came(self) {
        self.is_awaiting_frame.set(false);
        request_animation_frame(move || {
            let now = now_ms();
            let every = if is_motion_reduced() { 500.0 } else { 66.0 };
            let wait = (every - (now - self.last_frame_ms.get_untracked())).clamp(0.0, every);
            self.last_frame_ms.set(now + wait);
            let next = move || {
                if self.state.get_untracked() == PageState::Training {
                    self.want_frame();
                }
            };
            set_timeout(next, Duration::from_millis(wait as u64));
        });
    }

    /// Shows a notice in the place of an earlier one of its kind.
    pub(crate) fn notify(self, kind: NoticeKind, text: String) {
        self.notices.update(|notices| {
            let serial = notices.iter().map(|n| n.serial + 1).max().unwrap_or(0);
            notices.retain(|n| n.kind != kind);
            notices.push(Notice { serial, kind, text });
        });
    }

    /// Takes a notice away.
    pub(crate) fn dismiss(self, kind: NoticeKind) {
        if self.notices.with_untracked(|notices| notices.iter().any(|n| n.kind == kind)) {
            self.notices.update(|notices| notices.retain(|n| n.kind != kind));
        }
    }

    fn report_link(self, problems: Vec<String>) {
        if problems.is_empty() {
            self.dismiss(NoticeKind::Link);
        } else {
            self.notify(NoticeKind::Link, format!("Parts of this link could not be read. {}.", problems.join("; ")));
        }
    }

    /// How much the page shows.
    pub(crate) fn level(self) -> Level {
        self.experiment.with(|e| e.level)
    }
}

/// The lab of this page.
pub(crate) fn lab() -> Lab {
    expect_context()
}

/// Milliseconds since the page was opened.
pub(crate) fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Whether the visitor has asked for less motion.
pub(crate) fn is_motion_reduced() -> bool {
    window().match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|query| query.matches())
}
