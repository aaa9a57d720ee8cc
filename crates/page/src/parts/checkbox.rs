//! A check box with its name behind it.

use leptos::prelude::*;

/// A check box. `id` is also its test id.
#[component]
pub(crate) fn Checkbox(
    id: &'static str,
    label: &'static str,
    #[prop(into)] is_checked: Signal<bool>,
    #[prop(into)] on_check: Callback<bool>,
) -> impl IntoView {
    let check = move |event: web_sys::Event| {
        on_check.run(event_target_checked(&event));
        event_target::<web_sys::HtmlInputElement>(&event).set_checked(is_checked.get_untracked());
    };
    view! {
        <label class="check">
            <input type="checkbox" id=id data-testid=id prop:checked=is_checked on:change=check />
            {label}
        </label>
    }
}
