//! How a matrix product or a convolution is cut into tiles, by the kind of device.
//!
//! A real GPU takes tiles through workgroup memory. On a software adapter barriers and workgroup memory are pure loss and every load costs as
//! much as tens of multiply-adds, so tiles live in registers and are as large as the compiler bears (SwiftShader: a load 29 ns, a
//! multiply-add in registers 0.4 ns).

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

/// The register tile for `batches` products of `[rows, terms] · [terms, cols]` in ranges of `range` terms: the one with the fewest loads among
/// those that leave work for several cores.
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

/// The tile for rows of `width` pixels in `channels` channels under a kernel row of `taps` taps that covers `reach` cells: the one with the
/// fewest loads. Pixels are a multiple of `step`. `None` where the kernel's row is too long to unroll.
pub(super) fn row_tile(width: usize, channels: usize, taps: usize, reach: usize, stride: usize, step: usize) -> Option<RowTile> {
    let candidates = [4, 8, 12, 16].into_iter().flat_map(|c| (1..=16).map(move |p| (p, c)));
    let fits = |(p, c): &(usize, usize)| p % step == 0 && p * c <= MAX_RESULTS && taps * p * c / 4 <= MAX_LINES;
    let cost = |(p, c): &(usize, usize)| width.div_ceil(*p) * channels.div_ceil(*c) * ((p - 1) * stride + reach + taps * c);
    let (pixels, channels) = candidates.filter(fits).min_by_key(cost)?;
    Some(RowTile { pixels, channels })
}

/// A tile of a kernel row: channels of x, channels of y, and how many cells of dy are taken at a time.
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

/// Rows, columns and terms of a tile through workgroup memory: a large one where there is work for many of them.
pub(super) fn workgroup_tile(batches: usize, rows: usize, cols: usize) -> [usize; 3] {
    let tiles = |side: usize| batches * rows.div_ceil(side) * cols.div_ceil(side);
    if tiles(64) >= 64 && rows > 32 && cols > 32 { [64, 64, 16] } else { [32, 32, 16] }
}
