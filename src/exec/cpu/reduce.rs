//! Sums, maxima and minima along an axis, and where a maximum stands.
//!
//! Long sums are taken in blocks whose results are then added, so rounding errors do not grow with
//! the length.

use super::arith::{max, min};
use super::memory::{Memory, STRIP, Scratch, need};
use super::strip::Strips;
use super::tile::{COLS, sum_lanes};
use crate::graph::Reduction;
use crate::plan::{Fused, Kernel, Slice};

/// A reduction, prepared.
#[derive(Debug)]
pub(super) struct Reduce {
    kind: Reduction,
    outer: usize,
    middle: usize,
    inner: usize,
    prologue: Strips,
    epilogue: Strips,
    outputs: Vec<Slice>,
}

impl Reduce {
    pub(super) fn new(
        kind: Reduction,
        [outer, middle, inner]: [usize; 3],
        prologue: &Fused,
        kernel: &Kernel,
        scratch: &mut Scratch,
    ) -> Self {
        let own = prologue.args.len();
        need(&mut scratch.rows, STRIP);
        need(&mut scratch.image, outer * inner);
        need(&mut scratch.line, inner);
        Self {
            kind,
            outer,
            middle,
            inner,
            prologue: Strips::map(prologue, &kernel.inputs[..own], scratch),
            epilogue: Strips::epilogue(&kernel.epilogue, &kernel.inputs[own..], scratch),
            outputs: kernel.outputs.clone(),
        }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        let [output] = self.outputs[..] else {
            let mut all = std::mem::take(&mut scratch.image);
            self.reduce(memory, scratch, &mut all[..self.outer * self.inner]);
            let mut rest = all.as_slice();
            for output in &self.outputs {
                let (values, others) = rest.split_at(output.len);
                memory.write(*output).copy_from_slice(values);
                rest = others;
            }
            scratch.image = all;
            return;
        };
        memory.update(output, |memory, out| self.reduce(memory, scratch, out));
    }

    fn reduce(&self, memory: &Memory, scratch: &mut Scratch, out: &mut [f32]) {
        if self.inner == 1 {
            self.along_rows(memory, scratch, out);
        } else {
            self.across_rows(memory, scratch, out);
        }
        self.epilogue.run(memory, &mut scratch.registers, 0, out);
    }

    /// `inner == 1`: what is reduced lies side by side.
    fn along_rows(&self, memory: &Memory, scratch: &mut Scratch, out: &mut [f32]) {
        let Scratch { registers, rows: strip, .. } = scratch;
        for (o, out) in out.iter_mut().enumerate() {
            let first = o * self.middle;
            if let Some(values) = self.prologue.copied(memory) {
                let blocks = values[first..][..self.middle].chunks(STRIP).map(|values| fold(self.kind, values));
                *out = blocks.reduce(|a, b| combine(self.kind, a, b)).unwrap_or(0.0);
                continue;
            }
            self.prologue.load(memory, registers, first, self.middle);
            let mut result = None;
            for start in (0..self.middle).step_by(self.prologue.strip()) {
                let values = &mut strip[..self.prologue.strip().min(self.middle - start)];
                self.prologue.eval(memory, registers, first + start, values);
                let value = fold(self.kind, values);
                result = Some(result.map_or(value, |result| combine(self.kind, result, value)));
            }
            *out = result.unwrap_or(0.0);
        }
    }

    /// What is reduced lies `inner` elements apart: rows of `inner` are taken together, at most 64
    /// before their result is put down.
    fn across_rows(&self, memory: &Memory, scratch: &mut Scratch, out: &mut [f32]) {
        const BLOCK: usize = 64;
        let Scratch { registers, rows: strip, line, .. } = scratch;
        let block = &mut line[..self.inner];
        let row_len = self.middle * self.inner;
        for (o, out) in out.chunks_exact_mut(self.inner).enumerate() {
            for start in (0..self.middle).step_by(BLOCK) {
                let rows = BLOCK.min(self.middle - start);
                let target = if start == 0 { &mut *out } else { &mut *block };
                let first = o * row_len + start * self.inner;
                match self.prologue.copied(memory) {
                    Some(values) => {
                        let mut rows = values[first..][..rows * self.inner].chunks_exact(self.inner);
                        rows.by_ref().take(1).for_each(|row| target.copy_from_slice(row));
                        rows.for_each(|row| combine_all(self.kind, target, row));
                    }
                    None => {
                        self.prologue.load(memory, registers, first, rows * self.inner);
                        let mut at = 0;
                        while at < rows * self.inner {
                            let len = self.prologue.strip().min(rows * self.inner - at);
                            let values = &mut strip[..len];
                            self.prologue.eval(memory, registers, first + at, values);
                            fold_rows(self.kind, values, at, target);
                            at += len;
                        }
                    }
                }
                if start > 0 {
                    combine_all(self.kind, out, block);
                }
            }
        }
    }
}

/// Takes `values`, which start `at` elements into rows as long as `target`, into `target`; the
/// first row sets it.
fn fold_rows(kind: Reduction, mut values: &[f32], mut at: usize, target: &mut [f32]) {
    while !values.is_empty() {
        let column = at % target.len();
        let (row, rest) = values.split_at((target.len() - column).min(values.len()));
        let target = &mut target[column..][..row.len()];
        if at == column {
            target.copy_from_slice(row);
        } else {
            combine_all(kind, target, row);
        }
        (values, at) = (rest, at + row.len());
    }
}

fn combine_all(kind: Reduction, target: &mut [f32], row: &[f32]) {
    let pairs = target.iter_mut().zip(row);
    match kind {
        Reduction::Sum => pairs.for_each(|(target, value)| *target += value),
        Reduction::Max => pairs.for_each(|(target, value)| *target = max(*target, *value)),
        Reduction::Min => pairs.for_each(|(target, value)| *target = min(*target, *value)),
    }
}

fn combine(kind: Reduction, a: f32, b: f32) -> f32 {
    match kind {
        Reduction::Sum => a + b,
        Reduction::Max => max(a, b),
        Reduction::Min => min(a, b),
    }
}

/// The reduction of at least one value.
fn fold(kind: Reduction, values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<COLS>();
    let Some((first, chunks)) = chunks.split_first() else {
        return rest.iter().copied().reduce(|a, b| combine(kind, a, b)).unwrap_or(0.0);
    };
    let mut lanes = *first;
    for chunk in chunks {
        combine_all(kind, &mut lanes, chunk);
    }
    let all = match kind {
        Reduction::Sum => sum_lanes(lanes),
        Reduction::Max => lanes.into_iter().fold(lanes[0], max),
        Reduction::Min => lanes.into_iter().fold(lanes[0], min),
    };
    rest.iter().fold(all, |a, b| combine(kind, a, *b))
}

/// The index of the first largest element along an axis, prepared.
#[derive(Debug)]
pub(super) struct ArgMax {
    middle: usize,
    inner: usize,
    x: Slice,
    output: Slice,
    epilogue: Strips,
}

impl ArgMax {
    pub(super) fn new(middle: usize, inner: usize, kernel: &Kernel, scratch: &mut Scratch) -> Self {
        let epilogue = Strips::epilogue(&kernel.epilogue, &kernel.inputs[1..], scratch);
        Self { middle, inner, x: kernel.inputs[0], output: kernel.outputs[0], epilogue }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        memory.update(self.output, |memory, out| {
            let slabs = memory.read(self.x).chunks_exact(self.middle * self.inner);
            for (slab, out) in slabs.zip(out.chunks_exact_mut(self.inner)) {
                for (i, out) in out.iter_mut().enumerate() {
                    let value = |m: usize| slab[m * self.inner + i];
                    *out = (1..self.middle).fold(0, |best, m| if value(m) > value(best) { m } else { best }) as f32;
                }
            }
            self.epilogue.run(memory, &mut scratch.registers, 0, out);
        });
    }
}
