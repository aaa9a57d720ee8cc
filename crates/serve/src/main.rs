//! Serves the built page on the loopback interface: `serve [DIR]`, by default `dist`, on `PORT`, by
//! default 8080.

use descent_serve::Server;
use std::path::PathBuf;
use std::process::exit;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or("dist".into()));
    let port = match std::env::var("PORT").as_deref().unwrap_or("8080").parse() {
        Ok(port) => port,
        Err(_) => fail("PORT is not a number from 0 to 65535: set it to a free port, such as 8081."),
    };
    if !folder.join("index.html").is_file() {
        fail(&format!("{} holds no index.html: build the page first, with ./play --build.", folder.display()));
    }
    match Server::bind(folder, port) {
        Ok(server) => {
            println!("{}", server.address());
            server.run();
        }
        Err(error) => fail(&format!("Port {port} cannot be used ({error}): set PORT to a free one.")),
    }
}

fn fail(text: &str) -> ! {
    eprintln!("{text}");
    exit(1)
}
