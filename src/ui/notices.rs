//! Messages in full-width strips under the transport: the fact, the reason, at most two actions.

use super::format;
use super::icons;
use super::lab::{Lab, lab};
use super::live::live;
use super::reports::Notice;
use crate::worker::protocol::NoticeKind;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// All of them, the newest last.
#[component]
pub(super) fn Notices() -> impl IntoView {
    let lab = lab();
    view! { <div class="notices">{live(move || lab.notices.get().into_iter().map(|notice| strip(lab, notice)).collect_view())}</div> }
        .into_any()
}

fn id(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::NoWebgpu => "no-webgpu",
        NoticeKind::DeviceLost => "device-lost",
        NoticeKind::WorkerRestarted => "worker-restarted",
        NoticeKind::Diverged => "diverged",
        NoticeKind::File => "file",
        NoticeKind::Link => "link",
        NoticeKind::Experiment => "experiment",
    }
}

fn strip(lab: Lab, notice: Notice) -> AnyView {
    let Notice { kind, text } = notice;
    let is_trouble = matches!(kind, NoticeKind::Diverged | NoticeKind::File | NoticeKind::Link | NoticeKind::Experiment);
    // The fact is bold; the reason and the remedy follow it.
    let (fact, rest) = match text.find(". ") {
        Some(end) => (text[..=end].to_string(), text[end + 1..].to_string()),
        None => (text, String::new()),
    };
    let remedy = match kind {
        NoticeKind::Diverged => Some(start_lower(lab)),
        NoticeKind::File => Some(choose_files()),
        _ => None,
    };
    view! {
        <div class="notice" class:trouble=is_trouble role=if is_trouble { "alert" } else { "status" } data-testid="notice" data-kind=id(kind)>
            {if is_trouble { icons::trouble() } else { icons::information() }}
            <p><b>{fact}</b>{rest}</p>
            <div class="acts">
                {remedy}
                <button class="btn" data-testid="notice-hide" on:click=move |_| lab.dismiss(kind)>"Hide"</button>
            </div>
        </div>
    }
    .into_any()
}

/// A third of the learning rate, to one significant digit.
fn lower(learning_rate: f64) -> f64 {
    let third = learning_rate / 3.0;
    let unit = 10f64.powf(third.log10().floor());
    let rounded = (third / unit).round() * unit;
    // Through its text, so that 0.3 is not 0.30000000000000004.
    format!("{rounded:.6}").parse().unwrap_or(rounded)
}

/// Starts again with a lower learning rate.
fn start_lower(lab: Lab) -> AnyView {
    let rate = lower(lab.experiment.with_untracked(|e| e.learning_rate));
    view! {
        <button class="btn edge" data-testid="start-lower" on:click=move |_| lab.start_lower(rate)>"Start again with "{format::setting(rate)}</button>
    }
    .into_any()
}

/// Opens the file picker of the Data panel.
fn choose_files() -> AnyView {
    let pick = move |_| {
        if let Some(input) = document().get_element_by_id("files") {
            input.unchecked_into::<web_sys::HtmlElement>().click();
        }
    };
    view! { <button class="btn edge" on:click=pick>"Choose files"</button> }.into_any()
}
