//! Messages in full-width strips under the transport: the fact, the reason, at most two actions.

use super::{Files, icons};
use crate::format::thousands;
use crate::state::{Lab, Notice, Phase, lab};
use descent_protocol::NoticeKind;
use descent_spec::number::shortest;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// All of them, the newest last. One that stays is left where it is: an alert that is put in anew
/// is read out again.
#[component]
pub(crate) fn Notices() -> impl IntoView {
    let lab = lab();
    view! {
        <div class="notices">
            <For each=move || lab.run.notices.get() key=|notice| notice.serial let:notice>
                <Strip notice />
            </For>
        </div>
    }
}

fn id(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::NoWebgpu => "no-webgpu",
        NoticeKind::DeviceLost => "device-lost",
        NoticeKind::WorkerRestarted => "worker-restarted",
        NoticeKind::Diverged => "diverged",
        NoticeKind::File => "file",
        NoticeKind::SavedRun => "saved-run",
        NoticeKind::KeptRun => "kept-run",
        NoticeKind::Link => "link",
        NoticeKind::Experiment => "experiment",
    }
}

/// Whether it tells of something that went wrong and stays so.
fn is_trouble(kind: NoticeKind, phase: Phase) -> bool {
    match kind {
        NoticeKind::Diverged | NoticeKind::File | NoticeKind::SavedRun | NoticeKind::Link | NoticeKind::Experiment => true,
        // Where the last of them failed, nothing was started again.
        NoticeKind::WorkerRestarted => phase == Phase::Failed,
        NoticeKind::NoWebgpu | NoticeKind::DeviceLost | NoticeKind::KeptRun => false,
    }
}

#[component]
fn Strip(notice: Notice) -> impl IntoView {
    let lab = lab();
    let Notice { kind, text, .. } = notice;
    let is_trouble = is_trouble(kind, lab.run.phase.get_untracked());
    // The fact is bold; the reason and the remedy follow it.
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    let (fact, rest) = (text[..end].to_string(), text[end..].to_string());
    view! {
        <div
            class=if is_trouble { "notice trouble" } else { "notice" }
            role=if is_trouble { "alert" } else { "status" }
            data-testid="notice"
            data-kind=id(kind)
        >
            {if is_trouble { icons::trouble() } else { icons::information() }}
            <p><b>{fact}</b>{rest}</p>
            <div class="acts">
                {acts(lab, kind).into_iter().map(button).collect_view()}
            </div>
        </div>
    }
}

/// Something that a visitor can do about a notice.
struct Act {
    name: String,
    test_id: &'static str,
    class: &'static str,
    run: Box<dyn Fn()>,
}

impl Act {
    fn new(name: impl Into<String>, test_id: &'static str, run: impl Fn() + 'static) -> Self {
        Self { name: name.into(), test_id, class: "btn edge", run: Box::new(run) }
    }
}

fn button(act: Act) -> impl IntoView {
    let Act { name, test_id, class, run } = act;
    let click = move |_| {
        run();
        // The strip is taken away after this.
        request_animation_frame(keep_focus);
    };
    view! { <button class=class data-testid=test_id on:click=click>{name}</button> }
}

/// Those who use the keyboard go on from the next notice, or from Play, where theirs has gone.
fn keep_focus() {
    if document().active_element().is_some_and(|element| element.tag_name() != "BODY") {
        return;
    }
    let next = ["[data-testid=notice-hide]", "#play, #pause"].iter().find_map(|path| document().query_selector(path).ok().flatten());
    if let Some(next) = next.as_ref().and_then(|next| next.dyn_ref::<web_sys::HtmlElement>()) {
        // Refused only where it is not shown.
        let _ = next.focus();
    }
}

/// What a visitor can do about it; in the end, hide it.
fn acts(lab: Lab, kind: NoticeKind) -> Vec<Act> {
    let mut acts = Vec::new();
    match kind {
        NoticeKind::Diverged => {
            let rate = lab.run.experiment.with_untracked(|experiment| experiment.lower_learning_rate());
            acts.push(Act::new(format!("Start again with {}", shortest(rate)), "start-lower", move || lab.start_lower()));
        }
        NoticeKind::File => {
            if let Some(files) = use_context::<Files>() {
                acts.push(Act::new("Choose files", "choose-files", move || files.choose()));
            }
        }
        NoticeKind::KeptRun => {
            if let Some(step) = lab.offered_step() {
                acts.push(Act::new(format!("Resume at step {}", thousands(step)), "resume", move || lab.resume_kept()));
                acts.push(Act::new("Forget it", "forget", move || lab.forget_kept()));
            }
        }
        _ => {}
    }
    acts.push(Act { class: "btn", ..Act::new("Hide", "notice-hide", move || lab.dismiss(kind)) });
    acts
}
