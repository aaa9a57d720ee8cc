//! The benchmark, at the page's demand.

use super::port::{self, Inbox};
use descent::exec::gpu;
use descent::train::bench::{self, Host, Report, Settings};
use descent::train::clock;
use descent_protocol::Event;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;

/// The most that an address may ask for.
const MAX_BUDGET_MS: f64 = 300_000.0;

/// Measures a case and sends the report. The page waits meanwhile.
pub(super) async fn answer(inbox: &Inbox, case: &str, backend: &str, budget_ms: f64, steps: Option<u32>) {
    let settings = Settings { budget_ms: budget_ms.clamp(1.0, MAX_BUDGET_MS), max_steps: steps.map(u64::from) };
    let device = match backend {
        "webgpu" => gpu::Device::request().await.map(Some).map_err(|error| error.to_string()),
        "cpu" | "wasm" => Ok(None),
        _ => Err(format!("no such backend as {backend}; there are webgpu and cpu")),
    };
    let report = match device {
        Ok(device) => {
            let breathe = async || {
                port::post_alive();
                inbox.breathe().await;
            };
            bench::run(case, device.as_ref(), settings, Host { clock: clock::now_ms, breathe }).await
        }
        Err(why) => Report::unsupported(case, why),
    };
    port::post(&Event::Bench { json: json(&report) });
}

/// The report as one JSON object, by the browser: a formatter of numbers of our own would be 20 KB to download.
fn json(report: &Report) -> String {
    let value = report.serialize(&Serializer::json_compatible()).expect("a report is numbers and texts");
    js_sys::JSON::stringify(&value).expect("a report has no cycle").into()
}
