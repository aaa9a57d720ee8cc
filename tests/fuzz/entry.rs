//! What a fuzzer calls.

use descent::data::{digits, idx};

/// Names that a file of an input may have.
pub(crate) const NAMES: [&str; 6] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
    "images",
    "tést.txt",
];

/// Splits an input into files: for each a byte that chooses a name, a length of two bytes (low
/// first), the content.
pub(crate) fn split(mut input: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    while let [name, low, high, rest @ ..] = input {
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        files.push((NAMES[usize::from(*name) % NAMES.len()].to_string(), rest[..len].to_vec()));
        input = &rest[len..];
    }
    files
}

/// Gives an input to every reader of untrusted data files. Returns whether one of them accepted it.
///
/// # Panics
/// If a reader breaks what it promises of accepted files, or panics itself.
pub(crate) fn run(input: &[u8]) -> bool {
    let files = split(input);
    let mut is_accepted = false;
    for (_, bytes) in &files {
        if let Ok(samples) = digits::parse(bytes, 80.0) {
            assert_eq!(samples.features.len(), samples.rows() * 64);
            is_accepted = true;
        }
    }
    match idx::assemble(files) {
        Ok(samples) => {
            assert_eq!(samples.features.len(), samples.rows() * samples.feature_len());
            assert_eq!(samples.target.len(), samples.rows());
            assert!((0..samples.rows()).all(|row| samples.target.value(row) <= 9.0));
            assert!(samples.train_rows > 0 && samples.test_rows > 0);
            true
        }
        Err(error) => {
            assert!(error.to_string().len() < 400, "an error a visitor can read");
            is_accepted
        }
    }
}
