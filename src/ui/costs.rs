//! What a step costs on each device, measured here: the point of the page.

use super::edit;
use super::format::{brief, rate, thousands};
use super::lab::{Lab, lab};
use super::live::live;
use super::reports::Costs;
use crate::worker::protocol::DeviceKind;
use leptos::prelude::*;

/// Two bars on one scale, the rates, and what they mean.
#[component]
pub(super) fn MeasuredCosts() -> impl IntoView {
    let lab = lab();
    let cost = move |kind: DeviceKind| match kind {
        DeviceKind::Cpu => lab.costs.get().cpu_ms,
        DeviceKind::Gpu => lab.costs.get().gpu_ms,
    };
    let plain = move |kind: DeviceKind| cost(kind).map_or_else(String::new, |ms| ms.to_string());
    let how = move || {
        let steps = lab.costs.get().steps;
        match steps {
            0 => "measured in the background after Play".into(),
            1 => "measured over one step".into(),
            _ => format!("measured over {} steps", thousands(u64::from(steps))),
        }
    };
    let rates = move |value: f64| if value > 0.0 { rate(value) } else { "–".to_string() };
    view! {
        <section
            class="measured" aria-labelledby="h-costs" id="device-costs" data-testid="device-costs"
            data-cpu-ms=move || plain(DeviceKind::Cpu) data-gpu-ms=move || plain(DeviceKind::Gpu)
        >
            <h3 id="h-costs">"One training step, timed on this machine"</h3>
            <div class="measured-left">
                <dl class="bars">
                    {bar(lab, DeviceKind::Cpu, Signal::derive(move || cost(DeviceKind::Cpu)))}
                    {bar(lab, DeviceKind::Gpu, Signal::derive(move || cost(DeviceKind::Gpu)))}
                </dl>
                <p class="rate">
                    <span>"Steps/s "<b data-testid="steps-per-second" id="steps-per-second" data-value=move || lab.numbers(|m| m.steps_per_second) data-step=move || lab.numbers(|m| m.step)>
                        {live(move || rates(lab.numbers(|m| m.steps_per_second)))}</b></span>
                    <span>"Samples/s "<b data-testid="samples-per-second" id="samples-per-second" data-value=move || lab.numbers(|m| m.samples_per_second) data-step=move || lab.numbers(|m| m.step)>
                        {live(move || rates(lab.numbers(|m| m.samples_per_second)))}</b></span>
                    <span class="how">{how}</span>
                </p>
            </div>
            <div class="said">
                <p class="small">{live(move || sentence(lab, lab.costs.get()))}</p>
                {live(move || offer(lab, lab.costs.get()))}
            </div>
        </section>
    }
    .into_any()
}

/// One device's bar; its time is also a number.
fn bar(lab: Lab, kind: DeviceKind, ms: Signal<Option<f64>>) -> AnyView {
    let is_now = move || lab.place(|d| d.as_ref().is_some_and(|d| d.kind == kind));
    let name = move || match lab.device.get() {
        Some(device) if device.kind == kind => device.name,
        _ if kind == DeviceKind::Cpu => "CPU (SIMD)".to_string(),
        _ => "GPU".to_string(),
    };
    let share = move || {
        let costs = lab.costs.get();
        let most = costs.cpu_ms.unwrap_or(0.0).max(costs.gpu_ms.unwrap_or(0.0));
        format!("{}%", ms.get().map_or(0.0, |ms| if most > 0.0 { ms / most * 100.0 } else { 0.0 }))
    };
    view! {
        <div class="pair">
            <dt class="who" class:on=is_now title=name>{name}</dt>
            <dd class="track">
                <span class="fill" class:now=is_now class:gone=move || ms.get().is_none() style=("--v", share)></span>
                <span class="small" class:gone=move || ms.get().is_some()>"not measured"</span>
            </dd>
            <dd>{live(move || ms.get().map_or_else(|| "–".to_string(), |ms| format!("{} ms", brief(ms))))}</dd>
        </div>
    }
    .into_any()
}

/// What the two numbers say, in one line.
fn sentence(lab: Lab, costs: Costs) -> String {
    match (costs.cpu_ms, costs.gpu_ms) {
        (Some(cpu), Some(gpu)) => {
            let factor = if cpu < gpu { gpu / cpu } else { cpu / gpu };
            let quicker = if cpu < gpu { "CPU" } else { "GPU" };
            let why = if cpu < gpu {
                "Starting the work on the GPU takes longer than doing it."
            } else {
                "Most of the work need not wait for the rest, so many lanes share it."
            };
            format!(
                "This network: CPU {} ms a step, GPU {} ms. The {quicker} is {} times as fast. {why}",
                brief(cpu),
                brief(gpu),
                brief(factor)
            )
        }
        (Some(cpu), None) if lab.place(|d| d.as_ref().is_some_and(|d| !d.has_gpu)) => {
            format!("This network: CPU {} ms a step. There is no GPU to measure in this browser.", brief(cpu))
        }
        (Some(cpu), None) => format!("This network: CPU {} ms a step. The GPU is being measured.", brief(cpu)),
        (None, Some(gpu)) => format!("This network: GPU {} ms a step. The CPU is being measured.", brief(gpu)),
        (None, None) => {
            "While the network trains, this page times a step on your CPU and, if there is one, on your GPU, and shows which is faster."
                .into()
        }
    }
}

/// The network that turns the result around.
fn offer(lab: Lab, costs: Costs) -> Option<AnyView> {
    let is_cpu_quicker = costs.cpu_ms? < costs.gpu_ms.unwrap_or(f64::INFINITY);
    let (text, preset) = if is_cpu_quicker { ("Try the wide one", "wide") } else { ("Try a small one", "spiral") };
    costs.gpu_ms?;
    let adopt = move |_| edit::adopt_preset(lab, preset);
    Some(view! { <button class="btn edge small-btn" data-testid="try-other" on:click=adopt>{text}</button> }.into_any())
}
