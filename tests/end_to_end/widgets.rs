//! Parts of the page that stand alone, at addresses of their own.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
use serde_json::Value;

#[test]
fn the_decision_map_stands_alone_and_trains() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open("?w=decision-map#v=2&dataset=circle");
    page.wait("a run to play", 60, |page| page.attribute("widget", "data-state").filter(|state| state == "ready"));
    assert_eq!(page.attribute("widget", "data-widget").as_deref(), Some("decision-map"));
    page.wait_for_state("ready", 1);
    page.click("play");
    page.wait_for_state("training", 10);
    page.wait_for_step(20.0, 30);
    let drawn = |page: &Browser| page.attribute("decision-map", "data-step")?.parse().ok();
    page.wait("a map of a later step", 30, |page| drawn(page).filter(|step: &u64| *step >= 20));
    assert_eq!(page.evaluate("return document.querySelector('[data-testid=loss-chart]')"), Value::Null, "the map is alone");
    page.assert_no_errors();
}

#[test]
fn the_benchmark_ends_with_one_json_object() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open("?w=bench&case=toy-mlp&backend=cpu&budget=300");
    let result = page.wait("the result", 60, |page| {
        let text = page.evaluate("return document.querySelector('#bench-result')?.textContent ?? null");
        text.as_str().map(String::from)
    });
    let result: Value = serde_json::from_str(&result).unwrap_or_else(|error| panic!("{error}: {result}"));
    assert_eq!(result["status"], "ok", "{result}");
    page.wait_for_state("paused", 5);
    page.assert_no_errors();
}

#[test]
fn an_unknown_widget_says_so_and_lists_the_others() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open("?w=abacus");
    let text = page.wait("the list", 30, |page| Some(page.text("unknown-widget")).filter(|text| !text.is_empty()));
    for name in ["abacus", "playground", "decision-map", "bench"] {
        assert!(text.contains(name), "{text} does not name {name}");
    }
    page.assert_no_errors();
}
