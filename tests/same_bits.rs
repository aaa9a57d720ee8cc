//! The CPU computes the same bits natively as in a browser, where `tests/browser` makes the same
//! comparison.
#![cfg(not(target_arch = "wasm32"))]

mod common;

#[test]
fn the_cpu_computes_the_pinned_bits() {
    common::fingerprints::assert_pinned();
}
