//! The page's controls: a segmented choice, a select, a slider.

use super::choices::Named;
use leptos::prelude::*;

/// A row of radio buttons; the group carries the id and `data-testid`.
#[component]
pub(super) fn Segmented(
    /// Id and test id of the group, name of its radio buttons.
    id: &'static str,
    /// For people who cannot see it.
    label: &'static str,
    /// Values and their names.
    options: Vec<Named>,
    /// The chosen value.
    #[prop(into)]
    value: Signal<&'static str>,
    /// Values that cannot be chosen now.
    #[prop(into, optional)]
    disabled: Option<Signal<Option<&'static str>>>,
    /// Called with the value a visitor chose.
    on_choose: Callback<&'static str>,
) -> impl IntoView {
    let radio = move |(option, title): Named| {
        view! {
            <label>
                <input
                    type="radio"
                    name=id
                    value=option
                    prop:checked=move || value.get() == option
                    disabled=move || disabled.is_some_and(|d| d.get() == Some(option))
                    on:change=move |_| on_choose.run(option)
                />
                {title}
            </label>
        }
        .into_any()
    };
    view! {
        <div class="seg" role="radiogroup" aria-label=label id=id data-testid=id data-value=move || value.get()>
            {options.into_iter().map(radio).collect_view()}
        </div>
    }
    .into_any()
}

/// A select with its name above it.
#[component]
pub(super) fn Select(
    /// Id and test id.
    id: &'static str,
    /// Name above it; empty for none to see.
    label: &'static str,
    /// Values and their names.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The chosen value.
    #[prop(into)]
    value: Signal<String>,
    /// Called with the value a visitor chose.
    on_choose: Callback<String>,
) -> impl IntoView {
    // The options are children that change; only after they have, `value` names one of them.
    let node = NodeRef::<leptos::html::Select>::new();
    Effect::new(move |_| {
        options.track();
        let value = value.get();
        if let Some(select) = node.get() {
            select.set_value(&value);
        }
    });
    let listed = move || {
        let chosen = value.get_untracked();
        options
            .get()
            .into_iter()
            .map(|(option, title)| {
                let is_chosen = option == chosen;
                view! { <option value=option selected=is_chosen>{title}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select class="ctl" id=id data-testid=id node_ref=node on:change=move |event| on_choose.run(event_target_value(&event))>
                {listed}
            </select>
        </div>
    }
    .into_any()
}

/// A slider over a list of values; what it stands at is read out beside its name.
#[component]
pub(super) fn Slider(
    /// Id and test id.
    id: &'static str,
    /// Its name.
    label: &'static str,
    /// The values it can stand at, rising.
    values: &'static [f64],
    /// The present value, which may lie between two of them.
    #[prop(into)]
    value: Signal<f64>,
    /// After the number.
    unit: &'static str,
    /// Whether it has no effect now.
    #[prop(into)]
    disabled: Signal<bool>,
    /// Called with the value a visitor chose.
    on_choose: Callback<f64>,
) -> impl IntoView {
    let last = values.len() - 1;
    let position = move || {
        let value = value.get();
        values.iter().position(|&v| v >= value).unwrap_or(last)
    };
    let text = move || format!("{}{unit}", value.get());
    let input = move |event| {
        let position: usize = event_target_value(&event).parse().unwrap_or(0);
        on_choose.run(values[position.min(last)]);
    };
    view! {
        <div class="slider" class:off=move || disabled.get()>
            <label for=id>{label}</label>
            <output for=id>{text}</output>
            <input
                id=id
                data-testid=id
                data-value=move || value.get()
                type="range"
                min="0"
                max=last
                step="1"
                aria-valuetext=text
                disabled=move || disabled.get()
                prop:value=position
                style=("--at", move || format!("{}%", position() as f64 / last as f64 * 100.0))
                on:input=input
            />
        </div>
    }
    .into_any()
}
