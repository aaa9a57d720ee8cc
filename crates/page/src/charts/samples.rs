//! Test images with the network's answers, the wrong ones marked.

use super::images::{Answer, answers, first_word, pixels};
use super::latest::{name_of, with_answers, with_shown};
use super::{canvas, paint};
use crate::format;
use crate::parts::Checkbox;
use crate::state::{Lab, Run, lab};
use leptos::{html, prelude::*};

/// The grid. A tile shows its image; choosing it shows what the layers make of it.
#[component]
pub(crate) fn SampleGrid() -> impl IntoView {
    let lab = lab();
    let run = lab.run;
    let is_wrong_only = RwSignal::new(false);
    let answers = Memo::new(move |_| {
        with_shown(run, |shown| with_answers(run, |images| answers(shown, Some(images))).unwrap_or_else(|| answers(shown, None)))
            .unwrap_or_default()
    });
    let count = Memo::new(move |_| answers.with(Vec::len));
    // Names of classes need more room than digits.
    let has_words = move || name_of(run, 0).len() > 1;
    view! {
        <figure class="samples" id="samples" data-testid="samples">
            <div class="panel-head">
                <h3>"Test images and answers"</h3>
                <div class="end">
                    <Checkbox id="wrong-only" label="Wrong only" is_checked=is_wrong_only on_check=move |is_on| is_wrong_only.set(is_on) />
                </div>
            </div>
            <ul class="tiles" class:words=has_words>
                <For each=move || 0..count.get() key=|sample| *sample let:sample>
                    <Tile lab answers sample is_wrong_only />
                </For>
            </ul>
            <figcaption class="small" prop:textContent=move || caption(run, answers)></figcaption>
        </figure>
    }
}

/// The grid in words.
fn caption(run: Run, answers: Memo<Vec<Option<Answer>>>) -> String {
    let step = run.scene.with(|scene| scene.frame.as_ref().map(|frame| frame.step));
    let (count, wrong) = answers.with(|all| (all.len(), all.iter().flatten().filter(|answer| answer.is_wrong()).count()));
    match step {
        Some(step) if count > 0 => {
            let step = format::thousands(step);
            format!("Test images the network has never trained on and its answers after step {step}: {wrong} of these {count} are wrong.")
        }
        _ => "Test images appear here with the network's answers.".into(),
    }
}

/// One image and the answer below it.
#[component]
fn Tile(lab: Lab, answers: Memo<Vec<Option<Answer>>>, sample: usize, is_wrong_only: RwSignal<bool>) -> impl IntoView {
    let run = lab.run;
    let answer = Memo::new(move |_| answers.with(|all| all.get(sample).copied().flatten()));
    let is_wrong = move || answer.get().is_some_and(Answer::is_wrong);
    let is_on = move || run.inspected.get() == sample;
    let label = Memo::new(move |_| match answer.get() {
        Some(answer) if answer.is_wrong() => {
            format!("{}, answered wrong: {}", name_of(run, answer.truth), name_of(run, answer.said))
        }
        Some(answer) => format!("{}, answered right", name_of(run, answer.truth)),
        None => format!("Test image {}", sample + 1),
    });
    let text = move || answer.get().map_or_else(|| "–".to_string(), |answer| first_word(&name_of(run, answer.said)));
    view! {
        <li class="tile" class:bad=is_wrong class:gone=move || is_wrong_only.get() && !is_wrong()>
            <button
                class="g"
                class:is-on=is_on
                aria-label=move || label.get()
                title=move || label.get()
                aria-pressed=move || is_on().to_string()
                on:click=move |_| lab.inspect(sample)
            >
                <TestImage run sample=sample />
            </button>
            <span class="p" aria-hidden="true" prop:textContent=text></span>
        </li>
    }
}

/// A canvas that shows one of the test images.
#[component]
pub(super) fn TestImage(run: Run, #[prop(into)] sample: Signal<usize>) -> impl IntoView {
    let image = NodeRef::<html::Canvas>::new();
    Effect::new(move |_| {
        let Some(image) = image.get() else { return };
        with_shown(run, |shown| {
            if let Some(pixels) = pixels(shown, sample.get()) {
                canvas::put(&image, &paint::ink(pixels), shown.size[1], shown.size[0]);
            }
        });
    });
    view! { <canvas class="ink-img" width="8" height="8" node_ref=image></canvas> }
}
