//! One run as the page knows it: the experiment that was asked for and what the worker last
//! reported of it.

use super::{History, Notice, Phase, Scene};
use descent_protocol::{Costs, DeviceReport, Metrics, Samples};
use descent_spec::link::Link;
use descent_spec::{Experiment, View};
use leptos::prelude::*;
use std::sync::Arc;

/// The signals of one run. Copies share them; two runs on one page are two of these.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// What the visitor has chosen. It may be ahead of what is built.
    pub(crate) experiment: RwSignal<Experiment>,
    /// Where it is to run and how it is shown.
    pub(crate) view: RwSignal<View>,
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
    /// The step at which the goal was reached.
    pub(crate) goal_step: RwSignal<Option<u64>>,
    /// The test image whose activations are shown.
    pub(crate) inspected: RwSignal<usize>,
    /// What the visitor should know, the newest last; one of each kind.
    pub(crate) notices: RwSignal<Vec<Notice>>,
}

impl Run {
    /// A run of which nothing is known but what a link says.
    pub(crate) fn new(Link { experiment, view }: Link) -> Self {
        Self {
            experiment: RwSignal::new(experiment),
            view: RwSignal::new(view),
            phase: RwSignal::new(Phase::Loading),
            scene: RwSignal::new(Scene::default()),
            samples: RwSignal::new(None),
            metrics: RwSignal::new(Metrics::default()),
            history: RwSignal::new(History::default()),
            device: RwSignal::new(None),
            costs: RwSignal::new(Costs::default()),
            saved_step: RwSignal::new(None),
            goal_step: RwSignal::new(None),
            inspected: RwSignal::new(0),
            notices: RwSignal::new(Vec::new()),
        }
    }

    /// What a link to it says.
    pub(crate) fn link(self) -> Link {
        Link { experiment: self.experiment.get_untracked(), view: self.view.get_untracked() }
    }

    /// Forgets the numbers of the steps that were taken.
    pub(crate) fn clear_numbers(self) {
        self.metrics.set(Metrics::default());
        self.history.set(History::default());
        self.saved_step.set(None);
        self.goal_step.set(None);
    }

    /// Whether there is a network that can be trained.
    pub(crate) fn is_built(self) -> bool {
        self.scene.with(|scene| scene.built.is_some())
    }

    /// A number of the network as it was built, followed; none before the first is built.
    pub(crate) fn built<T>(self, read: impl FnOnce(&super::Built) -> T) -> Option<T> {
        self.scene.with(|scene| scene.built.as_deref().map(read))
    }
}
