// Counter-based random numbers, integer operations only: the twin of crates/spec/src/random.rs, bit for bit.
//
// Spec       crates/spec/src/random.rs

fn random_mix(bits: u32) -> u32 {
    var x = bits;
    x ^= x >> 16u;
    x *= 0x21f0aaadu;
    x ^= x >> 15u;
    x *= 0xd35a2d97u;
    return x ^ (x >> 15u);
}

// 32 random bits for (key, step, index).
fn random_bits(key: u32, step: u32, index: u32) -> u32 {
    let salt = random_mix(key ^ (step * 0x9e3779b9u));
    return random_mix(random_mix(index ^ salt) + salt);
}

// A number in [0, 1) with 24 random bits.
fn random_uniform(key: u32, step: u32, index: u32) -> f32 {
    return f32(random_bits(key, step, index) >> 8u) * 5.9604644775390625e-8;
}

// Where a random permutation of 0..n puts `index`: a four-round Feistel network over 2 * half_bits bits, walked until it lands inside.
fn random_permute(key: u32, epoch: u32, n: u32, half_bits: u32, index: u32) -> u32 {
    let mask = (1u << half_bits) - 1u;
    var value = index;
    loop {
        var left = value >> half_bits;
        var right = value & mask;
        for (var round = 0u; round < 4u; round++) {
            let next = left ^ (random_bits(key, epoch * 4u + round, right) & mask);
            left = right;
            right = next;
        }
        value = (left << half_bits) | right;
        if value < n {
            break;
        }
    }
    return value;
}
