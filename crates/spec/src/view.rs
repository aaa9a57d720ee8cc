//! How a run is shown and where it runs.

use crate::choice::choice;
use serde::{Deserialize, Serialize};

/// What a visitor has chosen beside the [`Experiment`](crate::Experiment).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct View {
    /// Where the run is computed. Devices add in other orders, so the numbers differ in their last
    /// digits.
    pub device: DeviceChoice,
    /// How fast it goes.
    pub speed: Speed,
    /// How much the page shows.
    pub level: Level,
    /// Whether the map shows test points.
    pub show_test: bool,
    /// Whether the map has two colours only.
    pub discretize: bool,
}

impl Default for View {
    /// What a link says that names none of it.
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
    /// How many steps are taken in a second, where the device can.
    Speed {
        /// Ten.
        Ten = "10",
        /// A hundred.
        Hundred = "100",
        /// A thousand.
        Thousand = "1000",
        /// Ten thousand.
        TenThousand = "10000",
        /// As many as the device can.
        Max = "max",
    }
}

impl Speed {
    /// Steps a second; none for [`Speed::Max`].
    pub fn per_second(self) -> Option<u32> {
        match self {
            Self::Ten => Some(10),
            Self::Hundred => Some(100),
            Self::Thousand => Some(1_000),
            Self::TenThousand => Some(10_000),
            Self::Max => None,
        }
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
