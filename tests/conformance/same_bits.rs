//! Native half of a comparison; `tests/browser` has the other.

#[path = "../common/fingerprints.rs"]
#[allow(unreachable_pub, reason = "other suites use it too")]
mod fingerprints;

#[test]
fn the_cpu_computes_the_pinned_bits() {
    fingerprints::assert_pinned();
}
