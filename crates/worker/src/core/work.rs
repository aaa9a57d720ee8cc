//! What the machine asks for, and what it hears back. Plain data: whoever does the work has the
//! session, the files and the browser.

use descent_protocol::{DeviceKind, Picture, Samples, StepCost};
use descent_spec::Experiment;
use std::rc::Rc;

/// A snapshot in bytes. The machine never looks into it.
pub type Snapshot = Rc<Vec<u8>>;

/// A piece of work. The next one is asked for when this one is done.
#[derive(Clone, PartialEq, Debug)]
pub enum Work {
    /// Wait for a message, but no longer than this.
    Wait {
        /// Milliseconds.
        ms: i32,
    },
    /// Give the session up and get the samples. Answer: [`Outcome::Loaded`].
    Load {
        /// Of what.
        experiment: Experiment,
    },
    /// Take the oldest files that the page has sent. Answer: [`Outcome::FilesTaken`].
    TakeFiles {
        /// For which data set.
        experiment: Experiment,
    },
    /// Ask the browser for a fresh GPU. The answer shows in [`Facts::gpu`].
    AskGpu,
    /// Build a session at step 0 in place of the present one, which stays if that fails. Answer:
    /// [`Outcome::Opened`].
    Open {
        /// What is trained.
        experiment: Experiment,
        /// Where.
        device: DeviceKind,
    },
    /// Bring the session to where a snapshot was taken. Answer: [`Outcome::Restored`].
    Restore {
        /// The snapshot.
        snapshot: Snapshot,
    },
    /// Bring the session back to step 0.
    Reset,
    /// Set the learning rate.
    SetLearningRate {
        /// Before the schedule.
        learning_rate: f64,
    },
    /// Let the session train again after a divergence.
    Thaw,
    /// Train. A single step is taken in parts and given up if the visitor asks for something
    /// meanwhile. Answer: [`Outcome::Trained`], or [`Outcome::Done`] if it was given up.
    Train {
        /// How many steps.
        steps: u32,
        /// Floating-point operations of a part.
        part_flops: u64,
    },
    /// Read a snapshot back. Answer: [`Outcome::Saved`].
    Save,
    /// Draw, or nothing if the visitor asks for something meanwhile. Answer: [`Outcome::Drawn`], or
    /// [`Outcome::Done`] if it was given up.
    Draw {
        /// What is to be seen.
        request: PictureRequest,
        /// Floating-point operations of a part.
        part_flops: u64,
    },
    /// Evaluate all of both parts, or nothing if the visitor asks for something meanwhile. Answer:
    /// [`Outcome::Evaluated`].
    Evaluate {
        /// Floating-point operations of a part.
        part_flops: u64,
    },
    /// Begin to prepare a copy of the run for a measurement. Whether it is ready shows in
    /// [`Facts::trial`].
    PrepareTrial {
        /// What is trained.
        experiment: Experiment,
        /// Where.
        device: DeviceKind,
    },
    /// Measure what a step of the copy costs, or nothing if the visitor asks for something
    /// meanwhile. Answer: [`Outcome::Measured`], or [`Outcome::Done`] if it was given up.
    MeasureTrial,
    /// Give the copy up.
    DropTrial,
    /// Measure a case of the benchmark. Answer: [`Outcome::Benched`].
    Bench(Bench),
    /// Nothing more can be done here: end, so that the page starts another worker.
    GiveUp {
        /// What happened.
        why: String,
    },
}

/// What a picture is to show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PictureRequest {
    /// The inspected image, among those shown.
    pub inspected: Option<usize>,
    /// The drawn image: a byte a pixel.
    pub drawing: Option<Vec<u8>>,
}

/// A case of the benchmark, as the page names it.
#[derive(Clone, PartialEq, Debug)]
pub struct Bench {
    /// Its name.
    pub case: String,
    /// `webgpu` or `cpu`.
    pub backend: String,
    /// Milliseconds to spend on measuring.
    pub budget_ms: f64,
    /// At most so many measured steps.
    pub steps: Option<u32>,
}

/// What became of a piece of work.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// When it began.
    pub began_ms: f64,
    /// When it ended.
    pub ended_ms: f64,
    /// The outcome.
    pub outcome: Outcome,
}

/// The outcome of a piece of work.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It is done, and there is nothing to say of it.
    Done,
    /// The samples are here, or what to tell the visitor.
    Loaded(Result<(), String>),
    /// The files are taken, or what to tell the visitor.
    FilesTaken(Result<(), String>),
    /// There is a session, or why not.
    Opened(Result<Box<Opened>, OpenError>),
    /// The session stands at this step, or why the snapshot is not for it.
    Restored(Result<u64, String>),
    /// Where the session stands.
    Trained(Progress),
    /// A snapshot of the present step.
    Saved(Snapshot),
    /// A picture of the present step.
    Drawn(Picture),
    /// Figures of the present step; `None` if the evaluation gave way to something else.
    Evaluated(Option<Evaluation>),
    /// What a step of the copy costs; `None` if it cannot be measured.
    Measured(Option<Measured>),
    /// The benchmark's report as one JSON object.
    Benched(String),
    /// The session's device did not do it. Everything in the session is lost.
    Broken(Broken),
}

/// What is known of a session.
#[derive(Clone, PartialEq, Debug)]
pub struct Opened {
    /// What its device calls itself.
    pub device_name: String,
    /// Samples trained on.
    pub train_rows: usize,
    /// Samples tested on.
    pub test_rows: usize,
    /// Steps of an epoch, at least 1.
    pub epoch_steps: usize,
    /// Samples of a step, on average.
    pub mean_batch: f64,
    /// Floating-point operations of a step.
    pub step_flops: u64,
    /// Samples that an evaluation goes through.
    pub evaluated_rows: usize,
    /// Samples, or points of the plane, that a picture shows.
    pub drawn_rows: usize,
    /// The program in text.
    pub program: String,
    /// The samples to draw.
    pub samples: Samples,
}

/// Why there is no session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenError {
    /// What kind of thing.
    pub fault: OpenFault,
    /// What happened.
    pub text: String,
}

/// At what the opening of a session failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenFault {
    /// The device is gone.
    Lost,
    /// The device refuses it.
    Refused,
    /// The experiment cannot be built anywhere.
    Experiment,
}

/// What a device did not do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Whether the device is gone, so that a fresh one may do better.
    pub is_lost: bool,
    /// What happened.
    pub text: String,
}

/// Where a session stands.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Progress {
    /// Steps done.
    pub step: u64,
    /// Whole epochs done.
    pub epoch: u64,
    /// Mean loss and the step it belongs to; `None` if training does not yield it.
    pub train_loss: Option<(f64, u64)>,
    /// The step that was not finite, if there is one: nothing was changed by it or after it.
    pub divergence: Option<Divergence>,
}

/// A step that was not finite.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// Its number, from 1.
    pub step: u64,
    /// What was not finite, as in `the loss`.
    pub cause: String,
}

/// Mean figures of one step.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Evaluation {
    /// Loss of the training samples; `None` if the program does not evaluate them.
    pub train_loss: Option<f64>,
    /// Loss of the test samples; `None` if there are none.
    pub test_loss: Option<f64>,
    /// Share of the test samples answered correctly; `None` for regression.
    pub test_accuracy: Option<f64>,
}

/// A measured cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measured {
    /// The cost.
    pub cost: StepCost,
    /// Whether the measurement may have waited for something else.
    pub is_doubtful: bool,
}

/// What changes by itself. The machine is told before it is asked for work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    /// The GPU.
    pub gpu: Gpu,
    /// The copy of the run that is measured.
    pub trial: TrialState,
}

/// What the browser has answered to the last request for a GPU.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gpu {
    /// Nothing yet.
    Asked {
        /// Whether the browser has WebGPU at all.
        is_offered: bool,
    },
    /// Nothing for so long that nobody waits for it any more. The answer may still come.
    Silent,
    /// There is none.
    Absent,
    /// The browser hides it, since this worker has no secure context.
    Insecure,
    /// There is one.
    Found {
        /// Whether it is emulated on the CPU.
        is_software: bool,
    },
    /// There was one.
    Lost,
    /// There was one, and none was given since.
    Gone,
}

impl Gpu {
    /// Whether the page may offer a GPU. While the answer is awaited, what the browser can do
    /// counts.
    pub fn may_exist(self) -> bool {
        match self {
            Gpu::Asked { is_offered } => is_offered,
            Gpu::Found { .. } => true,
            Gpu::Absent | Gpu::Insecure | Gpu::Lost | Gpu::Gone | Gpu::Silent => false,
        }
    }
}

/// How far the copy of the run is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrialState {
    /// There is none, or it could not be prepared.
    Absent,
    /// It is being prepared.
    Preparing,
    /// It can be measured.
    Ready,
}
