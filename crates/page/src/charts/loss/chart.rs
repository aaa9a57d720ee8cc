//! What the parts of the chart share, and what a visitor does with its cursor.

use super::lookup::{nearest, neighbour};
use super::scale::Scale;
use crate::state::Run;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

/// What the parts of the chart share.
#[derive(Clone, Copy)]
pub(super) struct Chart {
    pub(super) run: Run,
    pub(super) width: Signal<f64>,
    pub(super) scale: Memo<Scale>,
    /// The step under the pointer.
    pub(super) cursor: RwSignal<Option<u64>>,
    /// Whether the numbers are shown as a table.
    pub(super) is_table: RwSignal<bool>,
}

impl Chart {
    /// The pointer marks the step nearest to it.
    pub(super) fn point(self, event: &PointerEvent) {
        let step = self.scale.get_untracked().step_at(f64::from(event.offset_x()));
        self.cursor.set(self.run.history.with_untracked(|history| nearest(history, step)));
    }

    /// Arrow keys move the cursor from value to value, Escape takes it away.
    pub(super) fn press(self, event: &KeyboardEvent) {
        let by = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            "Escape" => return self.cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        let now = self.cursor.get_untracked();
        self.cursor.set(self.run.history.with_untracked(|history| neighbour(history, now, by)));
    }
}
