//! The built page in headless Chromium, used as a visitor would: click, wait, read.
#![cfg(not(target_arch = "wasm32"))]

mod browser;
#[path = "../../src/bin/serve/server.rs"]
mod server;
