//! The benchmark page: sends one command and writes the answer where a program can read it.

use super::links;
use super::live::live;
use crate::worker::client::Client;
use crate::worker::protocol::{Command, Event};
use leptos::prelude::*;

/// `/?w=bench&case=CASE&backend=webgpu|cpu&budget=MS[&steps=N]`
#[component]
pub(super) fn Bench() -> impl IntoView {
    let result = RwSignal::new(None::<String>);
    let text = |name: &str, default: &str| links::query(name).unwrap_or_else(|| default.to_string());
    let client = Client::start(move |event, _| match event {
        Event::Bench { json } => result.set(Some(json)),
        Event::Failed { text } | Event::Notice { text, .. } => result.set(Some(failure(&text))),
        _ => {}
    });
    client.send(
        Command::Bench {
            case: text("case", "toy-mlp"),
            backend: text("backend", "cpu"),
            budget_ms: text("budget", "1000").parse().unwrap_or(1000.0),
            steps: links::query("steps").and_then(|steps| steps.parse().ok()),
        },
        Vec::new(),
    );
    view! {
        <main class="bench">
            <h1>"Benchmark"</h1>
            <p role="status">{live(move || if result.with(Option::is_some) { "Done." } else { "Measuring …" })}</p>
            <pre tabindex="0" aria-label="Result">{live(move || result.get())}</pre>
            {live(move || result.get().map(|json| view! { <script type="application/json" id="bench-result">{json}</script> }))}
        </main>
    }
    .into_any()
}

/// A failure as the JSON object that the reader of this page expects.
fn failure(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ");
    format!("{{\"status\":\"error\",\"error\":\"{escaped}\"}}")
}
