//! A visitor trains, pauses, steps and resets.

use crate::PAGE;
use crate::browser::{Browser, Graphics};

/// Presses play and waits until the share of right answers on the test set reaches `floor`.
fn train_to(page: &Browser, floor: f64, limit_s: u64) {
    page.click("play");
    page.wait_for_state("training", 20);
    page.wait(&format!("a test accuracy of {floor}"), limit_s, |page| page.number("accuracy-test").filter(|share| *share >= floor));
}

/// Pauses and returns the step count, which is final from then on.
fn pause(page: &Browser) -> f64 {
    page.click("pause");
    page.wait_for_state("paused", 10);
    let step = page.number("step-count").expect("a step count");
    page.pause(0.5);
    assert_eq!(page.number("step-count"), Some(step), "a paused run takes no steps");
    step
}

#[test]
fn the_spiral_is_learned_on_the_gpu() {
    let page = Browser::start(PAGE, Graphics::WebGpu);
    page.open_ready("#v=2&device=gpu");
    train_to(&page, 0.9, 120);
    assert_eq!(page.attribute("device-name", "data-device").as_deref(), Some("gpu"));
    assert!(!page.text("device-name").is_empty());
    pause(&page);
    page.assert_no_errors();
}

#[test]
fn the_spiral_is_learned_without_a_gpu() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    train_to(&page, 0.9, 60);
    assert_eq!(page.attribute("device-name", "data-device").as_deref(), Some("cpu"));
    pause(&page);
    assert!(page.number("loss-train").is_some_and(|loss| loss < 0.2));
    page.assert_no_errors();
}

#[test]
fn digits_are_learned_on_the_gpu() {
    let page = Browser::start(PAGE, Graphics::WebGpu);
    page.open_ready("#v=2&dataset=digits&model=cnn&device=gpu");
    train_to(&page, 0.9, 240);
    assert_eq!(page.attribute("device-name", "data-device").as_deref(), Some("gpu"));
    page.assert_no_errors();
}

#[test]
fn digits_are_learned_without_a_gpu() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=digits&model=cnn");
    train_to(&page, 0.9, 120);
    assert_eq!(page.attribute("device-name", "data-device").as_deref(), Some("cpu"));
    page.assert_no_errors();
}

#[test]
fn a_gpu_that_is_asked_for_and_missing_is_named() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open("#v=2&device=gpu");
    page.wait_for_notice("no-webgpu", 60);
    page.wait_for_state("ready", 30);
    assert_eq!(page.attribute("device-name", "data-device").as_deref(), Some("cpu"));
    page.assert_no_errors();
}

#[test]
fn steps_are_counted_and_a_reset_goes_back_to_the_same_weights() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=circle&device=cpu&level=all");
    let first_loss = page.wait("the first test loss", 20, |page| page.number("loss-test"));

    page.click("step");
    page.wait("step 1", 10, |page| (page.number("step-count") == Some(1.0)).then_some(()));
    page.click("step");
    page.wait("step 2", 10, |page| (page.number("step-count") == Some(2.0)).then_some(()));
    page.wait("a loss of step 2", 10, |page| page.attribute("loss-test", "data-step").filter(|step| step == "2"));
    assert_ne!(page.number("loss-test"), Some(first_loss), "two steps change the loss");

    page.click("reset");
    page.wait("step 0", 10, |page| (page.number("step-count") == Some(0.0)).then_some(()));
    page.wait("the first loss again", 10, |page| (page.number("loss-test") == Some(first_loss)).then_some(()));

    page.click("new-weights");
    page.wait("another loss", 10, |page| page.number("loss-test").filter(|loss| *loss != first_loss));
    assert_eq!(page.number("step-count"), Some(0.0));
    page.assert_no_errors();
}

#[test]
fn every_weight_that_is_drawn_has_a_sign() {
    let page = Browser::start(PAGE, Graphics::None);
    let weights = |columns: &[u64]| columns.windows(2).map(|pair| pair[0] * pair[1]).sum::<u64>();
    // The second: wide, with a layer that has vectors but no weights before one that has both. The
    // third: sums, which have no weights.
    for (link, wanted) in [
        ("#v=2&dataset=spiral&model=mlp-wide", weights(&[2, 8, 8, 1])),
        ("#v=2&dataset=spiral&layers=dense:12:tanh,norm:tanh,dense:5:relu", weights(&[2, 8]) + weights(&[8, 5, 1])),
        ("#v=2&dataset=spiral&layers=residual(dense:4:tanh,dense:2:linear),dense:3:relu", weights(&[2, 4, 2]) + weights(&[2, 3, 1])),
    ] {
        page.open_ready(link);
        let lines = |class: &str| page.evaluate(&format!("return document.querySelectorAll('#network .w{class}').length")).as_u64();
        let signed = || lines(".p").zip(lines(".n")).map(|(positive, negative)| positive + negative);
        page.wait("lines with a sign", 30, |_| signed().filter(|count| *count == wanted));
        assert!(lines(".n").is_some_and(|negative| negative > 0 && negative < wanted), "{link}: all weights have one sign");
    }
    page.assert_no_errors();
}

#[test]
fn both_devices_are_measured_after_play() {
    let page = Browser::start(PAGE, Graphics::WebGpu);
    page.open_ready("#v=2&dataset=circle");
    page.click("play");
    page.wait_for_state("training", 20);
    for attribute in ["data-cpu-ms", "data-gpu-ms"] {
        let ms = page.wait(attribute, 60, |page| page.attribute("device-costs", attribute)?.parse::<f64>().ok());
        assert!(ms > 0.0 && ms.is_finite(), "{attribute} is {ms}");
    }
    page.assert_no_errors();
}

#[test]
fn where_there_is_no_webgpu_it_says_so_and_not_that_the_cpu_was_chosen() {
    let page = Browser::start(PAGE, Graphics::None);
    for link in ["", "#v=2&dataset=spiral&model=mlp-wide"] {
        page.open_ready(link);
        page.wait_for_notice("no-webgpu", 20);
        let why = page.text("device-why");
        assert!(why.contains("no WebGPU"), "{link}: {why}");
    }
    page.assert_no_errors();
}

#[test]
fn a_first_visit_is_watched_and_offers_what_is_next() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    let is_seen = |id: &str| {
        let script = format!(
            "const e = document.querySelector('[data-testid={id}]'); return e != null && e.checkVisibility({{ visibilityProperty: true }})"
        );
        page.evaluate(&script) == true
    };
    assert!(is_seen("preset-digits") && !is_seen("next-max"), "what to begin with");
    let began = std::time::Duration::from_millis(page.evaluate("return Math.round(performance.now())").as_u64().expect("a number"));
    page.click("play");
    page.wait_for_step(100.0, 30);
    assert!(!is_seen("preset-digits"), "the introduction folds away");
    page.wait("what is next", 120, |_| is_seen("next-max").then_some(()));
    let now = std::time::Duration::from_millis(page.evaluate("return Math.round(performance.now())").as_u64().expect("a number"));
    let step = page.number("step-count").expect("a step");
    println!("the spiral is learned at step {step}, {:?} after Play", now - began);
    assert!(step >= 1_000.0, "learned at step {step}: nobody has seen how");
    page.click("next-max");
    page.wait("the same from the beginning", 30, |page| {
        (page.evaluate("return location.hash").as_str().is_some_and(|hash| !hash.contains("speed="))).then_some(())
    });
    page.wait_for_step(step, 60);
    page.wait_for_state("training", 10);
    page.assert_no_errors();
}
