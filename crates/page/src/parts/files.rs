//! The page's one file input, which more than one part of it opens.

use leptos::html::Input;
use leptos::prelude::*;

/// The file input of the Data panel. Parts that have no such panel have none in their context.
#[derive(Clone, Copy)]
pub(crate) struct FileInput(pub(crate) NodeRef<Input>);

impl FileInput {
    /// Opens the browser's file picker.
    pub(crate) fn open(self) {
        if let Some(input) = self.0.get_untracked() {
            input.click();
        }
    }
}
