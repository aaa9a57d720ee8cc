//! A run as a file: saved, opened, refused.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
use descent::train::Snapshot;
use serde_json::json;
use std::path::{Path, PathBuf};

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("descent-{name}-{}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).expect("a folder for the files");
    folder
}

/// Trains for some steps, holds and saves the run into a folder.
fn save(page: &Browser, folder: &Path) -> (f64, PathBuf) {
    page.click("play");
    page.wait_for_step(200.0, 60);
    page.click("pause");
    page.wait_for_state("paused", 30);
    let step = page.number("step-count").expect("a step");
    page.wait("the last step to be saved", 30, |page| (page.number("saved-step") == Some(step)).then_some(()));
    let behaviour = json!({ "behavior": "allow", "downloadPath": folder });
    page.devtools("Browser.setDownloadBehavior", behaviour).expect("downloads go to a folder");
    page.click("save-run");
    let path = page.wait("the file", 30, |_| {
        let files = std::fs::read_dir(folder).expect("the folder is there");
        files.flatten().map(|file| file.path()).find(|path| path.extension().is_some_and(|ending| ending == "safetensors"))
    });
    (step, path)
}

#[test]
fn a_run_is_saved_to_a_file_and_goes_on_from_it() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=circle&layers=norm:tanh,dense:5:tanh&lr=0.02&level=more");
    let (step, path) = save(&page, &folder("saved"));
    assert_eq!(path.file_name().and_then(|name| name.to_str()), Some(&*format!("descent-circle-step-{step}.safetensors")));
    let saved = Snapshot::from_bytes(&std::fs::read(&path).expect("the file can be read")).expect("it is a saved run");
    assert_eq!(saved.step() as f64, step);
    assert_eq!(saved.check().expect("it holds what its experiment needs").learning_rate, 0.02);
    let accuracy = page.number("accuracy-test");

    page.open_ready("#v=2&dataset=digits&level=all");
    page.upload("run-file", &[&path]);
    page.wait_for_state("paused", 60);
    assert_eq!((page.number("step-count"), page.number("saved-step")), (Some(step), Some(step)));
    assert_eq!(page.evaluate("return location.hash").as_str(), Some("#v=2&dataset=circle&layers=norm:tanh,dense:5:tanh&lr=0.02&level=all"));
    page.wait("the same accuracy", 30, |page| (page.number("accuracy-test") == accuracy).then_some(()));
    page.click("play");
    page.wait_for_step(step + 100.0, 30);
    page.assert_no_errors();
}

#[test]
fn a_file_that_is_no_saved_run_changes_nothing() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=circle&level=more");
    let folder = folder("refused");
    let (step, path) = save(&page, &folder);
    let mut bytes = std::fs::read(&path).expect("the file can be read");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    for (name, bytes, why) in [
        ("flipped.safetensors", &bytes[..], "its checksum differs"),
        ("short.safetensors", &bytes[..last], "damaged"),
        ("empty.safetensors", &[], "no safetensors file"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, bytes).expect("a file is written");
        page.upload("run-file", &[&path]);
        let notice =
            page.wait("a notice of this file", 20, |page| Some(page.wait_for_notice("saved-run", 20)).filter(|text| text.contains(name)));
        assert!(notice.contains(why), "{notice}");
        assert_eq!((page.number("step-count"), page.attribute("status", "data-state").as_deref()), (Some(step), Some("paused")));
    }
    page.click("play");
    page.wait_for_step(step + 100.0, 30);
    page.assert_no_errors();
}

/// Trains a circle for some steps and holds it; returns the step at which it is held and saved.
fn train_and_hold(page: &Browser, least: f64) -> f64 {
    page.click("play");
    page.wait_for_step(least, 60);
    page.click("pause");
    page.wait_for_state("paused", 30);
    let step = page.number("step-count").expect("a step");
    page.wait("the last step to be saved", 30, |page| (page.number("saved-step") == Some(step)).then_some(()));
    page.pause(0.5);
    step
}

/// Whether a kept run can be gone on with.
fn is_offered(page: &Browser) -> bool {
    page.attribute("resume", "data-testid").is_some()
}

#[test]
fn the_browser_keeps_a_run_of_each_link_until_it_is_forgotten() {
    const LINK: &str = "#v=2&dataset=circle&level=more";
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready(LINK);
    let step = train_and_hold(&page, 200.0);
    let accuracy = page.number("accuracy-test");

    page.open_ready("#v=2&dataset=xor&level=more");
    page.pause(0.5);
    assert!(!is_offered(&page), "nothing is kept of another link");

    page.open_ready("#v=2&dataset=circle&level=all");
    let offer = page.wait_for_notice("kept-run", 20);
    assert!(offer.contains("was kept"), "{offer}");
    page.click("resume");
    page.wait_for_state("paused", 30);
    assert_eq!((page.number("step-count"), page.number("saved-step")), (Some(step), Some(step)));
    page.wait("the same accuracy", 30, |page| (page.number("accuracy-test") == accuracy).then_some(()));
    assert!(!is_offered(&page));
    let further = train_and_hold(&page, step + 100.0);

    // A run that starts again and has not gone so far yet does not take its place.
    page.open_ready(LINK);
    page.wait_for_notice("kept-run", 20);
    page.click("step");
    page.wait_for_step(1.0, 20);
    page.pause(0.5);
    page.open_ready(LINK);
    page.wait_for_notice("kept-run", 20);
    assert!(page.text("resume").replace(',', "").ends_with(&format!("{further}")), "{}", page.text("resume"));
    page.click("forget");
    page.pause(0.5);
    page.open_ready(LINK);
    page.pause(0.5);
    assert!(!is_offered(&page));
    page.assert_no_errors();
}
