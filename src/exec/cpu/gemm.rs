//! Matrix products: small ones by plain loops, the others tile by tile over packed panels of the
//! right operand.

use super::memory::{Memory, Scratch, need};
use super::strip::Strips;
use super::tile::{self, COLS, ROWS};
use crate::plan::kernel::Gemm as Extents;
use crate::plan::{Kernel, Slice};

/// Terms of a sum that are added before the next are begun: a panel of so many rows stays in the
/// first-level cache (8 KiB).
const DEPTH: usize = 256;
/// Columns whose panels stay in the second-level cache (256 KiB) while all rows pass.
const WIDTH: usize = 256;
/// Multiplications below which packing costs more than it saves. Packing a matrix for a product
/// with a vector or two never pays.
const SMALL: usize = 4096;

/// A matrix product, prepared.
#[derive(Debug)]
pub(super) struct Gemm {
    extents: Extents,
    a: Slice,
    b: Slice,
    output: Slice,
    sum: Option<Slice>,
    epilogue: Strips,
}

impl Gemm {
    pub(super) fn new(extents: &Extents, kernel: &Kernel, scratch: &mut Scratch) -> Self {
        assert!(extents.split == 1, "{}: sums are split for GPUs only", kernel.label);
        let Extents { m, n, k, .. } = *extents;
        if !is_small(extents) {
            need(&mut scratch.panels, tile::panels(n) * COLS * k);
            need(&mut scratch.rows, ROWS * DEPTH.min(k));
        }
        if extents.has_sum_row {
            need(&mut scratch.line, n);
        }
        assert!(m * n * extents.batch <= kernel.outputs[0].len, "{}: the product is larger than its output", kernel.label);
        Self {
            extents: extents.clone(),
            a: kernel.inputs[0],
            b: kernel.inputs[1],
            output: kernel.outputs[0],
            sum: extents.has_sum_row.then(|| kernel.outputs[1]),
            epilogue: Strips::epilogue(&kernel.epilogue, &kernel.inputs[2..], scratch),
        }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        let Extents { batch, m, n, k, ta, tb, .. } = self.extents;
        memory.update(self.output, |memory, out| {
            let (a, b) = (memory.read(self.a), memory.read(self.b));
            for (z, out) in out.chunks_exact_mut(m * n).enumerate().take(batch) {
                let a = &a[self.extents.a_batch.at(z) * m * k..][..m * k];
                let b = &b[self.extents.b_batch.at(z) * k * n..][..k * n];
                if is_small(&self.extents) {
                    small(&self.extents, a, b, out);
                } else {
                    if tb {
                        tile::pack_columns(b, k, n, k, &mut scratch.panels);
                    } else {
                        tile::pack_rows(b, n, 0, n, k, &mut scratch.panels);
                    }
                    if ta {
                        product_of_columns(&self.extents, a, scratch, out);
                    } else {
                        product_of_rows(&self.extents, a, &scratch.panels, out);
                    }
                }
                self.epilogue.run(memory, &mut scratch.registers, z * m * n, out);
            }
        });
        if let Some(sum) = self.sum {
            memory.update(sum, |memory, sum| {
                let b = memory.read(self.b);
                if tb {
                    sum.iter_mut()
                        .zip(b.chunks_exact(k))
                        .for_each(|(sum, row)| tile::column_sums(row, 1, &mut scratch.line, std::slice::from_mut(sum)));
                } else {
                    tile::column_sums(&b[..k * n], n, &mut scratch.line, sum);
                }
            });
        }
    }
}

fn is_small(extents: &Extents) -> bool {
    extents.m * extents.n * extents.k <= SMALL || extents.n == 1 || extents.m <= 2
}

/// Plain loops; the innermost runs along memory. A function of its own: inlined into `Gemm::run`,
/// it takes a quarter more instructions.
#[inline(never)]
fn small(extents: &Extents, a: &[f32], b: &[f32], out: &mut [f32]) {
    let Extents { m, n, k, ta, tb, .. } = *extents;
    if (tb || n == 1) && !ta {
        for (row, out) in a.chunks_exact(k).zip(out.chunks_exact_mut(n)) {
            out.iter_mut().zip(b.chunks_exact(k)).for_each(|(out, column)| *out = tile::dot(row, column));
        }
    } else if tb && n > 1 {
        for (i, out) in out.chunks_exact_mut(n).enumerate() {
            for (out, column) in out.iter_mut().zip(b.chunks_exact(k)) {
                *out = a[i..].iter().step_by(m).zip(column).map(|(a, b)| a * b).sum();
            }
        }
    } else if ta && n == 1 {
        out.fill(0.0);
        for (column, b) in a.chunks_exact(m).zip(b) {
            out.iter_mut().zip(column).for_each(|(out, a)| *out += a * b);
        }
    } else if ta {
        out.fill(0.0);
        for (column, row) in a.chunks_exact(m).zip(b.chunks_exact(n)) {
            for (a, out) in column.iter().zip(out.chunks_exact_mut(n)) {
                out.iter_mut().zip(row).for_each(|(out, b)| *out += a * b);
            }
        }
    } else {
        for (row, out) in a.chunks_exact(k).zip(out.chunks_exact_mut(n)) {
            out.fill(0.0);
            for (a, row) in row.iter().zip(b.chunks_exact(n)) {
                out.iter_mut().zip(row).for_each(|(out, b)| *out += a * b);
            }
        }
    }
}

/// `out = a · b`, `a` stored `[m, k]` and read where it lies.
fn product_of_rows(extents: &Extents, a: &[f32], panels: &[f32], out: &mut [f32]) {
    let Extents { m, n, k, .. } = *extents;
    blocks(n, k, |from, depth, first, width| {
        for i in (0..m).step_by(ROWS) {
            let rows = [0, 1, 2, 3].map(|row| &a[(i + row).min(m - 1) * k + from..][..depth]);
            for j in (first..first + width).step_by(COLS) {
                let panel = panels[(j / COLS * k + from) * COLS..][..depth * COLS].as_chunks::<COLS>().0;
                let tile = tile::rows(rows, panel);
                tile::store(&tile, (m - i).min(ROWS), (n - j).min(COLS), from > 0, &mut out[i * n + j..], n);
            }
        }
    });
}

/// `out = a · b`, `a` stored `[k, m]` and packed four columns at a time.
fn product_of_columns(extents: &Extents, a: &[f32], scratch: &mut Scratch, out: &mut [f32]) {
    let Extents { m, n, k, .. } = *extents;
    let (lefts, panels) = (scratch.rows.as_chunks_mut::<ROWS>().0, &scratch.panels);
    blocks(n, k, |from, depth, first, width| {
        for i in (0..m).step_by(ROWS) {
            let rows = (m - i).min(ROWS);
            let lefts = &mut lefts[..depth];
            for (left, a) in lefts.iter_mut().zip(a[from * m..].chunks_exact(m)) {
                match <&[f32; ROWS]>::try_from(&a[i..i + rows]) {
                    Ok(values) => *left = *values,
                    Err(_) => left[..rows].copy_from_slice(&a[i..i + rows]),
                }
            }
            for j in (first..first + width).step_by(COLS) {
                let panel = panels[(j / COLS * k + from) * COLS..][..depth * COLS].as_chunks::<COLS>().0;
                let tile = tile::packed(lefts, panel);
                tile::store(&tile, rows, (n - j).min(COLS), from > 0, &mut out[i * n + j..], n);
            }
        }
    });
}

/// Calls `run(first term, terms, first column, columns)` for each block of the right operand.
fn blocks(n: usize, k: usize, mut run: impl FnMut(usize, usize, usize, usize)) {
    for from in (0..k).step_by(DEPTH) {
        for first in (0..n).step_by(WIDTH) {
            run(from, DEPTH.min(k - from), first, WIDTH.min(n - first));
        }
    }
}
