//! `/?w=bench&case=CASE&backend=webgpu|cpu&budget=MS[&steps=N]`: sends one command and writes the
//! answer where a program can read it.

use crate::border::Client;
use crate::state::Phase;
use crate::state::address::query;
use descent_protocol::{Addressed, Command, Event, NoticeKind, RunId};
use descent_spec::number;
use leptos::prelude::*;

/// The benchmark page.
#[component]
pub(crate) fn Bench() -> impl IntoView {
    let (result, has_failed) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let client = Client::start(move |event| match event.message {
        Event::Bench { json } => result.set(Some(json)),
        // Another worker does not know of the benchmark.
        Event::Failed { text } | Event::Notice { kind: NoticeKind::WorkerRestarted, text } => {
            has_failed.set(true);
            result.set(Some(failure(&text)));
        }
        _ => {}
    });
    client.send(Addressed { run: RunId::default(), message: command() });
    // The worker lives as long as this page.
    StoredValue::new_local(client);
    let status = move || match (result.with(Option::is_some), has_failed.get()) {
        (false, _) => "Measuring …",
        (true, false) => "Done.",
        (true, true) => "Failed.",
    };
    let state = move || match (result.with(Option::is_some), has_failed.get()) {
        (false, _) => Phase::Training.id(),
        (true, false) => Phase::Paused.id(),
        (true, true) => Phase::Failed.id(),
    };
    let script = |json: String| view! { <script type="application/json" id="bench-result" prop:textContent=json></script> };
    view! {
        <main class="bench">
            <h1>"Benchmark"</h1>
            <p role="status" data-testid="status" data-state=state prop:textContent=status></p>
            <pre tabindex="0" aria-label="Result" prop:textContent=move || result.get().unwrap_or_default()></pre>
            {move || result.get().map(script)}
        </main>
    }
}

/// What the address asks to be measured.
fn command() -> Command {
    let text = |name: &str, default: &str| query(name).unwrap_or_else(|| default.into());
    Command::Bench {
        case: text("case", "toy-mlp"),
        backend: text("backend", "cpu"),
        budget_ms: number::parse(&text("budget", "1000")).unwrap_or(1000.0),
        steps: query("steps").and_then(|steps| steps.parse().ok()),
    }
}

/// A failure as the JSON object that the reader of this page expects.
fn failure(text: &str) -> String {
    serde_json::json!({ "status": "error", "error": text }).to_string()
}
