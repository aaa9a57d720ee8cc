//! The model as text, to be written.

use crate::edit::text::{Problem, Quote, read};
use crate::state::lab;
use leptos::prelude::*;

/// The box. A text that reads and fits is taken when it is done; another leaves the experiment as
/// it is and stays in the box, with what is wrong below.
#[component]
pub(super) fn ModelText() -> impl IntoView {
    let lab = lab();
    let experiment = lab.run.experiment;
    let model = Memo::new(move |_| experiment.with(|experiment| experiment.model.write()));
    let refused = RwSignal::new(None::<(String, Problem)>);
    // A model that is chosen elsewhere takes the place of what was refused.
    Effect::new(move |_| {
        model.track();
        refused.set(None);
    });
    let text = move || refused.with(|refused| refused.as_ref().map(|(text, _)| text.clone())).unwrap_or_else(|| model.get());
    let take = move |event: web_sys::Event| {
        let written = event_target_value(&event).trim().to_string();
        match experiment.with_untracked(|experiment| read(&written, experiment)) {
            Ok(model) => {
                refused.set(None);
                lab.change(|experiment| experiment.model = model);
            }
            Err(problem) => refused.set(Some((written, problem))),
        }
        // The same model may be written in another way.
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&untrack(text));
    };
    let is_wrong = move || refused.with(Option::is_some);
    view! {
        <div class="field model-text">
            <label for="model-text">"The model as text"</label>
            <input
                class="ctl"
                id="model-text"
                data-testid="model-text"
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="no hidden layer"
                aria-invalid=move || is_wrong().to_string()
                aria-describedby="model-text-error"
                prop:value=text
                on:change=take
            />
            <div id="model-text-error" data-testid="model-text-error" role="status">
                {move || refused.get().map(told)}
            </div>
        </div>
    }
}

/// What is wrong, under the part that it is about.
fn told((_, Problem { what, quote }): (String, Problem)) -> impl IntoView {
    let place = |Quote { before, wrong, after }: Quote| view! { <code>{before}<mark>{wrong}</mark>{after}</code> };
    view! {
        {quote.map(place)}
        <p>{what}</p>
    }
}
