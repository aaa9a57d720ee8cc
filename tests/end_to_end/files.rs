//! Files that a visitor brings.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
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
