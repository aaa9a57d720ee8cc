//! What a visitor changes takes effect, or gives way to what is; the focus stays where it was.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
use descent::spec::cost::MAX_PARAMS;
use descent::spec::number::thousands;
use thirtyfour::Key;

/// The value of a control of the layer table.
fn value(page: &Browser, label: &str) -> String {
    page.evaluate(&format!("return document.querySelector('[aria-label=\"{label}\"]').value")).as_str().unwrap_or_default().to_string()
}

/// Types into a control of the layer table and presses Enter.
fn enter(page: &Browser, label: &str, text: &str) {
    page.evaluate(&format!("const box = document.querySelector('[aria-label=\"{label}\"]'); box.focus(); box.select()"));
    page.press(text.to_string() + Key::Enter);
}

/// What the page calls the element that has the focus.
fn focused_name(page: &Browser) -> String {
    page.evaluate("return document.activeElement.getAttribute('aria-label') || ''").as_str().unwrap_or_default().to_string()
}

#[test]
fn a_layer_is_edited_in_its_row_and_what_is_refused_does_not_stay() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=spiral&layers=dense:8:tanh,dense:6:tanh&level=all");
    enter(&page, "Units of layer 1", "12");
    page.wait("12 units in the picture", 20, |page| page.text("network").contains("12 units").then_some(()));
    assert_eq!(focused_name(&page), "Units of layer 1");
    enter(&page, "Units of layer 1", "99999");
    page.wait("the most that is allowed", 20, |page| (value(page, "Units of layer 1") == "4096").then_some(()));
    enter(&page, "Units of layer 1", "");
    page.wait("the value as it was", 20, |page| (value(page, "Units of layer 1") == "4096").then_some(()));
    page.wait_for_state("ready", 30);
    page.assert_no_errors();
}

#[test]
fn a_change_that_costs_too_much_is_not_made_and_says_so() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=strokes&layers=dense:1024:relu,dense:1024:relu,dense:8:relu&level=all");
    enter(&page, "Units of layer 3", "1024");
    let notice = page.wait_for_notice("experiment", 20);
    assert!(notice.contains(&thousands(MAX_PARAMS)), "the notice names no limit: {notice}");
    page.wait("the value as it was", 20, |page| (value(page, "Units of layer 3") == "8").then_some(()));
    assert!(page.evaluate("return location.hash").as_str().is_some_and(|hash| hash.contains("dense:8:relu")));
    page.assert_no_errors();
}

#[test]
fn the_stepper_that_was_pressed_keeps_the_focus() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=spiral&layers=dense:4:tanh,dense:2:tanh");
    page.evaluate("document.querySelector('[aria-label=\"More units in layer 1\"]').focus()");
    for units in [5, 6, 7] {
        page.press(Key::Enter + "");
        page.wait("another unit", 20, |page| page.text("network").contains(&format!("{units} units")).then_some(()));
        assert_eq!(focused_name(&page), "More units in layer 1");
    }
    page.assert_no_errors();
}

#[test]
fn a_network_keeps_its_last_input() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=circle&features=x&level=all");
    assert_eq!(page.attribute("feature-0", "aria-pressed").as_deref(), Some("true"));
    page.click("feature-0");
    page.click("feature-1");
    page.wait("a second input", 20, |page| (page.attribute("feature-1", "aria-pressed").as_deref() == Some("true")).then_some(()));
    assert_eq!(page.attribute("feature-0", "aria-pressed").as_deref(), Some("true"));
    page.assert_no_errors();
}

#[test]
fn images_and_points_take_turns() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    for (set, shown, gone) in
        [("digits", "samples", "decision-map"), ("xor", "decision-map", "samples"), ("strokes", "samples", "decision-map")]
    {
        page.choose("dataset", set);
        page.wait("its picture", 30, |page| page.attribute(shown, "class").is_some().then_some(()));
        let is_gone = page.evaluate(&format!("return document.querySelector('[data-testid={gone}]') === null"));
        assert_eq!(is_gone.as_bool(), Some(true), "{set} still shows {gone}");
        page.wait_for_state("ready", 30);
        page.click("play");
        page.wait_for_step(5.0, 60);
    }
    page.assert_no_errors();
}

/// The first layer normalises the inputs, so each of its units belongs to one of them.
#[test]
fn an_input_is_taken_away_from_a_network_that_normalises_its_inputs() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=spiral&layers=norm:tanh,dense:4:tanh&level=all");
    page.click("feature-1");
    page.wait_for_state("ready", 30);
    page.click("play");
    page.wait_for_step(20.0, 30);
    assert_eq!(page.evaluate("return document.querySelectorAll('.u[data-column=\"1\"]').length"), 1);
    page.assert_no_errors();
}

/// Browsers that translate a page put `<font>` elements in the place of its texts.
#[test]
fn numbers_go_on_in_a_page_that_is_translated() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=spiral&level=all");
    page.evaluate(
        "const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); const texts = []; \
         while (walker.nextNode()) texts.push(walker.currentNode); \
         for (const text of texts) { const font = document.createElement('font'); font.textContent = text.data; text.replaceWith(font) }",
    );
    page.click("play");
    page.wait_for_step(50.0, 30);
    page.click("pause");
    page.wait_for_state("paused", 10);
    let step = page.number("step-count").expect("a step count");
    assert_eq!(page.text("step-count").replace(',', ""), step.to_string());
    assert!(page.text("status").contains("Paused"), "{}", page.text("status"));
    page.assert_no_errors();
}

#[test]
fn a_drawing_is_answered_by_the_next_network_too() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=digits&model=mlp&level=all");
    page.evaluate("document.getElementById('draw').focus()");
    page.press(Key::Space + "");
    let answer = |page: &Browser| Some(page.text("draw-answer")).filter(|text| text.contains("The network says"));
    let first = page.wait("an answer", 20, answer);
    page.click("new-weights");
    page.wait("another network's answer", 30, |page| answer(page).filter(|text| *text != first));
    page.assert_no_errors();
}
