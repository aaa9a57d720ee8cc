//! Messages as bytes: an enum's number and its fields in order, without names ([`postcard`]).
//!
//! Page and worker are of one build, so messages need not describe themselves. Each begins with a
//! name of that build (`build.rs`), so that one of another build is known and never misread: a
//! server may have new files of the worker for a page that was loaded before.
//!
//! What is posted is a JavaScript array. Its first element is a `Uint8Array` of these bytes; behind
//! it stands what travels beside them, the snapshot's `ArrayBuffer` or the `File`s. Buffers are
//! transferred.

use crate::Addressed;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Begins each message: a digest of the sources of this crate and of `descent-spec`.
const BUILD: &[u8] = env!("DESCENT_MESSAGES").as_bytes();

/// The bytes of a message.
pub fn to_bytes<M: Serialize>(message: &Addressed<M>) -> Vec<u8> {
    postcard::to_extend(message, BUILD.to_vec()).expect("messages are plain data")
}

/// What the other side has written; `None` if it is of another build.
pub fn from_bytes<M: DeserializeOwned>(bytes: &[u8]) -> Option<Addressed<M>> {
    postcard::from_bytes(bytes.strip_prefix(BUILD)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Event, Images, Maps, Metrics, Picture, RunId, Start};
    use descent_spec::{Experiment, View};

    #[test]
    fn messages_survive_the_border() {
        let command =
            Command::Build { experiment: Experiment::first_visit(), view: View::default(), start: Start::Snapshot { step: 1 << 40 } };
        let sent = Addressed { run: RunId(3), message: command };
        assert_eq!(from_bytes(&to_bytes(&sent)), Some(sent));
        let maps = Maps { size: 2, unit_size: 1, output: vec![1, -2, 3, -127], units: vec![5], params: vec![0.5, f32::MIN_POSITIVE] };
        let images = Images { answers: vec![0.25; 20], activations: vec![255, 0], drawn: Vec::new() };
        for event in [
            Event::Booted,
            Event::Metrics(Metrics { step: 1 << 40, ..Metrics::default() }),
            Event::Frame { step: 7, picture: Picture::Maps(maps) },
            Event::Frame { step: 8, picture: Picture::Images(images) },
        ] {
            let sent = Addressed { run: RunId(9), message: event };
            assert_eq!(from_bytes(&to_bytes(&sent)), Some(sent));
        }
    }

    #[test]
    fn bytes_of_another_build_are_no_message() {
        assert_eq!(from_bytes::<Event>(&[0xff; 12]), None);
        assert_eq!(from_bytes::<Command>(&[]), None);
        let mut other = to_bytes(&Addressed { run: RunId(0), message: Event::Booted });
        other[0] ^= 1;
        assert_eq!(from_bytes::<Event>(&other), None);
    }
}
