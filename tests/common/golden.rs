//! Reads golden files: a JSON manifest and the safetensors file beside it.

use descent::tensor::Tensor;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder of golden files: `GOLDEN_DIR` or `../shared/golden`; says so and yields nothing where there is none.
pub fn golden_dir() -> Option<PathBuf> {
    let dir = std::env::var_os("GOLDEN_DIR").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden"), PathBuf::from);
    if dir.is_dir() {
        return Some(dir);
    }
    println!("skipped: no golden files at {}", dir.display());
    None
}

/// A manifest and its tensors.
pub struct Manifest {
    /// The manifest.
    pub json: Value,
    bytes: Vec<u8>,
}

impl Manifest {
    /// Reads `dir/name.json` and `dir/name.safetensors`.
    pub fn open(dir: &Path, name: &str) -> Self {
        let read = |extension: &str| {
            let path = dir.join(name).with_extension(extension);
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Self { json: serde_json::from_slice(&read("json")).expect("the manifest is JSON"), bytes: read("safetensors") }
    }

    /// All tensors of the file.
    pub fn tensors(&self) -> SafeTensors<'_> {
        SafeTensors::deserialize(&self.bytes).expect("the file is in safetensors format")
    }

    /// One tensor in double precision.
    pub fn tensor(&self, name: &str) -> Tensor<f64> {
        let tensors = self.tensors();
        let view = tensors.tensor(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let data = view.data();
        let values: Vec<f64> = match view.dtype() {
            Dtype::F64 => data.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().expect("8 bytes"))).collect(),
            Dtype::F32 => data.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().expect("4 bytes")).into()).collect(),
            Dtype::I32 => data.chunks_exact(4).map(|bytes| i32::from_le_bytes(bytes.try_into().expect("4 bytes")).into()).collect(),
            Dtype::U8 => data.iter().map(|byte| f64::from(*byte)).collect(),
            other => panic!("{name}: unexpected type {other:?}"),
        };
        Tensor::new(view.shape(), values)
    }
}

/// A number of a manifest.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("expected a number, found {value}"))
}
