//! The built page in headless Chromium, used as a visitor would: click, wait, read.
#![cfg(not(target_arch = "wasm32"))]

mod access;
mod browser;
mod deaths;
mod devices;
mod edits;
mod faults;
mod files;
mod links;
mod looks;
mod models;
mod policy;
mod saved_run;
mod sizes;
mod startup;
mod training;
mod widgets;
mod worker_files;

/// The page as it is served.
const PAGE: &str = "dist";
/// The page with its fault hooks (feature `faults`).
const PAGE_WITH_FAULTS: &str = "target/dist-faults";
