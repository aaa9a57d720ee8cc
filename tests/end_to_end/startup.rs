//! How long a visitor waits: measured for BENCHMARKS.md, never asserted.

use crate::PAGE;
use crate::browser::{Browser, Graphics};

/// By the page's own clock, which starts with the navigation: until it can be played, and until the
/// first step is seen after play is pressed. Asked every 50 ms, so each is up to that and two round
/// trips too long.
#[test]
#[ignore = "a measurement, run alone: cargo test --release --test end_to_end -- --ignored --nocapture startup"]
fn from_navigation_to_the_first_step() {
    for (what, graphics, link) in [
        ("spiral, no WebGPU", Graphics::None, ""),
        ("spiral, WebGPU there", Graphics::WebGpu, ""),
        ("digits cnn, no WebGPU", Graphics::None, "#v=2&dataset=digits&model=cnn"),
        ("spiral on the GPU", Graphics::WebGpu, "#v=2&device=gpu"),
    ] {
        let page = Browser::start(PAGE, graphics);
        let now_ms = || page.evaluate("return Math.round(performance.now())").as_f64().expect("a number");
        for visit in 1..=4 {
            page.open_ready(link);
            let ready_ms = now_ms();
            page.click("play");
            page.wait_for_step(1.0, 60);
            println!("{what}, visit {visit}: ready after {ready_ms} ms, first step after {} ms", now_ms());
        }
    }
}
