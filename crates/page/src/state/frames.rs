//! When the next picture is asked for.
//!
//! The worker sends a picture only when it is asked to, and the page asks once the last one is
//! drawn: a slow page gets fewer.

use super::{Lab, Phase};
use crate::clock::now_ms;
use descent_protocol::{Command, FRAME_MS};
use leptos::prelude::*;
use std::time::Duration;

/// The shortest time between two pictures for visitors who asked for less motion: at most two a
/// second.
const EVERY_REDUCED_MS: f64 = 500.0;

impl Lab {
    /// Asks for the next picture unless it is already asked for.
    pub(crate) fn want_frame(self) {
        if !self.is_awaiting_frame.get_value() {
            self.is_awaiting_frame.set_value(true);
            self.send(Command::WantFrame);
        }
    }

    /// Asks for a picture, whatever was asked for before.
    pub(super) fn ask_again(self) {
        self.is_awaiting_frame.set_value(false);
        self.want_frame();
    }

    /// Takes note that a picture came, and asks for the next once this one is drawn.
    pub(super) fn frame_came(self) {
        self.is_awaiting_frame.set_value(false);
        request_animation_frame(move || {
            // The lab may be gone by now.
            let Some(last_ms) = self.last_frame_ms.try_get_value() else { return };
            let now_ms = now_ms();
            let every_ms = if is_motion_reduced() { EVERY_REDUCED_MS } else { FRAME_MS };
            let wait_ms = (every_ms - (now_ms - last_ms)).clamp(0.0, every_ms);
            self.last_frame_ms.set_value(now_ms + wait_ms);
            let next = move || {
                if self.run.phase.get_untracked() == Phase::Training {
                    self.want_frame();
                }
            };
            self.frame_timer.set_value(set_timeout_with_handle(next, Duration::from_millis(wait_ms as u64)).ok());
        });
    }
}

/// Whether the visitor has asked for less motion.
fn is_motion_reduced() -> bool {
    window().match_media("(prefers-reduced-motion: reduce)").ok().flatten().is_some_and(|query| query.matches())
}
