//! The files that a visitor brings: dropped anywhere on the page or chosen in the Data panel.

use crate::state::Lab;
use crate::state::saved_run::is_saved_run;
use leptos::html::Input;
use leptos::prelude::*;
use web_sys::{File, FileList};

/// What the parts of a page share of its files. A page without a Data panel has none in its
/// context.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    lab: Lab,
    /// The file input of the Data panel.
    pub(crate) input: NodeRef<Input>,
    /// Whether files are held over the place for them.
    pub(crate) is_over: RwSignal<bool>,
    /// Whether files of a data set were brought.
    pub(crate) were_given: RwSignal<bool>,
}

impl Files {
    /// Takes what is dropped on the page, as long as the present owner lives. The whole page takes
    /// it: a file that missed its place would replace the page.
    pub(crate) fn of_page(lab: Lab) -> Self {
        let files = Self { lab, input: NodeRef::new(), is_over: RwSignal::new(false), were_given: RwSignal::new(false) };
        let drops = window_event_listener(leptos::ev::drop, move |event| {
            event.prevent_default();
            files.is_over.set(false);
            files.take(event.data_transfer().and_then(|data| data.files()));
        });
        let drags = window_event_listener(leptos::ev::dragover, |event| event.prevent_default());
        on_cleanup(move || {
            drops.remove();
            drags.remove();
        });
        files
    }

    /// Opens the browser's file picker.
    pub(crate) fn choose(self) {
        if let Some(input) = self.input.get_untracked() {
            input.click();
        }
    }

    /// Saved runs are opened; all else is taken for the files of a data set, which come first, as
    /// a run may need them.
    pub(crate) fn take(self, list: Option<FileList>) {
        let list: Vec<File> = list.map(|list| (0..list.length()).filter_map(|i| list.get(i)).collect()).unwrap_or_default();
        let (runs, data): (Vec<File>, Vec<File>) = list.into_iter().partition(|file| is_saved_run(&file.name()));
        if !data.is_empty() {
            self.were_given.set(true);
            self.lab.send_files(data);
        }
        self.lab.open_runs(runs);
    }
}
