//! One run as the page knows it: the experiment that was asked for and what the worker last reported of it.

use descent_protocol::{Costs, DeviceReport, LayerReport, Metrics, NoticeKind, Picture, RunState, Samples};
use descent_spec::Experiment;
use leptos::prelude::*;
use std::sync::Arc;

/// The signals of one run. Copies share them; two runs on one page are two of these.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// What the visitor has chosen. It may be ahead of what is built.
    pub(crate) experiment: RwSignal<Experiment>,
    /// What the run is doing.
    pub(crate) phase: RwSignal<Phase>,
    /// What is drawn: the network as it was built and its latest picture, set together.
    pub(crate) scene: RwSignal<Scene>,
    /// The samples that are drawn.
    pub(crate) samples: RwSignal<Option<Arc<Samples>>>,
    /// The latest numbers.
    pub(crate) metrics: RwSignal<Metrics>,
    /// Losses over steps.
    pub(crate) history: RwSignal<History>,
    /// Where it is computed.
    pub(crate) device: RwSignal<Option<DeviceReport>>,
    /// What a step costs.
    pub(crate) costs: RwSignal<Costs>,
    /// The last step that survives any fault.
    pub(crate) saved_step: RwSignal<Option<u64>>,
    /// The test image whose activations are shown.
    pub(crate) inspected: RwSignal<usize>,
    /// What the visitor should know.
    pub(crate) notices: RwSignal<Vec<Notice>>,
}

impl Run {
    /// A run of which nothing is known but what is to be trained.
    pub(crate) fn new(experiment: Experiment) -> Self {
        Self {
            experiment: RwSignal::new(experiment),
            phase: RwSignal::new(Phase::Loading),
            scene: RwSignal::new(Scene::default()),
            samples: RwSignal::new(None),
            metrics: RwSignal::new(Metrics::default()),
            history: RwSignal::new(History::default()),
            device: RwSignal::new(None),
            costs: RwSignal::new(Costs::default()),
            saved_step: RwSignal::new(None),
            inspected: RwSignal::new(0),
            notices: RwSignal::new(Vec::new()),
        }
    }
}

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
    pub(crate) layers: Vec<LayerReport>,
    pub(crate) params: usize,
    pub(crate) train_rows: usize,
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

/// Losses over steps, as the chart draws them.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct History {
    pub(crate) train: Vec<(u64, f64)>,
    pub(crate) test: Vec<(u64, f64)>,
}

/// A message in the strip under the transport.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Notice {
    /// Tells it from one before that said the same.
    pub(crate) serial: u32,
    pub(crate) kind: NoticeKind,
    pub(crate) text: String,
}
