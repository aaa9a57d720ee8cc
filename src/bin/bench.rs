//! Measures a case of the benchmark without a browser: `bench --case cnn-mnist --device gpu`.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    descent::train::bench::program::main(std::env::args().skip(1))
}

#[cfg(target_arch = "wasm32")]
fn main() {}
