//! A slider over fixed values.

use crate::format::percent;
use descent_spec::number::shortest;
use leptos::prelude::*;

/// A slider over rising values; what it stands at, with its `unit`, is written beside its name.
/// `id` is also its test id; the present value may lie between two of the values.
#[component]
pub(crate) fn Slider(
    id: &'static str,
    label: &'static str,
    values: &'static [f64],
    #[prop(optional)] unit: &'static str,
    #[prop(into)] value: Signal<f64>,
    #[prop(into, optional)] is_off: Signal<bool>,
    #[prop(into)] on_choose: Callback<f64>,
) -> impl IntoView {
    let last = values.len() - 1;
    let position = move |value: f64| values.iter().position(|&v| v >= value).unwrap_or(last);
    let text = move || shortest(value.get()) + unit;
    let choose = move |event: web_sys::Event| {
        let chosen: usize = event_target_value(&event).parse().unwrap_or(0);
        on_choose.run(values[chosen.min(last)]);
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&position(value.get_untracked()).to_string());
    };
    view! {
        <div class="slider" class:off=is_off>
            <label for=id>{label}</label>
            <output for=id prop:textContent=text></output>
            <input
                id=id
                data-testid=id
                data-value=move || shortest(value.get())
                type="range"
                min="0"
                max=last.to_string()
                step="1"
                aria-valuetext=text
                disabled=is_off
                prop:value=move || position(value.get()).to_string()
                style=("--at", move || percent(position(value.get()) as f64 / last as f64))
                on:input=choose
            />
        </div>
    }
}
