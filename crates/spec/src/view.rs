//! How a run is shown and where it runs.

use crate::choice::choice;
use serde::{Deserialize, Serialize};

/// What a visitor has chosen beside the [`Experiment`](crate::Experiment).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct View {
    /// Where the run is computed. Devices add in other orders, so the numbers differ in their last
    /// digits.
    pub device: DeviceChoice,
    /// How fast it is shown.
    pub speed: Speed,
    /// How much the page shows.
    pub level: Level,
    /// Whether the map shows test points.
    pub show_test: bool,
    /// Whether the map has two colours only.
    pub discretize: bool,
}

impl Default for View {
    /// A first visit's.
    fn default() -> Self {
        Self { device: DeviceChoice::Auto, speed: Speed::Max, level: Level::Simple, show_test: false, discretize: false }
    }
}

choice! {
    /// Where a run is computed.
    DeviceChoice {
        /// What is quicker for this network.
        Auto = "auto",
        /// The WebGPU adapter, software or not.
        Gpu = "gpu",
        /// wasm SIMD.
        Cpu = "cpu",
    }
}
choice! {
    /// How fast a run is shown.
    Speed {
        /// A step per picture.
        One = "1",
        /// Ten steps per picture.
        Ten = "10",
        /// As fast as the device goes.
        Max = "max",
    }
}
choice! {
    /// How much the page shows.
    Level {
        /// A first visit.
        Simple = "simple",
        /// The usual controls.
        More = "more",
        /// All of them.
        All = "all",
    }
}
