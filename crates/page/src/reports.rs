//! What the worker reported last, as the page keeps it.

use descent_protocol::{DeviceKind, LayerInfo, NoticeKind};

/// What the status shows (`data-state`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PageState {
    Loading,
    Ready,
    Training,
    Paused,
    Diverged,
    Failed,
}

impl PageState {
    pub(crate) fn id(self) -> &'static str {
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
pub(crate) struct Built {
    pub(crate) layers: Vec<LayerInfo>,
    pub(crate) params: usize,
    pub(crate) train_rows: usize,
    pub(crate) test_rows: usize,
    pub(crate) program: String,
}

/// The samples that are drawn.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Samples {
    /// `(x, y, label)`; the first `train` are trained on.
    Points { points: Vec<[f32; 3]>, train: usize },
    /// Test images, one byte a pixel, and their labels.
    Images { rows: usize, cols: usize, pixels: Vec<u8>, labels: Vec<u8>, classes: Vec<String> },
}

/// The arrays of [`descent_protocol::Event::Frame`].
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Frame {
    pub(crate) step: u64,
    pub(crate) size: usize,
    pub(crate) unit_size: usize,
    pub(crate) arrays: [Vec<u8>; 3],
}

impl Frame {
    /// An array of `f32`s.
    pub(crate) fn floats(&self, array: usize) -> Vec<f32> {
        self.arrays[array].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
    }
}

/// Where the run is computed.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Device {
    pub(crate) kind: DeviceKind,
    pub(crate) name: String,
    pub(crate) why: String,
    pub(crate) has_gpu: bool,
}

/// Measured milliseconds a step.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Costs {
    pub(crate) cpu_ms: Option<f64>,
    pub(crate) gpu_ms: Option<f64>,
    pub(crate) steps: u32,
    /// Whether the browser emulates the GPU on the CPU.
    pub(crate) is_emulated: bool,
}

/// Losses over steps, as the chart draws them.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct History {
    pub(crate) train: Vec<(u64, f64)>,
    pub(crate) test: Vec<(u64, f64)>,
}

/// A message in the strip under the transport.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Notice {
    /// Tells it from one before that said the same.
    pub(crate) serial: u32,
    pub(crate) kind: NoticeKind,
    pub(crate) text: String,
}
