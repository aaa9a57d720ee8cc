//! What a measurement says, in the words all libraries use.

use super::Trouble;
use crate::exec::Counts;
use serde::Serialize;
use std::collections::BTreeMap;

/// The result of a case. As JSON it has the fields of the contract; what does not apply is left
/// out.
#[derive(Clone, PartialEq, Default, Debug, Serialize)]
pub struct Report {
    /// `ok`, `unsupported` or `error`.
    pub status: String,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The case.
    pub case: String,
    /// Of this engine.
    pub version: String,
    /// What computed it.
    pub adapter: String,
    /// The figures.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
    /// Of a training case.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub training: Option<Training>,
    /// Of a kernel.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<Kernel>,
    /// Calls a step (or a run of a kernel), counted by the executor; of a GPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpu_per_step: Option<Calls>,
}

/// Figures of every measurement.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Figures {
    /// Milliseconds a step: median of the windows.
    pub ms_med: f64,
    /// Of the quickest window.
    pub ms_min: f64,
    /// Of the slowest window.
    pub ms_max: f64,
    /// Mean of the windows.
    pub ms_mean: f64,
    /// Steps of a window.
    pub window: u64,
    /// Billions of floating-point operations a second, by the median.
    pub gflops: f64,
    /// Milliseconds of the first step, compilation of shaders included.
    pub first_step_ms: f64,
    /// Milliseconds before the first step: weights, batches, planning, buffers.
    pub init_ms: f64,
}

/// Figures of a training case.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Training {
    /// Milliseconds a step that the calling thread was busy with asking for it.
    pub js_ms: f64,
    /// Steps measured.
    pub steps: u64,
    /// Samples of a step.
    pub batch: usize,
    /// By the median.
    pub steps_per_s: f64,
    /// By the median.
    pub samples_per_s: f64,
    /// By the median; where the batches make an epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub epochs_per_s: Option<f64>,
    /// Loss of some steps, counted from 1: the first, the last of the warm-up, those at the end of
    /// windows.
    pub losses: Vec<(u64, f64)>,
}

/// Figures of a kernel.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Kernel {
    /// As [`Figures::gflops`], by the quickest window.
    pub gflops_best: f64,
    /// How often it was run.
    pub runs: u64,
    /// The first four numbers of the result.
    pub check: Vec<f32>,
}

/// How often each thing happened, by name.
pub(super) type Calls = BTreeMap<&'static str, f64>;

impl Report {
    /// A case or a device that there is not.
    pub fn unsupported(case: &str, why: String) -> Self {
        Self { status: "unsupported".into(), case: case.into(), error: Some(why), ..Self::default() }
    }

    pub(super) fn refused(trouble: &Trouble) -> Self {
        let status = if matches!(trouble, Trouble::Unknown) { "unsupported" } else { "error" };
        Self { status: status.into(), error: Some(trouble.to_string()), ..Self::default() }
    }

    /// The report as one JSON object.
    ///
    /// # Panics
    /// Never: it holds nothing that JSON lacks.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a report is numbers and texts")
    }
}

/// What happened between two counts, per step, to two decimals; what did not happen is left out.
pub(super) fn per_step(before: Counts, after: Counts, steps: u64) -> Calls {
    let calls = |counts: Counts| {
        [
            ("dispatch", counts.dispatches),
            ("passes", counts.passes),
            ("submit", counts.submissions),
            ("writeBufferBytes", counts.bytes_written),
            ("readBytes", counts.bytes_read),
            ("buffers", counts.buffers),
            ("pipelines", counts.pipelines),
            ("bindGroups", counts.bind_groups),
        ]
    };
    let each = |after: u64, before: u64| ((after - before) as f64 / steps as f64 * 100.0).round() / 100.0;
    let differences = calls(before).into_iter().zip(calls(after)).map(|((name, before), (_, after))| (name, each(after, before)));
    differences.filter(|(_, count)| *count > 0.0).collect()
}
