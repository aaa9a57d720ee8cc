//! What the worker tells the page.

use super::{Costs, DeviceReport, Metrics, Picture, Samples};
use serde::{Deserialize, Serialize};

/// What the worker tells the page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Event {
    /// The worker listens. Sent first; nothing is sent to it before.
    Booted,
    /// At least four times a second while the worker lives.
    Alive,
    /// The run was built. What its network looks like follows from the experiment.
    Built {
        /// Samples trained on.
        train_rows: usize,
        /// Samples tested on.
        test_rows: usize,
        /// The program in text: kernels in order, shapes, bytes, FLOP.
        program: String,
    },
    /// The samples to draw.
    Samples(Samples),
    /// The run's state changed.
    State {
        /// To what.
        state: RunState,
        /// At which step; final for `Paused` and `Diverged`.
        step: u64,
        /// How many [`Command::Reset`](crate::Command::Reset)s of this run the worker had heard: a
        /// state of before the last one that was sent is out of date.
        resets: u32,
    },
    /// Numbers, about ten times a second.
    Metrics(Metrics),
    /// A picture, after [`Command::WantFrame`](crate::Command::WantFrame).
    Frame {
        /// Of which step.
        step: u64,
        /// What is drawn.
        picture: Picture,
    },
    /// Where the run is computed and why.
    Device(DeviceReport),
    /// What a step costs on each device, measured.
    Costs(Costs),
    /// The goal of the experiment was reached; the run is held.
    Goal {
        /// At which step.
        step: u64,
    },
    /// A snapshot was read back: it is attached. The page keeps it for a restart.
    Saved {
        /// The step it contains.
        step: u64,
        /// As of [`Event::State`]: a snapshot of before the last Reset must not come back.
        resets: u32,
    },
    /// The answer to [`Command::Check`](crate::Command::Check).
    Checked {
        /// Which question it answers.
        id: u32,
        /// What the bytes hold, or why no run can go on from them.
        result: Result<CheckedRun, String>,
    },
    /// Something the visitor should know.
    Notice {
        /// The kind.
        kind: NoticeKind,
        /// The fact, the reason and what to do.
        text: String,
    },
    /// A benchmark is done.
    Bench {
        /// The result, one JSON object.
        json: String,
    },
    /// The worker cannot go on: its panic hook sends this.
    Failed {
        /// What happened.
        text: String,
    },
}

/// What a saved run says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckedRun {
    /// The experiment as a link.
    pub link: String,
    /// Steps that were taken.
    pub step: u64,
}

/// What a run is doing. The page adds `loading`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RunState {
    /// Built, not yet trained.
    Ready,
    /// Steps are being taken.
    Training,
    /// Held at a step.
    Paused,
    /// A gradient or the loss was not finite; the weights are those before that step.
    Diverged,
    /// Could not be built or went wrong.
    Failed,
}

/// Kinds of [`Event::Notice`], as in `data-kind`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum NoticeKind {
    /// There is no GPU to train on.
    NoWebgpu,
    /// The GPU was lost; the run goes on from its last saved step.
    DeviceLost,
    /// The worker died or fell silent and was replaced.
    WorkerRestarted,
    /// The loss or a gradient was not finite.
    Diverged,
    /// A file of a data set was refused or is missing.
    File,
    /// A saved run was not written, opened or restored.
    SavedRun,
    /// The browser has kept a run of this link from an earlier visit.
    KeptRun,
    /// Parts of the link could not be read.
    Link,
    /// The experiment cannot be built.
    Experiment,
}
