//! What the worker reported last, as the page keeps it.

use crate::worker::protocol::{DeviceKind, LayerInfo, NoticeKind};

/// What the status shows (`data-state`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PageState {
    Loading,
    Ready,
    Training,
    Paused,
    Diverged,
    Failed,
}

impl PageState {
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Ready => "ready",
            Self::Training => "training",
            Self::Paused => "paused",
            Self::Diverged => "diverged",
            Self::Failed => "failed",
        }
    }
}

/// A run as it was built.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Built {
    pub(super) layers: Vec<LayerInfo>,
    pub(super) params: usize,
    pub(super) train_rows: usize,
    pub(super) test_rows: usize,
    pub(super) program: String,
}

/// The samples that are drawn.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Samples {
    /// `(x, y, label)`; the first `train` are trained on.
    Points { points: Vec<[f32; 3]>, train: usize },
    /// Test images, one byte a pixel, and their labels.
    Images { rows: usize, cols: usize, pixels: Vec<u8>, labels: Vec<u8>, classes: Vec<String> },
}

/// The arrays of [`crate::worker::protocol::Event::Frame`].
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Frame {
    pub(super) step: u64,
    pub(super) size: usize,
    pub(super) unit_size: usize,
    pub(super) arrays: [Vec<u8>; 3],
}

impl Frame {
    /// An array of `f32`s.
    pub(super) fn floats(&self, array: usize) -> Vec<f32> {
        self.arrays[array].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
    }
}

/// Where the run is computed.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Device {
    pub(super) kind: DeviceKind,
    pub(super) name: String,
    pub(super) why: String,
    pub(super) has_gpu: bool,
}

/// Measured milliseconds a step.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Costs {
    pub(super) cpu_ms: Option<f64>,
    pub(super) gpu_ms: Option<f64>,
    pub(super) steps: u32,
    /// Whether the browser emulates the GPU on the CPU.
    pub(super) is_emulated: bool,
}

/// Losses over steps, as the chart draws them.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct History {
    pub(super) train: Vec<(u64, f64)>,
    pub(super) test: Vec<(u64, f64)>,
}

/// A message in the strip under the transport.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Notice {
    /// Tells it from one before that said the same.
    pub(super) serial: u32,
    pub(super) kind: NoticeKind,
    pub(super) text: String,
}
