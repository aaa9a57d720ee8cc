//! A choice of many.

use leptos::prelude::*;

/// Values and their names.
pub(crate) type Options = Vec<(String, String)>;

/// A select with its name above it. `id` is also its test id.
#[component]
pub(crate) fn Select(
    id: &'static str,
    label: &'static str,
    #[prop(into)] options: Signal<Options>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_choose: Callback<String>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select class="ctl" id=id data-testid=id on:change=move |event| choose(&event, value, on_choose)>
                <SelectOptions options value />
            </select>
        </div>
    }
}

/// A select in a cell of a table; `label` is for people who cannot see where it stands.
#[component]
pub(crate) fn CellSelect(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] options: Signal<Options>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_choose: Callback<String>,
) -> impl IntoView {
    view! {
        <select class="ctl cell" aria-label=label on:change=move |event| choose(&event, value, on_choose)>
            <SelectOptions options value />
        </select>
    }
}

/// Each option says itself whether it is chosen, so that options may come and go.
#[component]
fn SelectOptions(options: Signal<Options>, value: Signal<String>) -> impl IntoView {
    view! {
        <For each=move || options.get() key=Clone::clone let((id, title))>
            <option
                value=id.clone()
                prop:selected={
                    let id = id.clone();
                    move || value.with(|value| *value == id)
                }
            >
                {title}
            </option>
        </For>
    }
}

/// Hands on a choice and shows what holds after it.
fn choose(event: &web_sys::Event, value: Signal<String>, on_choose: Callback<String>) {
    on_choose.run(event_target_value(event));
    event_target::<web_sys::HtmlSelectElement>(event).set_value(&value.get_untracked());
}
