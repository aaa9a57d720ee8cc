//! Names the form of messages: page and worker understand each other only where both were built from
//! the same sources of what crosses the border.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut hasher = DefaultHasher::new();
    std::env::var_os("CARGO_FEATURE_FAULTS").hash(&mut hasher);
    for folder in ["src", "../spec/src"] {
        println!("cargo:rerun-if-changed={folder}");
        let mut files = Vec::new();
        list(Path::new(folder), &mut files);
        files.sort();
        for file in files {
            fs::read(&file).expect("a source can be read").hash(&mut hasher);
        }
    }
    println!("cargo:rustc-env=DESCENT_MESSAGES={:016x}", hasher.finish());
}

/// All files under a folder.
fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}
