//! Runs a program on a GPU through WebGPU: the same code in a browser's worker and, through Vulkan,
//! natively.
//!
//! Turns each kernel into WGSL text (`kernels`), compiles it once per device and text, and replays
//! a routine as one list of dispatches in one pass of one submission. It allocates nothing while it
//! runs, requires no optional feature, and never blocks in a browser.
//!
//! After a loss of the device every call returns [`ExecError::DeviceLost`]; ask for another
//! [`Device`] then.

mod device;
mod kernels;
mod text;
mod tiles;
mod unroll;

pub use device::Device;

use super::counts::Counts;
use super::error::ExecError;
use crate::plan::{BufferId, Kernel, Program, Slice};
use device::Pipeline;
use futures_channel::oneshot;
use std::cell::Cell;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

/// The buffers, pipelines and bind groups of one program.
pub struct Gpu {
    device: Device,
    program: Program,
    buffers: Vec<wgpu::Buffer>,
    routines: Vec<Vec<Ready>>,
    staging: Option<wgpu::Buffer>,
    /// The last run, encoded but not yet submitted, so that a read that follows it needs no
    /// submission of its own.
    pending: Option<wgpu::CommandEncoder>,
    counts: Cell<Counts>,
}

/// A kernel that only needs to be dispatched.
struct Ready {
    pipeline: Rc<Pipeline>,
    group: wgpu::BindGroup,
    grid: [u32; 2],
}

impl Gpu {
    /// Makes all that the program needs; its buffers hold zeros.
    ///
    /// # Errors
    /// [`ExecError`] if a buffer is too large, a kernel is refused or the device is lost.
    pub fn new(device: &Device, program: Program) -> Result<Self, ExecError> {
        device.check()?;
        let mut counts = Counts::default();
        let limit = device.wgpu().limits().max_storage_buffer_binding_size;
        let mut buffers = Vec::new();
        for buffer in &program.buffers {
            // A binding may not be empty.
            let size = buffer.len.max(Slice::ALIGN) as u64 * 4;
            if size > limit {
                return Err(ExecError::TooLarge { what: format!("the {:?} of this network", buffer.role), bytes: size, limit });
            }
            buffers.push(device.wgpu().create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size,
                usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            }));
            counts.buffers += 1;
        }
        let known_pipelines = device.pipelines();
        let mut routines = Vec::new();
        for routine in &program.routines {
            let mut ready = Vec::new();
            for kernel in &routine.kernels {
                let dispatch = kernels::compile(&program, routine, kernel, device.target());
                ready.push(prepare(device, &buffers, kernel, &dispatch)?);
                counts.bind_groups += 1;
            }
            routines.push(ready);
        }
        counts.pipelines = (device.pipelines() - known_pipelines) as u64;
        device.check()?;
        Ok(Self { device: device.clone(), program, buffers, routines, staging: None, pending: None, counts: Cell::new(counts) })
    }

    /// What it was made from.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// What it has done since it was made.
    pub fn counts(&self) -> Counts {
        self.counts.get()
    }

    /// Encodes a routine `times` times over and returns at once. Only encodes: the next run, write
    /// or read submits it, a read together with its own copies in one submission.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost or has reported an error.
    pub fn run(&mut self, routine: usize, times: u32) -> Result<(), ExecError> {
        self.encode(routine, 0..self.routines[routine].len(), times)
    }

    /// Encodes some kernels of a routine, as [`Gpu::run`] does.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost or has reported an error.
    pub fn run_part(&mut self, routine: usize, kernels: Range<usize>) -> Result<(), ExecError> {
        self.encode(routine, kernels, 1)
    }

    fn encode(&mut self, routine: usize, kernels: Range<usize>, times: u32) -> Result<(), ExecError> {
        self.device.check()?;
        self.submit();
        let kernels = &self.routines[routine][kernels];
        let mut encoder = self.encoder();
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for _ in 0..times {
                for kernel in kernels {
                    pass.set_pipeline(&kernel.pipeline.pipeline);
                    pass.set_bind_group(0, &kernel.group, &[]);
                    pass.dispatch_workgroups(kernel.grid[0], kernel.grid[1], 1);
                }
            }
        }
        self.pending = Some(encoder);
        let counts = self.counts.get_mut();
        counts.passes += 1;
        counts.dispatches += u64::from(times) * kernels.len() as u64;
        self.device.check()
    }

    /// Writes words from the start of `slice` on, after all that was asked for before.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost or has reported an error.
    pub fn write(&mut self, slice: Slice, words: &[u32]) -> Result<(), ExecError> {
        self.device.check()?;
        assert!(words.len() <= slice.words(), "{} words do not fit {} words", words.len(), slice.words());
        if words.is_empty() {
            return Ok(());
        }
        self.submit();
        self.device.queue().write_buffer(self.buffer(slice.buffer), slice.offset as u64 * 4, bytemuck::cast_slice(words));
        self.counts.get_mut().bytes_written += words.len() as u64 * 4;
        self.device.check()
    }

    /// The words of each slice, after all that was asked for before.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost or has reported an error.
    pub async fn read(&mut self, slices: &[Slice]) -> Result<Vec<Vec<u32>>, ExecError> {
        self.device.check()?;
        // An empty read still waits for the device.
        let words = slices.iter().map(|slice| slice.words() as u64).sum::<u64>().max(1);
        let staging = match self.staging.take().filter(|staging| staging.size() >= words * 4) {
            Some(staging) => staging,
            None => {
                self.counts.get_mut().buffers += 1;
                self.device.wgpu().create_buffer(&wgpu::BufferDescriptor {
                    label: Some("staging"),
                    size: words.next_power_of_two() * 4,
                    usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                    mapped_at_creation: false,
                })
            }
        };
        let mut encoder = self.pending.take().unwrap_or_else(|| self.encoder());
        let mut at = 0;
        for slice in slices.iter().filter(|slice| slice.len > 0) {
            let bytes = slice.words() as u64 * 4;
            encoder.copy_buffer_to_buffer(self.buffer(slice.buffer), slice.offset as u64 * 4, &staging, at, bytes);
            at += bytes;
        }
        self.pending = Some(encoder);
        self.submit();
        let (sender, receiver) = oneshot::channel();
        // A receiver that is gone has nobody to tell.
        staging.map_async(wgpu::MapMode::Read, 0..words * 4, move |result| drop(sender.send(result)));
        // A browser resolves the mapping on its own; natively somebody has to wait for the device.
        #[cfg(not(target_arch = "wasm32"))]
        if let Err(error) = self.device.wgpu().poll(wgpu::PollType::wait_indefinitely()) {
            self.device.check()?;
            return Err(ExecError::Device(error.to_string()));
        }
        let failed = match receiver.await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the mapping was dropped".to_owned()),
        };
        self.device.check()?;
        if let Some(why) = failed {
            return Err(ExecError::Device(why));
        }
        let view = staging.get_mapped_range(0..words * 4).map_err(|error| ExecError::Device(error.to_string()))?;
        let mut bytes = &view[..];
        let mut values = Vec::with_capacity(slices.len());
        for slice in slices {
            let (own, rest) = bytes.split_at(slice.words() * 4);
            values.push(bytemuck::pod_collect_to_vec(own));
            bytes = rest;
        }
        drop(view);
        staging.unmap();
        self.staging = Some(staging);
        self.counts.get_mut().bytes_read += at;
        Ok(values)
    }

    fn encoder(&self) -> wgpu::CommandEncoder {
        self.device.wgpu().create_command_encoder(&wgpu::CommandEncoderDescriptor::default())
    }

    /// Submits what is pending.
    fn submit(&mut self) {
        if let Some(encoder) = self.pending.take() {
            self.device.queue().submit([encoder.finish()]);
            self.counts.get_mut().submissions += 1;
        }
    }

    fn buffer(&self, id: BufferId) -> &wgpu::Buffer {
        &self.buffers[id.0 as usize]
    }
}

fn prepare(device: &Device, buffers: &[wgpu::Buffer], kernel: &Kernel, dispatch: &text::Dispatch) -> Result<Ready, ExecError> {
    let writable: Vec<bool> = dispatch.bindings.iter().map(|(_, is_writable)| *is_writable).collect();
    let pipeline = device.pipeline(&dispatch.text, &writable, &kernel.label)?;
    let entries: Vec<_> = dispatch
        .bindings
        .iter()
        .enumerate()
        .map(|(binding, (slice, _))| wgpu::BindGroupEntry {
            binding: binding as u32,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &buffers[slice.buffer.0 as usize],
                offset: slice.offset as u64 * 4,
                size: wgpu::BufferSize::new(slice.words() as u64 * 4),
            }),
        })
        .collect();
    let group = device.wgpu().create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout: &pipeline.layout, entries: &entries });
    Ok(Ready { pipeline, group, grid: dispatch.grid })
}

impl fmt::Debug for Gpu {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Gpu on {:?} with {} buffers", self.device, self.buffers.len())
    }
}
