//! The buffers of a program, and the scratch memory that kernels share.

use crate::plan::{Program, Slice};

/// The buffers. While a kernel runs, those that it writes are taken out, so that writing borrows
/// nothing that is read.
#[derive(Debug)]
pub(super) struct Memory {
    buffers: Vec<Vec<f32>>,
}

impl Memory {
    pub(super) fn new(program: &Program) -> Self {
        Self { buffers: program.buffers.iter().map(|buffer| vec![0.0; buffer.len]).collect() }
    }

    /// The words of a slice as floats. Panics in a kernel that reads a buffer it writes: that
    /// buffer is taken out and looks empty.
    #[inline]
    pub(super) fn read(&self, slice: Slice) -> &[f32] {
        &self.buffers[slice.buffer.0 as usize][slice.offset..][..slice.words()]
    }

    /// The words of a slice.
    #[inline]
    pub(super) fn words(&self, slice: Slice) -> &[u32] {
        bytemuck::cast_slice(self.read(slice))
    }

    /// The words of a slice as floats, to be changed.
    #[inline]
    pub(super) fn write(&mut self, slice: Slice) -> &mut [f32] {
        &mut self.buffers[slice.buffer.0 as usize][slice.offset..][..slice.words()]
    }

    /// Lets `run` write one slice while it reads others.
    pub(super) fn update(&mut self, slice: Slice, run: impl FnOnce(&Self, &mut [f32])) {
        let mut buffer = std::mem::take(&mut self.buffers[slice.buffer.0 as usize]);
        run(self, &mut buffer[slice.offset..][..slice.words()]);
        self.buffers[slice.buffer.0 as usize] = buffer;
    }

    /// As [`Memory::update`], for two slices that do not overlap.
    pub(super) fn update_two(&mut self, slices: [Slice; 2], run: impl FnOnce(&Self, &mut [f32], &mut [f32])) {
        let [at, other] = slices.map(|slice| slice.buffer.0 as usize);
        let [first, second] = slices.map(|slice| slice.offset..slice.offset + slice.words());
        let mut buffer = std::mem::take(&mut self.buffers[at]);
        if at == other {
            match buffer.get_disjoint_mut([first, second]) {
                Ok([first, second]) => run(self, first, second),
                Err(_) => panic!("the outputs of a kernel overlap"),
            }
        } else {
            let mut beside = std::mem::take(&mut self.buffers[other]);
            run(self, &mut buffer[first], &mut beside[second]);
            self.buffers[other] = beside;
        }
        self.buffers[at] = buffer;
    }
}

/// Elements of a register: as many are worked on at once. The values of a step (1 KiB) stay in the
/// first-level cache until the next step reads them.
pub(super) const STRIP: usize = 256;

/// Memory that kernels use while they run; one kernel's is free for the next.
#[derive(Default, Debug)]
pub(super) struct Scratch {
    /// Strips of values between the steps of an expression.
    pub(super) registers: Vec<Vec<f32>>,
    /// The right operand of a product, in panels of eight columns.
    pub(super) panels: Vec<f32>,
    /// Four rows or columns of the left operand, interleaved.
    pub(super) rows: Vec<f32>,
    /// An image with its padding.
    pub(super) image: Vec<f32>,
    /// A row of results.
    pub(super) line: Vec<f32>,
}

impl Scratch {
    pub(super) fn need_registers(&mut self, count: usize) {
        let count = count.max(self.registers.len());
        self.registers.resize_with(count, || vec![0.0; STRIP]);
    }
}

/// Makes room for `len` words.
pub(super) fn need(words: &mut Vec<f32>, len: usize) {
    let len = len.max(words.len());
    words.resize(len, 0.0);
}
