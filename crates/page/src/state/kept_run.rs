//! The run that the browser keeps of each link, so that a reload or a crash of the tab costs little.
//!
//! Whenever a run is built from its beginning, the shelf is asked for one of the same link; if there
//! is one, a notice offers to go on from it. A link says everything that a run depends on, so the
//! run that went further is the one to keep.

use super::{Lab, Phase};
use crate::border::shelf;
use crate::clock::now_ms;
use crate::format::thousands;
use descent_protocol::NoticeKind;
use descent_spec::link::{self, Link};
use descent_spec::{Experiment, View};
use leptos::prelude::*;

/// How often a run is kept while it trains.
const KEEP_MS: f64 = 5_000.0;

/// What is kept of the present link.
#[derive(Clone, Copy, Default)]
pub(super) struct Kept {
    step: Option<u64>,
    last_ms: f64,
    /// The shelf has not answered yet. It may never.
    is_busy: bool,
}

impl Lab {
    /// Asks for a run that was kept of the present link, and offers it.
    pub(super) fn look_for_kept(self) {
        self.kept.set_value(Kept { is_busy: true, ..Kept::default() });
        let (run, link) = (self.id.get_value(), self.key());
        leptos::task::spawn_local(async move {
            let found = match shelf::get(&link).await {
                Ok(bytes) => self.checked(bytes).await.ok().filter(|(of, ..)| key(of) == link),
                Err(_) => None,
            };
            if self.id.try_get_value() != Some(run) {
                return;
            }
            let step = found.as_ref().map(|(_, step, _)| *step);
            self.kept.set_value(Kept { step, ..Kept::default() });
            self.offered.set_value(found);
            let present = self.run.saved_step.get_untracked().unwrap_or(0);
            if let Some(step) = step.filter(|step| *step > present) {
                let text = format!("A run of this experiment was kept here at step {}. It can go on from there.", thousands(step));
                self.notify(NoticeKind::KeptRun, text);
            }
        });
    }

    /// Keeps the last saved step: at once if the run is held, else if the last time is long ago. Of a
    /// run that diverged what was kept before is worth more.
    pub(super) fn keep(self) {
        let Some((step, bytes)) = self.client.get_value().and_then(|client| client.saved()) else { return };
        let kept = self.kept.get_value();
        let phase = self.run.phase.get_untracked();
        let is_due = phase != Phase::Diverged && (phase != Phase::Training || now_ms() - kept.last_ms >= KEEP_MS);
        if kept.is_busy || kept.step.is_some_and(|kept| step <= kept) || !is_due || bytes.byte_length() > shelf::MOST_BYTES {
            return;
        }
        self.dismiss(NoticeKind::KeptRun);
        self.kept.set_value(Kept { is_busy: true, ..kept });
        let (run, link) = (self.id.get_value(), self.key());
        leptos::task::spawn_local(async move {
            let step = shelf::put(&link, &bytes).await.map_or(kept.step, |()| Some(step));
            if self.id.try_get_value() == Some(run) {
                self.kept.set_value(Kept { step, last_ms: now_ms(), is_busy: false });
            }
        });
    }

    /// The step from which the offered run goes on.
    pub(crate) fn offered_step(self) -> Option<u64> {
        self.offered.with_value(|offered| offered.as_ref().map(|(_, step, _)| *step))
    }

    /// Goes on from the offered run.
    pub(crate) fn resume_kept(self) {
        self.dismiss(NoticeKind::KeptRun);
        if let Some((experiment, step, bytes)) = self.offered.try_update_value(Option::take).flatten() {
            self.go_on(experiment, step, bytes);
        }
    }

    /// Throws the kept run away.
    pub(crate) fn forget_kept(self) {
        self.dismiss(NoticeKind::KeptRun);
        self.kept.set_value(Kept::default());
        let link = self.key();
        leptos::task::spawn_local(async move {
            // What cannot be thrown away is offered again.
            let _ = shelf::forget(&link).await;
        });
    }

    fn key(self) -> String {
        key(&self.run.experiment.get_untracked())
    }
}

/// The link of an experiment, without what only the view depends on.
fn key(experiment: &Experiment) -> String {
    link::write(&Link { experiment: experiment.clone(), view: View::default() })
}
