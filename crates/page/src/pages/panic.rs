//! What a visitor sees if the page itself fails.
//!
//! A panic ends the program, so the message must not need it: it is plain elements, and its button
//! calls the browser's own function.

use leptos::prelude::{document, window};
use std::panic::PanicHookInfo;
use wasm_bindgen::prelude::*;
use web_sys::Element;

const FACT: &str = "This page met an error of its own and stopped.";
const REMEDY: &str = " Reload it to go on: the experiment is in the address, but what was trained is lost.";

/// From now on a panic is written to the console and onto the page.
pub(super) fn set_hook() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo| {
        console_error_panic_hook::hook(info);
        // Where even this fails, the console has the message.
        let _ = show();
    }));
}

/// Puts the message above everything else, and takes everything else out of use.
fn show() -> Result<(), JsValue> {
    let body = document().body().ok_or(JsValue::UNDEFINED)?;
    if body.query_selector("[data-testid=page-panic]")?.is_some() {
        return Ok(());
    }
    let rest = body.children();
    for element in (0..rest.length()).filter_map(|i| rest.item(i)) {
        element.set_attribute("inert", "")?;
    }
    let strip = element("div", &[("class", "notice trouble"), ("role", "alert"), ("data-testid", "page-panic")])?;
    // The strip is a grid: the first of its columns is an icon's.
    let (icon, sentence, actions) = (element("span", &[])?, sentence()?, actions()?);
    strip.append_with_node_3(&icon, &sentence, &actions)?;
    body.prepend_with_node_1(&strip)
}

fn sentence() -> Result<Element, JsValue> {
    let (paragraph, fact) = (element("p", &[])?, element("b", &[])?);
    fact.set_text_content(Some(FACT));
    paragraph.append_with_node_1(&fact)?;
    paragraph.append_with_str_1(REMEDY)?;
    Ok(paragraph)
}

/// Reload, or begin without what is in the address.
fn actions() -> Result<Element, JsValue> {
    let reload = element("button", &[("class", "btn edge"), ("data-testid", "page-reload")])?;
    reload.set_text_content(Some("Reload"));
    let location = window().location();
    let function: js_sys::Function = js_sys::Reflect::get(&location, &"reload".into())?.dyn_into()?;
    reload.add_event_listener_with_callback("click", &function.bind0(&location))?;
    let fresh = element("a", &[("class", "btn edge"), ("href", "./"), ("data-testid", "page-fresh")])?;
    fresh.set_text_content(Some("Begin afresh"));
    let actions = element("div", &[("class", "acts")])?;
    actions.append_with_node_2(&reload, &fresh)?;
    Ok(actions)
}

fn element(tag: &str, attributes: &[(&str, &str)]) -> Result<Element, JsValue> {
    let element = document().create_element(tag)?;
    for (name, value) in attributes {
        element.set_attribute(name, value)?;
    }
    Ok(element)
}
