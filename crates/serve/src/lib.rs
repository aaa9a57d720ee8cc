//! A static file server for one folder: loopback only, a thread per connection.
//!
//! `request` reads what is asked for, `answer` says what is sent, and here it goes over the wire.
//! Files with a name that begins with a dot are not served, nor is what lies outside the folder.

mod answer;
mod request;

use answer::{Answer, answer};
use request::Request;
use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A connection that is not done after this is ended, however it dawdles.
const LONGEST: Duration = Duration::from_secs(30);
/// How long to wait where there is no descriptor for another connection.
const BREATH: Duration = Duration::from_millis(50);

/// A folder and the port it is served on.
pub struct Server {
    folder: Arc<PathBuf>,
    listener: TcpListener,
    port: u16,
    longest: Duration,
}

impl Server {
    /// Takes a port; 0 takes any free one.
    ///
    /// # Errors
    /// The system's, if the port is taken or there is no such folder.
    pub fn bind(folder: PathBuf, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = listener.local_addr()?.port();
        Ok(Self { folder: Arc::new(folder.canonicalize()?), listener, port, longest: LONGEST })
    }

    /// The same with another longest time of a connection.
    pub fn with_longest(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    /// Where the page is.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Answers until the process ends.
    #[expect(clippy::disallowed_methods, reason = "a native program: it has threads")]
    pub fn run(self) {
        for stream in self.listener.incoming() {
            let Ok(stream) = stream else {
                // There are too many descriptors open. Some will be closed.
                std::thread::sleep(BREATH);
                continue;
            };
            let (folder, until) = (self.folder.clone(), Instant::now() + self.longest);
            // A browser that goes away in the middle of an answer is no fault. Where there is no
            // thread left, the connection is closed.
            let _ = std::thread::Builder::new().spawn(move || serve(&folder, Timed { stream, until }));
        }
    }
}

/// Reads one request and answers it.
fn serve(folder: &Path, mut stream: Timed) -> io::Result<()> {
    let request = Request::read(&mut BufReader::new(&mut stream))?;
    let is_head = request.as_ref().is_some_and(|request| request.is_head);
    send(&mut stream, &answer(folder, request.as_ref()), is_head)
}

/// Nothing is cached, since a build replaces the files; any origin may read, as the page's frames
/// in a sandbox have none.
fn send(stream: &mut Timed, answer: &Answer, is_head: bool) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}Cache-Control: no-cache\r\nVary: Accept-Encoding\r\n\
         Accept-Ranges: bytes\r\nAccess-Control-Allow-Origin: *\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        answer.status,
        answer.media_type,
        answer.body.len(),
        answer.header
    )?;
    if !is_head {
        stream.write_all(&answer.body)?;
    }
    stream.flush()
}

/// A connection that ends at a time, however little comes or goes at once.
struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Timed {
    #[expect(clippy::disallowed_methods, reason = "a native program: it has a clock")]
    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
