//! Runs a [`Program`] on one core, in plain safe Rust that LLVM turns into SIMD (SSE2 natively,
//! simd128 in wasm).
//!
//! Sums have a fixed order and nothing is fused into multiply-adds, so native and wasm give the
//! same bits. Nothing is allocated while a routine runs: kernels are prepared and their scratch
//! memory is reserved when the executor is made.

mod arith;
mod conv;
mod ending;
mod gather;
mod gemm;
mod memory;
mod moments;
mod pad;
mod pool;
mod reduce;
mod softmax;
mod strip;
mod tile;

use super::counts::Counts;
use crate::plan::{Kernel, Kind, Program, Routine, Slice};
use memory::{Memory, Scratch};
use std::ops::Range;
use strip::Strips;

/// The buffers of a program and its kernels, prepared.
#[derive(Debug)]
pub struct Cpu {
    program: Program,
    memory: Memory,
    scratch: Scratch,
    routines: Vec<Vec<Job>>,
    counts: Counts,
}

/// A prepared kernel.
#[derive(Debug)]
enum Job {
    Map(Strips, Slice),
    Reduce(reduce::Reduce),
    Moments(moments::Moments),
    ArgMax(reduce::ArgMax),
    Gemm(gemm::Gemm),
    Conv(conv::Conv),
    Pool(pool::Pool),
    Softmax(softmax::Softmax),
    CrossEntropy(softmax::CrossEntropy),
    Pad(pad::Pad),
    RandomMask(gather::RandomMask),
    Gather(gather::Gather),
    Guard(ending::Guard),
    Optimizer(ending::Optimizer),
    Tally(gather::Tally),
}

impl Cpu {
    /// Prepares a program; all memory is 0.
    ///
    /// # Panics
    /// If a kernel is split, which the planner does for GPUs only.
    pub fn new(program: Program) -> Self {
        let mut scratch = Scratch::default();
        let job = |routine: &Routine, kernel: &Kernel, scratch: &mut Scratch| Job::new(&program, routine, kernel, scratch);
        let jobs = |routine: &Routine, scratch: &mut Scratch| routine.kernels.iter().map(|kernel| job(routine, kernel, scratch)).collect();
        let routines = program.routines.iter().map(|routine| jobs(routine, &mut scratch)).collect();
        let counts = Counts { buffers: program.buffers.len() as u64, ..Counts::default() };
        Self { memory: Memory::new(&program), scratch, routines, counts, program }
    }

    /// What it was made from.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Runs a routine `times` times over.
    pub fn run(&mut self, routine: usize, times: u32) {
        let all = 0..self.routines[routine].len();
        (0..times).for_each(|_| self.run_part(routine, all.clone()));
    }

    /// Runs some kernels of a routine.
    pub fn run_part(&mut self, routine: usize, kernels: Range<usize>) {
        self.counts.dispatches += kernels.len() as u64;
        for job in &self.routines[routine][kernels] {
            job.run(&mut self.memory, &mut self.scratch);
        }
    }

    /// Writes words from the start of `slice` on.
    ///
    /// # Panics
    /// If there are more words than the slice holds.
    pub fn write(&mut self, slice: Slice, words: &[u32]) {
        assert!(words.len() <= slice.words(), "{} words do not fit a slice of {}", words.len(), slice.words());
        self.memory.write(slice)[..words.len()].copy_from_slice(bytemuck::cast_slice(words));
        self.counts.bytes_written += 4 * words.len() as u64;
    }

    /// The words of each slice.
    pub fn read(&mut self, slices: &[Slice]) -> Vec<Vec<u32>> {
        self.counts.bytes_read += slices.iter().map(|slice| 4 * slice.words() as u64).sum::<u64>();
        slices.iter().map(|slice| self.memory.words(*slice).to_vec()).collect()
    }

    /// What it has done since it was made.
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

impl Job {
    fn new(program: &Program, routine: &Routine, kernel: &Kernel, scratch: &mut Scratch) -> Self {
        match &kernel.kind {
            Kind::Map { fused, .. } => Job::Map(Strips::map(fused, &kernel.inputs, scratch), kernel.outputs[0]),
            Kind::Reduce { kind, outer, middle, inner, prologue } => {
                Job::Reduce(reduce::Reduce::new(*kind, [*outer, *middle, *inner], prologue, kernel, scratch))
            }
            Kind::Moments { cells, channels, .. } => Job::Moments(moments::Moments::new(*cells, *channels, kernel, scratch)),
            Kind::ArgMax { middle, inner, .. } => Job::ArgMax(reduce::ArgMax::new(*middle, *inner, kernel, scratch)),
            Kind::Gemm(extents) => Job::Gemm(gemm::Gemm::new(extents, kernel, scratch)),
            Kind::Conv(extents) => Job::Conv(conv::Conv::new(extents, kernel, scratch)),
            Kind::Pool(extents) => Job::Pool(pool::Pool::new(extents, kernel, scratch)),
            Kind::Softmax { cols, is_log, .. } => Job::Softmax(softmax::Softmax::new(*cols, *is_log, kernel, scratch)),
            Kind::CrossEntropy { classes, has_loss, has_grad, .. } => {
                Job::CrossEntropy(softmax::CrossEntropy::new(*classes, *has_loss, *has_grad, kernel, scratch))
            }
            Kind::Pad { source, shape, low, interior, value } => {
                Job::Pad(pad::Pad::new(source, shape, low, interior, *value, kernel, scratch))
            }
            Kind::RandomMask { keep, site } => Job::RandomMask(gather::RandomMask::new(*keep, *site, kernel)),
            Kind::Gather(extents) => Job::Gather(gather::Gather::new(extents, kernel)),
            Kind::Guard => Job::Guard(ending::Guard::new(program, kernel)),
            Kind::Optimizer => {
                let epoch_steps = routine.gather.as_ref().map(|gather| gather.epoch_steps() as u32);
                Job::Optimizer(ending::Optimizer::new(program, epoch_steps, kernel))
            }
            Kind::Tally { rows } => Job::Tally(gather::Tally::new(*rows, kernel)),
        }
    }

    fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        match self {
            Job::Map(strips, output) => memory.update(*output, |memory, out| strips.run(memory, &mut scratch.registers, 0, out)),
            Job::Reduce(job) => job.run(memory, scratch),
            Job::Moments(job) => job.run(memory, scratch),
            Job::ArgMax(job) => job.run(memory, scratch),
            Job::Gemm(job) => job.run(memory, scratch),
            Job::Conv(job) => job.run(memory, scratch),
            Job::Pool(job) => job.run(memory, scratch),
            Job::Softmax(job) => job.run(memory, scratch),
            Job::CrossEntropy(job) => job.run(memory, scratch),
            Job::Pad(job) => job.run(memory, scratch),
            Job::RandomMask(job) => job.run(memory),
            Job::Gather(job) => job.run(memory),
            Job::Guard(job) => job.run(memory),
            Job::Optimizer(job) => job.run(memory),
            Job::Tally(job) => job.run(memory),
        }
    }
}
