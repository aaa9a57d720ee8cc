//! Softmax, its logarithm and cross-entropy, row by row.

use super::memory::{Memory, Scratch, need};
use super::strip::Strips;
use crate::plan::{Kernel, Slice};
use crate::tensor::math;

/// Softmax or its logarithm, prepared.
#[derive(Debug)]
pub(super) struct Softmax {
    cols: usize,
    is_log: bool,
    x: Slice,
    output: Slice,
    epilogue: Strips,
}

impl Softmax {
    pub(super) fn new(cols: usize, is_log: bool, kernel: &Kernel, scratch: &mut Scratch) -> Self {
        let epilogue = Strips::epilogue(&kernel.epilogue, &kernel.inputs[1..], scratch);
        Self { cols, is_log, x: kernel.inputs[0], output: kernel.outputs[0], epilogue }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        memory.update(self.output, |memory, out| {
            let rows = memory.read(self.x).chunks_exact(self.cols);
            for (x, y) in rows.zip(out.chunks_exact_mut(self.cols)) {
                let (max, sum) = exponentials(x, y);
                if self.is_log {
                    let shift = max + math::log(sum);
                    y.iter_mut().zip(x).for_each(|(y, x)| *y = x - shift);
                } else {
                    y.iter_mut().for_each(|y| *y /= sum);
                }
            }
            self.epilogue.run(memory, &mut scratch.registers, 0, out);
        });
    }
}

/// `y[c] = e^(x[c] - m)`; returns the largest `m` and the sum of `y`.
fn exponentials(x: &[f32], y: &mut [f32]) -> (f32, f32) {
    let max = x.iter().copied().fold(f32::NEG_INFINITY, super::arith::max);
    y.iter_mut().zip(x).for_each(|(y, x)| *y = math::exp(x - max));
    (max, y.iter().sum())
}

/// Cross-entropy and its gradient, prepared.
#[derive(Debug)]
pub(super) struct CrossEntropy {
    classes: usize,
    logits: Slice,
    target: Slice,
    loss: Option<Slice>,
    /// The gradient in the loss, and where the gradient in the logits goes.
    grad: Option<(Slice, Slice)>,
}

impl CrossEntropy {
    pub(super) fn new(classes: usize, has_loss: bool, has_grad: bool, kernel: &Kernel, scratch: &mut Scratch) -> Self {
        need(&mut scratch.line, classes);
        Self {
            classes,
            logits: kernel.inputs[0],
            target: kernel.inputs[1],
            loss: has_loss.then(|| kernel.outputs[0]),
            grad: has_grad.then(|| (kernel.inputs[2], kernel.outputs[usize::from(has_loss)])),
        }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        let line = &mut scratch.line[..self.classes];
        match (self.loss, self.grad) {
            (Some(loss), Some((dy, grad))) => memory.update_two([loss, grad], |memory, losses, grads| {
                for (row, (loss, grad)) in losses.iter_mut().zip(grads.chunks_exact_mut(self.classes)).enumerate() {
                    *loss = self.row(memory, row, grad);
                    self.finish(memory, dy, row, grad);
                }
            }),
            (Some(loss), None) => memory.update(loss, |memory, losses| {
                losses.iter_mut().enumerate().for_each(|(row, loss)| *loss = self.row(memory, row, line));
            }),
            (None, Some((dy, grad))) => memory.update(grad, |memory, grads| {
                for (row, grad) in grads.chunks_exact_mut(self.classes).enumerate() {
                    self.row(memory, row, grad);
                    self.finish(memory, dy, row, grad);
                }
            }),
            (None, None) => {}
        }
    }

    /// Leaves the probabilities in `y` and returns the loss,
    /// `log Σ_c e^(x[c] - m) - (x[target] - m)`.
    fn row(&self, memory: &Memory, row: usize, y: &mut [f32]) -> f32 {
        let x = &memory.read(self.logits)[row * self.classes..][..self.classes];
        let (max, sum) = exponentials(x, y);
        y.iter_mut().for_each(|y| *y /= sum);
        math::log(sum) - (x[self.class(memory, row)] - max)
    }

    /// Turns probabilities into `dy · (probability - (c == target))`.
    fn finish(&self, memory: &Memory, dy: Slice, row: usize, y: &mut [f32]) {
        let dy = memory.read(dy)[row];
        y[self.class(memory, row)] -= 1.0;
        y.iter_mut().for_each(|y| *y *= dy);
    }

    fn class(&self, memory: &Memory, row: usize) -> usize {
        (memory.read(self.target)[row] as usize).min(self.classes - 1)
    }
}
