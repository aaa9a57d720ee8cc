//! The playground: header, transport and the three panels.

use super::header::Header;
use crate::format;
use crate::panels::{DataPanel, Intro, ModelPanel, ResultPanel, Transport};
use crate::parts::{Files, Notices};
use crate::state::{Lab, Phase, Run, lab};
use leptos::html::{Button, Section};
use leptos::prelude::*;
use std::time::Duration;

/// How often progress is read out.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(10);

/// The whole page, with a run of its own.
#[component]
pub(super) fn Playground() -> impl IntoView {
    let lab = Lab::begin();
    provide_context(lab);
    provide_context(Files::of_page(lab));
    Effect::new(move || {
        if let Some(root) = document().document_element() {
            // An attribute of the root; its name is well-formed.
            let _ = root.set_attribute("data-level", lab.level().id());
        }
    });
    let (play, result) = (NodeRef::<Button>::new(), NodeRef::<Section>::new());
    view! {
        <div class="page">
            <button class="skip" on:click=move |_| focus(play.get_untracked())>"Skip to the controls"</button>
            <button class="skip" on:click=move |_| focus(result.get_untracked())>"Skip to the result"</button>
            <Header />
            <Intro />
            <Transport play />
            <Notices />
            {faults()}
            <main class="lab">
                <DataPanel />
                <ModelPanel />
                <ResultPanel section=result />
            </main>
            <footer class="foot small">
                <span>
                    "Descent trains neural networks in this tab: Rust compiled to WebAssembly, WGSL kernels on your GPU. Nothing you draw, drop or \
                     train leaves it."
                </span>
                <span>"The sets of points and the way of drawing a network follow TensorFlow Playground (Apache-2.0)."</span>
            </footer>
            <Announcer />
        </div>
    }
}

/// Moves the focus to a part of the page. A link could not: the part of the address behind # is the
/// experiment.
fn focus(element: Option<impl AsRef<web_sys::HtmlElement>>) {
    if let Some(element) = element {
        // Refused only where it is not shown.
        let _ = element.as_ref().focus();
    }
}

#[cfg(feature = "faults")]
fn faults() -> impl IntoView {
    view! { <super::faults::Faults /> }
}

#[cfg(not(feature = "faults"))]
fn faults() {}

/// Reads progress out while the run trains.
#[component]
fn Announcer() -> impl IntoView {
    let run = lab().run;
    let text = RwSignal::new(String::new());
    let speak = move || {
        if run.phase.get_untracked() == Phase::Training {
            text.set(progress(run));
        }
    };
    // Fails only where there are no timers, and then nothing trains either.
    if let Ok(timer) = set_interval_with_handle(speak, ANNOUNCE_EVERY) {
        on_cleanup(move || timer.clear());
    }
    view! { <p class="hidden-text" aria-live="polite" prop:textContent=text></p> }
}

/// How far the run is, in words.
fn progress(run: Run) -> String {
    run.metrics.with_untracked(|metrics| {
        let loss = metrics.test_loss.map_or_else(String::new, |loss| format!(", test loss {}", format::loss(loss.value)));
        let accuracy =
            metrics.test_accuracy.map_or_else(String::new, |share| format!(", {} % right", format::fixed(share.value * 100.0, 1)));
        format!("Step {}{loss}{accuracy}", format::thousands(metrics.step))
    })
}
