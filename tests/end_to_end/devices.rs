//! A run moves between devices and outlives them.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
use serde_json::json;

fn wait_for_device(page: &Browser, device: &str, limit_s: u64) {
    page.wait(&format!("the device {device}"), limit_s, |page| page.attribute("device-name", "data-device").filter(|now| now == device));
}

/// Kills the GPU process. The command itself fails, since nobody is left to answer it.
fn kill_gpu(page: &Browser) {
    page.devtools("Browser.crashGpuProcess", json!({})).ok();
}

#[test]
fn a_run_moves_to_the_gpu_and_back() {
    let page = Browser::start(PAGE, Graphics::WebGpu);
    page.open_ready("#v=2&dataset=digits&model=mlp&device=cpu&level=all");
    let first_loss = page.wait("the first test loss", 20, |page| page.number("loss-test"));
    page.click("play");
    let mut step = page.wait_for_step(200.0, 60);
    for device in ["gpu", "cpu"] {
        page.choose("device", device);
        wait_for_device(&page, device, 60);
        // The count and the loss go on from where they were.
        let now = page.number("step-count").expect("a step count");
        assert!(now >= step, "moved to {device}: step {now} after {step}");
        step = page.wait_for_step(now + 20.0, 60);
        let loss_step = |page: &Browser| page.attribute("loss-test", "data-step")?.parse().ok();
        page.wait("a test loss from there", 60, |page| loss_step(page).filter(|step: &f64| *step > now));
        assert!(page.number("loss-test").is_some_and(|loss| loss < first_loss), "the weights came along to {device}");
    }
    assert_eq!(page.attribute("status", "data-state").as_deref(), Some("training"));
    page.assert_no_errors();
}

#[test]
fn a_run_comes_back_on_the_gpu_after_its_process_was_killed() {
    let page = Browser::start(PAGE, Graphics::WebGpu);
    page.open_ready("#v=2&dataset=digits&model=mlp&device=gpu&level=all");
    page.click("play");
    let saved = page.wait("a saved step", 60, |page| page.number("saved-step").filter(|step| *step > 0.0));
    kill_gpu(&page);
    page.wait_for_notice("device-lost", 60);
    let now = page.number("step-count").expect("a step count");
    assert!(now >= saved, "step {now} after the loss, {saved} was saved");
    page.wait_for_step(now + 20.0, 60);
    wait_for_device(&page, "gpu", 30);
    assert_eq!(page.attribute("status", "data-state").as_deref(), Some("training"));
}

#[test]
fn a_run_goes_on_without_the_gpu_where_the_browser_gives_none_back() {
    let page = Browser::start(PAGE, Graphics::FragileWebGpu);
    page.open_ready("#v=2&dataset=digits&model=mlp&device=gpu&level=all");
    page.click("play");
    // Chromium gives an adapter back once or twice before it refuses the page.
    for _ in 0..4 {
        let saved = page.wait("a saved step", 60, |page| page.number("saved-step").filter(|step| *step > 0.0));
        kill_gpu(&page);
        page.wait_for_notice("device-lost", 60);
        page.pause(8.0);
        let now = page.number("step-count").expect("a step count");
        assert!(now >= saved, "step {now} after the loss, {saved} was saved");
        page.wait_for_step(now + 20.0, 60);
        if page.attribute("device-name", "data-device").as_deref() == Some("cpu") {
            assert_eq!(page.attribute("status", "data-state").as_deref(), Some("training"));
            return;
        }
    }
    panic!("four dead GPU processes, and the run is still said to be on the GPU");
}

#[test]
fn a_network_that_is_slow_on_its_device_is_not_taken_for_dead() {
    let page = Browser::start(PAGE, Graphics::WebGpu);
    page.open_ready("#v=2&dataset=spiral&layers=dense:1400:relu,dense:630:relu&batch=1666&device=gpu&level=all");
    page.click("play");
    page.wait_for_step(6.0, 90);
    page.click("pause");
    page.wait_for_state("paused", 10);
    wait_for_device(&page, "gpu", 5);
    assert_eq!(page.text("notice"), "", "nothing was started again");
    page.assert_no_errors();
}
