//! Commands and events as bytes: an enum's number and its fields in order, without names ([`postcard`]).
//!
//! Page and worker are of one build, so messages need not describe themselves. Reading and writing objects with named fields
//! (serde-wasm-bindgen) takes many times the code.

use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// A message's first part.
pub(super) fn written(message: &impl Serialize) -> Uint8Array {
    Uint8Array::from(postcard::to_allocvec(message).expect("messages are plain data").as_slice())
}

/// What the other side has written.
pub(super) fn read<T: DeserializeOwned>(part: &JsValue) -> T {
    postcard::from_bytes(&Uint8Array::new(part).to_vec()).expect("page and worker are of one build")
}
