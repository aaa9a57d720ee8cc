//! A saved run: everything from which it goes on, by name, independent of how a program lays out
//! its memory.
//!
//! The file is one of [safetensors](https://github.com/huggingface/safetensors), so that other
//! programs read the weights. Its tensors are those that training changes, its metadata the rest:
//! the experiment as in a link, the class of device, the counters as JSON and a checksum over all
//! of it. A file may come from anywhere, so what it says of its lengths is checked against the
//! bytes that are there before anything is allocated.

mod safetensors;
#[cfg(test)]
mod tests;

use crate::{Experiment, link};
use safetensors::{Header, malformed};
use std::collections::BTreeMap;
use std::fmt;

/// The most bytes of a file: a header, and four numbers for each that is trained.
pub const MAX_BYTES: u64 = (4 << 20) + 4 * 4 * crate::cost::MAX_PARAMS;
/// Rises when the meaning of a name changes.
const VERSION: &str = "2";

/// Everything from which a run goes on.
#[derive(Clone, PartialEq, Debug)]
pub struct Snapshot {
    /// The experiment as in a link.
    pub experiment: String,
    /// The class of device whose tiles were used: only there does the run replay bit for bit.
    pub target: String,
    /// Counters and keys, as words.
    pub counters: BTreeMap<String, u32>,
    /// Parameters, moments and statistics.
    pub tensors: Vec<StoredTensor>,
}

/// A tensor of a snapshot.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredTensor {
    /// `params/…`, `moment0/…`, `stats/…` and the leaf's name.
    pub name: String,
    /// Its extent.
    pub shape: Vec<usize>,
    /// Its elements, as the bits of f32.
    pub words: Vec<u32>,
}

/// Why a snapshot was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SnapshotError {
    /// It is no file of tensors, or is cut off or damaged.
    Malformed {
        /// What was found.
        what: String,
    },
    /// It holds tensors, but says nothing of a run.
    NoRun,
    /// It is of another version.
    Version(String),
    /// A bit is wrong.
    Checksum,
    /// It is of another network, or of an experiment that cannot be built.
    Mismatch(String),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { what } => write!(out, "the saved run is damaged: {what}"),
            Self::NoRun => write!(out, "the file holds tensors, but no run that was saved here"),
            Self::Version(version) => write!(out, "the saved run has version {version}, this page reads {VERSION}"),
            Self::Checksum => write!(out, "the saved run is damaged: its checksum differs"),
            Self::Mismatch(what) => write!(out, "the saved run does not fit its network: {what}"),
        }
    }
}

impl std::error::Error for SnapshotError {}

impl Snapshot {
    /// The counter of a name.
    pub fn counter(&self, name: &str) -> Option<u32> {
        self.counters.get(name).copied()
    }

    /// The experiment, where all of it can be read and its network has the saved parameters.
    ///
    /// # Errors
    /// [`SnapshotError::Mismatch`] otherwise.
    pub fn experiment(&self) -> Result<Experiment, SnapshotError> {
        let (experiment, problems) = link::read(&self.experiment);
        if let Some(problem) = problems.first() {
            return Err(SnapshotError::Mismatch(problem.to_string()));
        }
        let outline = experiment.outline().map_err(|error| SnapshotError::Mismatch(error.to_string()))?;
        let trained = |site: &crate::model::Site| {
            let tensors = site.tensors.iter().filter(|tensor| tensor.role.is_trained());
            tensors.map(|tensor| (format!("params/{}", site.tensor_name(tensor)), tensor.shape.clone())).collect::<Vec<_>>()
        };
        for (name, shape) in outline.sites.iter().flat_map(trained) {
            let stored = self.tensors.iter().find(|stored| stored.name == name);
            let stored = stored.ok_or_else(|| SnapshotError::Mismatch(format!("it has no {name}")))?;
            if stored.shape != shape {
                return Err(SnapshotError::Mismatch(format!("{name} has shape {:?} where {shape:?} is expected", stored.shape)));
            }
            if !stored.words.iter().all(|word| f32::from_bits(*word).is_finite()) {
                return Err(SnapshotError::Mismatch(format!("{name} holds something that is no finite number")));
            }
        }
        Ok(experiment)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let counters = serde_json::to_string(&self.counters).expect("counters are plain data");
        let texts = [
            ("version", VERSION.to_owned()),
            ("experiment", self.experiment.clone()),
            ("target", self.target.clone()),
            ("counters", counters),
            ("checksum", format!("{:016x}", self.checksum())),
        ];
        let metadata = texts.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        let mut header = Header { metadata, tensors: Vec::new() };
        for stored in &self.tensors {
            header.push(stored.name.clone(), stored.shape.clone());
        }
        let mut bytes = header.to_bytes();
        bytes.reserve_exact(self.tensors.iter().map(|stored| 4 * stored.words.len()).sum());
        for stored in &self.tensors {
            bytes.extend(stored.words.iter().flat_map(|word| word.to_le_bytes()));
        }
        bytes
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`SnapshotError`] for whatever [`Snapshot::to_bytes`] did not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let (mut header, data) = Header::read(bytes)?;
        let mut text = |name: &str| header.metadata.remove(name).ok_or(SnapshotError::NoRun);
        let version = text("version")?;
        if version != VERSION {
            return Err(SnapshotError::Version(version));
        }
        let (experiment, target, counters, checksum) = (text("experiment")?, text("target")?, text("counters")?, text("checksum")?);
        let counters = serde_json::from_str(&counters).map_err(|error| malformed(format!("its counters cannot be read: {error}")))?;
        let stored = |(name, entry): (String, safetensors::Entry)| {
            let words = entry.of(data).chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
            StoredTensor { name, shape: entry.shape, words }
        };
        let snapshot = Self { experiment, target, counters, tensors: header.tensors.into_iter().map(stored).collect() };
        if checksum == format!("{:016x}", snapshot.checksum()) { Ok(snapshot) } else { Err(SnapshotError::Checksum) }
    }

    /// Of all it holds, in whatever order a file has the tensors.
    fn checksum(&self) -> u64 {
        let mut sum = Checksum::default();
        sum.text(&self.experiment);
        sum.text(&self.target);
        for (name, value) in &self.counters {
            sum.text(name);
            sum.word(*value);
        }
        let mut tensors: Vec<&StoredTensor> = self.tensors.iter().collect();
        tensors.sort_by_key(|stored| &stored.name);
        for stored in tensors {
            sum.text(&stored.name);
            sum.word(stored.shape.len() as u32);
            stored.shape.iter().for_each(|extent| sum.word(*extent as u32));
            stored.words.iter().for_each(|word| sum.word(*word));
        }
        sum.0
    }
}

/// FNV-1a over words. Each round is a bijection of the sum, so no single wrong word goes unnoticed.
struct Checksum(u64);

impl Default for Checksum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Checksum {
    fn word(&mut self, word: u32) {
        self.0 = (self.0 ^ u64::from(word)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn text(&mut self, text: &str) {
        self.word(text.len() as u32);
        text.bytes().for_each(|byte| self.word(u32::from(byte)));
    }
}
