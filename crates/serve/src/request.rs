//! What a browser asks for, read from the wire.

use std::io::{self, BufRead, Read};

/// Longest request line and header line that are read.
const MAX_LINE_BYTES: u64 = 8 * 1024;
/// Most header lines of a request.
const MAX_HEADERS: usize = 100;

/// A request for a file.
pub(crate) struct Request {
    /// Only the headers are wanted.
    pub(crate) is_head: bool,
    /// The path, decoded, without query.
    pub(crate) path: String,
    /// The value of `Range`.
    pub(crate) range: Option<String>,
    /// Whether gzip is understood.
    pub(crate) takes_gzip: bool,
}

impl Request {
    /// Reads a request; `None` if it is not for a file.
    ///
    /// # Errors
    /// The connection's.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let line = read_line(from)?;
        let (mut range, mut takes_gzip) = (None, false);
        for _ in 0..MAX_HEADERS {
            let header = read_line(from)?;
            let Some((name, value)) = header.split_once(':') else { break };
            match &*name.to_ascii_lowercase() {
                "range" => range = Some(value.trim().to_owned()),
                "accept-encoding" => takes_gzip = value.split(',').any(|coding| coding.trim() == "gzip"),
                _ => {}
            }
        }
        let mut words = line.split_whitespace();
        Ok(match (words.next(), words.next()) {
            (Some(method @ ("GET" | "HEAD")), Some(target)) => {
                let path = decoded(target.split(['?', '#']).next().unwrap_or_default());
                Some(Self { is_head: method == "HEAD", path, range, takes_gzip })
            }
            _ => None,
        })
    }
}

fn read_line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    from.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// A path with its `%20` and the like read. What is no such escape stays as it is.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, after @ ..] = rest {
        let escaped = after.first_chunk::<2>().filter(|_| *byte == b'%');
        let escaped = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*byte));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_nothing_else() {
        for (path, want) in [("/a%20b.js", "/a b.js"), ("/%c3%a9", "/é"), ("/100%", "/100%"), ("/%zz%2", "/%zz%2"), ("/%", "/%")] {
            assert_eq!(decoded(path), want);
        }
    }
}
