//! Files that a visitor brings.

use crate::browser::{Browser, Graphics};
use crate::{PAGE, PAGE_WITH_FAULTS};
use std::path::PathBuf;

/// Writes files into a folder of this test's own.
fn files(name: &str, contents: &[(&str, &[u8])]) -> Vec<PathBuf> {
    let folder = std::env::temp_dir().join(format!("descent-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the files");
    contents
        .iter()
        .map(|(file, bytes)| {
            let path = folder.join(file);
            std::fs::write(&path, bytes).expect("a file is written");
            path
        })
        .collect()
}

#[test]
fn a_truncated_file_is_refused_and_the_former_data_stay() {
    // Announces ten images of 28×28 and holds three bytes.
    let header: Vec<u8> = [0x803u32, 10, 28, 28].iter().flat_map(|number| number.to_be_bytes()).chain([1, 2, 3]).collect();
    let paths = files("truncated", &[("train-images-idx3-ubyte", &header)]);
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("#v=2&dataset=digits&level=all");
    let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
    page.upload("files", &paths);
    let notice = page.wait_for_notice("file", 20);
    assert!(notice.contains("train-images"), "the notice names no file: {notice}");
    let held = page.evaluate("return document.getElementById('files').files.length");
    assert_eq!(held, 0, "a file that the input still holds cannot be chosen again");
    page.click("play");
    page.wait_for_step(20.0, 30);
    page.assert_no_errors();
}

#[test]
fn mnist_without_its_files_says_how_to_get_them() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open("#v=2&dataset=mnist");
    let notice = page.wait_for_notice("file", 30);
    assert!(notice.contains("MNIST"), "{notice}");
}

/// The four files of a small set that has the form of MNIST.
fn small_mnist(name: &str) -> Vec<PathBuf> {
    let idx = |kind: u8, extents: &[u32], each: usize| -> Vec<u8> {
        let header = [0, 0, 8, kind].into_iter().chain(extents.iter().flat_map(|extent| extent.to_be_bytes()));
        header.chain((0..extents[0] as usize * each).map(|i| if each == 1 { (i % 10) as u8 } else { (i % 251) as u8 })).collect()
    };
    let (images, labels) = (|n: u32| idx(3, &[n, 28, 28], 784), |n: u32| idx(1, &[n], 1));
    files(
        name,
        &[
            ("train-images-idx3-ubyte", &images(200)),
            ("train-labels-idx1-ubyte", &labels(200)),
            ("t10k-images-idx3-ubyte", &images(50)),
            ("t10k-labels-idx1-ubyte", &labels(50)),
        ],
    )
}

#[test]
fn files_survive_the_worker_that_took_them() {
    let paths = small_mnist("survive");
    let page = Browser::start(PAGE_WITH_FAULTS, Graphics::None);
    page.open("#v=2&dataset=mnist&level=all");
    page.wait_for_notice("file", 30);
    page.upload("files", &paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    page.wait_for_state("ready", 30);
    page.click("play");
    let saved = page.wait("a saved step", 60, |page| page.number("saved-step").filter(|step| *step > 0.0));
    page.click("fault-trap");
    page.wait_for_notice("worker-restarted", 60);
    page.wait_for_step(saved + 20.0, 60);
    assert_eq!(page.attribute("status", "data-state").as_deref(), Some("training"));
}

#[test]
fn files_that_were_missing_are_taken_and_their_images_answered() {
    let paths = small_mnist("taken");
    let page = Browser::start(PAGE, Graphics::None);
    page.open("#v=2&dataset=mnist");
    page.wait_for_notice("file", 30);
    let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
    page.upload("files", &paths);
    page.wait_for_state("ready", 30);
    page.click("play");
    page.wait_for_step(20.0, 30);
    page.wait("an answer to each image", 20, |page| page.text("samples").contains("of these").then_some(()));
    assert_eq!(page.attribute("notice", "data-kind").as_deref(), Some("no-webgpu"), "the notice of the missing files is gone");
}
