//! A model's text that cannot be read.

use crate::quote;
use std::fmt;

/// A model's text that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextError {
    /// Offset in bytes at which it was noticed.
    pub at: usize,
    /// What is wrong, in words, with a suggestion where there is one.
    pub what: String,
}

impl TextError {
    pub(crate) fn new(at: usize, what: impl Into<String>) -> Self {
        Self { at, what: what.into() }
    }

    /// A word that is none of those known.
    pub(crate) fn unknown<'k>(at: usize, what: &str, word: &str, known: impl Iterator<Item = &'k str>) -> Self {
        let nearest = known.map(|name| (distance(word, name), name)).min();
        let suggestion = match nearest {
            Some((distance, name)) if distance <= 2.min(name.len() / 2) => format!("; did you mean {name}?"),
            _ => String::new(),
        };
        Self::new(at, format!("there is no {what} “{}”{suggestion}", glance(word)))
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "at character {}: {}", self.at + 1, self.what)
    }
}

impl std::error::Error for TextError {}

/// Insertions, removals and replacements that lead from one word to another (Levenshtein's
/// distance); long words are far from all.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 40 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The beginning of what a visitor wrote, for a message.
pub(crate) fn glance(text: &str) -> String {
    quote::glance(text, 24)
}
