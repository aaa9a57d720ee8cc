//! The page: header, transport, the three panels, and which of its views the address asks for.

use super::bench::Bench;
use super::choices;
use super::controls::Segmented;
use super::data_panel::DataPanel;
use super::decision_map::DecisionMap;
use super::format;
use super::icons;
use super::intro::Intro;
use super::lab::{Lab, lab};
use super::links;
use super::live::live;
use super::model_panel::ModelPanel;
use super::notices::Notices;
use super::reports::PageState;
use super::result_panel::ResultPanel;
use super::transport::Transport;
use crate::experiment::Level;
use leptos::prelude::*;
use std::time::Duration;

/// Draws the page into the document and starts its worker.
pub fn mount() {
    leptos::mount::mount_to_body(|| match links::query("w").as_deref() {
        Some("bench") => view! { <Bench /> }.into_any(),
        widget => {
            let lab = Lab::new();
            provide_context(lab);
            lab.start();
            let _ = window_event_listener(leptos::ev::hashchange, move |_| lab.follow_link());
            match widget {
                Some("decision-map") => view! { <MapWidget /> }.into_any(),
                _ => view! { <Page /> }.into_any(),
            }
        }
    });
}

/// The playground.
#[component]
fn Page() -> impl IntoView {
    let lab = lab();
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            // An attribute of the root; its name is well-formed.
            let _ = root.set_attribute("data-level", lab.level().id());
        }
    });
    #[cfg(feature = "faults")]
    let hooks = view! { <super::faults::Faults /> };
    #[cfg(not(feature = "faults"))]
    let hooks = ();
    view! {
        <div class="page">
            <Skip to="#play, #pause" text="Skip to the controls" />
            <Skip to="#result" text="Skip to the result" />
            <Header lab=lab />
            <Intro />
            <Transport />
            <Notices />
            {hooks}
            <main class="lab"><DataPanel /><ModelPanel /><ResultPanel /></main>
            <footer class="foot small">
                <span>"Descent trains neural networks in this tab: Rust compiled to WebAssembly, WGSL kernels on your GPU. Nothing you draw, drop or train leaves it."</span>
                <span>"The sets of points and the way of drawing a network follow TensorFlow Playground (Apache-2.0)."</span>
            </footer>
            <Announcer lab=lab />
        </div>
    }
    .into_any()
}

/// A link to a place of the page. Not an address: the part behind # is the experiment.
#[component]
fn Skip(to: &'static str, text: &'static str) -> impl IntoView {
    let go = move |_| {
        if let Ok(Some(element)) = document().query_selector(to) {
            use wasm_bindgen::JsCast;
            if let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() {
                // Refused only where it is not shown.
                let _ = element.focus();
            }
        }
    };
    view! { <button class="skip" on:click=go>{text}</button> }.into_any()
}

/// Name, level of detail, link and theme.
#[component]
fn Header(lab: Lab) -> impl IntoView {
    let level = Signal::derive(move || lab.level().id());
    let set_level = move |id: &str| {
        if let Some(level) = Level::from_id(id) {
            lab.change(|e| e.level = level)
        }
    };
    view! {
        <header class="head">
            <a class="brand" href="./">{icons::brand()}"Descent"</a>
            <span class="tag">"Train a neural network here, on your own machine"</span>
            <div class="right">
                <div class="detail"><Segmented id="level" label="How much to show" options=choices::levels() value=level on_choose=Callback::new(set_level) /></div>
                <ShareButton lab=lab />
                <ThemeButton />
            </div>
        </header>
    }
    .into_any()
}

/// Copies the link of this experiment.
#[component]
fn ShareButton(lab: Lab) -> impl IntoView {
    let said = RwSignal::new("Copy link");
    let copy = move |_| {
        links::write(&lab.experiment.get_untracked());
        leptos::task::spawn_local(async move {
            said.set(if links::copy().await { "Copied" } else { "See address" });
            set_timeout(move || said.set("Copy link"), Duration::from_secs(3));
        });
    };
    view! {
        <button class="btn share" id="share" data-testid="share" title="Copy a link to this experiment; it is also in the address" on:click=copy>
            {icons::share()}<span role="status">{live(move || said.get())}</span>
        </button>
    }
    .into_any()
}

/// The system's colours, light, dark or high contrast.
#[component]
fn ThemeButton() -> impl IntoView {
    const THEMES: [&str; 4] = ["system", "light", "dark", "contrast"];
    let store = || window().local_storage().ok().flatten();
    let stored = store().and_then(|s| s.get_item("theme").ok().flatten());
    let theme = RwSignal::new(THEMES.iter().position(|&t| Some(t) == stored.as_deref()).unwrap_or(0));
    Effect::new(move |_| {
        let name = THEMES[theme.get()];
        if let Some(root) = document().document_element() {
            // Attributes with well-formed names.
            let _ = if name == "system" { root.remove_attribute("data-theme") } else { root.set_attribute("data-theme", name) };
        }
        if let Some(store) = store() {
            // A full or forbidden store costs the choice at the next visit, nothing else.
            let _ = store.set_item("theme", name);
        }
    });
    let label = move || format!("Theme: {}", THEMES[theme.get()]);
    view! {
        <button class="btn icon" id="theme" data-testid="theme" aria-label=label title=label on:click=move |_| theme.update(|t| *t = (*t + 1) % THEMES.len())>{icons::theme()}</button>
    }
    .into_any()
}

/// Reads progress out, at most every ten seconds.
#[component]
fn Announcer(lab: Lab) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let speak = move || {
        if lab.state.get_untracked() != PageState::Training {
            return;
        }
        let said = lab.metrics.with_untracked(|m| {
            let loss = m.test_loss.map_or_else(String::new, |(loss, _)| format!(", test loss {}", format::loss(loss)));
            let accuracy = m.test_accuracy.map_or_else(String::new, |(a, _)| format!(", {} % right", format::fixed(a * 100.0, 1)));
            format!("Step {}{loss}{accuracy}", format::thousands(m.step))
        });
        text.set(said);
    };
    // Fails only where there are no timers, and then nothing trains either.
    let _ = set_interval_with_handle(speak, Duration::from_secs(10));
    view! { <p class="hidden-text" aria-live="polite">{live(move || text.get())}</p> }.into_any()
}

/// The decision map alone, for other pages.
#[component]
fn MapWidget() -> impl IntoView {
    view! {
        <main class="map-widget">
            <Transport />
            <Notices />
            <DecisionMap />
        </main>
    }
    .into_any()
}
