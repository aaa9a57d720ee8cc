//! A choice of a few, all to be seen.

use crate::choices::Named;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// A row of radio buttons; the group carries `id` as its id and test id.
#[component]
pub(crate) fn Segmented(
    id: &'static str,
    /// For people who cannot see it.
    label: &'static str,
    options: Vec<Named>,
    #[prop(into)] value: Signal<&'static str>,
    /// What cannot be chosen now.
    #[prop(into, optional)]
    unavailable: Signal<Option<&'static str>>,
    #[prop(into)] on_choose: Callback<String>,
) -> impl IntoView {
    let group = NodeRef::<Div>::new();
    let choose = move |event: web_sys::Event| {
        on_choose.run(event_target_value(&event));
        if let Some(group) = group.get_untracked() {
            check_radio(&group, value.get_untracked());
        }
    };
    let radio = |(option, title): Named| {
        view! {
            <label>
                <input
                    type="radio"
                    name=id
                    value=option
                    prop:checked=move || value.get() == option
                    disabled=move || unavailable.get() == Some(option)
                />
                {title}
            </label>
        }
    };
    view! {
        <div
            node_ref=group
            class="seg"
            role="radiogroup"
            aria-label=label
            id=id
            data-testid=id
            data-value=value
            on:change=choose
        >
            {options.into_iter().map(radio).collect_view()}
        </div>
    }
}

/// Checks the radio button of a value below an element.
pub(crate) fn check_radio(group: &web_sys::Element, value: &str) {
    let Ok(radios) = group.query_selector_all("input[type=radio]") else { return };
    let radios = (0..radios.length()).filter_map(|i| radios.get(i)?.dyn_into::<HtmlInputElement>().ok());
    radios.for_each(|radio| radio.set_checked(radio.value() == value));
}
