//! A static file server for one folder: loopback only, a thread per connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Longest request line and header line that are read.
const MAX_LINE_BYTES: u64 = 8 * 1024;
/// Most header lines of a request.
const MAX_HEADERS: usize = 100;

/// A folder and the port it is served on.
pub struct Server {
    folder: Arc<PathBuf>,
    listener: TcpListener,
    port: u16,
}

impl Server {
    /// Takes a port; 0 takes any free one.
    pub fn bind(folder: PathBuf, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        Ok(Self { folder: Arc::new(folder.canonicalize()?), listener, port })
    }

    /// Where the page is.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Answers until the process ends.
    #[expect(clippy::disallowed_methods, reason = "a native program: it has threads")]
    pub fn run(self) {
        for stream in self.listener.incoming().flatten() {
            let folder = self.folder.clone();
            // A browser that goes away in the middle of an answer is no fault.
            std::thread::spawn(move || answer(&folder, stream).ok());
        }
    }
}

/// Reads one request and answers it.
fn answer(folder: &Path, stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(&stream);
    let request = read_line(&mut reader)?;
    for _ in 0..MAX_HEADERS {
        if read_line(&mut reader)?.trim().is_empty() {
            break;
        }
    }
    let mut words = request.split_whitespace();
    match (words.next(), words.next()) {
        (Some(method @ ("GET" | "HEAD")), Some(target)) => match find(folder, target) {
            Some(path) => {
                let body = std::fs::read(&path)?;
                respond(&stream, "200 OK", media_type(&path), &body, method == "HEAD")
            }
            None => respond(&stream, "404 Not Found", "text/plain", b"Not found", method == "HEAD"),
        },
        _ => respond(&stream, "405 Method Not Allowed", "text/plain", b"Only GET and HEAD", false),
    }
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    reader.take(MAX_LINE_BYTES).read_line(&mut line)?;
    Ok(line)
}

/// The file a request's target names, if it is one of the folder's. Links that lead out of the
/// folder are not followed.
fn find(folder: &Path, target: &str) -> Option<PathBuf> {
    let name = target.split(['?', '#']).next()?.trim_start_matches('/');
    let mut path = folder.join(name).canonicalize().ok()?;
    if path.is_dir() {
        path.push("index.html");
    }
    (path.starts_with(folder) && path.is_file()).then_some(path)
}

/// Nothing is cached, since a build replaces the files; any origin may read, as the page's frames
/// in a sandbox have none.
fn respond(mut stream: &TcpStream, status: &str, media_type: &str, body: &[u8], is_head: bool) -> io::Result<()> {
    let len = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len}\r\nCache-Control: no-cache\r\n\
         Access-Control-Allow-Origin: *\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )?;
    if !is_head {
        stream.write_all(body)?;
    }
    stream.flush()
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
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
