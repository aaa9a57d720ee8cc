//! What a visitor downloads: small, and the page without the engine.

use crate::PAGE;
use std::path::{Path, PathBuf};

/// Page and worker together, compressed.
const MAX_BYTES: usize = 700 * 1024;

fn built(is_wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let files = std::fs::read_dir(&folder).expect("the page is built: run ./test").flatten().map(|entry| entry.path());
    files.filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(&is_wanted)).collect()
}

/// Bytes of a file after brotli at its best, as a static host sends it.
fn compressed_bytes(path: &Path) -> usize {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut text = std::io::Cursor::new(std::fs::read(path).expect("a file of the page"));
    brotli::BrotliCompress(&mut text, &mut out, &parameters).expect("memory is enough");
    out.len()
}

#[test]
fn page_and_worker_are_small() {
    let mut all = 0;
    for path in built(|name| [".js", ".wasm", ".css", ".html", ".svg"].iter().any(|ending| name.ends_with(ending))) {
        let bytes = compressed_bytes(&path);
        println!("{}: {bytes} bytes with brotli", path.display());
        all += bytes;
    }
    println!("in all: {all} bytes with brotli");
    assert!(all <= MAX_BYTES, "{all} bytes in all, {MAX_BYTES} are allowed");
}

#[test]
fn the_page_carries_no_engine() {
    let script = built(|name| name.starts_with("app-") && name.ends_with(".js"));
    assert_eq!(script.len(), 1, "{script:?}");
    let text = std::fs::read_to_string(&script[0]).expect("the page's script");
    assert!(!text.contains("requestAdapter"), "the page asks for an adapter itself");
}
