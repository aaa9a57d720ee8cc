//! What the run is doing, in a word that screen readers are told.

use crate::format;
use crate::state::{Phase, Run, lab};
use leptos::prelude::*;

/// The word.
#[component]
pub(crate) fn Status() -> impl IntoView {
    let run = lab().run;
    view! {
        <p
            class="status"
            role="status"
            id="status"
            data-testid="status"
            data-state=move || run.phase.get().id()
            prop:textContent=move || phase_in_words(run)
        ></p>
    }
}

fn phase_in_words(run: Run) -> String {
    match run.phase.get() {
        Phase::Loading => "Loading".into(),
        Phase::Ready => "Ready".into(),
        Phase::Training => "Training".into(),
        Phase::Paused => "Paused".into(),
        Phase::Diverged => format!("Diverged after step {}", format::thousands(run.metrics.with_untracked(|metrics| metrics.step))),
        Phase::Failed => "Failed".into(),
    }
}
