//! Tiles of 4 × 8 results in registers: what every product and convolution comes down to.
//!
//! Eight accumulators of four lanes, two of the right operand and a broadcast fit the 16 registers
//! of SSE2 and of wasm engines; 6 × 8 spills.

/// Rows of a tile.
pub(super) const ROWS: usize = 4;
/// Columns of a tile.
pub(super) const COLS: usize = 8;

/// A tile of results.
pub(super) type Tile = [[f32; COLS]; ROWS];

/// `tile[i][j] += Σ_p rows[i][p] · panel[p][j]`; the rows are at least as long as the panel.
#[inline(always)]
pub(super) fn add_rows(mut tile: Tile, rows: [&[f32]; ROWS], panel: &[[f32; COLS]]) -> Tile {
    let [a, b, c, d] = rows.map(|row| &row[..panel.len()]);
    for (p, right) in panel.iter().enumerate() {
        let left = [a[p], b[p], c[p], d[p]];
        for i in 0..ROWS {
            for j in 0..COLS {
                tile[i][j] += left[i] * right[j];
            }
        }
    }
    tile
}

/// `Σ_p rows[i][p] · panel[p][j]`; the rows are at least as long as the panel.
#[inline(never)]
pub(super) fn rows(rows: [&[f32]; ROWS], panel: &[[f32; COLS]]) -> Tile {
    add_rows([[0.0; COLS]; ROWS], rows, panel)
}

/// `Σ_p lefts[p][i] · panel[p][j]`
#[inline(never)]
pub(super) fn packed(lefts: &[[f32; ROWS]], panel: &[[f32; COLS]]) -> Tile {
    let mut tile = [[0.0; COLS]; ROWS];
    for (left, right) in lefts.iter().zip(panel) {
        for i in 0..ROWS {
            for j in 0..COLS {
                tile[i][j] += left[i] * right[j];
            }
        }
    }
    tile
}

/// Puts the first `rows` rows and `cols` columns of a tile into `out`, whose rows are `stride`
/// apart; adds them where `is_sum`.
#[inline(always)]
pub(super) fn store(tile: &Tile, rows: usize, cols: usize, is_sum: bool, out: &mut [f32], stride: usize) {
    for (row, values) in tile.iter().enumerate().take(rows) {
        let out = &mut out[row * stride..];
        match (out.first_chunk_mut::<COLS>(), is_sum) {
            (Some(out), false) if cols == COLS => *out = *values,
            (Some(out), true) if cols == COLS => {
                for j in 0..COLS {
                    out[j] += values[j];
                }
            }
            (_, false) => out[..cols].copy_from_slice(&values[..cols]),
            (_, true) => out[..cols].iter_mut().zip(values).for_each(|(out, value)| *out += value),
        }
    }
}

/// Panels that hold `cols` columns.
pub(super) fn panels(cols: usize) -> usize {
    cols.div_ceil(COLS)
}

/// Puts `cols` columns of a row-major `[depth, stride]` matrix, from column `first` on, into panels
/// `[cols / 8][depth][8]`, filled up with 0.
pub(super) fn pack_rows(source: &[f32], stride: usize, first: usize, cols: usize, depth: usize, panels: &mut [f32]) {
    for (panel, at) in panels.chunks_exact_mut(depth * COLS).zip((0..cols).step_by(COLS)) {
        let width = COLS.min(cols - at);
        let rows = panel.as_chunks_mut::<COLS>().0.iter_mut().zip(source[first + at..].chunks(stride));
        if width == COLS {
            rows.for_each(|(to, from)| to.copy_from_slice(&from[..COLS]));
        } else {
            rows.for_each(|(to, from)| {
                to[width..].fill(0.0);
                to[..width].copy_from_slice(&from[..width]);
            });
        }
    }
}

/// As [`pack_rows`] for a matrix stored `[cols, stride]`: element `p` of column `j` is
/// `source[j · stride + p]`.
pub(super) fn pack_columns(source: &[f32], stride: usize, cols: usize, depth: usize, panels: &mut [f32]) {
    for (panel, at) in panels.chunks_exact_mut(depth * COLS).zip((0..cols).step_by(COLS)) {
        let width = COLS.min(cols - at);
        let panel = panel.as_chunks_mut::<COLS>().0;
        for j in 0..width {
            let column = &source[(at + j) * stride..][..depth];
            panel.iter_mut().zip(column).for_each(|(to, from)| to[j] = *from);
        }
        for to in panel {
            to[width..].fill(0.0);
        }
    }
}

/// `sums[j] = Σ_r rows[r][j]`, taken in blocks of 64 rows so that rounding errors grow with the
/// root of the number of rows at most.
pub(super) fn column_sums(rows: &[f32], cols: usize, block: &mut [f32], sums: &mut [f32]) {
    sums.fill(0.0);
    let block = &mut block[..cols];
    for rows in rows.chunks(64 * cols) {
        block.fill(0.0);
        for row in rows.chunks_exact(cols) {
            block.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        sums.iter_mut().zip(&*block).for_each(|(sum, value)| *sum += value);
    }
}

/// `Σ_i a[i] · b[i]` in eight interleaved sums.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; COLS];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<COLS>(), b.as_chunks::<COLS>());
    for (a, b) in a.iter().zip(b) {
        for j in 0..COLS {
            sums[j] += a[j] * b[j];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sum_lanes(sums) + rest
}

/// The sum of eight lanes, in the order of a tree.
pub(super) fn sum_lanes(s: [f32; COLS]) -> f32 {
    ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}
