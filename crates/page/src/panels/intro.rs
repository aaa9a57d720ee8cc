//! What a first visit reads: what will happen, and three things to begin with.

use super::edit;
use super::element::{El, html};
use super::format::thousands;
use super::lab::lab;
use descent_spec::Dataset;
use descent_spec::models::{Preset, presets};

/// The claim, the promise and the presets; shown at level Simple.
pub(crate) fn intro() -> El {
    let lab = lab();
    let claim = move || {
        let count = lab.built.with(|b| b.as_ref().map(|b| b.params));
        let dataset = lab.experiment.with(|e| e.dataset);
        let numbers = count.map_or_else(|| "Numbers".to_string(), |n| format!("{} numbers", thousands(n as u64)));
        let what = match dataset {
            Dataset::Circle => "to tell a disc from a ring",
            Dataset::Xor => "which corners belong together",
            Dataset::Gauss => "to tell two clouds apart",
            Dataset::Spiral => "to tell two spirals apart",
            Dataset::RegPlane | Dataset::RegGauss => "the shape of a landscape",
            Dataset::Digits | Dataset::Strokes | Dataset::Mnist => "to read digits",
            Dataset::FashionMnist => "to tell clothes apart",
        };
        format!("{numbers} will learn {what}.")
    };
    let promise = "Press Play. The network starts with random numbers and improves them a little at every step, here, on your own machine. \
                   Nothing is sent anywhere.";
    let preset = |Preset { id, title, why, .. }: Preset| {
        html("button")
            .class("chip")
            .set("title", why)
            .test_id(&format!("preset-{id}"))
            .on_click(move || edit::adopt_preset(lab, id))
            .text(title)
    };
    let presets = html("div")
        .class("feats")
        .set("role", "group")
        .set("aria-label", "To begin with")
        .child(html("span").class("small").text("Or begin with"))
        .children(presets().map(preset));
    html("div").class("intro only-simple").child(html("h1").text_from(claim)).child(html("p").text(promise)).child(presets)
}
