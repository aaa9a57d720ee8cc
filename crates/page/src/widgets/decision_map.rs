//! `/?w=decision-map`: the map of the network's answers, with a transport.

use crate::charts::DecisionMap;
use crate::panels::{Status, Transport};
use crate::parts::Notices;
use crate::state::Lab;
use leptos::prelude::*;

/// The map alone, with a run of its own.
#[component]
pub(crate) fn DecisionMapWidget() -> impl IntoView {
    let lab = Lab::begin();
    provide_context(lab);
    view! {
        <main class="map-widget" data-testid="widget" data-widget="decision-map" data-state=move || lab.run.phase.get().id()>
            <Transport />
            <Status />
            <Notices />
            <DecisionMap />
        </main>
    }
}
