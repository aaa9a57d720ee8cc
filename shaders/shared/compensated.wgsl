// Sums that keep what rounding takes away (Kahan's summation).
//
// Spec       src/graph/ops/reduce.rs

// A result and what rounding has taken from it.
struct Partial {
    value: f32,
    lost: f32,
}

fn add(former: Partial, term: f32) -> Partial {
    let wanted = term - former.lost;
    let sum = former.value + wanted;
    return Partial(sum, (sum - former.value) - wanted);
}
