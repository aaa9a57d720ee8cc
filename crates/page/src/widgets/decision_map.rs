//! `/?w=decision-map`: the map of the network's answers, with a transport.

use crate::charts::DecisionMap;
use crate::panels::Transport;
use crate::parts::Notices;
use crate::state::Lab;
use leptos::prelude::*;

/// The map alone, with a run of its own.
#[component]
pub(crate) fn DecisionMapWidget() -> impl IntoView {
    provide_context(Lab::begin());
    view! {
        <main class="map-widget">
            <Transport />
            <Notices />
            <DecisionMap />
        </main>
    }
}
