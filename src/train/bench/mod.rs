//! The benchmark: the cases that other libraries are measured by, with the same weights, batches
//! and way of measuring.
//!
//! Turns the name of a case into a [`Report`]. The cases, their numbers and what a window of
//! measurement is follow one contract for all libraries, so that the loss of a step can be
//! compared, and with it whether all do the same work.

mod cases;
#[cfg(not(target_arch = "wasm32"))]
pub mod crossover;
mod kernels;
mod measure;
#[cfg(not(target_arch = "wasm32"))]
pub mod program;
mod report;
#[cfg(test)]
mod tests;

pub use cases::CASES;
pub use report::Report;

use crate::exec::{Backend, ExecError, Executor, gpu};
use crate::plan::{self, ModelSpec};
use cases::TrainingCase;
use kernels::KernelCase;
use std::fmt;

/// How long to measure.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// Milliseconds to spend on measuring.
    pub budget_ms: f64,
    /// Measuring ends after so many steps.
    pub max_steps: Option<u64>,
}

/// What a run needs from where it runs.
pub struct Host<C, B> {
    /// Milliseconds since some fixed moment.
    pub clock: C,
    /// Called between windows of measurement, never within one: lets a worker answer its page.
    pub breathe: B,
}

/// Why a case could not be measured.
#[derive(Debug)]
enum Trouble {
    Unknown,
    Plan(plan::PlanError),
    Exec(ExecError),
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => write!(out, "no such case; there are {}", CASES.join(", ")),
            Self::Plan(error) => error.fmt(out),
            Self::Exec(error) => error.fmt(out),
        }
    }
}

impl From<ExecError> for Trouble {
    fn from(error: ExecError) -> Self {
        Self::Exec(error)
    }
}

/// Measures a case on a GPU, or without one on the CPU. Whatever goes wrong is part of the report.
pub async fn run<C: Fn() -> f64, B: AsyncFn()>(case: &str, device: Option<&gpu::Device>, settings: Settings, host: Host<C, B>) -> Report {
    let start = (host.clock)();
    let measured = match (TrainingCase::of(case), KernelCase::of(case)) {
        (Some(case), _) => measure::training(&case, device, settings, &host, start).await,
        (None, Some(case)) => measure::kernel(&case, device, settings, &host, start).await,
        (None, None) => Err(Trouble::Unknown),
    };
    let mut report = measured.unwrap_or_else(|trouble| Report::refused(&trouble));
    report.case = case.into();
    report.version = env!("CARGO_PKG_VERSION").into();
    report.adapter = device.map_or_else(|| "CPU".into(), |device| device.name().into());
    report
}

/// Compiles a model for a device and prepares it there.
fn executor(model: &ModelSpec, device: Option<&gpu::Device>) -> Result<Executor, Trouble> {
    let backend = device.map_or(Backend::Cpu, |device| Backend::Gpu(device.clone()));
    let program = plan::compile(model, backend.target()).map_err(Trouble::Plan)?;
    Ok(Executor::new(&backend, program)?)
}
