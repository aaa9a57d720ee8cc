//! How well it is learned: the figures and the pictures of the answers.

use super::chart::LossChart;
use super::choices::{is_image, is_regression};
use super::decision_map::DecisionMap;
use super::draw::DrawSquare;
use super::format;
use super::lab::{Lab, lab};
use super::live::live;
use super::reports::PageState;
use super::samples::SampleGrid;
use leptos::prelude::*;

/// The panel.
#[component]
pub(super) fn ResultPanel() -> impl IntoView {
    let lab = lab();
    let has_images = Memo::new(move |_| lab.read(|e| is_image(e.dataset)));
    let state = Memo::new(move |_| lab.state.get());
    let saved = move || lab.saved_step.get();
    view! {
        <section class="panel result" aria-labelledby="h-result" id="result" tabindex="-1">
            <div class="panel-head">
                <h2 id="h-result">"Result"</h2>
                <p class="status" role="status" id="status" data-testid="status" data-state=move || state.get().id()>{live(move || status_text(lab, state.get()))}</p>
                <span class="small end saved" id="saved-step" data-testid="saved-step" data-value=move || saved().map(|s| s.to_string()).unwrap_or_default()
                    title="The last step that survives any fault">{live(move || saved().map(|s| format!("saved at step {}", format::thousands(s))))}</span>
            </div>
            <div class="panel-body">
                <Figures lab=lab />
                {live(move || if has_images.get() {
                    view! { <LossChart /><SampleGrid /><DrawSquare /> }.into_any()
                } else {
                    view! { <DecisionMap /><LossChart /> }.into_any()
                })}
            </div>
        </section>
    }
    .into_any()
}

/// The state in words.
fn status_text(lab: Lab, state: PageState) -> String {
    match state {
        PageState::Loading => "Loading".into(),
        PageState::Ready => "Ready".into(),
        PageState::Training => "Training".into(),
        PageState::Paused => "Paused".into(),
        PageState::Diverged => format!("Diverged after step {}", format::thousands(lab.metrics.with_untracked(|m| m.step))),
        PageState::Failed => "Failed".into(),
    }
}

/// Accuracy and both losses.
#[component]
fn Figures(lab: Lab) -> impl IntoView {
    let has_classes = move || lab.read(|e| !is_regression(e.dataset));
    let accuracy = move || lab.numbers(|m| m.test_accuracy);
    let test = Signal::derive(move || lab.numbers(|m| m.test_loss));
    let train = Signal::derive(move || lab.numbers(|m| m.train_loss));
    let percent = move || match accuracy() {
        Some((accuracy, _)) => format::fixed(accuracy * 100.0, 1),
        None => "–".to_string(),
    };
    view! {
        <dl class="figures">
            <div class:void=move || !has_classes()>
                <dt>"Test accuracy"</dt>
                <dd>
                    <span id="accuracy-test" data-testid="accuracy-test" data-value=move || accuracy().map(|a| format::plain(a.0)).unwrap_or_default() data-step=move || accuracy().map(|a| a.1.to_string()).unwrap_or_default()>{percent}</span>
                    <span class="unit">{live(move || accuracy().map(|_| "%"))}</span>
                </dd>
            </div>
            {loss("loss-test", "key", "Test loss", test)}
            {loss("loss-train", "key train", "Train loss", train)}
        </dl>
    }
    .into_any()
}

/// A loss with the key of its line.
fn loss(id: &'static str, key: &'static str, name: &'static str, value: Signal<Option<(f64, u64)>>) -> AnyView {
    view! {
        <div>
            <dt><span class=key></span>{name}</dt>
            <dd id=id data-testid=id data-value=move || value.get().map(|v| format::plain(v.0)).unwrap_or_default() data-step=move || value.get().map(|v| v.1.to_string()).unwrap_or_default()>
                {live(move || value.get().map_or_else(|| "–".to_string(), |v| format::loss(v.0)))}
            </dd>
        </div>
    }
    .into_any()
}
