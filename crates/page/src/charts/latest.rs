//! The latest samples and answers of a run whose samples are images. All of it is followed.

use super::images::class_name;
use crate::state::Run;
use descent_protocol::{Images, Picture, Samples, ShownImages};
use leptos::prelude::*;

/// Reads the images that are shown; `None` where there are none.
pub(crate) fn with_shown<T>(run: Run, read: impl FnOnce(&ShownImages) -> T) -> Option<T> {
    match run.samples.get().as_deref() {
        Some(Samples::Images(shown)) => Some(read(shown)),
        _ => None,
    }
}

/// Reads what the network answers to them; `None` before the first answers have come.
pub(crate) fn with_answers<T>(run: Run, read: impl FnOnce(&Images) -> T) -> Option<T> {
    let frame = run.scene.with(|scene| scene.frame.clone())?;
    match &frame.picture {
        Picture::Images(images) => Some(read(images)),
        Picture::Maps(_) => None,
    }
}

/// What a class is called.
pub(crate) fn name_of(run: Run, class: usize) -> String {
    with_shown(run, |shown| class_name(shown, class)).unwrap_or_default()
}

/// How many classes there are.
pub(crate) fn class_count(run: Run) -> usize {
    with_shown(run, |shown| shown.classes.len()).unwrap_or_default()
}
