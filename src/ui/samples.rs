//! Test images with the network's answers, the wrong ones marked.

use super::lab::{Lab, lab};
use super::live::live;
use super::reports::Samples;
use super::{format, paint};
use leptos::prelude::*;

/// The grid. A tile shows its image; choosing it shows what the layers make of it.
#[component]
pub(super) fn SampleGrid() -> impl IntoView {
    let lab = lab();
    let is_wrong_only = RwSignal::new(false);
    let count = Memo::new(move |_| match lab.samples.get().as_deref() {
        Some(Samples::Images { labels, .. }) => labels.len(),
        _ => 0,
    });
    // Names of classes need more room than digits.
    let has_words = move || class_name(lab, 0).len() > 1;
    let wrong = move || (0..count.get()).filter(|&i| answer(lab, i).is_some_and(|(a, truth, _)| a != truth)).count();
    let said = move || match lab.pictures(|f| f.as_ref().map(|f| f.step)) {
        Some(step) if count.get() > 0 => {
            format!(
                "Test images the network has never trained on and its answers after step {}: {} of these {} are wrong.",
                format::thousands(step),
                wrong(),
                count.get()
            )
        }
        _ => "Test images appear here with the network's answers.".into(),
    };
    view! {
        <figure class="samples" id="samples" data-testid="samples">
            <div class="panel-head">
                <h3>"Test images and answers"</h3>
                <label class="check end">
                    <input type="checkbox" data-testid="wrong-only" prop:checked=move || is_wrong_only.get()
                        on:change=move |event| is_wrong_only.set(event_target_checked(&event)) />
                    "Wrong only"
                </label>
            </div>
            <ul class="tiles" class:words=has_words>{live(move || (0..count.get()).map(|i| tile(lab, i, is_wrong_only)).collect_view())}</ul>
            <figcaption class="small">{said}</figcaption>
        </figure>
    }
    .into_any()
}

/// The network's answer to a sample, the truth and the probability of the answer.
fn answer(lab: Lab, sample: usize) -> Option<(usize, usize, f32)> {
    let samples = lab.samples.get()?;
    let Samples::Images { labels, classes, .. } = samples.as_ref() else { return None };
    let truth = usize::from(*labels.get(sample)?);
    let frame = lab.frame.get()?;
    let n = classes.len();
    let probs = frame.arrays[0].get(sample * n * 4..(sample + 1) * n * 4)?;
    let probs: Vec<f32> = probs.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let (answer, prob) = largest(&probs)?;
    Some((answer, truth, prob))
}

/// Index and value of the largest.
pub(super) fn largest(probs: &[f32]) -> Option<(usize, f32)> {
    probs.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// What a class is called.
pub(super) fn class_name(lab: Lab, class: usize) -> String {
    match lab.samples.get().as_deref() {
        Some(Samples::Images { classes, .. }) => classes.get(class).cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// One image and the answer below it.
fn tile(lab: Lab, sample: usize, is_wrong_only: RwSignal<bool>) -> AnyView {
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    Effect::new(move |_| {
        let (Some(samples), Some(canvas)) = (lab.samples.get(), canvas.get()) else { return };
        if let Samples::Images { rows, cols, pixels, .. } = samples.as_ref() {
            let size = rows * cols;
            if let Some(image) = pixels.get(sample * size..(sample + 1) * size) {
                paint::put(&canvas, &paint::ink(image), *cols, *rows);
            }
        }
    });
    let answer = Memo::new(move |_| answer(lab, sample).map(|(answer, truth, _)| (answer, truth)));
    let is_bad = move || answer.get().is_some_and(|(answer, truth)| answer != truth);
    let label = move || match answer.get() {
        Some((a, truth)) if a == truth => format!("{}, answered right", class_name(lab, truth)),
        Some((a, truth)) => format!("{}, answered wrong: {}", class_name(lab, truth), class_name(lab, a)),
        None => format!("Test image {}", sample + 1),
    };
    let text = move || answer.get().map_or_else(|| "–".to_string(), |(a, _)| short_name(&class_name(lab, a)));
    view! {
        <li class="tile" class:bad=is_bad class:gone=move || is_wrong_only.get() && !is_bad()>
            <button
                class="g"
                class:is-on=move || lab.inspected.get() == sample
                aria-label=label
                title=label
                aria-pressed=move || (lab.inspected.get() == sample).to_string()
                on:click=move |_| lab.inspect(sample)
            >
                <canvas class="ink-img" node_ref=canvas width="8" height="8"></canvas>
            </button>
            <span class="p" aria-hidden="true">{text}</span>
        </li>
    }
    .into_any()
}

/// The first word, where the whole name does not fit a tile.
fn short_name(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_string()
}
