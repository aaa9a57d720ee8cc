//! Messages in full-width strips under the transport: the fact, the reason, at most two actions.

use super::element::{El, follow, html};
use super::icons;
use super::lab::{Lab, lab};
use super::reports::{Notice, PageState};
use descent_protocol::NoticeKind;
use descent_spec::number;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// All of them, the newest last. One that stays is left where it is: an alert that is put in anew is read out again.
pub(crate) fn notices() -> El {
    let lab = lab();
    let strips = html("div").class("notices");
    let place = strips.element().clone();
    let mut shown: Vec<(Notice, El)> = Vec::new();
    follow(move || {
        let now = lab.notices.get();
        shown.retain(|(notice, strip)| {
            let stays = now.contains(notice);
            if !stays {
                strip.element().remove();
            }
            stays
        });
        for notice in now {
            if !shown.iter().any(|(other, _)| *other == notice) {
                let strip = strip(lab, &notice);
                place.append_child(strip.element()).expect("a new strip has no other place");
                shown.push((notice, strip));
            }
        }
    });
    strips
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

fn strip(lab: Lab, notice: &Notice) -> El {
    let Notice { kind, ref text, .. } = *notice;
    let is_trouble = match kind {
        NoticeKind::Diverged | NoticeKind::File | NoticeKind::Link | NoticeKind::Experiment => true,
        // Where the last of them failed, nothing was started again.
        NoticeKind::WorkerRestarted => lab.state.get_untracked() == PageState::Failed,
        NoticeKind::NoWebgpu | NoticeKind::DeviceLost => false,
    };
    // The fact is bold; the reason and the remedy follow it.
    let (fact, rest) = match text.find(". ") {
        Some(end) => text.split_at(end + 1),
        None => (text.as_str(), ""),
    };
    let remedy = match kind {
        NoticeKind::Diverged => Some(start_lower(lab)),
        NoticeKind::File => Some(choose_files()),
        _ => None,
    };
    let hide = html("button").class("btn").test_id("notice-hide").on_click(move || lab.dismiss(kind)).text("Hide");
    html("div")
        .class(if is_trouble { "notice trouble" } else { "notice" })
        .set("role", if is_trouble { "alert" } else { "status" })
        .test_id("notice")
        .set("data-kind", id(kind))
        .child(if is_trouble { icons::trouble() } else { icons::information() })
        .child(html("p").child(html("b").text(fact)).text(rest))
        .child(html("div").class("acts").children(remedy).child(hide))
}

/// A third of the learning rate, to one significant digit.
fn lower(learning_rate: f64) -> f64 {
    number::rounded(learning_rate / 3.0, 1)
}

/// Starts again with a lower learning rate.
fn start_lower(lab: Lab) -> El {
    let rate = lower(lab.experiment.with_untracked(|e| e.learning_rate));
    let name = format!("Start again with {}", number::shortest(rate));
    html("button").class("btn edge").test_id("start-lower").on_click(move || lab.start_lower(rate)).text(&name)
}

/// Opens the file picker of the Data panel.
fn choose_files() -> El {
    let pick = || {
        if let Some(input) = document().get_element_by_id("files") {
            input.unchecked_into::<web_sys::HtmlElement>().click();
        }
    };
    html("button").class("btn edge").on_click(pick).text("Choose files")
}
