//! The page's program: draws [`descent_page`] and starts its worker.

#[cfg(target_arch = "wasm32")]
fn main() {
    descent_page::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The page runs in a browser: ./play builds and serves it.");
}
