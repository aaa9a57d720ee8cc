//! One gzip member from untrusted bytes (RFC 1952); the inflating itself (RFC 1951) is
//! `miniz_oxide`'s.

use super::DataError;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// The most that a file may unpack to: Fashion-MNIST takes 45 MiB.
pub(crate) const MAX_UNPACKED: usize = 256 << 20;
/// The most that a byte may unpack to. Images of digits shrink 5 times, so that more is a trap and
/// not a data set ...
const MAX_RATIO: usize = 200;
/// ... unless it is small: a thousand labels that are all the same.
const ALWAYS_ALLOWED: usize = 64 << 10;
/// Checksum and length at the end.
const TRAILER: usize = 8;
const AGAIN: &str = "Download the file again";
const REPACK: &str = "Unpack it and pack it again with gzip, or choose the unpacked file";

/// Whether the bytes claim to be gzip.
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// Unpacks the one member of a gzip file.
///
/// Memory is taken once, for the length that the file's end announces, if that length is within the
/// caps.
///
/// # Errors
/// [`DataError`] if the file is cut, damaged, has several members, or announces more than the caps
/// allow.
pub(crate) fn unpack(file: &str, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    let refuse = |what: String, offset: usize, remedy| DataError::new(file, what, offset as u64, remedy);
    let body = header_len(file, bytes)?;
    let trailer_at = bytes.len().checked_sub(TRAILER).filter(|&at| at >= body);
    let Some(trailer_at) = trailer_at else { return Err(refuse("is cut short".into(), bytes.len(), AGAIN)) };
    let (crc, len) = (word(bytes, trailer_at), word(bytes, trailer_at + 4) as usize);

    let allowed = bytes.len().saturating_mul(MAX_RATIO).clamp(ALWAYS_ALLOWED, MAX_UNPACKED);
    if len > allowed {
        return Err(refuse(format!("announces {len} unpacked bytes where {allowed} are accepted"), trailer_at + 4, REPACK));
    }
    let mut unpacked = Vec::new();
    if unpacked.try_reserve_exact(len).is_err() {
        return Err(refuse(format!("needs {len} bytes of memory, which are not free"), trailer_at + 4, "Close other pages and try again"));
    }
    unpacked.resize(len, 0);

    let mut inflater = Box::<DecompressorOxide>::default();
    let (status, read, written) =
        decompress(&mut inflater, &bytes[body..trailer_at], &mut unpacked, 0, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF);
    let end = body + read;
    match status {
        TINFLStatus::Done if end < trailer_at && is_gzip(&bytes[(end + TRAILER).min(bytes.len())..]) => {
            Err(refuse("holds several gzip members where one is expected".into(), end + TRAILER, REPACK))
        }
        TINFLStatus::Done if end < trailer_at => Err(refuse("has bytes after its end".into(), end + TRAILER, REPACK)),
        TINFLStatus::Done if written != len => {
            Err(refuse(format!("unpacks to {written} bytes but announces {len}"), trailer_at + 4, AGAIN))
        }
        TINFLStatus::Done if crc32(&unpacked) != crc => Err(refuse("does not match its checksum".into(), trailer_at, AGAIN)),
        TINFLStatus::Done => Ok(unpacked),
        TINFLStatus::HasMoreOutput => Err(refuse(
            format!("unpacks to more than the {len} bytes that its end announces: it is damaged or has several members"),
            end,
            REPACK,
        )),
        TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => Err(refuse("is cut short".into(), end, AGAIN)),
        TINFLStatus::Failed | TINFLStatus::BadParam | TINFLStatus::Adler32Mismatch => {
            Err(refuse("is damaged: its packed part cannot be read".into(), end, AGAIN))
        }
    }
}

/// Where the packed part starts: after ten fixed bytes and what their flags announce.
fn header_len(file: &str, bytes: &[u8]) -> Result<usize, DataError> {
    const HAS_CRC: u8 = 2;
    const HAS_EXTRA: u8 = 4;
    const HAS_NAME: u8 = 8;
    const HAS_COMMENT: u8 = 16;
    let cut = || DataError::new(file, "is cut short", bytes.len() as u64, AGAIN);
    let fixed = bytes.get(..10).ok_or_else(cut)?;
    let flags = fixed[3];
    if fixed[2] != 8 || flags & 0xe0 != 0 {
        return Err(DataError::new(file, "is packed by a method that gzip does not define", 2, REPACK));
    }
    let mut at = 10;
    if flags & HAS_EXTRA != 0 {
        let len = bytes.get(at..at + 2).ok_or_else(cut)?;
        at += 2 + usize::from(u16::from_le_bytes([len[0], len[1]]));
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            at += bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == 0)).ok_or_else(cut)? + 1;
        }
    }
    if flags & HAS_CRC != 0 {
        let stored = bytes.get(at..at + 2).ok_or_else(cut)?;
        if u16::from_le_bytes([stored[0], stored[1]]) != crc32(&bytes[..at]) as u16 {
            return Err(DataError::new(file, "has a damaged header", at as u64, AGAIN));
        }
        at += 2;
    }
    Ok(at)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The checksum of RFC 1952: polynomial 0xedb88320, bits reversed.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| CRC_TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8))
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// A member whose header has every optional field.
    fn packed(content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 255];
        bytes.extend([3, 0, b'e', b'x', b't']);
        bytes.extend(b"name\0comment\0");
        bytes.extend((crc32(&bytes) as u16).to_le_bytes());
        bytes.extend(miniz_oxide::deflate::compress_to_vec(content, 6));
        bytes.extend(crc32(content).to_le_bytes());
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes
    }

    #[test]
    fn checksum_is_the_standard_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926); // The check value of the CRC catalogue.
    }

    #[test]
    fn unpacking_undoes_packing() {
        for len in [0, 1, 1000, 70_000] {
            let content: Vec<u8> = (0..len).map(|i: u32| ((i * i) >> 3) as u8).collect();
            assert_eq!(unpack("f", &packed(&content)).as_deref(), Ok(content.as_slice()));
        }
    }

    #[test]
    fn every_damage_is_noticed() {
        let content = b"some bytes that are packed";
        let good = packed(content);
        for len in 0..good.len() {
            assert!(unpack("f", &good[..len]).is_err(), "cut at {len}");
        }
        for at in 15..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            // A few bits before the checksum are padding that means nothing.
            assert!(unpack("f", &bad).map_or(true, |same| same == content), "bit flipped in byte {at}");
        }
    }

    #[test]
    fn several_members_are_refused_by_name() {
        let twice = [packed(b"one"), packed(b"two")].concat();
        assert!(unpack("f", &twice).expect_err("two members").what.contains("several gzip members"));
        let longer_first = [packed(&[7; 50]), packed(b"two")].concat();
        assert!(unpack("f", &longer_first).expect_err("two members").what.contains("several members"));
        let trailing = [packed(b"one"), vec![3, 0, 0, 0]].concat();
        assert!(unpack("f", &trailing).is_err());
    }

    #[test]
    fn a_bomb_is_refused_before_memory_is_taken() {
        let bomb = packed(&vec![0; 1 << 20]);
        assert!(unpack("f", &bomb).expect_err("a bomb").what.contains("are accepted"));
    }
}
