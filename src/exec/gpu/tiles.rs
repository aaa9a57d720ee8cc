//! How a matrix product or a convolution is cut into tiles, by the kind of device.
//!
//! A real GPU takes tiles through workgroup memory. On a software adapter barriers and workgroup
//! memory are pure loss and every load costs as much as tens of multiply-adds, so tiles live in
//! registers and are as large as the compiler bears (SwiftShader: a load 29 ns, a multiply-add in
//! registers 0.4 ns).

/// Results of a register tile, at most: more of them spill and compile slowly.
const MAX_RESULTS: usize = 128;

/// Repeated lines of four multiply-adds in the innermost loop, at most.
const MAX_LINES: usize = 300;

/// Multiply-adds of a product that takes a software adapter less than a millisecond.
const SMALL_PRODUCT: usize = 1 << 17;

/// Invocations that keep a few cores busy.
const ENOUGH: usize = 32;

/// A tile of results and how far its loop over terms is unrolled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RegisterTile {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) unroll: usize,
}

/// The register tile for `batches` products of `[rows, terms] · [terms, cols]` in ranges of `range`
/// terms: the one with the fewest loads among those that leave work for several cores.
pub(super) fn register_tile(batches: usize, rows: usize, cols: usize, terms: usize, range: usize) -> RegisterTile {
    // A small product is over before a large tile is compiled.
    let is_small = batches * rows * cols * terms < SMALL_PRODUCT;
    let max_results = if is_small { 16 } else { MAX_RESULTS };
    let sides = [1, 2, 4, 6, 8, 12, 16];
    let tiles = sides.iter().flat_map(|m| [4, 8, 12, 16].map(|n| (*m, n))).filter(|(m, n)| m * n <= max_results);
    let cost = |(m, n): (usize, usize)| {
        let count = batches * rows.div_ceil(m) * cols.div_ceil(n);
        // Idle lanes cost as much as busy ones.
        count.max(ENOUGH) * (m + n)
    };
    let (rows, cols) = tiles.min_by_key(|tile| cost(*tile)).unwrap_or((4, 4));
    let unroll = [4, 2]
        .into_iter()
        .find(|by| !is_small && range.is_multiple_of(*by) && terms.is_multiple_of(*by) && rows * cols * by / 4 <= MAX_LINES);
    RegisterTile { rows, cols, unroll: unroll.unwrap_or(1) }
}

/// A tile of neighbouring pixels and channels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct RowTile {
    pub(super) pixels: usize,
    pub(super) channels: usize,
}

/// The tile for rows of `width` pixels in `channels` channels under a kernel row of `taps` taps
/// that covers `reach` cells: the one with the fewest loads. Pixels are a multiple of `step`.
/// `None` where the kernel's row is too long to unroll.
pub(super) fn row_tile(width: usize, channels: usize, taps: usize, reach: usize, stride: usize, step: usize) -> Option<RowTile> {
    let candidates = [4, 8, 12, 16].into_iter().flat_map(|c| (1..=16).map(move |p| (p, c)));
    let fits = |(p, c): &(usize, usize)| p % step == 0 && p * c <= MAX_RESULTS && taps * p * c / 4 <= MAX_LINES;
    let cost = |(p, c): &(usize, usize)| width.div_ceil(*p) * channels.div_ceil(*c) * ((p - 1) * stride + reach + taps * c);
    let (pixels, channels) = candidates.filter(fits).min_by_key(cost)?;
    Some(RowTile { pixels, channels })
}

/// A tile of a kernel row: channels of x, channels of y, and how many cells of dy are taken at a
/// time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct WeightTile {
    pub(super) inputs: usize,
    pub(super) channels: usize,
    pub(super) pixels: usize,
}

/// The tile for a weight gradient; as [`row_tile`].
pub(super) fn weight_tile(width: usize, c_in: usize, c_out: usize, taps: usize, reach: usize, stride: usize) -> Option<WeightTile> {
    let candidates = [4, 8, 12, 16].into_iter().flat_map(|c| [1, 2, 4, 8].into_iter().flat_map(move |i| (1..=8).map(move |p| (i, c, p))));
    let fits = |(i, c, p): &(usize, usize, usize)| taps * i * c <= MAX_RESULTS + 32 && taps * i * c * p / 4 <= MAX_LINES;
    let cost = |(i, c, p): &(usize, usize, usize)| {
        let loads = p * c + ((p - 1) * stride + reach) * i;
        c_in.div_ceil(*i) * c_out.div_ceil(*c) * width.div_ceil(*p) * loads
    };
    let (inputs, channels, pixels) = candidates.filter(fits).min_by_key(cost)?;
    Some(WeightTile { inputs, channels, pixels })
}

/// A tile through workgroup memory: see `shaders/shared/tile_workgroup.wgsl`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct WorkgroupTile {
    pub(super) rows: usize,
    pub(super) cols: usize,
    /// Terms that a slice takes through workgroup memory in a round.
    pub(super) terms: usize,
    /// Rows and columns of an invocation.
    pub(super) each: [usize; 2],
    /// Groups of invocations that share the terms.
    pub(super) slices: usize,
}

const fn tile([rows, cols, terms]: [usize; 3], each: [usize; 2], slices: usize) -> WorkgroupTile {
    WorkgroupTile { rows, cols, terms, each, slices }
}

/// The tiles a product may get. A large tile loads each number fewest times; a small one in many
/// slices finishes a small product soonest. On an NVIDIA H200 42 tiles were tried, and each of
/// these was the quickest for some product. Behind each stands such a product, its time, and the
/// time with the tiles that were there before (64 × 64 or 32 × 32, in one slice).
const WORKGROUP_TILES: [WorkgroupTile; 6] = [
    tile([64, 64, 16], [8, 4], 1), // [2048, 2048] · [2048, 2048]: 494 µs, before 788
    tile([32, 32, 16], [4, 4], 1), // convolution, 32 to 32 channels, [32768, 288] · [288, 32]: 30 µs, before 52
    tile([32, 32, 16], [4, 4], 2), // [256, 1024] · [1024, 1024]: 32 µs, before 82
    tile([64, 16, 16], [4, 4], 1), // convolution, 1 to 8 channels, [50176, 25] · [25, 8]: 10 µs, before 14
    tile([16, 16, 8], [4, 4], 8),  // [32, 1024] · [1024, 1024]: 13 µs, before 87
    tile([32, 8, 4], [4, 4], 16),  // gradient of a convolution, 16 to 8 channels, [12544, 400] · [400, 8]: 15 µs, before 45
];

/// Multiply-adds that a GPU does while a workgroup waits for the numbers of one round. Any number
/// from 2²² to 2²⁵ describes the H200 about as well; smaller GPUs do fewer.
const WORK_OF_A_ROUND: f64 = (1 << 23) as f64;

/// The same for one invocation.
const OWN_WORK_OF_A_ROUND: f64 = 2048.0;

/// Rounds that it takes to add the sums of one slice.
const ROUNDS_OF_A_SLICE: f64 = 0.25;

/// What it takes to begin and to end, as terms.
const TERMS_OF_A_TILE: f64 = 8.0;

impl WorkgroupTile {
    /// Invocations of a slice.
    pub(super) fn lanes(&self) -> usize {
        self.rows / self.each[0] * (self.cols / self.each[1])
    }

    /// How many rounds' time `batches` products of `[rows, terms] · [terms, cols]` take: all
    /// multiply-adds on all cores, or the rounds of one workgroup one after the other, whichever
    /// takes longer. Fitted to the measured times of 82 products: the tile of least cost took 11 %
    /// longer than the quickest of all that were tried (geometric mean).
    fn cost(&self, batches: usize, rows: usize, cols: usize, terms: usize) -> f64 {
        let rounds = terms.div_ceil(self.terms * self.slices) as f64;
        let tiles = batches as f64 * rows.div_ceil(self.rows) as f64 * cols.div_ceil(self.cols) as f64;
        let results = tiles * (self.rows * self.cols * self.slices) as f64;
        let [m, n] = self.each.map(|each| each as f64);
        // For m · n multiply-adds an invocation loads m + n numbers.
        let work = results * (rounds * self.terms as f64 + TERMS_OF_A_TILE) * (1.0 + 1.0 / m + 1.0 / n);
        let own_rounds = rounds * (1.0 + self.terms as f64 * m * n / OWN_WORK_OF_A_ROUND);
        own_rounds.max(work / WORK_OF_A_ROUND) + ROUNDS_OF_A_SLICE * self.slices as f64
    }
}

/// The tile for `batches` products of `[rows, terms] · [terms, cols]`.
pub(super) fn workgroup_tile(batches: usize, rows: usize, cols: usize, terms: usize) -> WorkgroupTile {
    let cost = |tile: &WorkgroupTile| tile.cost(batches, rows, cols, terms);
    let [first, others @ ..] = WORKGROUP_TILES;
    others.into_iter().fold(first, |best, tile| if cost(&tile) < cost(&best) { tile } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_keep_to_the_limits_of_webgpu() {
        for tile in WORKGROUP_TILES {
            let lanes = tile.lanes() * tile.slices;
            // Along the terms a column of b has one quad more than it uses, if it uses an even
            // number.
            let tile_quads = (tile.rows + tile.cols) * tile.terms / 4 + if tile.terms % 8 == 0 { tile.cols } else { 0 };
            let partial_quads = if tile.slices > 1 { lanes } else { 0 };
            assert!(lanes <= 256 && tile.slices <= 64, "{tile:?} has {lanes} invocations");
            assert!(16 * (tile.slices * tile_quads + partial_quads) <= 16 << 10, "{tile:?} takes too much workgroup memory");
        }
    }

    /// The extents are those of `products_agree_in_every_tile` of the conformance tests.
    #[test]
    fn every_tile_suits_some_product() {
        let products = [(520, 1000, 20), (40, 40, 16), (68, 36, 40), (9000, 12, 12), (20, 20, 256), (16384, 5, 260)];
        assert_eq!(products.map(|(rows, cols, terms)| workgroup_tile(1, rows, cols, terms)), WORKGROUP_TILES);
    }
}
