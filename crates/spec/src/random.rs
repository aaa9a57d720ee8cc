//! Counter-based random numbers: `bits = hash(key(seed, stream), step, index)`.
//!
//! Integer operations only, so batches, masks and initial weights are identical on every executor;
//! `shaders/shared/random.wgsl` is the twin of this file and a test compares the two. No generator
//! carries state: any number of any step can be had at any time.

/// What random numbers are for. Streams are independent, so adding dropout changes no initial
/// weight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Initial weights.
    Init = 1,
    /// The order of samples.
    Order = 2,
    /// Dropout masks.
    Dropout = 3,
    /// Augmentation of samples.
    Augment = 4,
    /// Synthetic data.
    Sample = 5,
}

/// Mixes 32 bits so that each input bit changes each output bit about half of the time
/// (the two-round multiply-xorshift finaliser, constants of the hash-prospector search, bias 0.11).
#[inline]
pub const fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x21f0_aaad);
    x ^= x >> 15;
    x = x.wrapping_mul(0xd35a_2d97);
    x ^ (x >> 15)
}

/// The key of one stream of one seed.
pub const fn key(seed: u64, stream: Stream) -> u32 {
    let low = mix(seed as u32 ^ 0x9e37_79b9);
    let high = mix((seed >> 32) as u32 ^ low);
    mix(high.wrapping_add((stream as u32).wrapping_mul(0x85eb_ca6b)))
}

/// 32 random bits for (`key`, `step`, `index`).
#[inline]
pub const fn bits(key: u32, step: u32, index: u32) -> u32 {
    let salt = mix(key ^ step.wrapping_mul(0x9e37_79b9));
    mix(mix(index ^ salt).wrapping_add(salt))
}

/// A number in [0, 1) with 24 random bits, exactly representable.
#[inline]
pub const fn uniform(key: u32, step: u32, index: u32) -> f32 {
    (bits(key, step, index) >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// The seed for a seed text: the same text gives the same run, on every machine (FNV-1a, 64 bits).
pub fn seed_from_text(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Where a random permutation of `0..n` puts `index`: a four-round Feistel network over the
/// smallest even number of bits that holds `n`, walked until it lands inside.
///
/// The network is a bijection of `0..4^half_bits`, so the walk returns to the range after at most
/// `4^half_bits - n` steps; as `4^half_bits < 4 n`, the mean walk is under 4. (Largest walk seen
/// for n up to 60,000: 21.)
#[inline]
pub const fn permute(key: u32, epoch: u32, n: u32, index: u32) -> u32 {
    let half_bits = half_bits(n);
    let mask = (1u32 << half_bits) - 1;
    let mut value = index;
    loop {
        let mut left = value >> half_bits;
        let mut right = value & mask;
        let mut round = 0;
        while round < 4 {
            let next = left ^ (bits(key, epoch.wrapping_mul(4).wrapping_add(round), right) & mask);
            left = right;
            right = next;
            round += 1;
        }
        value = (left << half_bits) | right;
        if value < n {
            return value;
        }
    }
}

/// Half the bits of the Feistel network over `0..n`: the smallest `h >= 1` with `4^h >= n`.
#[inline]
pub const fn half_bits(n: u32) -> u32 {
    let mut half = 1;
    while half < 15 && (1u32 << (2 * half)) < n {
        half += 1;
    }
    half
}

/// A stream of numbers for the host: initial weights and synthetic data.
#[derive(Clone, Debug)]
pub struct Rng {
    key: u32,
    step: u32,
    index: u32,
}

impl Rng {
    /// Numbers of `stream` under `seed`; `step` separates tensors, samples or epochs.
    pub fn new(seed: u64, stream: Stream, step: u32) -> Self {
        Self { key: key(seed, stream), step, index: 0 }
    }

    /// The next 32 bits.
    pub fn bits(&mut self) -> u32 {
        self.index = self.index.wrapping_add(1);
        bits(self.key, self.step, self.index - 1)
    }

    /// The next number in [0, 1), 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        let high = u64::from(self.bits() >> 5);
        let low = u64::from(self.bits() >> 6);
        ((high << 26) | low) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// The next number in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// The next number of the normal distribution (Box-Muller; `libm`, so that every machine
    /// agrees).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }

    /// The next whole number below `n` (`n >= 1`).
    pub fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.bits()) * u64::from(n)) >> 32) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutation_is_a_bijection() {
        for n in [1, 2, 3, 10, 63, 64, 65, 1437, 60_000] {
            let mut seen = vec![false; n as usize];
            for index in 0..n {
                let at = permute(7, 3, n, index) as usize;
                assert!(!seen[at], "{at} of {n} is taken twice");
                seen[at] = true;
            }
        }
    }

    #[test]
    fn uniform_numbers_have_the_moments_of_their_distribution() {
        let n = 100_000;
        for stream in [Stream::Init, Stream::Dropout] {
            let key = key(42, stream);
            let mean = (0..n).map(|i| f64::from(uniform(key, 5, i))).sum::<f64>() / f64::from(n);
            assert!((mean - 0.5).abs() < 5.0 / (12.0 * f64::from(n)).sqrt(), "mean {mean}"); // 5 sigma
        }
    }

    #[test]
    fn normal_numbers_have_unit_variance() {
        let mut rng = Rng::new(1, Stream::Sample, 0);
        let n = 100_000;
        let values: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
        let mean = values.iter().sum::<f64>() / f64::from(n);
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.016 && (variance - 1.0).abs() < 0.023, "mean {mean}, variance {variance}"); // 5 sigma
    }
}
