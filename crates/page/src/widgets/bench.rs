//! The benchmark page: sends one command and writes the answer where a program can read it.

use super::element::{El, html};
use super::links;
use super::watched::Watched;
use crate::client::Client;
use descent_protocol::{Command, Event};
use descent_spec::number;

/// `/?w=bench&case=CASE&backend=webgpu|cpu&budget=MS[&steps=N]`
pub(crate) fn bench() -> El {
    let result = Watched::new(None::<String>);
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
            budget_ms: number::parse(&text("budget", "1000")).unwrap_or(1000.0),
            steps: links::query("steps").and_then(|steps| steps.parse().ok()),
        },
        Vec::new(),
    );
    let status = move || if result.with(Option::is_some) { "Done.".into() } else { "Measuring …".into() };
    let script = |json: String| html("script").set("type", "application/json").set("id", "bench-result").text(&json);
    html("main")
        .class("bench")
        .child(html("h1").text("Benchmark"))
        .child(html("p").set("role", "status").text_from(status))
        .child(html("pre").set("tabindex", "0").set("aria-label", "Result").text_from(move || result.get().unwrap_or_default()))
        .parts(move || result.get().map(script).into_iter().collect())
}

/// A failure as the JSON object that the reader of this page expects.
fn failure(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ");
    format!("{{\"status\":\"error\",\"error\":\"{escaped}\"}}")
}
