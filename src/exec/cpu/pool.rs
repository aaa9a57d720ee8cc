//! Pooling and its gradients: loops over windows outside, over channels inside.

use super::memory::{Memory, Scratch, need};
use super::strip::Strips;
use crate::plan::kernel::{PoolKernel, Pooling};
use crate::plan::{Kernel, Slice};
use std::ops::Range;

/// A pooling or its gradient, prepared.
#[derive(Debug)]
pub(super) struct Pool {
    extents: PoolKernel,
    x: Slice,
    /// The gradient in `y`, for a gradient.
    dy: Slice,
    output: Slice,
    epilogue: Strips,
}

impl Pool {
    pub(super) fn new(extents: &PoolKernel, kernel: &Kernel, scratch: &mut Scratch) -> Self {
        let own = if extents.pooling == Pooling::MaxGrad { 2 } else { 1 };
        need(&mut scratch.line, 2 * extents.channels);
        Self {
            extents: extents.clone(),
            x: kernel.inputs[0],
            dy: kernel.inputs[own - 1],
            output: kernel.outputs[0],
            epilogue: Strips::epilogue(&kernel.epilogue, &kernel.inputs[own..], scratch),
        }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        let channels = self.extents.channels;
        memory.update(self.output, |memory, out| {
            match self.extents.pooling {
                Pooling::Max => self.max(memory.read(self.x), out),
                Pooling::MaxGrad => {
                    let (best, place) = scratch.line[..2 * channels].split_at_mut(channels);
                    self.max_grad(memory.read(self.x), memory.read(self.dy), best, place, out);
                }
                Pooling::Mean => self.mean(memory.read(self.x), out),
                Pooling::MeanGrad => self.mean_grad(memory.read(self.dy), out),
            }
            self.epilogue.run(memory, &mut scratch.registers, 0, out);
        });
    }

    /// Calls `visit(pixel of y, first element of the image, rows and columns of the image under the window, divisor of its mean)`.
    fn for_each_window(&self, mut visit: impl FnMut(usize, usize, Range<usize>, Range<usize>, f32)) {
        let pool = &self.extents;
        let along = |at: usize, axis: usize| {
            let (before, after) = (pool.pads[2 * axis], pool.pads[2 * axis + 1]);
            let start = at * pool.stride[axis];
            let end = (start + pool.kernel[axis]).min(before + pool.input[axis] + after);
            (start.saturating_sub(before)..end.saturating_sub(before).min(pool.input[axis]), end - start)
        };
        let mut y = 0;
        for n in 0..pool.batch {
            for i in 0..pool.output[0] {
                let (rows, all_rows) = along(i, 0);
                for j in 0..pool.output[1] {
                    let (cols, all_cols) = along(j, 1);
                    let cells = if pool.count_include_pad { all_rows * all_cols } else { rows.len() * cols.len() };
                    visit(y, n * pool.input[0] * pool.input[1] * pool.channels, rows.clone(), cols, cells as f32);
                    y += 1;
                }
            }
        }
    }

    /// The channels of each pixel under a window: their first elements.
    fn pixels(&self, image: usize, rows: Range<usize>, cols: Range<usize>) -> impl Iterator<Item = usize> {
        let (wide, channels) = (self.extents.input[1], self.extents.channels);
        rows.flat_map(move |row| cols.clone().map(move |col| image + (row * wide + col) * channels))
    }

    fn max(&self, x: &[f32], y: &mut [f32]) {
        let channels = self.extents.channels;
        self.for_each_window(|pixel, image, rows, cols, _| {
            let y = &mut y[pixel * channels..][..channels];
            let mut pixels = self.pixels(image, rows, cols);
            if let Some(first) = pixels.next() {
                y.copy_from_slice(&x[first..][..channels]);
            }
            for at in pixels {
                y.iter_mut().zip(&x[at..][..channels]).for_each(|(y, x)| *y = super::arith::max(*y, *x));
            }
        });
    }

    /// The gradient of a window goes to its first maximum.
    fn max_grad(&self, x: &[f32], dy: &[f32], best: &mut [f32], place: &mut [f32], dx: &mut [f32]) {
        let channels = self.extents.channels;
        dx.fill(0.0);
        self.for_each_window(|pixel, image, rows, cols, _| {
            let mut pixels = self.pixels(image, rows.clone(), cols.clone()).enumerate();
            if let Some((_, first)) = pixels.next() {
                best.copy_from_slice(&x[first..][..channels]);
                place.fill(0.0);
            }
            for (tap, at) in pixels {
                let (tap, x) = (tap as f32, &x[at..][..channels]);
                for ((best, place), x) in best.iter_mut().zip(place.iter_mut()).zip(x) {
                    let is_larger = *x > *best;
                    *place = if is_larger { tap } else { *place };
                    *best = if is_larger { *x } else { *best };
                }
            }
            let dy = &dy[pixel * channels..][..channels];
            for (tap, at) in self.pixels(image, rows, cols).enumerate() {
                let (tap, dx) = (tap as f32, &mut dx[at..][..channels]);
                for ((dx, place), dy) in dx.iter_mut().zip(place.iter()).zip(dy) {
                    *dx += if *place == tap { *dy } else { 0.0 };
                }
            }
        });
    }

    fn mean(&self, x: &[f32], y: &mut [f32]) {
        let channels = self.extents.channels;
        self.for_each_window(|pixel, image, rows, cols, cells| {
            let y = &mut y[pixel * channels..][..channels];
            y.fill(0.0);
            for at in self.pixels(image, rows, cols) {
                y.iter_mut().zip(&x[at..][..channels]).for_each(|(y, x)| *y += x);
            }
            y.iter_mut().for_each(|y| *y /= cells);
        });
    }

    fn mean_grad(&self, dy: &[f32], dx: &mut [f32]) {
        let channels = self.extents.channels;
        dx.fill(0.0);
        self.for_each_window(|pixel, image, rows, cols, cells| {
            let dy = &dy[pixel * channels..][..channels];
            for at in self.pixels(image, rows, cols) {
                dx[at..][..channels].iter_mut().zip(dy).for_each(|(dx, dy)| *dx += dy / cells);
            }
        });
    }
}
