//! Runs a [`Program`].
//!
//! An [`Executor`] turns the kernels of a program into numbers in its buffers: on one CPU core
//! ([`cpu`]) or on a GPU ([`gpu`]). It knows no model, no data set and no clock. Its results answer
//! to the graph's f64 reference, never to another executor's.

mod counts;
pub mod cpu;
mod error;
pub mod gpu;

pub use counts::Counts;
pub use error::ExecError;

use crate::plan::{Program, Slice, Target};

/// What computes: one core of the CPU, or a GPU.
#[derive(Clone, Debug)]
pub enum Backend {
    /// The core that this code runs on.
    Cpu,
    /// A GPU.
    Gpu(gpu::Device),
}

impl Backend {
    /// What programs for it are compiled for.
    pub fn target(&self) -> Target {
        match self {
            Backend::Cpu => Target::Cpu,
            Backend::Gpu(device) => device.target(),
        }
    }
}

/// Holds the buffers of one program and runs its routines.
#[derive(Debug)]
pub enum Executor {
    /// One core with SIMD.
    Cpu(cpu::Cpu),
    /// A GPU, through WebGPU or Vulkan.
    Gpu(gpu::Gpu),
}

impl Executor {
    /// Prepares a program that was compiled for the backend's [`Backend::target`]. Its buffers hold
    /// zeros.
    ///
    /// # Errors
    /// [`ExecError`] if the GPU refuses a buffer or a kernel, or is lost.
    pub fn new(backend: &Backend, program: Program) -> Result<Self, ExecError> {
        Ok(match backend {
            Backend::Cpu => Executor::Cpu(cpu::Cpu::new(program)),
            Backend::Gpu(device) => Executor::Gpu(gpu::Gpu::new(device, program)?),
        })
    }

    /// What it was made from.
    pub fn program(&self) -> &Program {
        match self {
            Executor::Cpu(cpu) => cpu.program(),
            Executor::Gpu(gpu) => gpu.program(),
        }
    }

    /// Runs a routine `times` times over. A GPU returns at once; [`Executor::read`] waits for it.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub fn run(&mut self, routine: usize, times: u32) -> Result<(), ExecError> {
        match self {
            Executor::Cpu(cpu) => {
                cpu.run(routine, times);
                Ok(())
            }
            Executor::Gpu(gpu) => gpu.run(routine, times),
        }
    }

    /// Writes words from the start of `slice` on, after all that was asked for before.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub fn write(&mut self, slice: Slice, words: &[u32]) -> Result<(), ExecError> {
        match self {
            Executor::Cpu(cpu) => {
                cpu.write(slice, words);
                Ok(())
            }
            Executor::Gpu(gpu) => gpu.write(slice, words),
        }
    }

    /// The words of each slice, after all that was asked for before.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn read(&mut self, slices: &[Slice]) -> Result<Vec<Vec<u32>>, ExecError> {
        match self {
            Executor::Cpu(cpu) => Ok(cpu.read(slices)),
            Executor::Gpu(gpu) => gpu.read(slices).await,
        }
    }

    /// What it has done since it was made.
    pub fn counts(&self) -> Counts {
        match self {
            Executor::Cpu(cpu) => cpu.counts(),
            Executor::Gpu(gpu) => gpu.counts(),
        }
    }
}
