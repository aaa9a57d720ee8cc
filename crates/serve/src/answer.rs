//! What is sent for a request.

use crate::request::Request;
use std::ffi::OsStr;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What is sent.
pub(crate) struct Answer {
    pub(crate) status: &'static str,
    pub(crate) media_type: &'static str,
    /// Header lines of this answer alone.
    pub(crate) header: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn refusal(status: &'static str, text: &str) -> Self {
        Self { status, media_type: "text/plain", header: String::new(), body: text.into() }
    }
}

/// What is sent for a request; `None` is one that is not for a file.
pub(crate) fn answer(folder: &Path, request: Option<&Request>) -> Answer {
    let Some(request) = request else { return Answer::refusal("405 Method Not Allowed", "Only GET and HEAD") };
    let Some(path) = find(folder, &request.path) else { return Answer::refusal("404 Not Found", "Not found") };
    let media_type = media_type(&path);
    let compressed = path.with_added_extension("gz");
    let is_compressed = request.takes_gzip && request.range.is_none() && is_up_to_date(&compressed, &path);
    let Ok(body) = std::fs::read(if is_compressed { &compressed } else { &path }) else {
        return Answer::refusal("500 Internal Server Error", "The file cannot be read");
    };
    if is_compressed {
        return Answer { status: "200 OK", media_type, header: "Content-Encoding: gzip\r\n".into(), body };
    }
    let len = body.len();
    match request.range.as_deref().map(|range| wanted(range, len)) {
        None | Some(Wanted::Whole) => Answer { status: "200 OK", media_type, header: String::new(), body },
        Some(Wanted::Part(part)) => {
            let header = format!("Content-Range: bytes {}-{}/{len}\r\n", part.start, part.end - 1);
            Answer { status: "206 Partial Content", media_type, header, body: body[part].to_vec() }
        }
        Some(Wanted::Nothing) => {
            let header = format!("Content-Range: bytes */{len}\r\n");
            Answer { header, ..Answer::refusal("416 Range Not Satisfiable", "The file is shorter") }
        }
    }
}

/// What a `Range` asks for.
#[derive(PartialEq, Debug)]
enum Wanted {
    /// Several ranges, or none that can be read: a server may send everything.
    Whole,
    Part(Range<usize>),
    Nothing,
}

fn wanted(range: &str, len: usize) -> Wanted {
    let ends = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let part = match ends.map(|(first, last)| (first, last, first.parse(), last.parse::<usize>())) {
        Some((_, "", Ok(first), _)) => first..len,
        Some((_, _, Ok(first), Ok(last))) if last >= first => first..last.saturating_add(1).min(len),
        Some(("", _, _, Ok(last))) => len.saturating_sub(last)..len,
        _ => return Wanted::Whole,
    };
    if part.is_empty() { Wanted::Nothing } else { Wanted::Part(part) }
}

/// The file of a path, if it is one of the folder's. Links that lead out of the folder are not
/// followed.
fn find(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut path = folder.join(path.trim_start_matches('/')).canonicalize().ok()?;
    if path.is_dir() {
        path.push("index.html");
    }
    let is_hidden = |part: &OsStr| part.as_encoded_bytes().starts_with(b".");
    let is_shown = !path.strip_prefix(folder).ok()?.iter().any(is_hidden);
    (is_shown && path.is_file()).then_some(path)
}

/// Whether a file was written after what it was made from.
fn is_up_to_date(made: &Path, from: &Path) -> bool {
    let written = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    written(made).is_some_and(|made| written(from).is_some_and(|from| made >= from))
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(OsStr::to_str) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_meant() {
        for (range, want) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=2-", Wanted::Part(2..10)),
            ("bytes=2-99", Wanted::Part(2..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-99", Wanted::Part(0..10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-4", Wanted::Whole),
            ("bytes=0-1,4-5", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
        ] {
            assert_eq!(wanted(range, 10), want, "{range}");
        }
        assert_eq!(wanted("bytes=0-", 0), Wanted::Nothing);
    }
}
