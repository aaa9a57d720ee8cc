//! Workers that die are replaced, and what was saved is not lost. Uses the page with fault hooks.

use crate::PAGE_WITH_FAULTS;
use crate::browser::{Browser, Graphics};
use serde_json::json;

/// Trains until a step is saved, breaks the worker, and checks that another one goes on from there.
fn outlives(graphics: Graphics, link: &str, fault: &str, notice: &str) {
    let page = Browser::start(PAGE_WITH_FAULTS, graphics);
    page.open_ready(link);
    page.click("play");
    let saved = page.wait("a saved step", 60, |page| page.number("saved-step").filter(|step| *step > 0.0));
    page.click(fault);
    let text = page.wait_for_notice(notice, 60);
    assert!(text.chars().any(|letter| letter.is_ascii_digit()), "the notice names no step: {text}");
    let now = page.wait("a step count", 20, |page| page.number("step-count").filter(|step| *step >= saved));
    page.wait_for_step(now + 20.0, 60);
    assert_eq!(page.attribute("status", "data-state").as_deref(), Some("training"));
    hears_no_dead_worker(&page);
}

/// Fails if a message of an ended worker found the closure gone that was to take it.
fn hears_no_dead_worker(page: &Browser) {
    let errors = page.console("SEVERE").join("\n");
    assert!(!errors.contains("closure invoked"), "{errors}");
}

#[test]
fn a_trapped_worker_is_replaced() {
    outlives(Graphics::None, "#v=2&dataset=digits&model=mlp&level=all", "fault-trap", "worker-restarted");
}

/// Its files are kept by the page, and the data by what the browser has.
#[test]
fn a_trapped_worker_is_replaced_without_a_connection() {
    let page = Browser::start(PAGE_WITH_FAULTS, Graphics::None);
    page.open_ready("#v=2&dataset=spiral&level=all&speed=max");
    page.click("play");
    let saved = page.wait("a saved step", 60, |page| page.number("saved-step").filter(|step| *step > 0.0));
    page.devtools("Network.enable", json!({})).expect("the network's tools");
    let offline = json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    page.devtools("Network.emulateNetworkConditions", offline).expect("no connection");
    let refused = page.evaluate("return await fetch('index.html').then(() => 'answered', () => 'refused')");
    assert_eq!(refused, "refused", "there is a connection");
    page.click("fault-trap");
    page.wait_for_notice("worker-restarted", 60);
    page.wait_for_step(saved + 20.0, 60);
    page.wait_for_state("training", 10);
}

#[test]
fn a_hung_worker_is_replaced() {
    outlives(Graphics::None, "#v=2&dataset=digits&model=mlp&level=all", "fault-hang", "worker-restarted");
}

#[test]
fn a_destroyed_device_is_replaced() {
    outlives(Graphics::WebGpu, "#v=2&dataset=digits&model=mlp&device=gpu&level=all", "fault-lose-device", "device-lost");
}

#[test]
fn three_dead_workers_pause_the_run_with_a_reason() {
    let page = Browser::start(PAGE_WITH_FAULTS, Graphics::None);
    page.open_ready("#v=2&dataset=digits&model=mlp&level=all");
    page.click("play");
    page.wait("a saved step", 60, |page| page.number("saved-step").filter(|step| *step > 0.0));
    for strike in 1..=3 {
        page.click("fault-trap");
        page.wait_for_notice("worker-restarted", 60);
        if strike < 3 {
            let now = page.number("step-count").unwrap_or(0.0);
            page.wait_for_step(now + 10.0, 60);
        }
    }
    page.wait("a run that waits", 30, |page| page.attribute("status", "data-state").filter(|state| state == "failed" || state == "paused"));
    hears_no_dead_worker(&page);
}

#[test]
fn a_page_that_fails_says_so_and_is_loaded_again() {
    let page = Browser::start(PAGE_WITH_FAULTS, Graphics::None);
    page.open_ready("#v=2&dataset=digits&model=mlp&level=all");
    page.click("fault-page-panic");
    let text = page.wait("a sentence", 20, |page| Some(page.text("page-panic")).filter(|text| !text.is_empty()));
    assert!(text.contains("stopped") && text.contains("Reload"), "{text}");
    page.click("page-reload");
    page.wait_for_state("ready", 30);
    assert_eq!(page.attribute("dataset", "data-value").as_deref(), Some("digits"), "the experiment is in the address");
}
