//! Models that are trees of blocks: added by click, written as text, chosen by a link.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
use thirtyfour::Key;

/// Writes a model into the box of its text and presses Enter.
fn write_model(page: &Browser, text: &str) {
    page.evaluate("const box = document.getElementById('model-text'); box.focus(); box.select()");
    page.press(text.to_string() + Key::Enter);
}

/// The text of the address.
fn hash(page: &Browser) -> String {
    page.evaluate("return location.hash").as_str().unwrap_or_default().to_string()
}

/// Presses play and waits for some steps.
fn train(page: &Browser, steps: f64) {
    page.wait_for_state("ready", 30);
    page.click("play");
    page.wait_for_step(steps, 60);
    page.click("pause");
    page.wait_for_state("paused", 20);
    assert!(page.number("loss-train").is_some_and(f64::is_finite), "a loss after {steps} steps");
}

#[test]
fn a_residual_block_is_added_by_a_click_and_trains() {
    let page = Browser::start(PAGE, Graphics::None);
    for (link, block) in [
        ("#v=2&dataset=spiral&layers=dense:5:tanh&device=cpu&level=all", "residual(dense:5:tanh,dense:5:linear)"),
        (
            "#v=2&dataset=digits&layers=conv:4x3:relu&device=cpu&level=all",
            "residual:relu(conv:4x3:linear,norm:relu,conv:4x3:linear,norm:linear)",
        ),
    ] {
        page.open_ready(link);
        page.click("add-residual");
        let written = "return document.getElementById('model-text').value";
        page.wait("the block in the text", 20, |page| {
            page.evaluate(written).as_str().filter(|text| text.ends_with(block)).map(String::from)
        });
        page.wait("the block in the table", 20, |page| page.text("layers").contains("Residual 1").then_some(()));
        train(&page, 20.0);
    }
    page.assert_no_errors();
}

#[test]
fn a_text_with_an_error_shows_its_place_and_changes_nothing() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=spiral&layers=dense:8:tanh&level=all");
    let before = hash(&page);
    for (text, wrong, part) in [
        ("dense:8:tanh,dense:8:reul", "reul", "did you mean relu?"),
        ("dense:8:tanh,residual(dense:3:relu)", "residual", "joins 8 numbers and 3 numbers"),
    ] {
        write_model(&page, text);
        page.wait("what is wrong", 20, |page| page.text("model-text-error").contains(part).then_some(()));
        let marked = page.evaluate("return document.querySelector('#model-text-error mark').textContent");
        assert_eq!(marked.as_str(), Some(wrong));
        assert_eq!(page.attribute("model-text", "aria-invalid").as_deref(), Some("true"));
        assert_eq!(hash(&page), before);
    }
    write_model(&page, "residual:relu(dense:2:tanh,dense:2:linear)");
    page.wait("the network of the text", 20, |page| page.text("network").contains("Add").then_some(()));
    assert_eq!(page.attribute("model-text", "aria-invalid").as_deref(), Some("false"));
    assert!(page.text("model-text-error").is_empty());
    assert_ne!(hash(&page), before);
    page.assert_no_errors();
}

#[test]
fn a_residual_network_of_a_link_trains_on_both_devices() {
    let page = Browser::start(PAGE, Graphics::WebGpu);
    for device in ["cpu", "gpu"] {
        page.open_ready(&format!("#v=2&dataset=digits&model=resnet&device={device}&level=all"));
        assert_eq!(page.attribute("device-name", "data-device").as_deref(), Some(device));
        assert!(page.text("network").contains("Add"), "the sums are drawn");
        train(&page, 20.0);
    }
    page.assert_no_errors();
}
