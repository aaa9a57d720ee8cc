//! The worker that trains.

fn main() {
    #[cfg(target_arch = "wasm32")]
    descent_worker::web::start();
}
