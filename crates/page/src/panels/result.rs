//! How well it is learned: the figures and the pictures of the answers.

use super::run_file::RunFile;
use super::status::Status;
use crate::charts::{DecisionMap, DrawSquare, LossChart, SampleGrid};
use crate::choices::{goal_in_words, is_image, is_regression};
use crate::format;
use crate::state::{Run, lab};
use descent_protocol::{Figure, Metrics};
use leptos::html::Section;
use leptos::prelude::*;

/// The panel. `section` takes the focus of those who skip to it.
#[component]
pub(crate) fn ResultPanel(section: NodeRef<Section>) -> impl IntoView {
    let run = lab().run;
    let has_images = Memo::new(move |_| run.experiment.with(|experiment| is_image(experiment.dataset)));
    let pictures = move || {
        if has_images.get() {
            view! { <LossChart /><SampleGrid /><DrawSquare /> }.into_any()
        } else {
            view! { <DecisionMap /><LossChart /> }.into_any()
        }
    };
    view! {
        <section node_ref=section class="panel result" aria-labelledby="h-result" id="result" tabindex="-1">
            <div class="panel-head">
                <h2 id="h-result">"Result"</h2>
                <Status />
                <SavedStep />
            </div>
            <div class="panel-body">
                <Figures />
                <GoalLine />
                {pictures}
                <RunFile />
            </div>
        </section>
    }
}

/// The step up to which nothing is lost.
#[component]
fn SavedStep() -> impl IntoView {
    let saved_step = lab().run.saved_step;
    let text = move || saved_step.get().map(|step| format!("saved at step {}", format::thousands(step))).unwrap_or_default();
    view! {
        <span
            class="small end saved"
            id="saved-step"
            data-testid="saved-step"
            data-value=move || saved_step.get().map(|step| step.to_string()).unwrap_or_default()
            title="The last step that survives any fault"
            prop:textContent=text
        ></span>
    }
}

/// A figure that was measured, if it was.
type Measured = fn(&Metrics) -> Option<Figure>;

/// A figure as tests read it: its value, then its step; empty while unknown.
fn plain(run: Run, of: Measured) -> (impl Fn() -> String + Copy, impl Fn() -> String + Copy) {
    let value = move || run.metrics.with(of).map(|figure| format::plain(figure.value)).unwrap_or_default();
    let step = move || run.metrics.with(of).map(|figure| figure.step.to_string()).unwrap_or_default();
    (value, step)
}

/// What the run is to reach, where it is to reach something, and whether it has.
#[component]
fn GoalLine() -> impl IntoView {
    let run = lab().run;
    let text = move || {
        let goal = run.experiment.with(|experiment| goal_in_words(&experiment.goal));
        match run.goal_step.get() {
            Some(step) => format!("Goal reached at step {}: {goal}.", format::thousands(step)),
            None => {
                let every = run.experiment.with(|experiment| experiment.evaluate_every);
                format!("Goal: {goal}. Judged every {} steps; there the run is held.", format::thousands(every.into()))
            }
        }
    };
    view! {
        <p
            class="small goal"
            class:gone=move || !run.experiment.with(|experiment| experiment.goal.exists())
            data-testid="goal"
            role="status"
            data-reached=move || run.goal_step.get().is_some().to_string()
            prop:textContent=text
        ></p>
    }
}

/// Accuracy and both losses.
#[component]
fn Figures() -> impl IntoView {
    view! {
        <dl class="figures">
            <Accuracy />
            <Loss id="loss-test" key_class="key" name="Test loss" of=|metrics| metrics.test_loss />
            <Loss id="loss-train" key_class="key train" name="Train loss" of=|metrics| metrics.train_loss />
        </dl>
    }
}

/// The share of test samples answered correctly; hidden where there are no classes.
#[component]
fn Accuracy() -> impl IntoView {
    let run = lab().run;
    let of: Measured = |metrics| metrics.test_accuracy;
    let (value, step) = plain(run, of);
    let percent = move || run.metrics.with(of).map_or_else(|| "–".into(), |share| format::fixed(share.value * 100.0, 1));
    let unit = move || if run.metrics.with(of).is_some() { "%" } else { "" };
    view! {
        <div class:void=move || run.experiment.with(|experiment| is_regression(experiment.dataset))>
            <dt>"Test accuracy"</dt>
            <dd>
                <span id="accuracy-test" data-testid="accuracy-test" data-value=value data-step=step prop:textContent=percent></span>
                <span class="unit" prop:textContent=unit></span>
            </dd>
        </div>
    }
}

/// A loss with the key of its line.
#[component]
fn Loss(id: &'static str, key_class: &'static str, name: &'static str, of: Measured) -> impl IntoView {
    let run = lab().run;
    let (value, step) = plain(run, of);
    let text = move || run.metrics.with(of).map_or_else(|| "–".into(), |figure| format::loss(figure.value));
    view! {
        <div>
            <dt><span class=key_class></span>{name}</dt>
            <dd id=id data-testid=id data-value=value data-step=step prop:textContent=text></dd>
        </div>
    }
}
