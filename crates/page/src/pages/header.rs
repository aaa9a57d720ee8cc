//! The head of the page: its name, how much it shows, the button that copies the link, and the
//! theme. The theme is the browser's to keep; everything else is in the link.

use crate::choices;
use crate::parts::{Segmented, icons};
use crate::state::{address, lab};
use descent_spec::Level;
use leptos::prelude::*;
use std::time::Duration;

/// How long the button says that the link was copied.
const SAID_FOR: Duration = Duration::from_secs(3);

/// The colours a visitor can choose: the system's, or one of the style sheet's.
const THEMES: [&str; 4] = ["system", "light", "dark", "contrast"];

/// The head of the page.
#[component]
pub(super) fn Header() -> impl IntoView {
    let lab = lab();
    let set_level = move |id: String| {
        if let Some(level) = Level::from_id(&id) {
            lab.change_view(|view| view.level = level)
        }
    };
    view! {
        <header class="head">
            <a class="brand" href="./">{icons::brand()}"Descent"</a>
            <span class="tag">"Train a neural network here, on your own machine"</span>
            <div class="right">
                <div class="detail">
                    <Segmented
                        id="level"
                        label="How much to show"
                        options=choices::levels()
                        value=move || lab.level().id()
                        on_choose=set_level
                    />
                </div>
                <ShareButton />
                <ThemeButton />
            </div>
        </header>
    }
}

/// Copies the link of this experiment.
#[component]
fn ShareButton() -> impl IntoView {
    const NAME: &str = "Copy link";
    let lab = lab();
    let said = RwSignal::new(NAME);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_get_value().flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    let copy = move |_| {
        address::write(&lab.run.link());
        leptos::task::spawn_local(async move {
            let text = if address::copy().await { "Copied" } else { "See address" };
            stop();
            said.try_set(text);
            timer.try_set_value(set_timeout_with_handle(move || said.set(NAME), SAID_FOR).ok());
        });
    };
    view! {
        <button
            class="btn share"
            id="share"
            data-testid="share"
            title="Copy a link to this experiment; it is also in the address"
            on:click=copy
        >
            {icons::share()}
            <span role="status" prop:textContent=said></span>
        </button>
    }
}

/// The system's colours, light, dark or high contrast.
#[component]
fn ThemeButton() -> impl IntoView {
    let stored = store().and_then(|store| store.get_item("theme").ok().flatten());
    let theme = RwSignal::new(THEMES.iter().position(|&theme| Some(theme) == stored.as_deref()).unwrap_or(0));
    Effect::new(move || show(THEMES[theme.get()]));
    let label = move || format!("Theme: {}", THEMES[theme.get()]);
    view! {
        <button
            class="btn icon"
            id="theme"
            data-testid="theme"
            aria-label=label
            title=label
            on:click=move |_| theme.update(|theme| *theme = (*theme + 1) % THEMES.len())
        >
            {icons::theme()}
        </button>
    }
}

/// Shows the page in a theme, now and at the next visit.
fn show(theme: &str) {
    if let Some(root) = document().document_element() {
        // Attributes with well-formed names.
        let _ = if theme == "system" { root.remove_attribute("data-theme") } else { root.set_attribute("data-theme", theme) };
    }
    if let Some(store) = store() {
        // A full or forbidden store costs the choice at the next visit, nothing else.
        let _ = store.set_item("theme", theme);
    }
}

/// What the browser keeps for this page, where it keeps anything.
fn store() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
