//! What can be wrong with a data set's file.

use std::fmt;

/// Why a file was refused: which file, what is wrong with it, where, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DataError {
    /// Name of the file, or of the set where no single file is to blame.
    pub file: String,
    /// What is wrong, in words for a visitor.
    pub what: String,
    /// The byte at which it was noticed, if there is one.
    pub offset: Option<u64>,
    /// What the visitor can do.
    pub remedy: &'static str,
}

impl DataError {
    pub(crate) fn new(file: &str, what: impl Into<String>, offset: impl Into<Option<u64>>, remedy: &'static str) -> Self {
        Self { file: file.into(), what: what.into(), offset: offset.into(), remedy }
    }
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.what)?;
        if let Some(offset) = self.offset {
            write!(f, " (at byte {offset})")?;
        }
        write!(f, ". {}", self.remedy)
    }
}

impl std::error::Error for DataError {}
