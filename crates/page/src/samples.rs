//! Test images with the network's answers, the wrong ones marked.

use super::element::{El, distinct, follow, html};
use super::lab::{Lab, lab};
use super::reports::Samples;
use super::watched::Watched;
use super::{format, paint};
use web_sys::HtmlCanvasElement;

/// The grid. A tile shows its image; choosing it shows what the layers make of it.
pub(crate) fn sample_grid() -> El {
    let lab = lab();
    let is_wrong_only = Watched::new(false);
    let count = distinct(move || {
        lab.samples.with(|samples| match samples.as_ref() {
            Some(Samples::Images { labels, .. }) => labels.len(),
            _ => 0,
        })
    });
    // Names of classes need more room than digits.
    let has_words = move || class_name(lab, 0).len() > 1;
    let wrong = move || (0..count.get()).filter(|&i| answer(lab, i).is_some_and(|(a, truth)| a != truth)).count();
    let said = move || match lab.frame.with(|f| f.as_ref().map(|f| f.step)) {
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
    let wrong_only = html("input")
        .set("type", "checkbox")
        .test_id("wrong-only")
        .checked(move || is_wrong_only.get())
        .on_check(move |is_on| is_wrong_only.set(is_on));
    let head = html("div")
        .class("panel-head")
        .child(html("h3").text("Test images and answers"))
        .child(html("label").class("check end").child(wrong_only).text("Wrong only"));
    let tiles = html("ul")
        .class("tiles")
        .class_if("words", has_words)
        .parts(move || (0..count.get()).map(|i| tile(lab, i, is_wrong_only)).collect());
    html("figure").class("samples").named("samples").child(head).child(tiles).child(html("figcaption").class("small").text_from(said))
}

/// The network's answer to a sample, and the truth.
fn answer(lab: Lab, sample: usize) -> Option<(usize, usize)> {
    let (truth, n) = lab.samples.with(|samples| match samples.as_ref() {
        Some(Samples::Images { labels, classes, .. }) => Some((usize::from(*labels.get(sample)?), classes.len())),
        _ => None,
    })?;
    lab.frame.with(|frame| {
        let probs = frame.as_ref()?.arrays[0].get(sample * n * 4..(sample + 1) * n * 4)?;
        let probs: Vec<f32> = probs.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let (answer, _) = largest(&probs)?;
        Some((answer, truth))
    })
}

/// Index and value of the largest.
pub(crate) fn largest(probs: &[f32]) -> Option<(usize, f32)> {
    probs.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// What a class is called.
pub(crate) fn class_name(lab: Lab, class: usize) -> String {
    lab.samples.with(|samples| match samples.as_ref() {
        Some(Samples::Images { classes, .. }) => classes.get(class).cloned().unwrap_or_default(),
        _ => String::new(),
    })
}

/// A canvas that shows the test image that `sample` names.
pub(crate) fn picture(lab: Lab, sample: impl Fn() -> usize + 'static) -> El {
    let canvas = html("canvas").class("ink-img").set("width", "8").set("height", "8");
    let node: HtmlCanvasElement = canvas.node();
    follow(move || {
        let sample = sample();
        lab.samples.with(|samples| {
            let Some(Samples::Images { rows, cols, pixels, .. }) = samples.as_ref() else { return };
            let size = rows * cols;
            if let Some(image) = pixels.get(sample * size..(sample + 1) * size) {
                paint::put(&node, &paint::ink(image), *cols, *rows);
            }
        });
    });
    canvas
}

/// One image and the answer below it.
fn tile(lab: Lab, sample: usize, is_wrong_only: Watched<bool>) -> El {
    let answer = distinct(move || answer(lab, sample));
    let is_bad = move || answer.get().is_some_and(|(answer, truth)| answer != truth);
    let is_on = move || lab.inspected.get() == sample;
    let label = move || match answer.get() {
        Some((a, truth)) if a == truth => format!("{}, answered right", class_name(lab, truth)),
        Some((a, truth)) => format!("{}, answered wrong: {}", class_name(lab, truth), class_name(lab, a)),
        None => format!("Test image {}", sample + 1),
    };
    let text = move || answer.get().map_or_else(|| "–".to_string(), |(a, _)| short_name(&class_name(lab, a)));
    let button = html("button")
        .class("g")
        .class_if("is-on", is_on)
        .set_from("aria-label", label)
        .set_from("title", label)
        .set_from("aria-pressed", move || is_on().to_string())
        .on_click(move || lab.inspect(sample))
        .child(picture(lab, move || sample));
    html("li")
        .class("tile")
        .class_if("bad", is_bad)
        .class_if("gone", move || is_wrong_only.get() && !is_bad())
        .child(button)
        .child(html("span").class("p").set("aria-hidden", "true").text_from(text))
}

/// The first word, where the whole name does not fit a tile.
fn short_name(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_string()
}
