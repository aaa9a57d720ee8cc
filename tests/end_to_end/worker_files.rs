//! Files of the worker that are missing, cut or of another build: the page says which and why, and
//! Play tries again.

use crate::browser::{Browser, Graphics};
use crate::{PAGE, PAGE_WITH_FAULTS};
use std::fs;
use std::path::{Path, PathBuf};

const PROGRAM: &str = "worker_bg.wasm";

fn built(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// The page in a folder of this test's own. Without compressed files, which would be sent in the
/// place of those that a test changes.
fn copy(name: &str) -> PathBuf {
    let to = std::env::temp_dir().join(format!("descent-{name}-{}", std::process::id()));
    fs::create_dir_all(to.join("data")).expect("a folder for the page");
    for folder in ["", "data"] {
        for entry in fs::read_dir(built(PAGE).join(folder)).expect("the page is built: run ./test").flatten() {
            let path = entry.path();
            if path.is_file() && path.extension().is_none_or(|extension| extension != "gz") {
                fs::copy(&path, to.join(folder).join(entry.file_name())).expect("a copy");
            }
        }
    }
    to
}

/// What the page says of its worker.
fn said(page: &Browser) -> String {
    page.open("#v=2&dataset=circle&speed=max");
    let text = page.wait_for_notice("worker-restarted", 60);
    page.wait_for_state("failed", 10);
    text
}

#[test]
fn a_missing_file_is_named_and_fetched_again() {
    let folder = copy("missing");
    fs::remove_file(folder.join(PROGRAM)).expect("it was copied");
    let page = Browser::start(folder.to_str().expect("a path in UTF-8"), Graphics::None);
    let text = said(&page);
    assert!(text.contains(PROGRAM) && text.contains("not beside it"), "{text}");
    fs::copy(built(PAGE).join(PROGRAM), folder.join(PROGRAM)).expect("a copy");
    page.click("play");
    page.wait_for_step(20.0, 60);
}

#[test]
fn a_cut_file_is_named() {
    let folder = copy("cut");
    let bytes = fs::read(folder.join(PROGRAM)).expect("it was copied");
    fs::write(folder.join(PROGRAM), &bytes[..bytes.len() / 2]).expect("a file is written");
    let text = said(&Browser::start(folder.to_str().expect("a path in UTF-8"), Graphics::None));
    assert!(text.contains(PROGRAM) && text.contains("cut off"), "{text}");
}

#[test]
fn a_worker_of_another_build_is_refused_in_words() {
    let folder = copy("other");
    for name in ["worker.js", PROGRAM] {
        fs::copy(built(PAGE_WITH_FAULTS).join(name), folder.join(name)).expect("both pages are built: run ./test");
    }
    let page = Browser::start(folder.to_str().expect("a path in UTF-8"), Graphics::None);
    let text = said(&page);
    assert!(text.contains("different versions") && text.contains("Reload"), "{text}");
}

#[test]
fn a_frame_without_an_origin_trains_and_keeps_nothing() {
    let folder = copy("frame");
    let frame = "<!doctype html><title>A lesson</title><iframe sandbox=\"allow-scripts\" width=1000 height=800 \
                 src=\"index.html#v=2&dataset=circle\"></iframe>";
    fs::write(folder.join("lesson.html"), frame).expect("a file is written");
    let page = Browser::start(folder.to_str().expect("a path in UTF-8"), Graphics::None);
    page.open("lesson.html");
    page.enter_frame();
    page.wait_for_state("ready", 60);
    page.click("play");
    page.wait("a saved step", 60, |page| page.number("saved-step").filter(|step| *step > 0.0));
    page.click("pause");
    page.wait_for_state("paused", 20);
    let notices = page.text("notice");
    assert!(!notices.contains("kept") && !notices.contains("saved"), "{notices}");
}
