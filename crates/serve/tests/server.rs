//! The static server serves its folder and nothing else.

use descent_serve::Server;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A folder with a page in it, and a file beside it that nobody may read.
#[expect(clippy::disallowed_methods, reason = "a native program: it has threads")]
fn start(name: &str) -> String {
    let folder = std::env::temp_dir().join(format!("descent-serve-{name}-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("page/sub")).expect("a folder");
    std::fs::write(folder.join("secret"), "secret").expect("a file");
    std::fs::write(folder.join("page/index.html"), "<p>page").expect("a file");
    std::fs::create_dir_all(folder.join("page/.git")).expect("a folder");
    std::fs::write(folder.join("page/.git/config"), "hidden").expect("a file");
    std::fs::write(folder.join("page/.env"), "hidden").expect("a file");
    std::fs::write(folder.join("page/a b.txt"), "spaced").expect("a file");
    std::fs::write(folder.join("page/sub/a.wasm"), [0, 1, 2]).expect("a file");
    std::fs::write(folder.join("page/sub/a.wasm.gz"), "gzip").expect("a file");
    let server = Server::bind(folder.join("page"), 0).expect("a free port").with_longest(Duration::from_millis(600));
    let address = server.address();
    std::thread::spawn(|| server.run());
    address.trim_start_matches("http://").to_string()
}

fn ask(address: &str, request: &str) -> String {
    ask_with(address, request, "")
}

/// Asks with more header lines.
fn ask_with(address: &str, request: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "{request} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n").expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers and closes");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn files_come_with_their_type_and_are_not_cached() {
    let address = start("types");
    let page = ask(&address, "GET /?w=bench");
    assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("<p>page"), "{page}");
    assert!(page.contains("Cache-Control: no-cache"), "{page}");
    let wasm = ask(&address, "GET /sub/a.wasm?v=1");
    assert!(wasm.contains("Content-Type: application/wasm") && wasm.contains("Access-Control-Allow-Origin: *"), "{wasm}");
    let head = ask(&address, "HEAD /index.html");
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("Content-Length: 7") && head.ends_with("\r\n\r\n"), "{head}");
}

#[test]
fn nothing_outside_the_folder_is_served() {
    let address = start("outside");
    for target in [
        "/../secret",
        "/sub/../../secret",
        "//../secret",
        "/..%2fsecret",
        "/%2e%2e/secret",
        "/missing",
        "/sub",
        "/.git/config",
        "/%2egit/config",
        "/.env",
    ] {
        let answer = ask(&address, &format!("GET {target}"));
        assert!(answer.starts_with("HTTP/1.1 404"), "{target}: {answer}");
    }
    assert!(ask(&address, "POST /index.html").starts_with("HTTP/1.1 405"));
    assert!(ask(&address, "").starts_with("HTTP/1.1 405"));
}

#[test]
fn names_may_hold_spaces() {
    let address = start("spaces");
    let answer = ask(&address, "GET /a%20b.txt");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\nspaced"), "{answer}");
}

#[test]
fn a_part_of_a_file_is_sent_where_that_is_asked_for() {
    let address = start("parts");
    let part = ask_with(&address, "GET /", "Range: bytes=3-5\r\n");
    assert!(part.starts_with("HTTP/1.1 206") && part.contains("Content-Range: bytes 3-5/7") && part.ends_with("\r\n\r\npag"), "{part}");
    let beyond = ask_with(&address, "GET /", "Range: bytes=7-\r\n");
    assert!(beyond.starts_with("HTTP/1.1 416") && beyond.contains("Content-Range: bytes */7"), "{beyond}");
}

#[test]
fn a_file_that_is_compressed_beside_is_sent_so_to_those_who_read_it() {
    let address = start("compressed");
    let answer = ask_with(&address, "GET /sub/a.wasm", "Accept-Encoding: br, gzip\r\n");
    let is_compressed = answer.contains("Content-Encoding: gzip") && answer.ends_with("\r\n\r\ngzip");
    assert!(is_compressed && answer.contains("Content-Type: application/wasm"), "{answer}");
    assert!(!ask(&address, "GET /sub/a.wasm").contains("Content-Encoding"));
    assert!(!ask_with(&address, "GET /", "Accept-Encoding: gzip\r\n").contains("Content-Encoding"), "there is none beside it");
}

#[test]
fn a_connection_that_dawdles_is_ended() {
    let address = start("dawdling");
    let mut stream = TcpStream::connect(&address).expect("it listens");
    let began = now();
    // A byte now and then would keep a time limit of each read from running out.
    while began.elapsed() < Duration::from_secs(20) {
        if stream.write_all(b"G").is_err() {
            assert!(began.elapsed() >= Duration::from_millis(600), "it has no time to ask");
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the connection is still open");
}

#[expect(clippy::disallowed_methods, reason = "a native program: it has a clock")]
fn now() -> Instant {
    Instant::now()
}
