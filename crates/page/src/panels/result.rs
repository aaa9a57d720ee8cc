//! How well it is learned: the figures and the pictures of the answers.

use super::chart::loss_chart;
use super::choices::{is_image, is_regression};
use super::decision_map::decision_map;
use super::draw::draw_square;
use super::element::{El, distinct, html};
use super::format;
use super::lab::{Lab, lab};
use super::reports::PageState;
use super::samples::sample_grid;
use descent_protocol::Metrics;

/// The panel.
pub(crate) fn result_panel() -> El {
    let lab = lab();
    let has_images = distinct(move || lab.experiment.with(|e| is_image(e.dataset)));
    let pictures =
        move || if has_images.get() { vec![loss_chart(), sample_grid(), draw_square()] } else { vec![decision_map(), loss_chart()] };
    let head = html("div").class("panel-head").child(html("h2").set("id", "h-result").text("Result")).child(status(lab)).child(saved(lab));
    html("section")
        .class("panel result")
        .set("aria-labelledby", "h-result")
        .set("id", "result")
        .set("tabindex", "-1")
        .child(head)
        .child(html("div").class("panel-body").child(figures(lab)).parts(pictures))
}

/// The state in words.
fn status(lab: Lab) -> El {
    let text = move || {
        lab.state.with(|state| match state {
            PageState::Loading => "Loading".into(),
            PageState::Ready => "Ready".into(),
            PageState::Training => "Training".into(),
            PageState::Paused => "Paused".into(),
            PageState::Diverged => format!("Diverged after step {}", format::thousands(lab.metrics.with_untracked(|m| m.step))),
            PageState::Failed => "Failed".into(),
        })
    };
    html("p")
        .class("status")
        .set("role", "status")
        .named("status")
        .set_from("data-state", move || lab.state.with(|s| s.id().to_string()))
        .text_from(text)
}

/// The step up to which nothing is lost.
fn saved(lab: Lab) -> El {
    let with = move |text: fn(u64) -> String| lab.saved_step.get().map(text).unwrap_or_default();
    html("span")
        .class("small end saved")
        .named("saved-step")
        .set_from("data-value", move || with(|step| step.to_string()))
        .set("title", "The last step that survives any fault")
        .text_from(move || with(|step| format!("saved at step {}", format::thousands(step))))
}

/// A number that was measured, and the step at which it was.
type Measured = fn(&Metrics) -> Option<(f64, u64)>;

/// Makes an element carry a number that was measured, for tests.
fn carry(element: El, lab: Lab, of: Measured) -> El {
    element
        .set_from("data-value", move || lab.metrics.with(of).map(|v| format::plain(v.0)).unwrap_or_default())
        .set_from("data-step", move || lab.metrics.with(of).map(|v| v.1.to_string()).unwrap_or_default())
}

/// Accuracy and both losses.
fn figures(lab: Lab) -> El {
    let accuracy: Measured = |m| m.test_accuracy;
    let percent = move || lab.metrics.with(accuracy).map_or_else(|| "–".to_string(), |(share, _)| format::fixed(share * 100.0, 1));
    let unit = move || if lab.metrics.with(accuracy).is_some() { "%".into() } else { String::new() };
    let number = carry(html("span").named("accuracy-test"), lab, accuracy).text_from(percent);
    let accuracy = html("div")
        .class_if("void", move || lab.experiment.with(|e| is_regression(e.dataset)))
        .child(html("dt").text("Test accuracy"))
        .child(html("dd").child(number).child(html("span").class("unit").text_from(unit)));
    html("dl").class("figures").child(accuracy).child(loss(lab, "loss-test", "key", "Test loss", |m| m.test_loss)).child(loss(
        lab,
        "loss-train",
        "key train",
        "Train loss",
        |m| m.train_loss,
    ))
}

/// A loss with the key of its line.
fn loss(lab: Lab, id: &str, key: &str, name: &str, of: Measured) -> El {
    let text = move || lab.metrics.with(of).map_or_else(|| "–".to_string(), |v| format::loss(v.0));
    html("div").child(html("dt").child(html("span").class(key)).text(name)).child(carry(html("dd").named(id), lab, of).text_from(text))
}
