//! Reads a golden file: a manifest of cases (JSON) and their tensors (safetensors). Works on bytes,
//! so that it runs in a browser too.

use descent::tensor::Tensor;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
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

/// The tensors of a safetensors file; every type of number becomes f64.
pub struct Tensors(BTreeMap<String, Tensor<f64>>);

impl Tensors {
    /// # Panics
    /// If the bytes are not a safetensors file, or one of a type that golden files do not have.
    pub fn parse(bytes: &[u8]) -> Self {
        let file = SafeTensors::deserialize(bytes).expect("a safetensors file");
        Self(file.iter().map(|(name, view)| (name.to_owned(), tensor(name, &view))).collect())
    }

    /// Whether there is such a tensor.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A tensor by name.
    ///
    /// # Panics
    /// If there is no such tensor.
    pub fn get(&self, name: &str) -> Tensor<f64> {
        self.0.get(name).unwrap_or_else(|| panic!("the golden file has no tensor {name}")).clone()
    }
}

fn tensor(name: &str, view: &TensorView) -> Tensor<f64> {
    let words = view.data().as_chunks::<4>().0.iter();
    let data = match view.dtype() {
        Dtype::F32 => words.map(|word| f64::from(f32::from_le_bytes(*word))).collect(),
        Dtype::I32 => words.map(|word| f64::from(i32::from_le_bytes(*word))).collect(),
        Dtype::F64 => view.data().as_chunks::<8>().0.iter().map(|word| f64::from_le_bytes(*word)).collect(),
        Dtype::U8 => view.data().iter().copied().map(f64::from).collect(),
        other => panic!("tensor {name} has type {other}"),
    };
    Tensor::new(view.shape().to_vec(), data)
}
