//! The page without a mouse, and for those who cannot see it.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
use serde_json::json;
use thirtyfour::prelude::Key;

#[test]
fn everything_that_takes_the_focus_has_a_name() {
    let page = Browser::start(PAGE, Graphics::None);
    for link in ["", "#v=2&level=all", "#v=2&dataset=digits&model=cnn&level=all"] {
        page.open_ready(link);
        let tree = page.devtools("Accessibility.getFullAXTree", json!({})).expect("the accessibility tree");
        let nodes = tree["nodes"].as_array().expect("nodes");
        let focusable: Vec<_> = nodes
            .iter()
            .filter(|node| node["ignored"] != true && node["role"]["value"] != "RootWebArea")
            .filter(|node| {
                let properties = node["properties"].as_array().into_iter().flatten();
                properties.into_iter().any(|property| property["name"] == "focusable" && property["value"]["value"] == true)
            })
            .collect();
        assert!(focusable.len() >= 10, "only {} elements take the focus", focusable.len());
        for node in focusable {
            let name = node["name"]["value"].as_str().unwrap_or_default();
            assert!(!name.trim().is_empty(), "{link}: a {} has no name: {node}", node["role"]["value"]);
        }
        page.assert_no_errors();
    }
}

#[test]
fn the_pictures_have_text_alternatives() {
    let page = Browser::start(PAGE, Graphics::None);
    for (link, pictures) in [
        ("#v=2&level=all", ["decision-map", "loss-chart", "network"]),
        ("#v=2&dataset=digits&level=all", ["samples", "loss-chart", "draw"]),
    ] {
        page.open_ready(link);
        for picture in pictures {
            let has_name = format!(
                "const e = document.querySelector('[data-testid={picture}]'); const named = n => (n.ariaLabel || n.getAttribute('aria-labelledby') || \
                 n.getAttribute('aria-describedby') || n.alt || n.querySelector?.(':scope > title, :scope > figcaption, :scope > caption')?.textContent || '').trim() !== ''; \
                 return !!e && (named(e) || [...e.querySelectorAll('canvas, svg, img, [role=img]')].some(named));"
            );
            assert_eq!(page.evaluate(&has_name), json!(true), "{link}: {picture} has no text alternative");
        }
    }
}

#[test]
fn a_run_is_played_and_paused_by_keyboard_alone() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    for _ in 0..80 {
        if page.focused().as_deref() == Some("play") {
            break;
        }
        page.press(Key::Tab + "");
    }
    assert_eq!(page.focused().as_deref(), Some("play"), "Tab does not lead to play");
    page.press(Key::Enter + "");
    page.wait_for_state("training", 20);
    page.wait_for_step(20.0, 30);
    assert_eq!(page.focused().as_deref(), Some("pause"), "the button keeps the focus when it becomes pause");
    page.press(Key::Space + "");
    page.wait_for_state("paused", 20);
    page.assert_no_errors();
}

#[test]
fn space_plays_and_pauses_where_no_control_has_the_focus() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    page.press(Key::Space + "");
    page.wait_for_state("training", 20);
    page.wait_for_step(20.0, 30);
    page.press(Key::Space + "");
    page.wait_for_state("paused", 20);
    assert_eq!(page.attribute("play", "aria-keyshortcuts").as_deref(), Some("Space"));
    page.assert_no_errors();
}

#[test]
fn space_held_down_or_with_another_key_is_not_play() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    for held in ["repeat", "ctrlKey", "shiftKey", "altKey", "metaKey"] {
        page.evaluate(&format!("document.body.dispatchEvent(new KeyboardEvent('keydown', {{ key: ' ', bubbles: true, {held}: true }}))"));
    }
    page.pause(0.5);
    assert_eq!(page.attribute("status", "data-state").as_deref(), Some("ready"));
    page.assert_no_errors();
}

#[test]
fn play_keeps_the_focus_when_the_run_diverges() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=reg-plane&optimizer=sgd&lr=1000");
    page.evaluate("document.getElementById('play').focus()");
    page.press(Key::Enter + "");
    page.wait_for_state("diverged", 60);
    assert_eq!(page.focused().as_deref(), Some("play"));
    assert_eq!(page.attribute("play", "aria-disabled").as_deref(), Some("true"));
    page.press(Key::Enter + "");
    page.pause(0.5);
    assert_eq!(page.attribute("status", "data-state").as_deref(), Some("diverged"), "Play waits for a remedy");
    page.assert_no_errors();
}

#[test]
fn the_focus_stays_on_the_page_when_a_notice_goes() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=circle&device=abacus");
    page.wait_for_notice("link", 30);
    page.wait_for_notice("no-webgpu", 30);
    for left in ["notice-hide", "play"] {
        page.click("notice-hide");
        page.wait("the focus", 10, |page| page.focused().filter(|focused| focused == left));
    }
    page.assert_no_errors();
}
