//! How views read what the page knows.

use super::lab::Lab;
use super::reports::{Built, Device, Frame, History, PageState, Samples};
use crate::experiment::Experiment;
use crate::worker::protocol::Metrics;
use leptos::prelude::Get;
use std::sync::Arc;

/// Readers of the signals. Each goes through one copy of what it reads: `with` would compile all of a signal's machinery into every reader, which
/// made up a tenth of the page's size.
macro_rules! reader {
    ($(#[$doc:meta])* $name:ident, $signal:ident, $value:ty) => {
        impl Lab {
            $(#[$doc])*
            pub(super) fn $name<T>(self, read: impl FnOnce(&$value) -> T) -> T {
                #[inline(never)]
                fn copy(lab: Lab) -> $value {
                    lab.$signal.get()
                }
                read(&copy(self))
            }
        }
    };
}

reader! {
    /// Reads the experiment.
    read, experiment, Experiment
}
reader! {
    /// Reads the run as it was built.
    run_of, built, Option<Arc<Built>>
}
reader! {
    /// Reads the last numbers.
    numbers, metrics, Metrics
}
reader! {
    /// Reads the losses so far.
    past, history, Arc<History>
}
reader! {
    /// Reads the state.
    doing, state, PageState
}
reader! {
    /// Reads where the run is computed.
    place, device, Option<Device>
}
reader! {
    /// Reads the samples that are drawn.
    shown, samples, Option<Arc<Samples>>
}
reader! {
    /// Reads the last pictures.
    pictures, frame, Option<Arc<Frame>>
}
