//! Values of a link: numbers of a range, seeds, escapes, and what is said of those that were not
//! taken.

use crate::number;
use crate::quote::glance;
use std::fmt;

/// The most characters that a notice quotes.
const GLANCE: usize = 40;
/// The longest seed, in characters.
const MAX_SEED: usize = 200;
/// The most jitter, in per cent.
pub(super) const NOISE: (f64, f64) = (0.0, 100.0);
/// Least and most samples that are trained on, in per cent.
pub(super) const TRAIN_PERCENT: (f64, f64) = (1.0, 99.0);
/// Least and largest learning rate and penalty.
pub(super) const RATE: (f64, f64) = (0.0, 1000.0);

/// Fewest and most steps between two evaluations on which something depends.
pub(super) const EVALUATE_EVERY: (f64, f64) = (1.0, 1_000_000.0);

/// A part of a link that was not taken as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Why, and what was taken in its place.
    pub why: String,
}

impl Notice {
    /// A notice that quotes no more than a glance of what came in.
    pub(super) fn new(key: &str, value: &str, why: impl Into<String>) -> Self {
        Self { key: glance(key, GLANCE), value: glance(value, GLANCE), why: why.into() }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}={}: {}", self.key, self.value, self.why)
    }
}

pub(super) fn one_of<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    format!("expected {}", ids.collect::<Vec<_>>().join(", "))
}

/// A decimal number of a range.
pub(super) fn number_within(text: &str, (least, most): (f64, f64)) -> Result<f64, String> {
    match number::parse(text) {
        // Minus 0 is 0, so that a text has one meaning.
        Some(value) if (least..=most).contains(&value) => Ok(value + 0.0),
        _ => Err(format!("expected a number from {} to {}", number::shortest(least), number::shortest(most))),
    }
}

pub(super) fn whole(text: &str, value: f64) -> Result<f64, String> {
    if value.fract() == 0.0 { Ok(value) } else { Err(format!("{text} is not a whole number")) }
}

/// A seed that is not empty and not too long.
pub(super) fn seed(text: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().count() > MAX_SEED {
        return Err(format!("expected 1 to {MAX_SEED} characters"));
    }
    Ok(text.into())
}

/// What a link may hold as it stands; the rest is written as `%` and two hexadecimal digits a byte.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~,:".contains(&byte)
}

pub(super) fn escape(text: &str) -> String {
    text.bytes().map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The text of an escaped one; `None` if an escape is not one, or the bytes are not UTF-8.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            plain.push((digit(bytes.next())? * 16 + digit(bytes.next())?) as u8);
        } else {
            plain.push(byte);
        }
    }
    String::from_utf8(plain).ok()
}
