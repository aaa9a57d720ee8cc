//! Padding: cells before, between and after the elements of an array.

use super::memory::{Memory, Scratch};
use super::strip::Strips;
use crate::plan::{Kernel, Slice};
use crate::tensor::Shape;

/// A padding, prepared.
#[derive(Debug)]
pub(super) struct Pad {
    source: Shape,
    /// Elements of the output between neighbours of the source, along each axis.
    strides: Vec<usize>,
    first: usize,
    value: f32,
    x: Slice,
    output: Slice,
    epilogue: Strips,
}

impl Pad {
    pub(super) fn new(
        source: &Shape,
        shape: &Shape,
        low: &[usize],
        interior: &[usize],
        value: f32,
        kernel: &Kernel,
        scratch: &mut Scratch,
    ) -> Self {
        let strides = shape.strides();
        Self {
            first: low.iter().zip(&strides).map(|(low, stride)| low * stride).sum(),
            strides: strides.iter().zip(interior).map(|(stride, interior)| stride * (interior + 1)).collect(),
            source: source.clone(),
            value,
            x: kernel.inputs[0],
            output: kernel.outputs[0],
            epilogue: Strips::epilogue(&kernel.epilogue, &kernel.inputs[1..], scratch),
        }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        memory.update(self.output, |memory, out| {
            out.fill(self.value);
            let rest = self.spread(0, memory.read(self.x), &mut out[self.first..]);
            debug_assert!(rest.is_empty(), "the operand has the elements of its shape");
            self.epilogue.run(memory, &mut scratch.registers, 0, out);
        });
    }

    /// Puts the elements of `axis` and the axes inside it from `x` into `out`; returns what is left
    /// of `x`.
    fn spread<'a>(&self, axis: usize, mut x: &'a [f32], out: &mut [f32]) -> &'a [f32] {
        let (Some(&extent), Some(&stride)) = (self.source.get(axis), self.strides.get(axis)) else {
            out[0] = x[0];
            return &x[1..];
        };
        if axis + 1 == self.source.len() {
            let (row, rest) = x.split_at(extent);
            if stride == 1 {
                out[..extent].copy_from_slice(row);
            } else {
                out.iter_mut().step_by(stride).zip(row).for_each(|(out, x)| *out = *x);
            }
            return rest;
        }
        for i in 0..extent {
            x = self.spread(axis + 1, x, &mut out[i * stride..]);
        }
        x
    }
}
