//! What a step costs on each device, measured here: the point of the page.

use super::cost_words::{other_network, sentence};
use crate::format::{brief, percent, rate, thousands};
use crate::state::{Run, lab};
use descent_protocol::{CPU_NAME, Costs, DeviceKind, Metrics};
use descent_spec::number::shortest;
use leptos::prelude::*;

/// Two bars on one scale, the rates, and what they mean.
#[component]
pub(super) fn MeasuredCosts() -> impl IntoView {
    let run = lab().run;
    let plain_ms = move |kind| run.costs.get().on(kind).map_or_else(String::new, |cost| shortest(cost.ms));
    view! {
        <section
            class="measured"
            aria-labelledby="h-costs"
            id="device-costs"
            data-testid="device-costs"
            data-cpu-ms=move || plain_ms(DeviceKind::Cpu)
            data-gpu-ms=move || plain_ms(DeviceKind::Gpu)
        >
            <h3 id="h-costs">"One training step, timed on this machine"</h3>
            <div class="measured-left">
                <dl class="bars">
                    <Bar kind=DeviceKind::Cpu />
                    <Bar kind=DeviceKind::Gpu />
                </dl>
                <p class="rate">
                    <Rate name="Steps/s " id="steps-per-second" of=|metrics| metrics.steps_per_second />
                    <Rate name="Samples/s " id="samples-per-second" of=|metrics| metrics.samples_per_second />
                    <span class="how" prop:textContent=move || how_measured(run.costs.get())></span>
                </p>
            </div>
            <Meaning />
        </section>
    }
}

/// Over how many steps the costs are measured; where both are, over the fewer.
fn how_measured(costs: Costs) -> String {
    match costs.measured().map(|cost| cost.steps).min().unwrap_or(0) {
        0 => "measured in the background after Play".into(),
        1 => "measured over one step".into(),
        steps => format!("measured over {} steps", thousands(u64::from(steps))),
    }
}

/// How many of something the run does in a second.
#[component]
fn Rate(name: &'static str, id: &'static str, of: fn(&Metrics) -> f64) -> impl IntoView {
    let metrics = lab().run.metrics;
    let text = move || {
        let value = metrics.with(of);
        if value > 0.0 { rate(value) } else { "–".into() }
    };
    view! {
        <span>
            {name}
            <b
                id=id
                data-testid=id
                data-value=move || shortest(metrics.with(of))
                data-step=move || metrics.with(|metrics| metrics.step.to_string())
                prop:textContent=text
            ></b>
        </span>
    }
}

/// One device's bar; its time is also a number.
#[component]
fn Bar(kind: DeviceKind) -> impl IntoView {
    let run = lab().run;
    let ms = move || run.costs.get().on(kind).map(|cost| cost.ms);
    let is_now = move || run.device.with(|device| device.as_ref().is_some_and(|device| device.kind == kind));
    let name = move || device_name(run, kind);
    let share = move || {
        let most_ms = run.costs.get().measured().fold(0.0, |most: f64, cost| most.max(cost.ms));
        percent(ms().map_or(0.0, |ms| if most_ms > 0.0 { ms / most_ms } else { 0.0 }))
    };
    let time = move || ms().map_or_else(|| "–".into(), |ms| format!("{} ms", brief(ms)));
    view! {
        <div class="pair">
            <dt class="who" class:on=is_now title=name prop:textContent=name></dt>
            <dd class="track">
                <span class="fill" class:now=is_now class:gone=move || ms().is_none() style=("--v", share)></span>
                <span class="small" class:gone=move || ms().is_some()>"not measured"</span>
            </dd>
            <dd prop:textContent=time></dd>
        </div>
    }
}

/// What a device is called: by its own name where the run is on it.
fn device_name(run: Run, kind: DeviceKind) -> String {
    run.device.with(|device| match (device, kind) {
        (Some(device), kind) if device.kind == kind => device.name.clone(),
        (_, DeviceKind::Cpu) => CPU_NAME.into(),
        (_, DeviceKind::Gpu) => "GPU".into(),
    })
}

/// What the two numbers say, and a network that may turn them around.
#[component]
fn Meaning() -> impl IntoView {
    let lab = lab();
    let run = lab.run;
    let text = move || {
        let has_no_gpu = run.device.with(|device| device.as_ref().is_some_and(|device| !device.has_gpu));
        run.experiment.with(|experiment| sentence(run.costs.get(), experiment, has_no_gpu))
    };
    let other = Memo::new(move |_| run.experiment.with(|experiment| other_network(run.costs.get(), experiment)));
    let offer = move |(preset, title): (&'static str, &'static str)| {
        view! {
            <button class="btn edge small-btn" data-testid="try-other" on:click=move |_| lab.adopt_preset(preset)>
                {title}
            </button>
        }
    };
    view! {
        <div class="said">
            <p class="small" prop:textContent=text></p>
            {move || other.get().map(offer)}
        </div>
    }
}
