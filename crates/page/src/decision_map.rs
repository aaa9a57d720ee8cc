//! What the network answers at every point of the plane, and the samples it is asked about.

use super::element::{El, distinct, follow, html, svg};
use super::lab::{Lab, lab};
use super::reports::Samples;
use super::{edit, format, paint, points};
use descent_spec::Level;
use web_sys::HtmlCanvasElement;

const SIDE: f64 = 360.0;

/// The map, its axes, its legend and what of it is shown.
pub(crate) fn decision_map() -> El {
    let lab = lab();
    let axis = |class: &str, numbers: [&str; 3]| {
        html("div").class(class).set("aria-hidden", "true").children(numbers.map(|number| html("span").text(number)))
    };
    let map = html("div").class("map").child(axis("ay", ["6", "0", "−6"])).child(plane(lab)).child(axis("ax", ["−6", "0", "6"]));
    let caption = "Points are the data, the ground is the network's answer.";
    html("figure").class("map-block").child(map).child(legend()).child(html("figcaption").class("small").text(caption)).child(options(lab))
}

/// The ground and the points on it.
fn plane(lab: Lab) -> El {
    let canvas = html("canvas").set("width", "1").set("height", "1");
    let node: HtmlCanvasElement = canvas.node();
    follow(move || {
        let is_two_coloured = lab.experiment.with(|e| e.discretize);
        lab.frame.with(|frame| {
            if let Some(frame) = frame {
                paint::put(&node, &paint::signed(&frame.arrays[0], is_two_coloured), frame.size, frame.size);
            }
        });
    });
    let has_test = distinct(move || lab.experiment.with(|e| e.show_test));
    let points = svg("svg")
        .set("viewBox", "0 0 360 360")
        .set("aria-hidden", "true")
        .parts(move || samples(lab, false))
        .parts(move || if has_test.get() { samples(lab, true) } else { Vec::new() });
    html("div")
        .class("m")
        .named("decision-map")
        .set_from("data-step", move || lab.frame.with(|f| f.as_ref().map_or(0, |f| f.step)).to_string())
        .set("role", "img")
        .set_from("aria-label", move || label(lab))
        .child(canvas)
        .child(points)
}

/// The points of the training set or of the test set.
fn samples(lab: Lab, is_test: bool) -> Vec<El> {
    let view = |(is_positive, quarter, path): (bool, u8, String)| {
        let class = match (is_positive, is_test) {
            (true, false) => "pt p",
            (false, false) => "pt n",
            (true, true) => "pt p test",
            (false, true) => "pt n test",
        };
        svg("path").class(class).number("fill-opacity", if is_test { 1.0 } else { f64::from(quarter) / 4.0 }).set("d", &path)
    };
    lab.samples.with(|samples| {
        let Some(Samples::Points { points, train }) = samples.as_ref() else { return Vec::new() };
        let (training, test) = points.split_at((*train).min(points.len()));
        points::paths(if is_test { test } else { training }, SIDE, 3.4).into_iter().map(view).collect()
    })
}

/// The map in words.
fn label(lab: Lab) -> String {
    let (step, accuracy) = lab.metrics.with(|m| (m.step, m.test_accuracy));
    let set = lab.experiment.with(|e| e.dataset.entry().title);
    let at = format::thousands(step);
    match accuracy {
        Some((accuracy, _)) => {
            format!(
                "Map of the network's answer over {set} after step {at}; {} % of the test points are right.",
                format::fixed(accuracy * 100.0, 1)
            )
        }
        None => format!("Map of the network's answer over {set} at step {at}."),
    }
}

/// What the shapes and colours stand for.
fn legend() -> El {
    let sign = |shape: El| svg("svg").set("viewBox", "0 0 14 14").child(shape);
    let negative = svg("path").class("pt n").set("d", "M7 1.500l5.500 5.500-5.500 5.500L1.500 7z");
    let positive = svg("circle").class("pt p").set("cx", "7").set("cy", "7").set("r", "4.600");
    html("div")
        .class("legend")
        .set("aria-hidden", "true")
        .child(sign(negative))
        .text("−1")
        .child(html("span").class("ramp"))
        .text("+1")
        .child(sign(positive))
}

/// What of the map is shown.
fn options(lab: Lab) -> El {
    let show_test = html("input")
        .set("type", "checkbox")
        .named("show-test")
        .checked(move || lab.experiment.with(|e| e.show_test))
        .on_check(move |is_on| lab.change(|e| e.show_test = is_on));
    let discretize = html("input")
        .set("type", "checkbox")
        .named("discretize")
        .checked(move || lab.experiment.with(|e| e.discretize))
        .on_check(move |is_on| lab.change(|e| e.discretize = is_on));
    let regenerate = html("button")
        .class("link small end")
        .test_id("regenerate")
        .set("title", "Draw other points from another seed")
        .on_click(move || lab.change(edit::next_seed))
        .text("New points");
    html("div")
        .class("opts")
        .class_if("gone", move || lab.level() == Level::Simple)
        .child(html("label").class("check").child(show_test).text("Test points"))
        .child(html("label").class("check").child(discretize).text("Two colours only"))
        .child(regenerate)
}
