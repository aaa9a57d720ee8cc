//! Commands and events as bytes: an enum's number and its fields in order, without names ([`postcard`]).
//!
//! Page and worker are of one build, so messages need not describe themselves.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The bytes of a command or an event.
pub fn to_bytes(message: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(message).expect("messages are plain data")
}

/// What the other side has written.
///
/// # Panics
/// If the bytes are those of another build.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> T {
    postcard::from_bytes(bytes).expect("page and worker are of one build")
}
