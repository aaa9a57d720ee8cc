//! Takes a picture of the built page in headless Chromium:
//! `screenshot HASH WIDTH HEIGHT OUT.png [--dark] [--media FEATURE=VALUE] [--no-gpu] [--dist DIR]
//! [--click TEST_ID]... [--wait SECONDS]... [--upload FILE]... [--run SCRIPT]...`, what is done in
//! the page in the order given. `--media forced-colors=active` shows high contrast, `--media
//! prefers-reduced-motion=reduce` a page at rest.

#[cfg(not(target_arch = "wasm32"))]
#[allow(dead_code, reason = "shared with the end-to-end tests, which use all of it")]
#[path = "../tests/end_to_end/browser.rs"]
mod browser;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    use browser::{Browser, Graphics};

    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [hash, width, height, out, options @ ..] = arguments.as_slice() else {
        eprintln!(
            "Usage: screenshot HASH WIDTH HEIGHT OUT.png [--dark] [--media FEATURE=VALUE] [--no-gpu] [--dist DIR] [--click TEST_ID]... [--wait SECONDS]... [--upload FILE]... [--run SCRIPT]..."
        );
        std::process::exit(1);
    };
    let size = |text: &str| text.parse().expect("a number of pixels");
    let has = |name: &str| options.iter().any(|option| option == name);
    let after = |name: &str| options.iter().position(|option| option == name).and_then(|at| options.get(at + 1));

    let graphics = if has("--no-gpu") { Graphics::None } else { Graphics::WebGpu };
    let page = Browser::start(after("--dist").map_or("dist", String::as_str), graphics);
    page.show_as(size(width), size(height), has("--dark"), after("--media").and_then(|media| media.split_once('=')));
    page.open(hash);
    // The first frame, and the worker's first answer.
    page.pause(2.0);
    for pair in options.windows(2) {
        match pair[0].as_str() {
            "--click" => page.click(&pair[1]),
            "--upload" => page.upload("files", &[std::path::Path::new(&pair[1])]),
            "--run" => drop(page.evaluate(&pair[1])),
            "--wait" => page.pause(pair[1].parse().expect("a number of seconds")),
            _ => {}
        }
    }
    page.screenshot(std::path::Path::new(out));
    for line in page.console("SEVERE") {
        eprintln!("{line}");
    }
}
