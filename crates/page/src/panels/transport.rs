//! The bar under the header: play, pause, step, reset, new weights; how fast, how far, and on what
//! device.

use crate::choices;
use crate::format::{rate, thousands};
use crate::parts::{Segmented, Select, icons};
use crate::state::{Lab, Phase, lab};
use descent_protocol::DeviceKind;
use descent_spec::{DeviceChoice, Speed};
use leptos::html::Button;
use leptos::prelude::*;

/// The bar. `play` becomes its Play button.
#[component]
pub(crate) fn Transport(#[prop(optional)] play: NodeRef<Button>) -> impl IntoView {
    let lab = lab();
    let run = lab.run;
    let set_speed = move |id: String| {
        if let Some(speed) = Speed::from_id(&id) {
            lab.change_view(|view| view.speed = speed)
        }
    };
    let measured = move || match run.metrics.with(|metrics| metrics.steps_per_second) {
        0.0 => String::new(),
        steps => format!("{}/s", rate(steps)),
    };
    view! {
        <div class="bar">
            <div class="dock">
                <Buttons play />
                <dl class="counters">
                    <Counter id="epoch-count" name="Epoch" value=move || run.metrics.with(|m| m.epoch) />
                    <Counter id="step-count" name="Step" value=move || run.metrics.with(|m| m.step) />
                </dl>
            </div>
            <div class="speed lv-more">
                <Select
                    id="speed"
                    label="Speed"
                    options=choices::owned(choices::speeds())
                    value=move || run.view.with(|view| view.speed.id().to_owned())
                    on_choose=set_speed
                />
                <span class="small" title="Steps a second, measured" prop:textContent=measured></span>
            </div>
            <Device />
        </div>
    }
}

/// What a visitor can do to the run.
///
/// Play and Step can go out of use while they have the focus. `aria-disabled` says so and leaves it
/// there; `disabled` would take it away.
#[component]
fn Buttons(play: NodeRef<Button>) -> impl IntoView {
    let lab = lab();
    // A run that diverged goes on only after a remedy was chosen.
    let can_step = move || lab.run.is_built() && !matches!(lab.run.phase.get(), Phase::Diverged | Phase::Training);
    let step = move |_| {
        if untrack(can_step) {
            lab.step();
        }
    };
    let cannot_reset = move || !lab.run.is_built();
    view! {
        <div class="transport" role="group" aria-label="Training">
            <PlayButton play />
            <button
                class="btn lv-more"
                id="step"
                data-testid="step"
                title="One step"
                aria-label="Step"
                aria-disabled=move || (!can_step()).to_string()
                on:click=step
            >
                {icons::step()}
                <span class="tx">"Step"</span>
            </button>
            <button
                class="btn"
                id="reset"
                data-testid="reset"
                title="Back to the same first weights"
                aria-label="Reset"
                disabled=cannot_reset
                on:click=move |_| lab.reset()
            >
                {icons::reset()}
                <span class="tx">"Reset"</span>
            </button>
            <button
                class="btn lv-more"
                id="new-weights"
                data-testid="new-weights"
                title="Other random first weights"
                aria-label="New weights"
                disabled=cannot_reset
                on:click=move |_| lab.new_weights()
            >
                {icons::dice()}
                <span class="tx">"New weights"</span>
            </button>
        </div>
    }
}

/// One button in two states and one size; it keeps the focus when it changes.
#[component]
fn PlayButton(play: NodeRef<Button>) -> impl IntoView {
    let lab = lab();
    let phase = lab.run.phase;
    let is_training = move || phase.get() == Phase::Training;
    let id = move || if is_training() { "pause" } else { "play" };
    let is_off = move || can_not_play(lab);
    let is_awaited = RwSignal::new(true);
    let toggle = move || {
        if untrack(is_off) {
            return;
        }
        is_awaited.set(false);
        if phase.get_untracked() == Phase::Training { lab.pause() } else { lab.play() }
    };
    // Space does the same wherever no control has the focus, which would take it for itself.
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        let is_free = document().active_element().is_none_or(|e| matches!(e.tag_name().as_str(), "BODY" | "SECTION"));
        let is_plain = !(event.ctrl_key() || event.shift_key() || event.alt_key() || event.meta_key());
        if event.key() == " " && is_plain && is_free && !untrack(is_off) {
            event.prevent_default();
            // A key that is held down repeats itself.
            if !event.repeat() {
                toggle();
            }
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        <span class="await-play" class=("await", move || is_awaited.get() && phase.get() == Phase::Ready)>
            <button
                node_ref=play
                class="btn go"
                id=id
                data-testid=id
                aria-keyshortcuts="Space"
                aria-disabled=move || is_off().to_string()
                on:click=move |_| toggle()
            >
                <span aria-hidden="true" class:gone=is_training>{icons::play()}</span>
                <span aria-hidden="true" class:gone=move || !is_training()>{icons::pause()}</span>
                <span prop:textContent=move || if is_training() { "Pause" } else { "Play" }></span>
            </button>
        </span>
    }
}

/// After a failure Play tries again; a run that diverged waits for a remedy.
fn can_not_play(lab: Lab) -> bool {
    match lab.run.phase.get() {
        Phase::Diverged => true,
        Phase::Failed => false,
        _ => !lab.run.is_built(),
    }
}

/// A number that counts up, with its name.
#[component]
fn Counter(id: &'static str, name: &'static str, #[prop(into)] value: Signal<u64>) -> impl IntoView {
    let metrics = lab().run.metrics;
    view! {
        <div class="counter">
            <dt>{name}</dt>
            <dd
                id=id
                data-testid=id
                data-value=move || value.get().to_string()
                data-step=move || metrics.with(|m| m.step.to_string())
                prop:textContent=move || thousands(value.get())
            ></dd>
        </div>
    }
}

/// The choice of device, what trains now, and why.
#[component]
fn Device() -> impl IntoView {
    let lab = lab();
    let run = lab.run;
    let choose = move |id: String| {
        if let Some(device) = DeviceChoice::from_id(&id) {
            lab.change_view(|view| view.device = device)
        }
    };
    let unavailable = move || run.device.with(|device| device.as_ref().and_then(|device| (!device.has_gpu).then_some("gpu")));
    let kind = move || {
        run.device.with(|device| match device.as_ref().map(|device| device.kind) {
            Some(DeviceKind::Gpu) => "gpu",
            Some(DeviceKind::Cpu) => "cpu",
            None => "",
        })
    };
    // Where a first run could not be built there is no device.
    let nothing = move || match run.phase.get() {
        Phase::Failed => ("No device yet", "There is nothing to train."),
        _ => ("Choosing a device", "The worker is starting."),
    };
    let name = move || run.device.with(|device| device.as_ref().map_or_else(|| nothing().0.into(), |device| device.name.clone()));
    let why = move || run.device.with(|device| device.as_ref().map_or_else(|| nothing().1.into(), |device| device.why.clone()));
    view! {
        <div class="dev">
            <div class="lv-more">
                <Segmented
                    id="device"
                    label="Device"
                    options=choices::devices()
                    value=move || run.view.with(|view| view.device.id())
                    unavailable
                    on_choose=choose
                />
            </div>
            <p class="why">
                <b id="device-name" data-testid="device-name" data-device=kind prop:textContent=name></b>
                <span data-testid="device-why" prop:textContent=why></span>
            </p>
        </div>
    }
}
