//! What the parts of the picture share: its layout, its latest maps, and what is rested on.

use super::layout::Layout;
use super::subject::Subject;
use crate::state::{Lab, Scene};
use descent_protocol::{Maps, Picture};
use leptos::prelude::*;

/// What the parts of the picture share.
#[derive(Clone, Copy)]
pub(super) struct Net {
    pub(super) lab: Lab,
    /// Where the elements of the picture stand. It changes only with the network or the width, so
    /// that elements are not asked about each frame.
    pub(super) layout: Memo<Layout>,
    /// What the pointer or the keyboard rests on, if that is drawn.
    pub(super) subject: Memo<Option<Subject>>,
    set_subject: WriteSignal<Option<Subject>>,
    width: Signal<f64>,
}

impl Net {
    pub(super) fn new(lab: Lab, width: Signal<f64>) -> Self {
        let layout = Memo::new(move |_| lab.run.built(|built| Layout::of(built, width.get())).unwrap_or_default());
        let (wanted, set_subject) = signal(None::<Subject>);
        let subject = Memo::new(move |_| wanted.get().filter(|subject| layout.with(|layout| subject.is_in(layout))));
        Self { lab, layout, subject, set_subject, width }
    }

    /// The pointer or the keyboard rests on something, or on nothing.
    pub(super) fn rest_on(self, subject: Option<Subject>) {
        self.set_subject.set(subject);
    }

    /// Reads the latest maps with the layout of the network they are of. Both come from one scene,
    /// which is followed. `None` before the first maps have come.
    pub(super) fn with_maps<T>(self, read: impl FnOnce(&Maps, &Layout) -> T) -> Option<T> {
        let Scene { built, frame } = self.lab.run.scene.get();
        match (built, frame.as_deref().map(|frame| &frame.picture)) {
            (Some(built), Some(Picture::Maps(maps))) => Some(read(maps, &Layout::of(&built, self.width.get()))),
            _ => None,
        }
    }
}
