//! The inputs of the 2-D sets.

use serde::{Deserialize, Serialize};

/// The seven inputs of the 2-D sets, in TensorFlow Playground's fixed order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Features(
    /// Bit `i` is input `i` of [`Features::NAMES`].
    pub u8,
);

impl Features {
    /// Their names in old links.
    pub const NAMES: [&'static str; 7] = ["x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY"];

    /// How many are used.
    pub fn count(self) -> usize {
        (self.0 & 0x7f).count_ones() as usize
    }

    /// The values of the used inputs at a point, in the fixed order.
    pub fn values(self, x: f64, y: f64) -> impl Iterator<Item = f64> {
        let all = [x, y, x * x, y * y, x * y, libm::sin(x), libm::sin(y)];
        (0..7).filter(move |i| self.0 >> i & 1 == 1).map(move |i| all[i])
    }
}
