//! Mean and variance of each channel, in two passes over rows of channels.

use super::memory::{Memory, Scratch, need};
use crate::plan::{Kernel, Slice};

/// Rows whose sum is taken before it is added to the others', so rounding errors do not grow with
/// the number of rows.
const BLOCK: usize = 64;

/// Mean and variance, prepared.
#[derive(Debug)]
pub(super) struct Moments {
    cells: usize,
    channels: usize,
    x: Slice,
    weight: Slice,
    outputs: [Slice; 2],
}

impl Moments {
    pub(super) fn new(cells: usize, channels: usize, kernel: &Kernel, scratch: &mut Scratch) -> Self {
        need(&mut scratch.line, channels);
        let outputs = [kernel.outputs[0], kernel.outputs[1]];
        Self { cells, channels, x: kernel.inputs[0], weight: kernel.inputs[1], outputs }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        let block = &mut scratch.line[..self.channels];
        memory.update_two(self.outputs, |memory, mean, variance| {
            self.sum(memory, block, mean, |share, x, sum| {
                sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += share * x);
            });
            self.sum(memory, block, variance, |share, x, sum| {
                for ((sum, x), mean) in sum.iter_mut().zip(x).zip(&*mean) {
                    let centred = x - mean;
                    *sum += share * (centred * centred);
                }
            });
        });
    }

    /// Has `add(share of a row, its channels, sums)` add up all rows.
    fn sum(&self, memory: &Memory, block: &mut [f32], total: &mut [f32], add: impl Fn(f32, &[f32], &mut [f32])) {
        let weight = memory.read(self.weight);
        let per_cell = 1.0 / self.cells as f32;
        total.fill(0.0);
        let rows = memory.read(self.x).chunks(BLOCK * self.channels);
        for (number, rows) in rows.enumerate() {
            block.fill(0.0);
            for (row, x) in rows.chunks_exact(self.channels).enumerate() {
                let row = number * BLOCK + row;
                add(weight[row / self.cells] * per_cell, x, block);
            }
            total.iter_mut().zip(&*block).for_each(|(total, sum)| *total += sum);
        }
    }
}
