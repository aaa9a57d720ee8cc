//! The static server serves its folder and nothing else.

use descent_serve::Server;
use std::io::{Read, Write};
use std::net::TcpStream;

/// A folder with a page in it, and a file beside it that nobody may read.
#[expect(clippy::disallowed_methods, reason = "a native program: it has threads")]
fn start(name: &str) -> String {
    let folder = std::env::temp_dir().join(format!("descent-serve-{name}-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("page/sub")).expect("a folder");
    std::fs::write(folder.join("secret"), "secret").expect("a file");
    std::fs::write(folder.join("page/index.html"), "<p>page").expect("a file");
    std::fs::write(folder.join("page/sub/a.wasm"), [0, 1, 2]).expect("a file");
    let server = Server::bind(folder.join("page"), 0).expect("a free port");
    let address = server.address();
    std::thread::spawn(|| server.run());
    address.trim_start_matches("http://").to_string()
}

fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "{request} HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("it reads");
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
    for target in ["/../secret", "/sub/../../secret", "//../secret", "/..%2fsecret", "/missing", "/sub"] {
        let answer = ask(&address, &format!("GET {target}"));
        assert!(answer.starts_with("HTTP/1.1 404"), "{target}: {answer}");
    }
    assert!(ask(&address, "POST /index.html").starts_with("HTTP/1.1 405"));
    assert!(ask(&address, "").starts_with("HTTP/1.1 405"));
}
