//! Views that stand alone, for pages that embed them and for programs (`/?w=NAME`).

mod bench;
mod decision_map;

use bench::Bench;
use decision_map::DecisionMapWidget;
use leptos::prelude::*;

type Make = fn() -> AnyView;

/// Every widget: its name and how it is made.
const WIDGETS: [(&str, Make); 2] =
    [("bench", || view! { <Bench /> }.into_any()), ("decision-map", || view! { <DecisionMapWidget /> }.into_any())];

/// The widget of a name. If there is none, says so and lists those that there are.
#[component]
pub(crate) fn Widget(name: String) -> impl IntoView {
    match WIDGETS.iter().find(|(known, _)| *known == name) {
        Some((_, make)) => make(),
        None => view! { <Unknown name /> }.into_any(),
    }
}

#[component]
fn Unknown(name: String) -> impl IntoView {
    let link = |(name, _)| view! { <li><a href=format!("?w={name}")>{name}</a></li> };
    view! {
        <main class="unknown-widget" data-testid="unknown-widget">
            <p>{format!("There is no widget called “{name}”. There are:")}</p>
            <ul>
                <li><a href="./">"playground"</a></li>
                {WIDGETS.map(link).collect_view()}
            </ul>
        </main>
    }
}
