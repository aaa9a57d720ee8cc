//! The page's controls: a segmented choice, a select, a slider.

use super::choices::Named;
use super::element::{El, distinct, html};
use super::format::percent;
use descent_spec::number::shortest;
use std::rc::Rc;

/// A row of radio buttons; the group carries `id` as its id and test id. `label` is for people who cannot see it, `value` says which is chosen and
/// `disabled` which cannot be chosen now.
pub(crate) fn segmented(
    id: &'static str,
    label: &str,
    options: Vec<Named>,
    value: impl Fn() -> &'static str + 'static,
    disabled: impl Fn() -> Option<&'static str> + 'static,
    on_choose: impl Fn(&'static str) + 'static,
) -> El {
    let value: Rc<dyn Fn() -> &'static str> = Rc::new(value);
    let disabled: Rc<dyn Fn() -> Option<&'static str>> = Rc::new(disabled);
    let on_choose: Rc<dyn Fn(&'static str)> = Rc::new(on_choose);
    let radio = {
        let value = value.clone();
        move |(option, title): Named| {
            let (value, disabled, on_choose) = (value.clone(), disabled.clone(), on_choose.clone());
            let input = html("input")
                .set("type", "radio")
                .set("name", id)
                .set("value", option)
                .checked(move || value() == option)
                .flag("disabled", move || disabled() == Some(option))
                .on_change(move |_| on_choose(option));
            html("label").child(input).text(title)
        }
    };
    html("div")
        .class("seg")
        .set("role", "radiogroup")
        .set("aria-label", label)
        .named(id)
        .set_from("data-value", move || value().to_string())
        .children(options.into_iter().map(radio))
}

/// A select with its name above it, empty for none to see. `id` is also its test id.
pub(crate) fn select(
    id: &str,
    label: &str,
    options: impl Fn() -> Vec<(String, String)> + 'static,
    value: impl Fn() -> String + 'static,
    on_choose: impl Fn(String) + 'static,
) -> El {
    let options = distinct(options);
    let option = |(id, title): &(String, String)| html("option").set("value", id).text(title);
    let listed = move || options.with(|options| options.iter().map(option).collect());
    // Only after the options have changed `value` names one of them.
    let chosen = move || {
        options.track();
        value()
    };
    let select = html("select").class("ctl").named(id).on_change(on_choose).parts(listed).value(chosen);
    html("div").class("field").child(html("label").set("for", id).text(label)).child(select)
}

/// A slider over rising values; what it stands at, with its `unit`, is read out beside its name. `id` is also its test id; the present value may
/// lie between two of the values.
pub(crate) fn slider(
    id: &str,
    label: &str,
    values: &'static [f64],
    unit: &'static str,
    value: impl Fn() -> f64 + Copy + 'static,
    disabled: impl Fn() -> bool + Copy + 'static,
    on_choose: impl Fn(f64) + 'static,
) -> El {
    let last = values.len() - 1;
    let position = move || values.iter().position(|&v| v >= value()).unwrap_or(last);
    let text = move || shortest(value()) + unit;
    let input = html("input")
        .named(id)
        .set_from("data-value", move || shortest(value()))
        .set("type", "range")
        .set("min", "0")
        .number("max", last as f64)
        .set("step", "1")
        .set_from("aria-valuetext", text)
        .flag("disabled", disabled)
        .value(move || position().to_string())
        .style_from("--at", move || percent(position() as f64 / last as f64))
        .on_input(move |text| {
            let position: usize = text.parse().unwrap_or(0);
            on_choose(values[position.min(last)]);
        });
    html("div")
        .class("slider")
        .class_if("off", disabled)
        .child(html("label").set("for", id).text(label))
        .child(html("output").set("for", id).text_from(text))
        .child(input)
}
