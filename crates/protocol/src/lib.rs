//! What crosses the border between the page and the worker that trains: [`Command`]s down,
//! [`Event`]s up.
//!
//! Each message is an [`Addressed`] value in [`postcard`]'s bytes (module [`message`]) and says to
//! which run it belongs, so that the receiver can drop what comes too late. Two things travel
//! beside the bytes, by transfer: a snapshot ([`Command::Build`] with [`Start::Snapshot`],
//! [`Command::Check`], [`Event::Saved`]), which the page keeps for a restart and for a visitor's disk, and the files
//! of [`Command::Files`]. [`Supervisor`] is what the page remembers for a worker that
//! dies; it stands here so that the worker's machine and it are tested together. This crate knows
//! no browser.

mod event;
mod figures;
pub mod message;
mod picture;
mod supervisor;

pub use event::{CheckedRun, Event, NoticeKind, RunState};
pub use figures::{CPU_NAME, Cost, Costs, DeviceKind, DeviceReport, Figure, Metrics, StepCost};
pub use picture::{FRAME_MS, Images, Maps, Picture, Points, Samples, ShownImages};
pub use supervisor::{Supervisor, Verdict};

use descent_spec::{DeviceChoice, Experiment, Speed, View};
use serde::{Deserialize, Serialize};

/// A run of a worker; counts up with each [`Command::Build`]. 0 before the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct RunId(pub u32);

/// A command or an event, and the run it belongs to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Addressed<M> {
    /// The run; of what is about the worker itself, the last one built.
    pub run: RunId,
    /// What is to be done, or what happened.
    pub message: M,
}

/// What the page asks of the worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Build the run. It is `ready` (`paused`, if it goes on from a snapshot) and does not start by
    /// itself.
    Build {
        /// What to train.
        experiment: Experiment,
        /// Where, and how fast to show it.
        view: View,
        /// From where.
        start: Start,
    },
    /// Train until paused.
    Play,
    /// Stop after what is in flight.
    Pause,
    /// Train so many steps, then pause.
    Step {
        /// How many.
        steps: u32,
    },
    /// Back to the same initial weights.
    Reset,
    /// Move the run to another device, keeping weights, moments, statistics and step.
    Device {
        /// Where to.
        device: DeviceChoice,
    },
    /// How fast to show it.
    Speed {
        /// The choice.
        speed: Speed,
    },
    /// The learning rate from the next step on.
    LearningRate {
        /// Before the schedule.
        learning_rate: f64,
    },
    /// The page has drawn the last frame and wants the next.
    WantFrame,
    /// A drawn image to answer in each frame.
    Draw {
        /// One byte a pixel, row by row, 255 for full ink, in the data set's size; empty for none.
        pixels: Vec<u8>,
    },
    /// Show this test sample's activations in each frame.
    Inspect {
        /// Index among the images of [`Samples::Images`].
        sample: usize,
    },
    /// Take the attached files as a data set.
    Files,
    /// Say whether a run can go on from the attached bytes, which may come from anywhere; the answer
    /// is [`Event::Checked`].
    Check {
        /// Comes back with the answer.
        id: u32,
    },
    /// Measure a case of the benchmark; the answer is [`Event::Bench`].
    Bench {
        /// Its name.
        case: String,
        /// `webgpu` or `cpu`.
        backend: String,
        /// Milliseconds to spend on measuring.
        budget_ms: f64,
        /// At most so many measured steps.
        steps: Option<u32>,
    },
    /// Break, for a test.
    #[cfg(feature = "faults")]
    Fault(Fault),
}

/// Where a run begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Start {
    /// At step 0, with its initial weights.
    Beginning,
    /// Where the attached snapshot was taken.
    Snapshot {
        /// The step it contains. The page's supervisor counts from it; the worker goes by the
        /// snapshot.
        step: u64,
    },
}

/// What a test can break.
#[cfg(feature = "faults")]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Fault {
    /// Panic.
    Trap,
    /// Never answer again.
    Hang,
    /// Destroy the GPU device.
    LoseDevice,
}
