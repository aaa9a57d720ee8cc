//! The run as a file: saved to the visitor's disk, opened from there.

use crate::state::lab;
use crate::state::saved_run::EXTENSION;
use leptos::html::Input;
use leptos::prelude::*;

/// The two buttons.
#[component]
pub(super) fn RunFile() -> impl IntoView {
    let lab = lab();
    let input = NodeRef::<Input>::new();
    let open = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let choose = move |event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            lab.open_run(file);
        }
        // An input that still holds a file says nothing when the same file is chosen again.
        input.set_value("");
    };
    view! {
        <div class="run-file lv-more">
            <button
                class="btn edge"
                id="save-run"
                data-testid="save-run"
                title="The weights of the last saved step and all from which training goes on, as a safetensors file"
                disabled=move || !lab.has_saved()
                on:click=move |_| lab.save_run()
            >
                "Save run"
            </button>
            <button class="btn edge" id="open-run" data-testid="open-run" title="Goes on from a file that was saved here" on:click=open>
                "Open run"
            </button>
            <input
                node_ref=input
                class="gone"
                type="file"
                id="run-file"
                data-testid="run-file"
                accept=EXTENSION
                aria-label="Saved run"
                on:change=choose
            />
        </div>
    }
}
