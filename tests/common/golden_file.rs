//! Reads a golden file: a manifest of cases (JSON) and their tensors (safetensors). Works on bytes,
//! so that it runs in a browser too.

use descent::tensor::Tensor;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One op's cases and tensors.
pub struct GoldenFile {
    pub op: String,
    pub cases: Vec<Case>,
    tensors: Tensors,
}

/// One case; the maps go from argument names to tensor names.
#[derive(Deserialize)]
pub struct Case {
    pub name: String,
    pub attrs: serde_json::Value,
    pub inputs: BTreeMap<String, String>,
    #[serde(default)]
    pub upstream: BTreeMap<String, String>,
    pub outputs: BTreeMap<String, Expected>,
    #[serde(default)]
    pub grads: BTreeMap<String, Expected>,
}

/// A tensor that an executor must come to: `|got - want| <= atol + rtol · |want|` in every element.
#[derive(Deserialize)]
pub struct Expected {
    pub tensor: String,
    pub rtol: f64,
    pub atol: f64,
}

impl GoldenFile {
    /// # Panics
    /// If the bytes are not a manifest and its tensors.
    pub fn parse(manifest: &[u8], tensors: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Manifest {
            op: String,
            cases: Vec<Case>,
        }
        let manifest: Manifest = serde_json::from_slice(manifest).expect("a golden manifest");
        Self { op: manifest.op, cases: manifest.cases, tensors: Tensors::parse(tensors) }
    }

    /// A tensor by name; every type of number becomes f64.
    pub fn tensor(&self, name: &str) -> Tensor<f64> {
        self.tensors.get(name)
    }
}

/// The content of a safetensors file: a length, a JSON header, then the elements, little-endian.
pub struct Tensors {
    entries: BTreeMap<String, Entry>,
    data: Vec<u8>,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

impl Tensors {
    /// # Panics
    /// If the bytes are not a safetensors file.
    pub fn parse(bytes: &[u8]) -> Self {
        let (length, rest) = bytes.split_first_chunk::<8>().expect("a safetensors file begins with a length");
        let (header, data) = rest.split_at(usize::try_from(u64::from_le_bytes(*length)).expect("a header that fits memory"));
        let mut header: BTreeMap<String, serde_json::Value> = serde_json::from_slice(header).expect("a safetensors header");
        header.remove("__metadata__");
        let entries = header.into_iter().map(|(name, entry)| (name, serde_json::from_value(entry).expect("a tensor's entry"))).collect();
        Self { entries, data: data.to_vec() }
    }

    /// Whether there is such a tensor.
    pub fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// A tensor by name; every type of number becomes f64.
    ///
    /// # Panics
    /// If there is no such tensor or its type is not one that golden files have.
    pub fn get(&self, name: &str) -> Tensor<f64> {
        let entry = self.entries.get(name).unwrap_or_else(|| panic!("the golden file has no tensor {name}"));
        let bytes = &self.data[entry.data_offsets[0]..entry.data_offsets[1]];
        let words = bytes.as_chunks::<4>().0.iter();
        let data = match entry.dtype.as_str() {
            "F32" => words.map(|word| f64::from(f32::from_le_bytes(*word))).collect(),
            "I32" => words.map(|word| f64::from(i32::from_le_bytes(*word))).collect(),
            "F64" => bytes.as_chunks::<8>().0.iter().map(|word| f64::from_le_bytes(*word)).collect(),
            "U8" => bytes.iter().copied().map(f64::from).collect(),
            other => panic!("tensor {name} has type {other}"),
        };
        Tensor::new(entry.shape.clone(), data)
    }
}
