//! Matrix products.

use super::super::text::shader;
use super::super::text::{Dispatch, Source, index_function, is_short};
use super::super::tiles;
use super::{WORKGROUP, with_math};
use crate::plan::kernel::Gemm;
use crate::plan::{Kernel, Target};

/// Extents of products for the tiles: `parts · batches` products of `[rows, terms] · [terms, cols]`, in ranges of `range` terms.
pub(super) struct Product {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) terms: usize,
    pub(super) batches: usize,
    pub(super) parts: usize,
    pub(super) a_runs_along_k: bool,
    pub(super) b_runs_along_k: bool,
}

impl Product {
    /// Terms of a part.
    pub(super) fn range(&self) -> usize {
        self.terms.div_ceil(self.parts)
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

    /// The text of the product by a tile through workgroup memory; `operands` gives the bindings and files of the operands.
    pub(super) fn through_workgroup_memory(
        &self,
        mut constants: Vec<(&'static str, usize)>,
        operands: impl FnOnce(&mut Source),
    ) -> Dispatch {
        let count = self.batches * self.parts;
        let [tile_m, tile_n, tile_k] = tiles::workgroup_tile(count, self.rows, self.cols);
        constants.extend(self.constants());
        constants.extend([
            ("TILE_M", tile_m),
            ("TILE_N", tile_n),
            ("TILE_K", tile_k),
            ("A_RUNS_ALONG_K", usize::from(self.a_runs_along_k)),
            ("B_RUNS_ALONG_K", usize::from(self.b_runs_along_k)),
        ]);
        let mut source = with_math(&constants);
        operands(&mut source);
        source.file(shader!("shared/tile_workgroup.wgsl"));
        source.finish(self.rows.div_ceil(tile_m) * self.cols.div_ceil(tile_n) * count)
    }

    /// The text of the product with one invocation per result.
    pub(super) fn directly(&self, mut constants: Vec<(&'static str, usize)>, operands: impl FnOnce(&mut Source)) -> Dispatch {
        constants.extend(self.constants());
        let mut source = with_math(&constants);
        operands(&mut source);
        source.file(shader!("shared/tile_direct.wgsl"));
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
    };
    let operands = |source: &mut Source| {
        source.reads("a", kernel.inputs[0]).reads("b", kernel.inputs[1]);
        source.store_by_column(gemm.n, &kernel.epilogue, &kernel.inputs[2..], &kernel.outputs);
        source.line(&index_function("a_batch", &gemm.a_batch)).line(&index_function("b_batch", &gemm.b_batch));
    };
    let mut constants = vec![("M", gemm.m)];
    if target == Target::Gpu {
        constants.extend([("A_TRANSPOSED", usize::from(gemm.ta)), ("B_TRANSPOSED", usize::from(gemm.tb))]);
        return product.through_workgroup_memory(constants, |source| {
            operands(source);
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
    operands(&mut source);
    source.file(shader!("gemm_registers.wgsl"));
    source.finish(tiles.div_ceil(workgroup))
}

/// Invocations of a workgroup on a software adapter: the width of its vectors where there are few tiles, so that every core gets some.
pub(super) fn group_of(tiles: usize) -> usize {
    if tiles < 512 { 4 } else { 16 }
}
