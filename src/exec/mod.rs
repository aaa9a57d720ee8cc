//! Runs a [`Program`].
//!
//! An [`Executor`] turns the kernels of a program into numbers in its buffers: on one CPU core
//! ([`cpu`]) or on a GPU ([`gpu`]). It knows no model, no data set and no clock. Its results answer
//! to the graph's f64 reference, never to another executor's.

mod counts;
pub mod cpu;
mod error;
pub mod gpu;
mod number;

pub use counts::Counts;
pub use error::ExecError;
pub use number::Number;

use crate::plan::{Element, Kernel, Kind, Program, Slice, Target};
use std::ops::Range;

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
    /// [`ExecError`] if a kernel is to work with elements for which there are no kernels, or the
    /// GPU refuses a buffer or a kernel, or is lost.
    pub fn new(backend: &Backend, program: Program) -> Result<Self, ExecError> {
        program.routines.iter().flat_map(|routine| &routine.kernels).try_for_each(check_elements)?;
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

    /// Runs some kernels of a routine once, as if they were a routine of their own.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub fn run_part(&mut self, routine: usize, kernels: Range<usize>) -> Result<(), ExecError> {
        match self {
            Executor::Cpu(cpu) => {
                cpu.run_part(routine, kernels);
                Ok(())
            }
            Executor::Gpu(gpu) => gpu.run_part(routine, kernels),
        }
    }

    /// Writes words of 32 bits from the start of `slice` on, whatever they hold, after all that was
    /// asked for before.
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

    /// The words of 32 bits of each slice, whatever they hold, after all that was asked for before.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn read(&mut self, slices: &[Slice]) -> Result<Vec<Vec<u32>>, ExecError> {
        match self {
            Executor::Cpu(cpu) => Ok(cpu.read(slices)),
            Executor::Gpu(gpu) => gpu.read(slices).await,
        }
    }

    /// Writes numbers from the start of `slice` on, after all that was asked for before. What is
    /// left of the last word becomes 0.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    ///
    /// # Panics
    /// If the slice holds other elements, or fewer.
    pub fn write_numbers<T: Number>(&mut self, slice: Slice, numbers: &[T]) -> Result<(), ExecError> {
        assert_eq!(T::ELEMENT, slice.element, "numbers are written as what their slice holds");
        assert!(numbers.len() <= slice.len, "{} numbers do not fit a slice of {}", numbers.len(), slice.len);
        self.write(slice, &bytemuck::pod_collect_to_vec::<T, u32>(numbers))
    }

    /// The numbers of a slice, after all that was asked for before.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    ///
    /// # Panics
    /// If the slice holds other elements.
    pub async fn read_numbers<T: Number>(&mut self, slice: Slice) -> Result<Vec<T>, ExecError> {
        assert_eq!(T::ELEMENT, slice.element, "numbers are read as what their slice holds");
        let words = self.read(&[slice]).await?.remove(0);
        let mut numbers: Vec<T> = bytemuck::pod_collect_to_vec(&words);
        numbers.truncate(slice.len);
        Ok(numbers)
    }

    /// What it has done since it was made.
    pub fn counts(&self) -> Counts {
        match self {
            Executor::Cpu(cpu) => cpu.counts(),
            Executor::Gpu(gpu) => gpu.counts(),
        }
    }
}

/// Refuses elements that no kernel works with: those of 16 bits, and bytes that are no samples.
fn check_elements(kernel: &Kernel) -> Result<(), ExecError> {
    let has_kernels = |slice: &&Slice| match slice.element {
        Element::F32 | Element::U32 => true,
        Element::U8 => matches!(kernel.kind, Kind::Gather(_)) && kernel.inputs.contains(slice),
        Element::F16 | Element::U16 => false,
    };
    match kernel.inputs.iter().chain(&kernel.outputs).find(|slice| !has_kernels(slice)) {
        Some(slice) => Err(ExecError::Element { kernel: kernel.label.clone(), element: slice.element }),
        None => Ok(()),
    }
}
