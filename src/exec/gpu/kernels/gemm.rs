//! Matrix products, of which a convolution is one too: tiles through workgroup memory on a real
//! GPU, sums in registers on a software adapter.

use super::super::text::shader;
use super::super::text::{Dispatch, Source, index_function, is_short};
use super::super::tiles;
use super::{WORKGROUP, with_math};
use crate::plan::kernel::Gemm;
use crate::plan::{Kernel, Slice, Target};

/// Extents of products for the tiles: `parts · batches` products of `[rows, terms] · [terms,
/// cols]`, in ranges of `range` terms.
pub(super) struct Product {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) terms: usize,
    pub(super) batches: usize,
    pub(super) parts: usize,
    pub(super) a_runs_along_k: bool,
    pub(super) b_runs_along_k: bool,
    pub(super) quads: Quads,
}

/// Whether a, b and the result are bound as `vec4<f32>`: four neighbours, of which the first has a
/// multiple of 4 as its row, column or term, then fill one of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Quads {
    pub(super) a: bool,
    pub(super) b: bool,
    pub(super) y: bool,
}

impl Quads {
    pub(super) const NONE: Self = Self { a: false, b: false, y: false };

    /// Adds the bindings of the operands.
    pub(super) fn bind(self, source: &mut Source, names: [&str; 2], slices: &[Slice]) {
        for ((name, slice), has_quads) in names.into_iter().zip(slices).zip([self.a, self.b]) {
            if has_quads {
                source.reads_quads(name, *slice)
            } else {
                source.reads(name, *slice)
            };
        }
    }
}

/// Numbers that an operand does not store: they are 0.
const NOWHERE: usize = u32::MAX as usize;

impl Product {
    /// Terms of a part; whole quads of them, if there is more than one part.
    pub(super) fn range(&self) -> usize {
        if self.parts == 1 { self.terms } else { self.terms.div_ceil(self.parts).next_multiple_of(4) }
    }

    /// The constants that every tile needs.
    pub(super) fn constants(&self) -> Vec<(&'static str, usize)> {
        vec![
            ("ROWS", self.rows),
            ("COLS", self.cols),
            ("TERMS", self.terms),
            ("BATCHES", self.batches),
            ("PARTS", self.parts),
            ("RANGE", self.range()),
        ]
    }

    /// The text of the product by a tile through workgroup memory; `operands` gives the bindings
    /// and files of the operands.
    pub(super) fn through_workgroup_memory(
        &self,
        mut constants: Vec<(&'static str, usize)>,
        operands: impl FnOnce(&mut Source, Quads),
    ) -> Dispatch {
        let count = self.batches * self.parts;
        let tile = tiles::workgroup_tile(count, self.rows, self.cols, self.range());
        let lanes = tile.lanes();
        constants.extend(self.constants());
        constants.extend([
            ("TILE_M", tile.rows),
            ("TILE_N", tile.cols),
            ("TILE_K", tile.terms),
            ("ROWS_EACH", tile.each[0]),
            ("COLS_EACH", tile.each[1]),
            ("SLICES", tile.slices),
            ("LANES", lanes),
            ("A_FETCHES", (tile.rows * tile.terms / 4).div_ceil(lanes)),
            ("B_FETCHES", (tile.cols * tile.terms / 4).div_ceil(lanes)),
            ("A_RUNS_ALONG_K", usize::from(self.a_runs_along_k)),
            ("B_RUNS_ALONG_K", usize::from(self.b_runs_along_k)),
            ("A_HAS_QUADS", usize::from(self.quads.a)),
            ("B_HAS_QUADS", usize::from(self.quads.b)),
            ("Y_HAS_QUADS", usize::from(self.quads.y)),
            ("NOWHERE", NOWHERE),
        ]);
        let mut source = with_math(&constants);
        operands(&mut source, self.quads);
        source.file(shader!("shared/operands.wgsl")).file(shader!("shared/tile_workgroup.wgsl"));
        source.finish(self.rows.div_ceil(tile.rows) * self.cols.div_ceil(tile.cols) * count)
    }

    /// The text of the product with one invocation per result.
    pub(super) fn directly(&self, mut constants: Vec<(&'static str, usize)>, operands: impl FnOnce(&mut Source, Quads)) -> Dispatch {
        constants.extend(self.constants());
        constants.extend([("A_HAS_QUADS", 0), ("B_HAS_QUADS", 0), ("NOWHERE", NOWHERE)]);
        let mut source = with_math(&constants);
        operands(&mut source, Quads::NONE);
        source.file(shader!("shared/operands.wgsl")).file(shader!("shared/tile_direct.wgsl"));
        source.finish((self.rows * self.cols * self.batches * self.parts).div_ceil(WORKGROUP))
    }
}

pub(super) fn gemm(kernel: &Kernel, gemm: &Gemm, target: Target) -> Dispatch {
    let product = Product {
        rows: gemm.m + usize::from(gemm.has_sum_row),
        cols: gemm.n,
        terms: gemm.k,
        batches: gemm.batch,
        parts: gemm.split,
        a_runs_along_k: !gemm.ta,
        b_runs_along_k: gemm.tb,
        quads: Quads {
            a: if gemm.ta { gemm.m } else { gemm.k }.is_multiple_of(4),
            b: if gemm.tb { gemm.k } else { gemm.n }.is_multiple_of(4),
            y: gemm.n.is_multiple_of(4),
        },
    };
    let operands = |source: &mut Source, quads: Quads| {
        quads.bind(source, ["a", "b"], &kernel.inputs);
        source.store_by_column(gemm.n, &kernel.epilogue, &kernel.inputs[2..], &kernel.outputs, quads.y);
        source.line(&index_function("a_batch", &gemm.a_batch)).line(&index_function("b_batch", &gemm.b_batch));
    };
    let mut constants = vec![("M", gemm.m)];
    if target == Target::Gpu {
        constants.extend([("A_TRANSPOSED", usize::from(gemm.ta)), ("B_TRANSPOSED", usize::from(gemm.tb))]);
        return product.through_workgroup_memory(constants, |source, quads| {
            operands(source, quads);
            source.file(shader!("gemm.wgsl"));
        });
    }
    let count = gemm.batch * gemm.split;
    let tile = tiles::register_tile(count, product.rows, product.cols, product.terms, product.range());
    let tiles = product.rows.div_ceil(tile.rows) * product.cols.div_ceil(tile.cols) * count;
    let workgroup = group_of(tiles);
    constants.extend(product.constants());
    constants.extend([
        ("TILE_M", tile.rows),
        ("TILE_N", tile.cols),
        ("UNROLL", tile.unroll),
        ("IS_SHORT", usize::from(is_short(&kernel.epilogue))),
        ("WORKGROUP", workgroup),
        ("A_ROW", if gemm.ta { 1 } else { gemm.k }),
        ("A_TERM", if gemm.ta { gemm.m } else { 1 }),
        ("B_TERM", if gemm.tb { 1 } else { gemm.n }),
        ("B_COL", if gemm.tb { gemm.k } else { 1 }),
    ]);
    let mut source = with_math(&constants);
    operands(&mut source, Quads::NONE);
    source.file(shader!("gemm_registers.wgsl"));
    source.finish(tiles.div_ceil(workgroup))
}

/// Invocations of a workgroup on a software adapter: the width of its vectors where there are few
/// tiles, so that every core gets some.
pub(super) fn group_of(tiles: usize) -> usize {
    if tiles < 512 { 4 } else { 16 }
}
