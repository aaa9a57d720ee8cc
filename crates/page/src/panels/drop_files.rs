//! Takes MNIST's files by drop or by the file picker, and says where they come from. A saved run that
//! is dropped is opened.

use crate::parts::FileInput;
use crate::state::saved_run::EXTENSION;
use crate::state::{Phase, lab};
use descent_spec::Dataset;
use leptos::prelude::*;
use web_sys::FileList;

/// What the file picker offers.
const ACCEPTED: &str = ".gz,.idx,.idx1-ubyte,.idx3-ubyte,application/gzip,application/octet-stream";

/// The place for files, and what is to be said about them.
#[component]
pub(super) fn DropFiles(dataset: Memo<Dataset>) -> impl IntoView {
    let lab = lab();
    let is_over = RwSignal::new(false);
    let were_given = RwSignal::new(false);
    let take = move |files: Option<FileList>| {
        let files: Vec<_> = files.map(|list| (0..list.length()).filter_map(|i| list.get(i)).collect()).unwrap_or_default();
        if let Some(run) = files.iter().find(|file| file.name().ends_with(EXTENSION)) {
            lab.open_run(run.clone());
        } else if !files.is_empty() {
            were_given.set(true);
            lab.send_files(files);
        }
    };
    // The whole page takes them: one that missed would leave it and show the file.
    let drops = window_event_listener(leptos::ev::drop, move |event| {
        event.prevent_default();
        is_over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    });
    let drags = window_event_listener(leptos::ev::dragover, |event| event.prevent_default());
    on_cleanup(move || {
        drops.remove();
        drags.remove();
    });
    let choose = move |event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        take(input.files());
        // An input that still holds a file says nothing when the same file is chosen again.
        input.set_value("");
    };
    let FileInput(input) = expect_context();
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
