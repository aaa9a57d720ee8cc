//! Reads golden files: a JSON manifest and the safetensors file beside it.

use super::golden_file::Tensors;
use descent::tensor::Tensor;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder of golden files: `GOLDEN_DIR` or `../shared/golden`; says so and yields nothing where
/// there is none.
pub fn golden_dir() -> Option<PathBuf> {
    let dir = std::env::var_os("GOLDEN_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden"), PathBuf::from);
    if dir.is_dir() {
        return Some(dir);
    }
    println!("skipped: no golden files at {}", dir.display());
    None
}

/// The folder of the golden files that are bundled.
pub fn bundled_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A manifest and its tensors.
pub struct Manifest {
    /// The manifest.
    pub json: Value,
    tensors: Tensors,
}

impl Manifest {
    /// Reads `dir/name.json` and `dir/name.safetensors`.
    pub fn open(dir: &Path, name: &str) -> Self {
        let read = |extension: &str| {
            let path = dir.join(name).with_extension(extension);
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Self { json: serde_json::from_slice(&read("json")).expect("the manifest is JSON"), tensors: Tensors::parse(&read("safetensors")) }
    }

    /// Whether the file has such a tensor.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.has(name)
    }

    /// One tensor in double precision.
    pub fn tensor(&self, name: &str) -> Tensor<f64> {
        self.tensors.get(name)
    }
}

/// A number of a manifest.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("expected a number, found {value}"))
}
