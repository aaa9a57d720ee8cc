//! What the machine has to tell the page, and the longer texts.

use super::work::{Broken, Snapshot};
use descent_protocol::{Addressed, Event, NoticeKind, RunId, RunState};
use descent_spec::number::{shortest, thousands};

/// An event on its way to the page.
#[derive(Clone, PartialEq, Debug)]
pub struct Said {
    /// The event and the run it belongs to.
    pub message: Addressed<Event>,
    /// What is attached to [`Event::Saved`].
    pub snapshot: Option<Snapshot>,
}

/// What was said and not yet posted, oldest first.
#[derive(Default)]
pub(super) struct Outbox {
    /// The run to which everything said belongs.
    pub(super) run: RunId,
    /// How many Resets of it were heard.
    pub(super) resets: u32,
    said: Vec<Said>,
}

impl Outbox {
    pub(super) fn say(&mut self, event: Event) {
        self.said.push(Said { message: Addressed { run: self.run, message: event }, snapshot: None });
    }

    pub(super) fn state(&mut self, state: RunState, step: u64) {
        self.say(Event::State { state, step, resets: self.resets });
    }

    pub(super) fn saved(&mut self, step: u64, snapshot: Snapshot) {
        let message = Addressed { run: self.run, message: Event::Saved { step, resets: self.resets } };
        self.said.push(Said { message, snapshot: Some(snapshot) });
    }

    pub(super) fn notice(&mut self, kind: NoticeKind, text: impl Into<String>) {
        self.say(Event::Notice { kind, text: text.into() });
    }

    pub(super) fn take(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }
}

pub(super) const NO_WEBGPU_NOTICE: &str = "This browser offers no WebGPU, so networks train on the CPU. \
    Current versions of Chrome, Edge, Safari and Firefox have it on most machines.";

pub(super) const INSECURE_NOTICE: &str = "The frame around this page has no secure context, in which browsers offer no GPU, \
    so networks train on the CPU. Open the page by itself, or ask for allow-same-origin in the frame's sandbox.";

pub(super) fn diverged(step: u64, cause: &str, lower_learning_rate: f64) -> String {
    format!(
        "Training diverged at step {}: {cause} was no longer a finite number. The weights are those before that step. \
         Try a learning rate of {}.",
        thousands(step),
        shortest(lower_learning_rate)
    )
}

/// Why a run is where it is, after its GPU was lost or failed.
pub(super) const CAME_BACK: &str = "It was lost and came back.";
pub(super) const LOST: &str = "the GPU is lost";

pub(super) fn gpu_failed(error: &str) -> String {
    format!("The GPU met an error, so the run is on the CPU: {error}.")
}

/// `at` is the step at which the run stood, if it did not come to grief while it was built.
pub(super) fn device_lost_notice(broken: &Broken, at: Option<u64>, step: u64, device_name: &str) -> String {
    let (what, error) = if broken.is_lost { ("was lost", String::new()) } else { ("met an error", format!(": {}", broken.text)) };
    let step = thousands(step);
    match at {
        Some(at) => format!(
            "The GPU {what} at step {}{error}. The run goes on from step {step}, the last one saved, on this device: {device_name}.",
            thousands(at)
        ),
        None => format!("The GPU {what} while the run was built{error}. The run is at step {step} on this device: {device_name}."),
    }
}

pub(super) fn not_taken_notice(error: &str) -> String {
    format!("The GPU does not take this network, so it runs on the CPU: {error}.")
}

pub(super) fn not_taken(error: &str) -> String {
    format!("The GPU does not take this network: {error}.")
}

pub(super) fn not_restored(error: &str) -> String {
    format!("The run begins again at step 0, because {error}.")
}
