//! Figures of a run, each with what it rests on.

use serde::{Deserialize, Serialize};

/// A number and the step it belongs to.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// The number.
    pub value: f64,
    /// Its step.
    pub step: u64,
}

/// Numbers of a run.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Metrics {
    /// Steps done.
    pub step: u64,
    /// Whole epochs done.
    pub epoch: u64,
    /// Mean training loss.
    pub train_loss: Option<Figure>,
    /// Mean test loss.
    pub test_loss: Option<Figure>,
    /// Share of test samples answered correctly; none for regression.
    pub test_accuracy: Option<Figure>,
    /// Steps a second, over the last second; 0 while too little is known.
    pub steps_per_second: f64,
    /// Samples a second.
    pub samples_per_second: f64,
}

/// A device that trains.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum DeviceKind {
    /// The visitor's GPU (or what the browser offers in its place).
    Gpu,
    /// wasm SIMD.
    Cpu,
}

/// What the CPU is called. A GPU has a name of its own.
pub const CPU_NAME: &str = "CPU (SIMD)";

/// Where a run is computed and why.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeviceReport {
    /// The kind.
    pub kind: DeviceKind,
    /// Its name, never empty.
    pub name: String,
    /// In one sentence.
    pub why: String,
    /// Whether there is an adapter at all.
    pub has_gpu: bool,
}

/// What a step costs on each device.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Costs {
    /// On the CPU.
    pub cpu: Cost,
    /// On the GPU.
    pub gpu: Cost,
    /// Whether the browser emulates the GPU on the CPU.
    pub is_emulated: bool,
}

impl Costs {
    /// The cost on one of them, if it is measured.
    pub fn on(&self, device: DeviceKind) -> Option<StepCost> {
        match device {
            DeviceKind::Cpu => self.cpu.measured(),
            DeviceKind::Gpu => self.gpu.measured(),
        }
    }

    /// The costs that are measured.
    pub fn measured(&self) -> impl Iterator<Item = StepCost> {
        [self.cpu, self.gpu].into_iter().filter_map(Cost::measured)
    }
}

/// What is known of the cost on a device.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub enum Cost {
    /// Nothing yet.
    #[default]
    Awaited,
    /// This.
    Measured(StepCost),
    /// It cannot be measured.
    Unmeasurable,
}

impl Cost {
    /// The cost, if it is measured.
    pub fn measured(self) -> Option<StepCost> {
        match self {
            Cost::Measured(cost) => Some(cost),
            Cost::Awaited | Cost::Unmeasurable => None,
        }
    }
}

/// A measured cost.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct StepCost {
    /// Milliseconds a step.
    pub ms: f64,
    /// Steps measured.
    pub steps: u32,
}
