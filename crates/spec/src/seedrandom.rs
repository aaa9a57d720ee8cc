//! The generator behind TensorFlow Playground: David Bau's seedrandom 2.4.3 with a text seed,
//! remade from its description.
//!
//! ARC4 keyed with the text gives bytes, six or more of them a number in [0, 1) with 52 or 53
//! random bits.

/// 2^52: a number is drawn out until its numerator has this many values.
const SIGNIFICANCE: f64 = 4_503_599_627_370_496.0;
/// 2^48: the denominator of the first six bytes.
const START_DENOMINATOR: f64 = 281_474_976_710_656.0;

/// A sequence of numbers that follows from a text.
#[derive(Clone, Debug)]
pub struct SeedRandom {
    i: u8,
    j: u8,
    state: [u8; 256],
}

impl SeedRandom {
    /// The sequence of `seed`, whose UTF-16 code units (as JavaScript counts characters) are the
    /// key.
    pub fn new(seed: &str) -> Self {
        let key = mixed_key(seed);
        let mut state: [u8; 256] = std::array::from_fn(|i| i as u8);
        let mut j = 0u8;
        for i in 0..256 {
            j = j.wrapping_add(key[i % key.len()]).wrapping_add(state[i]);
            state.swap(i, usize::from(j));
        }
        let mut random = Self { i: 0, j: 0, state };
        for _ in 0..256 {
            random.byte(); // The first bytes of ARC4 tell of the key.
        }
        random
    }

    /// The next number in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        let mut numerator = (0..6).fold(0.0, |n, _| n * 256.0 + f64::from(self.byte()));
        let mut denominator = START_DENOMINATOR;
        let mut last = 0u8;
        while numerator < SIGNIFICANCE {
            numerator = (numerator + f64::from(last)) * 256.0;
            denominator *= 256.0;
            last = self.byte();
        }
        while numerator >= 2.0 * SIGNIFICANCE {
            numerator /= 2.0;
            denominator /= 2.0;
            last >>= 1;
        }
        (numerator + f64::from(last)) / denominator
    }

    /// The next number in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        self.uniform() * (high - low) + low
    }

    /// The next number of a normal distribution, by the polar method; its second number is thrown
    /// away, as in the original.
    pub fn normal(&mut self, mean: f64, variance: f64) -> f64 {
        loop {
            let a = 2.0 * self.uniform() - 1.0;
            let b = 2.0 * self.uniform() - 1.0;
            let s = a * a + b * b;
            if s <= 1.0 {
                return mean + variance.sqrt() * (libm::sqrt(-2.0 * libm::log(s) / s) * a);
            }
        }
    }

    fn byte(&mut self) -> u8 {
        self.i = self.i.wrapping_add(1);
        let t = self.state[usize::from(self.i)];
        self.j = self.j.wrapping_add(t);
        self.state.swap(usize::from(self.i), usize::from(self.j));
        self.state[usize::from(t.wrapping_add(self.state[usize::from(self.i)]))]
    }
}

/// The seed's characters, those past the 256th smeared over the first ones.
fn mixed_key(seed: &str) -> Vec<u8> {
    let mut key: Vec<u8> = Vec::new();
    let mut smear = 0i32;
    for (at, unit) in seed.encode_utf16().enumerate() {
        match key.get_mut(at % 256) {
            Some(slot) => {
                smear ^= i32::from(*slot) * 19;
                *slot = (smear + i32::from(unit)) as u8;
            }
            None => key.push(unit as u8),
        }
    }
    if key.is_empty() {
        key.push(0);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_original() {
        let mut random = SeedRandom::new("0.59704");
        let first: Vec<f64> = (0..4).map(|_| random.uniform()).collect();
        assert_eq!(first, [0.3720885891366738, 0.5777042295963245, 0.512260760220704, 0.3054890864708655]);
        let mut random = SeedRandom::new("1");
        let first: Vec<f64> = (0..3).map(|_| random.uniform()).collect();
        assert_eq!(first, [0.2694488477791326, 0.43440878183925163, 0.8740779300873869]);
    }

    #[test]
    fn empty_and_long_seeds_have_a_sequence_of_their_own() {
        let first = |seed: &str| SeedRandom::new(seed).uniform();
        let long = "descent ".repeat(40);
        assert_ne!(first(&long), first(&long[..256]), "characters past the 256th count");
        assert_ne!(first(""), first("0"));
    }
}
