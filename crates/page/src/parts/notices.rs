//! Messages in full-width strips under the transport: the fact, the reason, at most two actions.

use super::{Files, icons};
use crate::format::thousands;
use crate::state::{Lab, Notice, Phase, lab};
use descent_protocol::NoticeKind;
use descent_spec::number::shortest;
use leptos::prelude::*;

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
                {remedy(lab, kind)}
                <button class="btn" data-testid="notice-hide" on:click=move |_| lab.dismiss(kind)>"Hide"</button>
            </div>
        </div>
    }
}

/// What a visitor can do about it.
fn remedy(lab: Lab, kind: NoticeKind) -> Option<AnyView> {
    match kind {
        NoticeKind::Diverged => {
            let rate = lab.run.experiment.with_untracked(|experiment| experiment.lower_learning_rate());
            let name = format!("Start again with {}", shortest(rate));
            Some(
                view! { <button class="btn edge" data-testid="start-lower" on:click=move |_| lab.start_lower()>{name}</button> }.into_any(),
            )
        }
        NoticeKind::File => {
            let files = use_context::<Files>()?;
            Some(view! { <button class="btn edge" on:click=move |_| files.choose()>"Choose files"</button> }.into_any())
        }
        NoticeKind::KeptRun => {
            let name = format!("Resume at step {}", thousands(lab.kept_step()?));
            let buttons = view! {
                <button class="btn edge" data-testid="resume" on:click=move |_| lab.resume_kept()>{name}</button>
                <button class="btn edge" data-testid="forget" on:click=move |_| lab.forget_kept()>"Forget it"</button>
            };
            Some(buttons.into_any())
        }
        _ => None,
    }
}
