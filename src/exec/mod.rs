//! Runs a [`Program`].
//!
//! An executor turns the lists of kernels of a program into numbers in its buffers: on one CPU core ([`cpu`]) or on a GPU. It knows no
//! model, no data set and no clock; what it runs answers to the graph's f64 reference, never to another executor.

pub mod cpu;
pub mod gpu;

pub use crate::plan::Counts;

use crate::plan::{Program, Slice};
use std::fmt;

/// Something that holds the buffers of one program and runs its routines.
#[derive(Debug)]
pub enum Executor {
    /// One core with SIMD.
    Cpu(cpu::Cpu),
    /// A GPU, through WebGPU or Vulkan.
    Gpu(gpu::Gpu),
}

impl Executor {
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

/// Why a device does not do what it was asked to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExecError {
    /// There is no adapter, or it gives no device; with what it said.
    NoAdapter(String),
    /// The device is gone; with its reason.
    DeviceLost(String),
    /// A buffer is larger than the device allows.
    TooLarge {
        /// What the buffer is for.
        what: String,
        /// How large it would be.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// The device refuses the text of a kernel.
    Shader {
        /// Which kernel.
        kernel: String,
        /// What the compiler said.
        message: String,
    },
    /// Anything else that the device reports.
    Device(String),
}

impl fmt::Display for ExecError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExecError::NoAdapter(why) => write!(out, "no GPU: {why}"),
            ExecError::DeviceLost(why) => write!(out, "the GPU is lost: {why}"),
            ExecError::TooLarge { what, bytes, limit } => write!(out, "{what} needs {bytes} bytes, the GPU allows {limit}"),
            ExecError::Shader { kernel, message } => write!(out, "the GPU refuses kernel {kernel}: {message}"),
            ExecError::Device(why) => write!(out, "the GPU reports: {why}"),
        }
    }
}

impl std::error::Error for ExecError {}
