//! Files of named tensors, as [safetensors](https://github.com/huggingface/safetensors) lays them
//! out: the length of a header in 8 bytes, little-endian; the header in JSON, which gives each
//! tensor a type, a shape and the range of its bytes; the bytes.

use super::SnapshotError;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// The longest header that is read, in bytes.
const MAX_HEADER: usize = 4 << 20;
/// The most tensors of a file.
const MAX_TENSORS: usize = 4096;
/// More axes than any tensor has.
const MAX_RANK: usize = 8;
/// Bytes before the header.
const PREFIX: usize = 8;
/// The header's entry that is no tensor.
const METADATA: &str = "__metadata__";
/// The type of every tensor that a saved run has.
const F32: &str = "F32";

/// What a file says of its tensors.
#[derive(PartialEq, Debug, Default)]
pub(super) struct Header {
    /// Texts by name.
    pub(super) metadata: BTreeMap<String, String>,
    /// The tensors, in the order of their bytes.
    pub(super) tensors: Vec<(String, Entry)>,
}

/// What a file says of one tensor.
#[derive(PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The type of its elements.
    dtype: String,
    /// Its extent.
    pub(super) shape: Vec<usize>,
    /// Its first byte behind the header, and the one after its last.
    data_offsets: [usize; 2],
}

impl Entry {
    /// Its bytes among those behind the header.
    pub(super) fn of<'a>(&self, data: &'a [u8]) -> &'a [u8] {
        &data[self.data_offsets[0]..self.data_offsets[1]]
    }
}

impl Header {
    /// Adds a tensor of f32 behind those that are there.
    pub(super) fn push(&mut self, name: String, shape: Vec<usize>) {
        let start = self.end();
        let end = start + 4 * shape.iter().product::<usize>();
        self.tensors.push((name, Entry { dtype: F32.into(), shape, data_offsets: [start, end] }));
    }

    /// Bytes behind the header.
    pub(super) fn end(&self) -> usize {
        self.tensors.last().map_or(0, |(_, entry)| entry.data_offsets[1])
    }

    /// The start of a file, up to the first tensor's bytes, which begin at a multiple of 8.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec(self).expect("a header is plain data");
        json.resize(json.len().next_multiple_of(PREFIX), b' ');
        let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
        bytes.extend(json);
        bytes
    }

    /// A file's header and the bytes behind it. The tensors lie one behind the other and fill the
    /// file, so that no two share a byte and none belongs to nobody.
    ///
    /// # Errors
    /// [`SnapshotError::Malformed`] if it is another kind of file, or damaged.
    pub(super) fn read(file: &[u8]) -> Result<(Self, &[u8]), SnapshotError> {
        let Some((len, rest)) = file.split_first_chunk::<PREFIX>() else {
            return Err(malformed("it is shorter than a header"));
        };
        let len = u64::from_le_bytes(*len);
        let len = usize::try_from(len).ok().filter(|len| *len <= MAX_HEADER && *len <= rest.len());
        let (json, data) = rest.split_at(len.ok_or_else(|| malformed("it does not start with the length of a header"))?);
        let mut header: Header = serde_json::from_slice(json).map_err(|error| malformed(format!("its header cannot be read: {error}")))?;
        header.tensors.sort_by_key(|(_, entry)| entry.data_offsets);
        let mut at = 0;
        for (name, entry) in &header.tensors {
            if entry.dtype != F32 {
                return Err(malformed(format!("{name} has elements of type {} where {F32} is expected", entry.dtype)));
            }
            let bytes = entry.shape.iter().try_fold(4usize, |product, extent| product.checked_mul(*extent));
            let bytes =
                bytes.filter(|_| entry.shape.len() <= MAX_RANK).ok_or_else(|| malformed(format!("{name} has no possible shape")))?;
            if entry.data_offsets[0] != at || entry.data_offsets[1].checked_sub(at) != Some(bytes) {
                return Err(malformed(format!("{name} does not lie behind the tensor before it")));
            }
            at = entry.data_offsets[1];
        }
        if at != data.len() {
            return Err(malformed(format!("its tensors have {at} bytes and the file {}", data.len())));
        }
        Ok((header, data))
    }
}

pub(super) fn malformed(what: impl Into<String>) -> SnapshotError {
    SnapshotError::Malformed { what: what.into() }
}

impl Serialize for Header {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(METADATA, &self.metadata)?;
        for (name, entry) in &self.tensors {
            map.serialize_entry(name, entry)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "tensors by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut header = Header::default();
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom("two entries have one name"));
            }
            if name == METADATA {
                header.metadata = map.next_value()?;
            } else if header.tensors.len() == MAX_TENSORS {
                return Err(A::Error::custom("it has too many tensors"));
            } else {
                header.tensors.push((name, map.next_value()?));
            }
        }
        Ok(header)
    }
}
