//! The benchmark, at the page's demand. Nothing else is done meanwhile.

use super::port::{self, Inbox};
use crate::core::Bench;
use descent::exec::gpu;
use descent::train::bench::{self, Host, Report, Settings};
use descent::train::clock;

/// The most that an address may ask for.
const MAX_BUDGET_MS: f64 = 300_000.0;

/// Measures a case.
pub(super) async fn measure(inbox: &Inbox, bench: &Bench) -> Report {
    let Bench { case, backend, budget_ms, steps } = bench;
    let settings = Settings { budget_ms: budget_ms.clamp(1.0, MAX_BUDGET_MS), max_steps: steps.map(u64::from) };
    let device = match backend.as_str() {
        "webgpu" => gpu::Device::request().await.map(Some).map_err(|error| error.to_string()),
        "cpu" | "wasm" => Ok(None),
        _ => Err(format!("no such backend as {backend}; there are webgpu and cpu")),
    };
    match device {
        Ok(device) => {
            let breathe = async || {
                port::post_alive();
                inbox.breathe().await;
            };
            bench::run(case, device.as_ref(), settings, Host { clock: clock::now_ms, breathe }).await
        }
        Err(why) => Report::unsupported(case, why),
    }
}
