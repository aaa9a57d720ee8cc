//! The place for MNIST's files, and where they come from.

use crate::parts::Files;
use crate::state::{Phase, lab};
use descent_spec::Dataset;
use leptos::prelude::*;

/// What the file picker offers.
const ACCEPTED: &str = ".gz,.idx,.idx1-ubyte,.idx3-ubyte,application/gzip,application/octet-stream";

/// The place for files, and what is to be said about them.
#[component]
pub(super) fn DropFiles(dataset: Memo<Dataset>) -> impl IntoView {
    let lab = lab();
    let files: Files = expect_context();
    let Files { input, is_over, were_given, .. } = files;
    let choose = move |event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        files.take(input.files());
        // An input that still holds a file says nothing when the same file is chosen again.
        input.set_value("");
    };
    let is_shown = move || dataset.get().is_from_files();
    // Files for a set that is not shown change nothing that can be seen, so the page says what to
    // do with them.
    let has_hint = move || were_given.get() && !is_shown();
    let has_source = move || is_shown() && lab.run.phase.get() == Phase::Failed;
    view! {
        <div class="drop-block" class=("lv-more", move || !is_shown())>
            <label
                class="drop"
                class:over=is_over
                on:dragenter=move |_| is_over.set(true)
                on:dragleave=move |_| is_over.set(false)
            >
                <input
                    node_ref=input
                    class="hidden-text"
                    type="file"
                    multiple
                    id="files"
                    data-testid="files"
                    accept=ACCEPTED
                    on:change=choose
                />
                <span>"Drop or choose the files of MNIST or Fashion-MNIST"</span>
            </label>
            <p class="small" class:gone=move || !has_hint()>"Choose MNIST or Fashion to train on what these files hold."</p>
            <p class="small" class:gone=move || !has_source()>
                <span prop:textContent=move || dataset.get().entry().source></span>
                " Whoever serves this page can put them beside it: "
                <code>"./play --data DIR"</code>
                "."
            </p>
        </div>
    }
}
