//! A saved run: everything from which it goes on, by name, independent of how a program lays out
//! its memory.
//!
//! The file is a list of 32-bit words, little-endian: magic (2 words), version, then sections of
//! counted entries, then a checksum (2 words) over all words before it. Texts are a length in bytes
//! and that many bytes, padded with 0 to whole words. A file may come from anywhere, so every count
//! is checked against the words that are there before anything is allocated.

use crate::tensor::Shape;
use std::fmt;

/// `DESCENT` and a 0.
const MAGIC: [u32; 2] = [u32::from_le_bytes(*b"DESC"), u32::from_le_bytes(*b"ENT\0")];
/// Rises when the meaning of the words changes.
const VERSION: u32 = 1;
/// More axes than any tensor has.
const MAX_RANK: usize = 8;

/// Everything from which a run goes on.
#[derive(Clone, PartialEq, Debug)]
pub struct Snapshot {
    /// The experiment as in a link.
    pub experiment: String,
    /// The class of device whose tiles were used: only there does the run replay bit for bit.
    pub target: String,
    /// Counters and keys, as words.
    pub counters: Vec<(String, u32)>,
    /// Parameters, moments and statistics.
    pub tensors: Vec<StoredTensor>,
}

/// A tensor of a snapshot.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredTensor {
    /// `params/…`, `moment0/…`, `stats/…` and the leaf's name.
    pub name: String,
    /// Its extent.
    pub shape: Shape,
    /// Its elements, as the bits of f32.
    pub words: Vec<u32>,
}

/// Why a snapshot was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SnapshotError {
    /// It is not one, or its end is missing.
    Malformed {
        /// What was expected.
        what: &'static str,
        /// The word at which it was noticed.
        word: usize,
    },
    /// It is of another version.
    Version(u32),
    /// A bit is wrong.
    Checksum,
    /// It is of another network.
    Mismatch(String),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SnapshotError::Malformed { what, word } => write!(out, "the saved run is damaged: {what} at word {word}"),
            SnapshotError::Version(version) => write!(out, "the saved run has version {version}, this page reads {VERSION}"),
            SnapshotError::Checksum => write!(out, "the saved run is damaged: its checksum differs"),
            SnapshotError::Mismatch(what) => write!(out, "the saved run is of another network: {what}"),
        }
    }
}

impl std::error::Error for SnapshotError {}

impl Snapshot {
    /// The counter of a name.
    pub fn counter(&self, name: &str) -> Option<u32> {
        self.counters.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut words = Vec::with_capacity(64 + self.tensors.iter().map(|stored| stored.words.len() + 24).sum::<usize>());
        words.extend(MAGIC);
        words.push(VERSION);
        push_text(&mut words, &self.experiment);
        push_text(&mut words, &self.target);
        words.push(self.counters.len() as u32);
        for (name, value) in &self.counters {
            push_text(&mut words, name);
            words.push(*value);
        }
        words.push(self.tensors.len() as u32);
        for stored in &self.tensors {
            push_text(&mut words, &stored.name);
            words.push(stored.shape.len() as u32);
            words.extend(stored.shape.iter().map(|extent| *extent as u32));
            words.extend(&stored.words);
        }
        let sum = checksum(&words);
        words.extend([sum as u32, (sum >> 32) as u32]);
        let mut bytes = vec![0; words.len() * 4];
        for (four, word) in bytes.chunks_exact_mut(4).zip(&words) {
            four.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`SnapshotError`] for whatever [`Snapshot::to_bytes`] did not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        if !bytes.len().is_multiple_of(4) {
            return Err(SnapshotError::Malformed { what: "no whole number of words", word: bytes.len() / 4 });
        }
        let words: Vec<u32> = bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
        let Some((body, [low, high])) = words.split_last_chunk::<2>() else {
            return Err(SnapshotError::Malformed { what: "no checksum", word: words.len() });
        };
        let mut reader = Reader { words: body, at: 0 };
        if reader.take(2, "no magic")? != MAGIC {
            return Err(SnapshotError::Malformed { what: "no magic", word: 0 });
        }
        let version = reader.word("no version")?;
        if version != VERSION {
            return Err(SnapshotError::Version(version));
        }
        if checksum(body) != u64::from(*low) | u64::from(*high) << 32 {
            return Err(SnapshotError::Checksum);
        }
        let experiment = reader.text()?;
        let target = reader.text()?;
        let n_counters = reader.count()?;
        let counters = (0..n_counters).map(|_| Ok((reader.text()?, reader.word("no counter")?))).collect::<Result<_, _>>()?;
        let n_tensors = reader.count()?;
        let tensors = (0..n_tensors).map(|_| reader.tensor()).collect::<Result<_, _>>()?;
        if reader.at != body.len() {
            return Err(SnapshotError::Malformed { what: "more words than announced", word: reader.at });
        }
        Ok(Self { experiment, target, counters, tensors })
    }
}

fn push_text(words: &mut Vec<u32>, text: &str) {
    words.push(text.len() as u32);
    words.extend(text.as_bytes().chunks(4).map(|part| {
        let mut four = [0; 4];
        four[..part.len()].copy_from_slice(part);
        u32::from_le_bytes(four)
    }));
}

/// FNV-1a over words. Each round is a bijection of the sum, so no single wrong word goes unnoticed.
fn checksum(words: &[u32]) -> u64 {
    words.iter().fold(0xcbf2_9ce4_8422_2325, |sum, word| (sum ^ u64::from(*word)).wrapping_mul(0x0000_0100_0000_01b3))
}

struct Reader<'a> {
    words: &'a [u32],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u32], SnapshotError> {
        let end = self.at.checked_add(len).filter(|end| *end <= self.words.len());
        let end = end.ok_or(SnapshotError::Malformed { what, word: self.at })?;
        let taken = &self.words[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn word(&mut self, what: &'static str) -> Result<u32, SnapshotError> {
        Ok(self.take(1, what)?[0])
    }

    /// A number of entries, each of which takes at least a word.
    fn count(&mut self) -> Result<usize, SnapshotError> {
        let count = self.word("no count")? as usize;
        if count > self.words.len() - self.at {
            return Err(SnapshotError::Malformed { what: "more entries than words", word: self.at });
        }
        Ok(count)
    }

    fn text(&mut self) -> Result<String, SnapshotError> {
        let len = self.word("no text")? as usize;
        let start = self.at;
        let words = self.take(len.div_ceil(4), "a text is cut off")?;
        let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes.truncate(len);
        String::from_utf8(bytes).map_err(|_| SnapshotError::Malformed { what: "a text is not UTF-8", word: start })
    }

    fn tensor(&mut self) -> Result<StoredTensor, SnapshotError> {
        let name = self.text()?;
        let rank = self.word("no rank")? as usize;
        if rank > MAX_RANK {
            return Err(SnapshotError::Malformed { what: "too many axes", word: self.at });
        }
        let extents: Vec<usize> = self.take(rank, "no extents")?.iter().map(|extent| *extent as usize).collect();
        let elements = extents.iter().try_fold(1usize, |product, extent| product.checked_mul(*extent));
        let elements = elements.ok_or(SnapshotError::Malformed { what: "extents overflow", word: self.at })?;
        let words = self.take(elements, "a tensor is cut off")?.to_vec();
        Ok(StoredTensor { name, shape: Shape::from(extents), words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_spec::random::{Rng, Stream};

    fn example() -> Snapshot {
        Snapshot {
            experiment: "v=2&dataset=spiral&seed=ß".into(),
            target: "cpu".into(),
            counters: vec![("done".into(), 77), ("order-key".into(), u32::MAX)],
            tensors: vec![
                StoredTensor {
                    name: "params/dense1.weight".into(),
                    shape: Shape::from([2, 3]),
                    words: vec![1, 2, 3, 4, 5, f32::NAN.to_bits()],
                },
                StoredTensor { name: "stats/empty".into(), shape: Shape::from([0]), words: vec![] },
                StoredTensor { name: "moment0/scalar".into(), shape: Shape::scalar(), words: vec![9] },
            ],
        }
    }

    #[test]
    fn a_snapshot_survives_the_round_trip() {
        let bytes = example().to_bytes();
        assert_eq!(Snapshot::from_bytes(&bytes), Ok(example()));
    }

    #[test]
    fn every_truncated_snapshot_is_refused() {
        let bytes = example().to_bytes();
        for len in 0..bytes.len() {
            assert!(Snapshot::from_bytes(&bytes[..len]).is_err(), "cut at {len}");
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let bytes = example().to_bytes();
        for bit in 0..bytes.len() * 8 {
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(Snapshot::from_bytes(&bad).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn hostile_counts_with_a_good_checksum_are_refused() {
        let mut rng = Rng::new(1, Stream::Sample, 0);
        let good: Vec<u32> =
            example().to_bytes().chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
        for _ in 0..20_000 {
            let mut words = good[..good.len() - 2].to_vec();
            let at = 3 + rng.below(words.len() as u32 - 3) as usize;
            words[at] = if rng.below(2) == 0 { rng.bits() } else { rng.below(64) };
            let sum = checksum(&words);
            words.extend([sum as u32, (sum >> 32) as u32]);
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            // Some changes give another valid snapshot; none may panic or ask for absurd memory.
            let _ = Snapshot::from_bytes(&bytes);
        }
    }
}
