//! The one clock of the engine.

/// Milliseconds since some fixed moment. In a browser they advance in steps of 0.1 ms or so: time
/// many steps, not one.
#[cfg(target_arch = "wasm32")]
pub fn now_ms() -> f64 {
    use wasm_bindgen::JsCast;
    // Windows and workers have the same property of the same name.
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    scope.performance().expect("every global scope has a clock").now()
}

/// Milliseconds since some fixed moment.
#[cfg(not(target_arch = "wasm32"))]
#[expect(clippy::disallowed_methods, reason = "this is the clock that the others are to use")]
pub fn now_ms() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
}
