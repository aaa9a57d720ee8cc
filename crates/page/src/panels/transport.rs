//! Play, pause, step, reset, new weights; how fast, how far, and on what device.

use super::choices;
use super::controls::segmented;
use super::element::{El, html, listen};
use super::format::thousands;
use super::icons;
use super::lab::{Lab, lab};
use super::reports::PageState;
use super::watched::Watched;
use descent_protocol::DeviceKind;
use descent_spec::{DeviceChoice, Speed};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The bar under the header.
pub(crate) fn transport() -> El {
    let lab = lab();
    let set_speed = move |id: &str| {
        if let Some(speed) = Speed::from_id(id) {
            lab.change(|e| e.speed = speed)
        }
    };
    let speed = segmented("speed", "Speed", choices::speeds(), move || lab.experiment.with(|e| e.speed.id()), || None, set_speed);
    let buttons = html("div")
        .class("transport")
        .set("role", "group")
        .set("aria-label", "Training")
        .child(play_button(lab))
        .child(
            button("step", "Step", "One step", icons::step())
                .class("btn lv-more")
                .flag("disabled", move || !can_step(lab))
                .on_click(move || lab.step()),
        )
        .child(
            button("reset", "Reset", "Back to the same first weights", icons::reset())
                .flag("disabled", move || !is_built(lab))
                .on_click(move || lab.reset()),
        )
        .child(
            button("new-weights", "New weights", "Other random first weights", icons::dice())
                .class("btn lv-more")
                .flag("disabled", move || !is_built(lab))
                .on_click(move || lab.new_weights()),
        );
    let counters = html("dl")
        .class("counters")
        .child(counter(lab, "epoch-count", "Epoch", move || lab.metrics.with(|m| m.epoch)))
        .child(counter(lab, "step-count", "Step", move || lab.metrics.with(|m| m.step)));
    html("div")
        .class("bar")
        .child(html("div").class("dock").child(buttons).child(counters))
        .child(html("div").class("speed lv-more").child(speed))
        .child(device(lab))
}

/// A button with an icon before its name.
fn button(id: &str, name: &str, title: &str, icon: El) -> El {
    let text = html("span").class("tx").text(name);
    html("button").class("btn").named(id).set("title", title).set("aria-label", name).child(icon).child(text)
}

/// A number that counts up, with its name.
fn counter(lab: Lab, id: &str, name: &str, value: impl Fn() -> u64 + Copy + 'static) -> El {
    let number = html("dd")
        .named(id)
        .set_from("data-value", move || value().to_string())
        .set_from("data-step", move || lab.metrics.with(|m| m.step.to_string()))
        .text_from(move || thousands(value()));
    html("div").class("counter").child(html("dt").text(name)).child(number)
}

fn is_built(lab: Lab) -> bool {
    lab.built.with(Option::is_some)
}

/// A run that diverged goes on only after a remedy was chosen.
fn can_step(lab: Lab) -> bool {
    is_built(lab) && !matches!(lab.state.get(), PageState::Diverged | PageState::Training)
}

/// One button in two states and one size; it keeps the focus when it changes.
fn play_button(lab: Lab) -> El {
    let is_training = move || lab.state.with(|&s| s == PageState::Training);
    let id = move || if is_training() { "pause".to_string() } else { "play".to_string() };
    // After a failure Play tries again.
    let is_off = move || lab.state.with(|&s| s == PageState::Diverged || s != PageState::Failed && !is_built(lab));
    let is_awaited = Watched::new(true);
    let toggle = move || {
        is_awaited.set(false);
        if lab.state.get_untracked() == PageState::Training { lab.pause() } else { lab.play() }
    };
    // Space does the same wherever no control has the focus, which would take it for itself.
    let press = move |event: web_sys::Event| {
        let is_free = document().active_element().is_none_or(|e| matches!(e.tag_name().as_str(), "BODY" | "SECTION"));
        let is_space = event.unchecked_ref::<web_sys::KeyboardEvent>().key() == " ";
        if is_space && is_free && !untrack(is_off) {
            event.prevent_default();
            toggle();
        }
    };
    listen(&window(), "keydown", Box::new(press));
    let button = html("button")
        .class("btn go")
        .set_from("id", id)
        .set_from("data-testid", id)
        .set("aria-keyshortcuts", "Space")
        .flag("disabled", is_off)
        .on_click(toggle)
        .child(html("span").set("aria-hidden", "true").class_if("gone", is_training).child(icons::play()))
        .child(html("span").set("aria-hidden", "true").class_if("gone", move || !is_training()).child(icons::pause()))
        .text_from(move || if is_training() { "Pause".into() } else { "Play".into() });
    html("span").class("await-play").class_if("await", move || is_awaited.get() && lab.state.with(|&s| s == PageState::Ready)).child(button)
}

/// The choice of device, what trains now, and why.
fn device(lab: Lab) -> El {
    let choose = move |id: &str| {
        if let Some(device) = DeviceChoice::from_id(id) {
            lab.change(|e| e.device = device)
        }
    };
    // Where a first run could not be built there is none.
    let nothing = move || match lab.state.get() {
        PageState::Failed => ("No device yet", "There is nothing to train."),
        _ => ("Choosing a device", "The worker is starting."),
    };
    let unavailable = move || lab.device.with(|d| d.as_ref().and_then(|d| (!d.has_gpu).then_some("gpu")));
    let kind = move || {
        lab.device.with(|d| {
            d.as_ref().map_or("", |d| match d.kind {
                DeviceKind::Gpu => "gpu",
                DeviceKind::Cpu => "cpu",
            })
        })
    };
    let name = move || lab.device.with(|d| d.as_ref().map_or_else(|| nothing().0.to_string(), |d| d.name.clone()));
    let why = move || lab.device.with(|d| d.as_ref().map_or_else(|| nothing().1.to_string(), |d| d.why.clone()));
    let choice = segmented("device", "Device", choices::devices(), move || lab.experiment.with(|e| e.device.id()), unavailable, choose);
    html("div").class("dev").child(html("div").class("lv-more").child(choice)).child(
        html("p")
            .class("why")
            .child(html("b").named("device-name").set_from("data-device", move || kind().to_string()).text_from(name))
            .child(html("span").test_id("device-why").text_from(why)),
    )
}
