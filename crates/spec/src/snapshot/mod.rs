//! A saved run: everything from which it goes on, by name, independent of how a program lays out
//! its memory.
//!
//! The file is one of [safetensors](https://github.com/huggingface/safetensors), so that other
//! programs read the weights. Its tensors are those that training changes, its metadata the rest:
//! the experiment as a link that names every setting, the class of device, the counters as JSON and
//! a checksum over all of it. A file may come from anywhere: [`Snapshot::from_bytes`] judges its
//! form, [`Snapshot::check`] whether all is there that its experiment needs.

mod checksum;
mod needed;
#[cfg(test)]
mod tests;

pub use needed::COUNTERS;

use crate::Experiment;
use crate::link::{self, Link};
use crate::quote::glance;
use checksum::Checksum;
use safetensors::{Dtype, SafeTensorError, SafeTensors, View};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// The most bytes of a file: a header, and four numbers for each that is trained.
pub const MAX_BYTES: u64 = MAX_HEADER + 4 * 4 * crate::cost::MAX_PARAMS;
/// The longest header that is read, in bytes.
const MAX_HEADER: u64 = 4 << 20;
/// Rises when the meaning of a name changes.
const VERSION: &str = "3";
/// The longest text of a file that an error quotes, in characters.
const QUOTED: usize = 80;

/// Everything from which a run goes on.
#[derive(Clone, PartialEq, Debug)]
pub struct Snapshot {
    /// The experiment as a link, see [`link::write_all`].
    pub link: String,
    /// The class of device whose tiles were used: only there does the run replay bit for bit.
    pub target: String,
    /// Counters and keys, as words; see [`COUNTERS`].
    pub counters: BTreeMap<String, u32>,
    /// Parameters, moments and statistics: `params/…`, `moment0/…`, `stats/…` and the leaf's name.
    pub tensors: BTreeMap<String, StoredTensor>,
}

/// A tensor of a snapshot.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredTensor {
    /// Its extent.
    pub shape: Vec<usize>,
    /// Its elements, as the bits of f32.
    pub words: Vec<u32>,
}

/// Why a snapshot was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SnapshotError {
    /// It is no file of named tensors.
    NotSafetensors,
    /// It is cut off or damaged.
    Malformed(String),
    /// It holds tensors, but says nothing of a run.
    NoRun,
    /// It is of another version.
    Version(String),
    /// A bit is wrong.
    Checksum,
    /// Its experiment cannot be read or built.
    Experiment(String),
    /// It does not hold what a run of its experiment needs.
    Mismatch(String),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSafetensors => write!(out, "it is no safetensors file"),
            Self::Malformed(what) => write!(out, "the saved run is damaged: {what}"),
            Self::NoRun => write!(out, "it holds tensors, but no run that was saved here"),
            Self::Version(version) => write!(out, "the saved run has version {version}, and this page reads {VERSION}"),
            Self::Checksum => write!(out, "the saved run is damaged: its checksum differs"),
            Self::Experiment(why) => write!(out, "the experiment of the saved run cannot be built here: {why}"),
            Self::Mismatch(what) => write!(out, "the saved run does not fit its experiment: {what}"),
        }
    }
}

impl std::error::Error for SnapshotError {}

impl Snapshot {
    /// Steps that were taken; 0 if it does not say, which [`Snapshot::check`] refuses.
    pub fn step(&self) -> u64 {
        self.counters.get(needed::STEP).copied().unwrap_or_default().into()
    }

    /// The counter of a name.
    ///
    /// # Errors
    /// [`SnapshotError::Mismatch`] if there is none.
    pub fn counter(&self, name: &str) -> Result<u32, SnapshotError> {
        self.counters.get(name).copied().ok_or_else(|| SnapshotError::Mismatch(format!("it has no counter {name}")))
    }

    /// The tensor of a name and a shape.
    ///
    /// # Errors
    /// [`SnapshotError::Mismatch`] if there is none.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<&StoredTensor, SnapshotError> {
        match self.tensors.get(name) {
            None => Err(SnapshotError::Mismatch(format!("it has no {name}"))),
            Some(stored) if stored.shape != shape => {
                Err(SnapshotError::Mismatch(format!("{name} has shape {:?} where {shape:?} is expected", stored.shape)))
            }
            Some(stored) => Ok(stored),
        }
    }

    /// The experiment, where a run of it can go on from here: all of it can be read, its network
    /// can be built, each tensor and counter that it needs is there and nothing else, and the
    /// parameters are finite.
    ///
    /// # Errors
    /// [`SnapshotError::Experiment`] or [`SnapshotError::Mismatch`] otherwise.
    pub fn check(&self) -> Result<Experiment, SnapshotError> {
        let (Link { experiment, .. }, problems) = link::read(&self.link);
        if let Some(problem) = problems.first() {
            return Err(SnapshotError::Experiment(problem.to_string()));
        }
        let tensors = needed::tensors(&experiment).map_err(|error| SnapshotError::Experiment(error.to_string()))?;
        if tensors.len() != self.tensors.len() {
            let what = format!("it has {} tensors where {} are expected", self.tensors.len(), tensors.len());
            return Err(SnapshotError::Mismatch(what));
        }
        for (name, shape) in tensors {
            let stored = self.tensor(&name, &shape)?;
            if name.starts_with(needed::PARAMS) && !stored.words.iter().all(|word| f32::from_bits(*word).is_finite()) {
                return Err(SnapshotError::Mismatch(format!("{name} holds something that is no finite number")));
            }
        }
        COUNTERS.iter().try_for_each(|name| self.counter(name).map(drop))?;
        Ok(experiment)
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let counters = serde_json::to_string(&self.counters).expect("counters are plain data");
        let texts = [
            ("version", VERSION.to_owned()),
            ("experiment", self.link.clone()),
            ("target", self.target.clone()),
            ("counters", counters),
            ("checksum", self.checksum()),
        ];
        let metadata = texts.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        safetensors::serialize(&self.tensors, Some(metadata)).expect("a run's tensors have as many words as their shapes say")
    }

    /// Reads a file. Whether a run can go on from it, [`Snapshot::check`] says.
    ///
    /// # Errors
    /// [`SnapshotError`] if it is no file of [`Snapshot::to_bytes`], or a damaged one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        // The library would read a header of 100 MB, and its message says less.
        let header = bytes.first_chunk().map(|len| u64::from_le_bytes(*len));
        if header.is_none_or(|len| len > MAX_HEADER) {
            return Err(SnapshotError::NotSafetensors);
        }
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let no_texts = Default::default();
        let texts = header.metadata().as_ref().unwrap_or(&no_texts);
        let text = |name: &str| texts.get(name).map(String::as_str).ok_or(SnapshotError::NoRun);
        let version = text("version")?;
        if version != VERSION {
            return Err(SnapshotError::Version(glance(version, QUOTED)));
        }
        let counters =
            serde_json::from_str(text("counters")?).map_err(|_| SnapshotError::Malformed("its counters cannot be read".into()))?;
        let file = SafeTensors::deserialize(bytes)?;
        let mut snapshot = Self { link: text("experiment")?.into(), target: text("target")?.into(), counters, tensors: BTreeMap::new() };
        for (name, tensor) in file.iter() {
            if tensor.dtype() != Dtype::F32 {
                let what = format!("{} has elements of type {} where F32 is expected", glance(name, QUOTED), tensor.dtype());
                return Err(SnapshotError::Malformed(what));
            }
            let words = tensor.data().as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
            snapshot.tensors.insert(name.into(), StoredTensor { shape: tensor.shape().into(), words });
        }
        if text("checksum")? == snapshot.checksum() { Ok(snapshot) } else { Err(SnapshotError::Checksum) }
    }

    /// Of all it holds.
    fn checksum(&self) -> String {
        let mut sum = Checksum::default();
        sum.text(&self.link);
        sum.text(&self.target);
        for (name, value) in &self.counters {
            sum.text(name);
            sum.word(*value);
        }
        for (name, stored) in &self.tensors {
            sum.text(name);
            sum.word(stored.shape.len() as u32);
            stored.shape.iter().for_each(|extent| sum.word(*extent as u32));
            stored.words.iter().for_each(|word| sum.word(*word));
        }
        sum.to_string()
    }
}

impl From<SafeTensorError> for SnapshotError {
    fn from(error: SafeTensorError) -> Self {
        match error {
            SafeTensorError::InvalidHeader(_)
            | SafeTensorError::InvalidHeaderDeserialization(_)
            | SafeTensorError::InvalidHeaderLength
            | SafeTensorError::HeaderTooLarge
            | SafeTensorError::HeaderTooSmall => Self::NotSafetensors,
            SafeTensorError::MetadataIncompleteBuffer => Self::Malformed("it is cut off, or something follows its tensors".into()),
            // It may quote a name of any length.
            error => Self::Malformed(glance(&error.to_string(), QUOTED)),
        }
    }
}

impl View for &StoredTensor {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn data_len(&self) -> usize {
        4 * self.words.len()
    }
}
