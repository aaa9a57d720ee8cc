//! What an executor has done.

/// What an executor has done since it was made. A test may assert these; times it may not.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Command buffers handed to a queue (0 on the CPU).
    pub submissions: u64,
    /// Compute passes (0 on the CPU).
    pub passes: u64,
    /// Kernels run.
    pub dispatches: u64,
    /// Bytes written by the host.
    pub bytes_written: u64,
    /// Bytes read by the host.
    pub bytes_read: u64,
    /// Buffers made.
    pub buffers: u64,
    /// Pipelines made (0 on the CPU).
    pub pipelines: u64,
    /// Bind groups made (0 on the CPU).
    pub bind_groups: u64,
}
