//! Where a GPU overtakes one core of a CPU: milliseconds a step of small and large networks at
//! small and large batches.
//!
//! Turns two families of networks, dense and convolutional, into a [`Crossover`]. The file
//! `docs/crossover-reference.json` is one that was recorded.

use super::Trouble;
use super::cases::TrainingCase;
use super::measure::{Trainer, median};
use crate::exec::gpu;
use crate::train::clock;
use serde::Serialize;

/// Units of each of two hidden layers, over 64 inputs.
const WIDTHS: [usize; 8] = [16, 32, 64, 128, 256, 512, 1024, 2048];
const DENSE_BATCHES: [usize; 6] = [1, 8, 32, 128, 512, 2048];

/// Channels of each of two convolutions with kernels of 3 × 3 and pooling, over images of 28 × 28.
const CHANNELS: [usize; 5] = [4, 8, 16, 32, 64];
const CONV_BATCHES: [usize; 5] = [1, 4, 16, 64, 256];

/// Samples that a network is trained with, or one batch if that is more. From few, units would soon
/// learn nothing more, and their moments would become numbers too small for a CPU's usual speed.
const SAMPLES: usize = 2048;

/// Time of a cell on one device, about; at least one step after the first.
const BUDGET_MS: f64 = 250.0;
/// Windows that the budget is cut into.
const WINDOWS: usize = 5;
/// How long a GPU works before the first cell: one that has rested for seconds runs at a fraction
/// of its clock for a while.
const WAKING_MS: f64 = 2000.0;
/// No submission is longer, so that a GPU answers its screen between them.
const SUBMISSION_MS: f64 = 200.0;

/// What was measured, and on what.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Crossover {
    /// The CPU, of which one core is used, in words.
    pub cpu: String,
    /// The GPU's adapter.
    pub adapter: String,
    /// The day, as `2026-11-26`.
    pub date: String,
    /// Networks of 64 inputs, two hidden layers of `width` units with ReLU, 10 classes, Adam.
    pub dense: Vec<Cell>,
    /// Networks of 28 × 28 × 1 inputs, twice a convolution of 3 × 3 to `width` channels with ReLU
    /// and a maximum over 2 × 2, 10 classes, Adam.
    pub conv: Vec<Cell>,
}

/// One network at one batch size.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Cell {
    /// Units or channels of a hidden layer.
    pub width: usize,
    /// Samples of a step.
    pub batch: usize,
    /// Milliseconds a step on one core: the median of the windows.
    pub cpu_ms: f64,
    /// Steps that were timed on the CPU.
    pub cpu_n: u64,
    /// Milliseconds a step on the GPU: the median of the windows, each with one read-back of a
    /// loss.
    pub gpu_ms: f64,
    /// Steps that were timed on the GPU.
    pub gpu_n: u64,
}

impl Crossover {
    /// Measures all cells one after the other; takes minutes.
    ///
    /// # Errors
    /// The network and what went wrong, in words.
    pub fn measure(device: &gpu::Device, cpu: String, date: String) -> Result<Self, String> {
        let sizes = |widths: &[usize], batches: &[usize], case: fn(usize, usize) -> TrainingCase| {
            let sizes = widths.iter().flat_map(|width| batches.iter().map(|batch| (*width, *batch)));
            sizes.map(|(width, batch)| (width, case(width, batch))).collect::<Vec<_>>()
        };
        let mut cases = sizes(&WIDTHS, &DENSE_BATCHES, dense_case);
        let dense_cells = cases.len();
        cases.extend(sizes(&CHANNELS, &CONV_BATCHES, conv_case));
        // First all on the CPU, then all on the GPU, which so has no time to rest.
        let times = |device: Option<&gpu::Device>| {
            let time_of = |(width, case): &(usize, TrainingCase)| {
                time(case, device, BUDGET_MS).map_err(|trouble| format!("width {width}, batch {}: {trouble}", case.batch))
            };
            cases.iter().map(time_of).collect::<Result<Vec<Time>, String>>()
        };
        let on_cpu = times(None)?;
        time(&dense_case(512, 512), Some(device), WAKING_MS).map_err(|trouble| trouble.to_string())?;
        let on_gpu = times(Some(device))?;
        let mut cells = Vec::new();
        for (((width, case), cpu), gpu) in cases.iter().zip(on_cpu).zip(on_gpu) {
            cells.push(Cell { width: *width, batch: case.batch, cpu_ms: cpu.ms, cpu_n: cpu.steps, gpu_ms: gpu.ms, gpu_n: gpu.steps });
        }
        let conv = cells.split_off(dense_cells);
        Ok(Self { cpu, adapter: device.name().to_owned(), date, dense: cells, conv })
    }

    /// As JSON, a cell a line.
    ///
    /// # Panics
    /// Never: it holds nothing that JSON lacks.
    pub fn json(&self) -> String {
        let text = |value: &str| serde_json::to_string(value).expect("a text is JSON");
        let cells = |cells: &[Cell]| {
            let lines: Vec<String> = cells.iter().map(|cell| serde_json::to_string(cell).expect("numbers are JSON")).collect();
            format!("[\n{}\n]", lines.join(",\n"))
        };
        format!(
            "{{\n\"cpu\":{},\n\"adapter\":{},\n\"date\":{},\n\"dense\":{},\n\"conv\":{}\n}}",
            text(&self.cpu),
            text(&self.adapter),
            text(&self.date),
            cells(&self.dense),
            cells(&self.conv)
        )
    }
}

fn dense_case(width: usize, batch: usize) -> TrainingCase {
    let model = format!("dense:{width}:relu,dense:{width}:relu");
    TrainingCase { input: vec![64], model, batch, batches: SAMPLES.div_ceil(batch), ..TrainingCase::classes() }
}

fn conv_case(channels: usize, batch: usize) -> TrainingCase {
    let model = format!("conv:{channels}x3:relu,pool:2,conv:{channels}x3:relu,pool:2");
    TrainingCase { input: vec![28, 28, 1], model, batch, batches: SAMPLES.div_ceil(batch), ..TrainingCase::classes() }
}

/// What a cell takes on one device.
struct Time {
    /// Milliseconds a step, to a ten-thousandth, which is more than clocks tell.
    ms: f64,
    /// Steps that were timed.
    steps: u64,
}

impl Time {
    fn new(ms: f64, steps: u64) -> Self {
        Self { ms: (ms * 1e4).round() / 1e4, steps }
    }
}

/// Times steps for about `budget_ms`.
fn time(case: &TrainingCase, device: Option<&gpu::Device>, budget_ms: f64) -> Result<Time, Trouble> {
    let (mut trainer, _) = Trainer::new(case, device)?;
    let mut run = |steps: u64, submission: u64| {
        let began = clock::now_ms();
        let mut left = steps;
        while left > 0 {
            let now = left.min(submission);
            trainer.steps(now)?;
            left -= now;
        }
        pollster::block_on(trainer.loss())?;
        Ok::<f64, Trouble>(clock::now_ms() - began)
    };
    // The first step makes what later ones find, the next ones tell how long one takes.
    run(1, 1)?;
    let mut step_ms = run(1, 1)?;
    if step_ms > budget_ms {
        return Ok(Time::new(step_ms, 1));
    }
    for _ in 0..2 {
        let steps = ((budget_ms / 25.0 / step_ms) as u64).max(1);
        step_ms = run(steps, steps)? / steps as f64;
    }
    let window = ((budget_ms / WINDOWS as f64 / step_ms) as u64).max(1);
    let submission = ((SUBMISSION_MS / step_ms) as u64).max(1);
    let began = clock::now_ms();
    let mut windows = Vec::new();
    while windows.is_empty() || windows.len() < WINDOWS && clock::now_ms() - began < budget_ms {
        windows.push(run(window, submission)? / window as f64);
    }
    Ok(Time::new(median(&windows), windows.len() as u64 * window))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_line_of_the_file() {
        let cell = |width| Cell { width, batch: 8, cpu_ms: 1.5, cpu_n: 100, gpu_ms: 0.25, gpu_n: 1000 };
        let (cpu, adapter, date) = ("a CPU".to_owned(), "a \"GPU\"".to_owned(), "2026-11-26".to_owned());
        let map = Crossover { cpu, adapter, date, dense: vec![cell(16), cell(32)], conv: vec![cell(4)] };
        let parsed: serde_json::Value = serde_json::from_str(&map.json()).expect("it is JSON");
        assert_eq!(parsed, serde_json::to_value(&map).expect("it is JSON"));
        assert_eq!(map.json().lines().filter(|line| line.contains("\"width\":")).count(), 3);
    }

    #[test]
    fn a_step_of_a_small_cell_is_timed() {
        let time = time(&dense_case(16, 1), None, 20.0).expect("it runs");
        assert!(time.ms > 0.0 && time.steps > 1, "{} ms, {} steps", time.ms, time.steps);
    }

    #[test]
    fn every_network_fits_the_limits() {
        let dense = WIDTHS.map(|width| dense_case(width, 2048));
        let conv = CHANNELS.map(|channels| conv_case(channels, 256));
        for case in dense.into_iter().chain(conv) {
            let model = case.model(&case.samples());
            assert!(crate::plan::compile(&model.spec, crate::plan::Target::Gpu).is_ok(), "{case:?}");
        }
    }
}
