//! What the worker last reported, as the page keeps it.

use descent_protocol::{LayerReport, NoticeKind, Picture, RunState};
use descent_spec::Experiment;
use std::sync::Arc;

/// What the status shows (`data-state`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    Loading,
    Ready,
    Training,
    Paused,
    Diverged,
    Failed,
}

impl Phase {
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Training => "training",
            Self::Paused => "paused",
            Self::Diverged => "diverged",
            Self::Failed => "failed",
        }
    }
}

impl From<RunState> for Phase {
    fn from(state: RunState) -> Self {
        match state {
            RunState::Ready => Self::Ready,
            RunState::Training => Self::Training,
            RunState::Paused => Self::Paused,
            RunState::Diverged => Self::Diverged,
            RunState::Failed => Self::Failed,
        }
    }
}

/// A network and a picture of it: what stands beside each other on the page is of one build.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Scene {
    /// The network; none before the first is built.
    pub(crate) built: Option<Arc<Built>>,
    /// Its latest picture; none before the first has come.
    pub(crate) frame: Option<Arc<Frame>>,
}

/// A run as it was built.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Built {
    /// What it was built from.
    pub(crate) experiment: Experiment,
    /// Its layers, the output last.
    pub(crate) layers: Vec<LayerReport>,
    /// Trainable numbers.
    pub(crate) params: usize,
    /// Samples trained on.
    pub(crate) train_rows: usize,
    /// Samples tested on.
    pub(crate) test_rows: usize,
    /// Its kernels in text.
    pub(crate) program: String,
}

/// A picture and its step.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Frame {
    pub(crate) step: u64,
    pub(crate) picture: Picture,
}

/// A message in the strip under the transport.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Notice {
    /// Tells it from every other notice of this page.
    pub(crate) serial: u32,
    pub(crate) kind: NoticeKind,
    pub(crate) text: String,
}
