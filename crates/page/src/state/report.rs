//! What the worker last reported, as the page keeps it: the phase of the run, the network that was
//! built with its latest picture, notices. What is drawn together is one value ([`Scene`]).

use descent_protocol::{Event, NoticeKind, Picture, RunState};
use descent_spec::Experiment;
use descent_spec::model::{Outline, Site};
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
    /// Its network, written out.
    pub(crate) outline: Outline,
    /// Samples trained on.
    pub(crate) train_rows: usize,
    /// Samples tested on.
    pub(crate) test_rows: usize,
    /// Its kernels in text.
    pub(crate) program: String,
}

impl Built {
    /// Trainable numbers.
    pub(crate) fn params(&self) -> u64 {
        self.outline.sites.iter().map(Site::params).sum()
    }

    /// As if it was built, with no samples.
    #[cfg(test)]
    pub(crate) fn of(experiment: Experiment) -> Self {
        let outline = experiment.outline().expect("the blocks of a test fit together");
        Self { experiment, outline, train_rows: 0, test_rows: 0, program: String::new() }
    }
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

/// Whether an event tells of one run; the others tell of the worker, its device or its files.
pub(super) fn is_of_run(event: &Event) -> bool {
    match event {
        Event::Booted | Event::Alive | Event::Checked { .. } | Event::Bench { .. } | Event::Failed { .. } => false,
        Event::Notice { kind, .. } => matches!(kind, NoticeKind::Diverged | NoticeKind::Experiment),
        Event::Built { .. }
        | Event::Samples(_)
        | Event::State { .. }
        | Event::Metrics(_)
        | Event::Frame { .. }
        | Event::Device(_)
        | Event::Costs(_)
        | Event::Goal { .. }
        | Event::Saved { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_of_its_run_if_it_says_what_became_of_it() {
        let notice = |kind| Event::Notice { kind, text: String::new() };
        assert!(is_of_run(&notice(NoticeKind::Diverged)) && is_of_run(&notice(NoticeKind::Experiment)));
        let others = [
            NoticeKind::NoWebgpu,
            NoticeKind::DeviceLost,
            NoticeKind::WorkerRestarted,
            NoticeKind::File,
            NoticeKind::SavedRun,
            NoticeKind::Link,
        ];
        assert!(others.into_iter().all(|kind| !is_of_run(&notice(kind))));
    }
}
