//! The page: header, transport, the three panels, and which of its views the address asks for.

use super::bench::bench;
use super::choices;
use super::controls::segmented;
use super::data_panel::data_panel;
use super::decision_map::decision_map;
use super::element::{El, follow, html, listen};
use super::format;
use super::icons;
use super::intro::intro;
use super::lab::Lab;
use super::links;
use super::model_panel::model_panel;
use super::notices::notices;
use super::reports::PageState;
use super::result_panel::result_panel;
use super::transport::transport;
use super::watched::Watched;
use descent_spec::Level;
use leptos::prelude::*;
use std::time::Duration;

/// Draws the page into the document and starts its worker.
pub fn mount() {
    leptos::mount::mount_to_body(|| {
        let view = links::query("w");
        let drawn = if view.as_deref() == Some("bench") { bench() } else { playground(view.as_deref() == Some("decision-map")) };
        document().body().expect("a page has a body").append_child(drawn.element()).expect("the body takes elements");
    });
}

/// The page, or its decision map alone for other pages.
fn playground(is_map: bool) -> El {
    let lab = Lab::new();
    provide_context(lab);
    lab.start();
    listen(&window(), "hashchange", Box::new(move |_| lab.follow_link()));
    if is_map { html("main").class("map-widget").child(transport()).child(notices()).child(decision_map()) } else { page(lab) }
}

/// The playground.
fn page(lab: Lab) -> El {
    follow(move || {
        if let Some(root) = document().document_element() {
            // An attribute of the root; its name is well-formed.
            let _ = root.set_attribute("data-level", lab.level().id());
        }
    });
    let page = html("div")
        .class("page")
        .child(skip("#play, #pause", "Skip to the controls"))
        .child(skip("#result", "Skip to the result"))
        .child(header(lab))
        .child(intro())
        .child(transport())
        .child(notices());
    #[cfg(feature = "faults")]
    let page = page.child(super::faults::faults());
    let foot = [
        "Descent trains neural networks in this tab: Rust compiled to WebAssembly, WGSL kernels on your GPU. Nothing you draw, drop or train leaves it.",
        "The sets of points and the way of drawing a network follow TensorFlow Playground (Apache-2.0).",
    ];
    page.child(html("main").class("lab").child(data_panel()).child(model_panel()).child(result_panel()))
        .child(html("footer").class("foot small").children(foot.map(|text| html("span").text(text))))
        .child(announcer(lab))
}

/// A link to a place of the page. Not an address: the part behind # is the experiment.
fn skip(to: &'static str, text: &str) -> El {
    let go = move || {
        if let Ok(Some(element)) = document().query_selector(to) {
            use wasm_bindgen::JsCast;
            if let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() {
                // Refused only where it is not shown.
                let _ = element.focus();
            }
        }
    };
    html("button").class("skip").text(text).on_click(go)
}

/// Name, level of detail, link and theme.
fn header(lab: Lab) -> El {
    let set_level = move |id: &str| {
        if let Some(level) = Level::from_id(id) {
            lab.change(|e| e.level = level)
        }
    };
    let level = segmented("level", "How much to show", choices::levels(), move || lab.level().id(), || None, set_level);
    html("header")
        .class("head")
        .child(html("a").class("brand").set("href", "./").child(icons::brand()).text("Descent"))
        .child(html("span").class("tag").text("Train a neural network here, on your own machine"))
        .child(html("div").class("right").child(html("div").class("detail").child(level)).child(share_button(lab)).child(theme_button()))
}

/// Copies the link of this experiment.
fn share_button(lab: Lab) -> El {
    let said = Watched::new("Copy link");
    let copy = move || {
        links::write(&lab.experiment.get_untracked());
        leptos::task::spawn_local(async move {
            said.set(if links::copy().await { "Copied" } else { "See address" });
            set_timeout(move || said.set("Copy link"), Duration::from_secs(3));
        });
    };
    html("button")
        .class("btn share")
        .named("share")
        .set("title", "Copy a link to this experiment; it is also in the address")
        .on_click(copy)
        .child(icons::share())
        .child(html("span").set("role", "status").text_from(move || said.get().to_string()))
}

/// The system's colours, light, dark or high contrast.
fn theme_button() -> El {
    const THEMES: [&str; 4] = ["system", "light", "dark", "contrast"];
    let store = || window().local_storage().ok().flatten();
    let stored = store().and_then(|s| s.get_item("theme").ok().flatten());
    let theme = Watched::new(THEMES.iter().position(|&t| Some(t) == stored.as_deref()).unwrap_or(0));
    follow(move || {
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
    html("button")
        .class("btn icon")
        .named("theme")
        .set_from("aria-label", label)
        .set_from("title", label)
        .on_click(move || theme.update(|t| *t = (*t + 1) % THEMES.len()))
        .child(icons::theme())
}

/// Reads progress out, at most every ten seconds.
fn announcer(lab: Lab) -> El {
    let text = Watched::new(String::new());
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
    html("p").class("hidden-text").set("aria-live", "polite").text_from(move || text.get())
}
