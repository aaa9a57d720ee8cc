//! Play, pause, step, reset, new weights; how fast, how far, and on what device.

use super::choices;
use super::controls::Segmented;
use super::format::thousands;
use super::icons;
use super::lab::{Lab, lab};
use super::live::live;
use super::reports::PageState;
use crate::experiment::{DeviceChoice, Speed};
use crate::worker::protocol::DeviceKind;
use leptos::prelude::*;

/// The bar under the header.
#[component]
pub(super) fn Transport() -> impl IntoView {
    let lab = lab();
    let speed = Signal::derive(move || lab.read(|e| e.speed.id()));
    let set_speed = move |id: &str| {
        if let Some(speed) = Speed::from_id(id) {
            lab.change(|e| e.speed = speed)
        }
    };
    view! {
        <div class="bar">
            <div class="dock">
                <div class="transport" role="group" aria-label="Training">
                    <PlayButton lab=lab />
                    <button class="btn lv-more" id="step" data-testid="step" title="One step" aria-label="Step" disabled=move || !can_step(lab) on:click=move |_| lab.step()>
                        {icons::step()}<span class="tx">"Step"</span>
                    </button>
                    <button class="btn" id="reset" data-testid="reset" title="Back to the same first weights" aria-label="Reset" disabled=move || !is_built(lab) on:click=move |_| lab.reset()>
                        {icons::reset()}<span class="tx">"Reset"</span>
                    </button>
                    <button class="btn lv-more" id="new-weights" data-testid="new-weights" title="Other random first weights" aria-label="New weights" disabled=move || !is_built(lab) on:click=move |_| lab.new_weights()>
                        {icons::dice()}<span class="tx">"New weights"</span>
                    </button>
                </div>
                <dl class="counters">
                    <div class="counter">
                        <dt>"Epoch"</dt>
                        <dd id="epoch-count" data-testid="epoch-count" data-value=move || lab.numbers(|m| m.epoch) data-step=move || lab.numbers(|m| m.step)>{live(move || thousands(lab.numbers(|m| m.epoch)))}</dd>
                    </div>
                    <div class="counter">
                        <dt>"Step"</dt>
                        <dd id="step-count" data-testid="step-count" data-value=move || lab.numbers(|m| m.step) data-step=move || lab.numbers(|m| m.step)>{live(move || thousands(lab.numbers(|m| m.step)))}</dd>
                    </div>
                </dl>
            </div>
            <div class="speed lv-more"><Segmented id="speed" label="Speed" options=choices::speeds() value=speed on_choose=Callback::new(set_speed) /></div>
            <Device lab=lab />
        </div>
    }
    .into_any()
}

fn is_built(lab: Lab) -> bool {
    lab.run_of(Option::is_some)
}

/// A run that diverged goes on only after a remedy was chosen.
fn can_step(lab: Lab) -> bool {
    is_built(lab) && !matches!(lab.state.get(), PageState::Diverged | PageState::Training)
}

/// One button in two states and one size; it keeps the focus when it changes.
#[component]
fn PlayButton(lab: Lab) -> impl IntoView {
    let is_training = Memo::new(move |_| lab.state.get() == PageState::Training);
    let id = move || if is_training.get() { "pause" } else { "play" };
    // After a failure Play tries again.
    let is_off = move || lab.doing(|&s| s == PageState::Diverged || s != PageState::Failed && !is_built(lab));
    let is_awaited = RwSignal::new(true);
    let toggle = move || {
        is_awaited.set(false);
        if is_training.get_untracked() { lab.pause() } else { lab.play() }
    };
    // Space does the same wherever no control has the focus, which would take it for itself.
    let press = move |event: leptos::ev::KeyboardEvent| {
        let is_free = document().active_element().is_none_or(|e| matches!(e.tag_name().as_str(), "BODY" | "SECTION"));
        if event.key() == " " && is_free && !is_off() {
            event.prevent_default();
            toggle();
        }
    };
    let _ = window_event_listener(leptos::ev::keydown, press);
    view! {
        <span class="await-play" class:await=move || is_awaited.get() && lab.state.get() == PageState::Ready>
            <button class="btn go" id=id data-testid=id aria-keyshortcuts="Space" disabled=is_off on:click=move |_| toggle()>
                <span class:gone=move || is_training.get() aria-hidden="true">{icons::play()}</span>
                <span class:gone=move || !is_training.get() aria-hidden="true">{icons::pause()}</span>
                {live(move || if is_training.get() { "Pause" } else { "Play" })}
            </button>
        </span>
    }
    .into_any()
}

/// The choice of device, what trains now, and why.
#[component]
fn Device(lab: Lab) -> impl IntoView {
    let choice = Signal::derive(move || lab.read(|e| e.device.id()));
    let choose = move |id: &str| {
        if let Some(device) = DeviceChoice::from_id(id) {
            lab.change(|e| e.device = device)
        }
    };
    let device = move || lab.device.get();
    // Where a first run could not be built there is none.
    let nothing = move || match lab.state.get() {
        PageState::Failed => ("No device yet", "There is nothing to train."),
        _ => ("Choosing a device", "The worker is starting."),
    };
    let unavailable = Signal::derive(move || device().and_then(|d| (!d.has_gpu).then_some("gpu")));
    let kind = move || {
        device().map_or("", |d| match d.kind {
            DeviceKind::Gpu => "gpu",
            DeviceKind::Cpu => "cpu",
        })
    };
    view! {
        <div class="dev">
            <div class="lv-more"><Segmented id="device" label="Device" options=choices::devices() value=choice disabled=unavailable on_choose=Callback::new(choose) /></div>
            <p class="why">
                <b id="device-name" data-testid="device-name" data-device=kind>{live(move || device().map_or_else(|| nothing().0.to_string(), |d| d.name))}</b>
                <span data-testid="device-why">{live(move || device().map_or_else(|| nothing().1.to_string(), |d| d.why))}</span>
            </p>
        </div>
    }
    .into_any()
}
