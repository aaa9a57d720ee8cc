//! What crosses the border between the page and the worker: [`Command`]s down, [`Event`]s up.
//!
//! A message is a JavaScript array: the enum's bytes, then the `ArrayBuffer`s it refers to, transferred. Every message carries the
//! generation of the worker and the run it belongs to; the receiver drops stale ones.

pub mod message;

use descent_spec::{DeviceChoice, Experiment, Speed};
use serde::{Deserialize, Serialize};

/// A run of a worker; counts up with each `Build`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct RunId(pub u32);

/// What the page asks of the worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Build a run. It is `ready` (or `paused`, with a snapshot as first array) and does not start by itself.
    Build {
        /// Number of the new run.
        run: RunId,
        /// What to train.
        experiment: Experiment,
        /// Whether array 0 is a snapshot to go on from.
        has_snapshot: bool,
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
    /// A drawn digit to answer in each frame: array 0 holds its pixels, one byte each, row-major, in the data set's size. Empty: none.
    Draw,
    /// Show this test sample's activations in each frame.
    Inspect {
        /// Index among the samples of [`Event::Data`].
        sample: usize,
    },
    /// Data set files follow as `File`s in the place of arrays.
    Files,
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
    /// A fault, for tests (feature `faults`).
    Fault {
        /// Which.
        fault: Fault,
    },
}

/// What a test can break.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Fault {
    /// Panic.
    Trap,
    /// Never answer again.
    Hang,
    /// Destroy the GPU device.
    LoseDevice,
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

/// A device that trains.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum DeviceKind {
    /// The visitor's GPU (or what the browser offers in its place).
    Gpu,
    /// wasm SIMD.
    Cpu,
}

/// Kinds of [`Event::Notice`], as in `data-kind`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum NoticeKind {
    NoWebgpu,
    DeviceLost,
    WorkerRestarted,
    Diverged,
    File,
    Link,
    Experiment,
}

/// A layer as it was built, for the picture of the network.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LayerInfo {
    /// For people: `Dense`, `Convolve 3×3`.
    pub title: String,
    /// For people: `tanh`, `max, 2`.
    pub detail: String,
    /// Extent of a sample's output: `[units]` or `[h, w, channels]`.
    pub shape: Vec<usize>,
    /// Trainable numbers.
    pub params: usize,
    /// Multiply-adds for a sample.
    pub multiplications: usize,
}

/// What the worker tells the page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Event {
    /// The worker listens. Sent first; nothing is sent to it before.
    Booted,
    /// At least four times a second while the worker lives.
    Alive,
    /// A run was built.
    Built {
        /// Which.
        run: RunId,
        /// Its layers, the output last; for 2-D sets the picture's columns.
        layers: Vec<LayerInfo>,
        /// Trainable numbers.
        params: usize,
        /// Samples trained on.
        train_rows: usize,
        /// Samples tested on.
        test_rows: usize,
        /// Steps of an epoch.
        epoch_steps: usize,
        /// The program in text: kernels in order, shapes, bytes, FLOP.
        program: String,
    },
    /// The samples to draw. 2-D: array 0 holds f32 triples (x, y, label), the training points first. Images: array 0 holds the pixels of the
    /// test samples shown, one byte each, array 1 their labels, one byte each.
    Data {
        /// Which run.
        run: RunId,
        /// 2-D: training points in array 0.
        train_points: usize,
        /// Images: rows and columns; 2-D: `[0, 0]`.
        image: [usize; 2],
        /// Images: what the classes are called.
        classes: Vec<String>,
    },
    /// The run's state changed.
    State {
        /// Which run.
        run: RunId,
        /// To what.
        state: RunState,
        /// At which step; final for `Paused` and `Diverged`.
        step: u64,
    },
    /// Numbers, about ten times a second.
    Metrics(Metrics),
    /// Pictures, after `WantFrame`. 2-D: array 0 is the output over `size`² points of [-6, 6]², row 0 at the top, i8 with 127 for 1; array 1 the
    /// same for each input and for the first [`DRAWN_UNITS`](descent_spec::DRAWN_UNITS) units of each layer at `unit_size`², column after column; array 2 their parameters, f32:
    /// of each tensor what belongs to those units and, in weights, to those of the layer before. Images: array 0 the class probabilities
    /// of the samples shown, f32; array 1 the activations of the inspected sample, layer after layer, u8 with 255 for the layer's largest;
    /// array 2 the class probabilities of the drawn digit, f32, or empty.
    Frame {
        /// Which run.
        run: RunId,
        /// Of which step.
        step: u64,
        /// Points along a side of the output map.
        size: usize,
        /// Points along a side of a unit's map.
        unit_size: usize,
    },
    /// Where the run is computed and why.
    Device {
        /// Which run.
        run: RunId,
        /// The kind.
        kind: DeviceKind,
        /// Its name, never empty.
        name: String,
        /// In one sentence.
        why: String,
        /// Whether there is an adapter at all.
        has_gpu: bool,
    },
    /// What a step costs on each device, measured.
    Costs {
        /// Which run.
        run: RunId,
        /// Milliseconds a step on the CPU.
        cpu_ms: Option<f64>,
        /// Milliseconds a step on the GPU.
        gpu_ms: Option<f64>,
        /// Steps measured on each.
        steps: u32,
        /// Whether the browser emulates the GPU on the CPU.
        is_emulated: bool,
    },
    /// A snapshot was read back: array 0 holds it. The page keeps it for a restart.
    Saved {
        /// Which run.
        run: RunId,
        /// The step it contains.
        step: u64,
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
    /// The worker cannot go on (its panic hook sends it), or it failed so often that the page gave up (the client sends it).
    Failed {
        /// What happened.
        text: String,
    },
}

/// Numbers of a run, each with the step it belongs to.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Metrics {
    /// Which run.
    pub run: RunId,
    /// Steps done.
    pub step: u64,
    /// Whole epochs done.
    pub epoch: u64,
    /// Mean training loss and its step.
    pub train_loss: Option<(f64, u64)>,
    /// Mean test loss and its step.
    pub test_loss: Option<(f64, u64)>,
    /// Share of test samples answered correctly and its step; none for regression.
    pub test_accuracy: Option<(f64, u64)>,
    /// Steps a second, over the last second.
    pub steps_per_second: f64,
    /// Samples a second.
    pub samples_per_second: f64,
    /// Norm of the last gradient.
    pub gradient_norm: f64,
    /// Counted by the executor since the run was built: steps, submissions, dispatches, bytes written.
    pub counts: [u64; 4],
}
