//! The checksum of a saved run.

use std::fmt;

/// FNV-1a over words. Each round is a bijection of the sum, so no single wrong word goes unnoticed.
pub(super) struct Checksum(u64);

impl Default for Checksum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Checksum {
    pub(super) fn word(&mut self, word: u32) {
        self.0 = (self.0 ^ u64::from(word)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.word(text.len() as u32);
        text.bytes().for_each(|byte| self.word(u32::from(byte)));
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}
