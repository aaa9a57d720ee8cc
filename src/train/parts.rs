//! Long work in parts, so that what takes seconds on a slow device can be given up in between and
//! no submission holds the device for long.
//!
//! A routine is cut between its kernels. What it changes for good it changes in its last part: of a
//! step the guard and the optimizer, of an evaluation the tally. So a routine that is not run to
//! its end has changed nothing, and the next one begins afresh.

use super::session::Session;
use crate::exec::ExecError;
use crate::plan::{Kernel, Kind, Routine};
use std::ops::Range;

/// How long work is cut.
#[derive(Clone, Copy, Debug)]
pub struct Parts<B> {
    /// Floating-point operations of a part, if no single kernel has more.
    pub flops: u64,
    /// Waited for after each part but the last, when the device has done it: lets this thread do
    /// something else.
    pub breathe: B,
}

impl Parts<fn() -> std::future::Ready<()>> {
    /// Work is not cut.
    pub fn whole() -> Self {
        Self { flops: u64::MAX, breathe: || std::future::ready(()) }
    }
}

impl Session {
    /// Takes a step in parts. It is taken when the future is ready; if that is dropped before, it
    /// was not taken and changed nothing. A GPU has only been asked for the last part, and
    /// [`Session::progress`] waits for it.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn step<B: AsyncFn()>(&mut self, parts: &Parts<B>) -> Result<(), ExecError> {
        self.run_in_parts(self.step, parts).await
    }

    /// Runs a routine in parts.
    pub(super) async fn run_in_parts<B: AsyncFn()>(&mut self, routine: usize, parts: &Parts<B>) -> Result<(), ExecError> {
        let ranges = cut(&self.program().routines[routine], parts.flops);
        let last = ranges.len() - 1;
        for (at, range) in ranges.into_iter().enumerate() {
            self.executor.run_part(routine, range)?;
            if at < last {
                self.wait().await?;
                (parts.breathe)().await;
            }
        }
        Ok(())
    }
}

/// Cuts a routine before kernels that would make a part too long, and before those that change
/// something for good. There is at least one part.
fn cut(routine: &Routine, flops: u64) -> Vec<Range<usize>> {
    let is_cut = routine.flops > flops;
    let is_for_good = |kernel: &Kernel| matches!(kernel.kind, Kind::Guard | Kind::Tally { .. });
    let (mut ranges, mut start, mut spent) = (Vec::new(), 0, 0);
    for (at, kernel) in routine.kernels.iter().enumerate() {
        let more = kernel.flops();
        let is_long = spent > 0 && spent + more > flops;
        if is_cut && at > start && (is_long || is_for_good(kernel)) {
            ranges.push(start..at);
            (start, spent) = (at, 0);
        }
        spent += more;
    }
    ranges.push(start..routine.kernels.len());
    ranges
}
