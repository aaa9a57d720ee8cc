//! Pooling and its gradients: loops over windows outside, over channels inside.

use super::arith::max;
use super::memory::{Memory, Scratch};
use super::strip::Strips;
use crate::plan::kernel::{PoolKernel, Pooling};
use crate::plan::{Kernel, Slice};

/// Runs a function of `LANES` channels from `c` on over all channels of a window: eight at a time,
/// then one at a time.
macro_rules! by_lanes {
    ($window:ident, |$c:ident| $function:ident($($argument:expr),*)) => {{
        let eights = $window.channels / 8 * 8;
        for $c in (0..eights).step_by(8) {
            $function::<8>($($argument),*);
        }
        for $c in eights..$window.channels {
            $function::<1>($($argument),*);
        }
    }};
}
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
        Self {
            extents: extents.clone(),
            x: kernel.inputs[0],
            dy: kernel.inputs[own - 1],
            output: kernel.outputs[0],
            epilogue: Strips::epilogue(&kernel.epilogue, &kernel.inputs[own..], scratch),
        }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        memory.update(self.output, |memory, out| {
            let (x, dy) = (memory.read(self.x), memory.read(self.dy));
            match self.extents.pooling {
                Pooling::Max => self.for_each_window(|window| by_lanes!(window, |c| max_of(window, c, x, out))),
                Pooling::Mean => self.for_each_window(|window| by_lanes!(window, |c| mean_of(window, c, x, out))),
                Pooling::MaxGrad => {
                    out.fill(0.0);
                    self.for_each_window(|window| by_lanes!(window, |c| max_grad_of(window, c, x, dy, out)));
                }
                Pooling::MeanGrad => {
                    out.fill(0.0);
                    self.for_each_window(|window| by_lanes!(window, |c| mean_grad_of(window, c, dy, out)));
                }
            }
            self.epilogue.run(memory, &mut scratch.registers, 0, out);
        });
    }

    /// Calls `visit` for each window, in the order of `y`.
    #[inline(always)]
    fn for_each_window(&self, mut visit: impl FnMut(&Window)) {
        let pool = &self.extents;
        let pitch = pool.input[1] * pool.channels;
        let along = |at: usize, axis: usize| {
            let (before, after) = (pool.pads[2 * axis], pool.pads[2 * axis + 1]);
            let start = at * pool.stride[axis];
            let end = (start + pool.kernel[axis]).min(before + pool.input[axis] + after);
            let (first, last) = (start.saturating_sub(before), end.saturating_sub(before).min(pool.input[axis]));
            (first, last - first, end - start)
        };
        let mut y = 0;
        for n in 0..pool.batch {
            for i in 0..pool.output[0] {
                let (row, rows, all_rows) = along(i, 0);
                for j in 0..pool.output[1] {
                    let (col, cols, all_cols) = along(j, 1);
                    let cells = if pool.count_include_pad { all_rows * all_cols } else { rows * cols };
                    let first = (n * pool.input[0] + row) * pitch + col * pool.channels;
                    visit(&Window { y, first, rows, cols, pitch, channels: pool.channels, cells: cells as f32 });
                    y += pool.channels;
                }
            }
        }
    }
}

#[inline(always)]
fn max_of<const LANES: usize>(window: &Window, c: usize, x: &[f32], y: &mut [f32]) {
    *lanes_mut(y, window.y + c) = window.largest::<LANES>(c, x);
}

/// The gradient goes to the first maximum.
#[inline(always)]
fn max_grad_of<const LANES: usize>(window: &Window, c: usize, x: &[f32], dy: &[f32], dx: &mut [f32]) {
    let largest = window.largest::<LANES>(c, x);
    let mut left = *lanes::<LANES>(dy, window.y + c);
    window.for_each_pixel(|at| {
        let (x, dx) = (lanes::<LANES>(x, at + c), lanes_mut::<LANES>(dx, at + c));
        for lane in 0..LANES {
            let is_first = x[lane] == largest[lane];
            dx[lane] += if is_first { left[lane] } else { 0.0 };
            left[lane] = if is_first { 0.0 } else { left[lane] };
        }
    });
}

#[inline(always)]
fn mean_of<const LANES: usize>(window: &Window, c: usize, x: &[f32], y: &mut [f32]) {
    let mut sum = [0.0; LANES];
    window.for_each_pixel(|at| {
        let x = lanes::<LANES>(x, at + c);
        for lane in 0..LANES {
            sum[lane] += x[lane];
        }
    });
    *lanes_mut(y, window.y + c) = sum.map(|sum| sum / window.cells);
}

#[inline(always)]
fn mean_grad_of<const LANES: usize>(window: &Window, c: usize, dy: &[f32], dx: &mut [f32]) {
    let share = lanes::<LANES>(dy, window.y + c).map(|dy| dy / window.cells);
    window.for_each_pixel(|at| {
        let dx = lanes_mut::<LANES>(dx, at + c);
        for lane in 0..LANES {
            dx[lane] += share[lane];
        }
    });
}

#[inline(always)]
fn lanes<const LANES: usize>(values: &[f32], at: usize) -> &[f32; LANES] {
    values[at..].first_chunk().expect("a pixel has all channels")
}

#[inline(always)]
fn lanes_mut<const LANES: usize>(values: &mut [f32], at: usize) -> &mut [f32; LANES] {
    values[at..].first_chunk_mut().expect("a pixel has all channels")
}

/// What a window covers of the image.
struct Window {
    /// First element of its pixel of `y`.
    y: usize,
    /// First element of its first pixel of `x`.
    first: usize,
    rows: usize,
    cols: usize,
    /// Elements between rows of `x`.
    pitch: usize,
    channels: usize,
    /// What its mean is divided by.
    cells: f32,
}

impl Window {
    #[inline(always)]
    fn largest<const LANES: usize>(&self, c: usize, x: &[f32]) -> [f32; LANES] {
        let mut largest = *lanes::<LANES>(x, self.first + c);
        self.for_each_pixel(|at| {
            let x = lanes::<LANES>(x, at + c);
            for lane in 0..LANES {
                largest[lane] = max(largest[lane], x[lane]);
            }
        });
        largest
    }

    /// Calls `visit` with the first element of each pixel.
    #[inline(always)]
    fn for_each_pixel(&self, mut visit: impl FnMut(usize)) {
        for row in 0..self.rows {
            for col in 0..self.cols {
                visit(self.first + row * self.pitch + col * self.channels);
            }
        }
    }
}
