//! What a step costs on each device, measured here: the point of the page.

use super::edit;
use super::element::{El, distinct, html};
use super::format::{brief, percent, rate, thousands};
use super::lab::{Lab, lab};
use super::reports::Costs;
use descent_protocol::{DeviceKind, Metrics};
use descent_spec::Experiment;
use descent_spec::number::shortest;

/// Two bars on one scale, the rates, and what they mean.
pub(crate) fn measured_costs() -> El {
    let lab = lab();
    let plain = move |kind: DeviceKind| cost(lab, kind).map_or_else(String::new, shortest);
    let how = move || match lab.costs.get().steps {
        0 => "measured in the background after Play".into(),
        1 => "measured over one step".into(),
        steps => format!("measured over {} steps", thousands(u64::from(steps))),
    };
    let rates = html("p")
        .class("rate")
        .child(a_second(lab, "Steps/s ", "steps-per-second", |m| m.steps_per_second))
        .child(a_second(lab, "Samples/s ", "samples-per-second", |m| m.samples_per_second))
        .child(html("span").class("how").text_from(how));
    let bars = html("dl").class("bars").child(bar(lab, DeviceKind::Cpu)).child(bar(lab, DeviceKind::Gpu));
    let other = distinct(move || lab.experiment.with(|experiment| other_network(lab.costs.get(), experiment)));
    let offer = move || match other.get() {
        "" => Vec::new(),
        preset => vec![offer(lab, preset)],
    };
    let said = html("div").class("said").child(html("p").class("small").text_from(move || sentence(lab, lab.costs.get()))).parts(offer);
    html("section")
        .class("measured")
        .set("aria-labelledby", "h-costs")
        .named("device-costs")
        .set_from("data-cpu-ms", move || plain(DeviceKind::Cpu))
        .set_from("data-gpu-ms", move || plain(DeviceKind::Gpu))
        .child(html("h3").set("id", "h-costs").text("One training step, timed on this machine"))
        .child(html("div").class("measured-left").child(bars).child(rates))
        .child(said)
}

/// Milliseconds a step, where they are known.
fn cost(lab: Lab, kind: DeviceKind) -> Option<f64> {
    let costs = lab.costs.get();
    match kind {
        DeviceKind::Cpu => costs.cpu_ms,
        DeviceKind::Gpu => costs.gpu_ms,
    }
}

/// How many of something the run does in a second.
fn a_second(lab: Lab, name: &str, id: &str, of: fn(&Metrics) -> f64) -> El {
    let text = move || {
        let value = lab.metrics.with(of);
        if value > 0.0 { rate(value) } else { "–".to_string() }
    };
    let number = html("b")
        .named(id)
        .set_from("data-value", move || shortest(lab.metrics.with(of)))
        .set_from("data-step", move || lab.metrics.with(|m| m.step.to_string()))
        .text_from(text);
    html("span").text(name).child(number)
}

/// One device's bar; its time is also a number.
fn bar(lab: Lab, kind: DeviceKind) -> El {
    let is_now = move || lab.device.with(|d| d.as_ref().is_some_and(|d| d.kind == kind));
    let name = move || {
        lab.device.with(|d| match d {
            Some(device) if device.kind == kind => device.name.clone(),
            _ if kind == DeviceKind::Cpu => "CPU (SIMD)".to_string(),
            _ => "GPU".to_string(),
        })
    };
    let share = move || {
        let costs = lab.costs.get();
        let most = costs.cpu_ms.unwrap_or(0.0).max(costs.gpu_ms.unwrap_or(0.0));
        percent(cost(lab, kind).map_or(0.0, |ms| if most > 0.0 { ms / most } else { 0.0 }))
    };
    let time = move || cost(lab, kind).map_or_else(|| "–".to_string(), |ms| format!("{} ms", brief(ms)));
    let fill =
        html("span").class("fill").class_if("now", is_now).class_if("gone", move || cost(lab, kind).is_none()).style_from("--v", share);
    let nothing = html("span").class("small").class_if("gone", move || cost(lab, kind).is_some()).text("not measured");
    html("div")
        .class("pair")
        .child(html("dt").class("who").class_if("on", is_now).set_from("title", name).text_from(name))
        .child(html("dd").class("track").child(fill).child(nothing))
        .child(html("dd").text_from(time))
}

/// What the two numbers say, in one line.
fn sentence(lab: Lab, costs: Costs) -> String {
    match (costs.cpu_ms, costs.gpu_ms) {
        (Some(cpu), Some(gpu)) => {
            let factor = if cpu < gpu { gpu / cpu } else { cpu / gpu };
            let quicker = if cpu < gpu { "CPU" } else { "GPU" };
            let is_small = !edit::is_wide(&lab.experiment.get());
            let why = match cpu < gpu {
                true if is_small => "Starting the work on the GPU takes longer than doing it.",
                true if costs.is_emulated => "This browser's GPU is emulated on the CPU, so it has no more lanes to share the work.",
                true => "This GPU has too few lanes to gain from sharing the work.",
                false => "Most of the work need not wait for the rest, so many lanes share it.",
            };
            format!(
                "This network: CPU {} ms a step, GPU {} ms. The {quicker} is {} times as fast. {why}",
                brief(cpu),
                brief(gpu),
                brief(factor)
            )
        }
        (Some(cpu), None) if lab.device.with(|d| d.as_ref().is_some_and(|d| !d.has_gpu)) => {
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

/// The preset with a network that may turn the result around, if there is a result and another network.
fn other_network(costs: Costs, experiment: &Experiment) -> &'static str {
    match (costs.cpu_ms, costs.gpu_ms) {
        (Some(cpu), Some(gpu)) if cpu < gpu && !edit::is_wide(experiment) => "wide",
        (Some(cpu), Some(gpu)) if cpu >= gpu => "spiral",
        _ => "",
    }
}

/// Takes that network.
fn offer(lab: Lab, preset: &'static str) -> El {
    let text = if preset == "wide" { "Try the wide one" } else { "Try a small one" };
    html("button").class("btn edge small-btn").test_id("try-other").on_click(move || edit::adopt_preset(lab, preset)).text(text)
}
