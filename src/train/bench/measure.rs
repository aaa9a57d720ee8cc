//! How time is measured: warm-up, then windows of equal length until the budget is spent.

use super::cases::{TrainingCase, first_weights};
use super::kernels::KernelCase;
use super::report::{Figures, Kernel, Report, Training, per_step};
use super::{Host, Settings, Trouble, executor};
use crate::exec::{ExecError, Executor, gpu};
use crate::plan::{Role, Slice, state};

/// The loss is read back after so many steps, inside the measured time.
const STEPS_PER_LOSS: u64 = 10;
/// A window is as long as clocks of 0.1 ms can tell apart well.
const WINDOW_MS: f64 = 20.0;
/// No submission is longer, so that a GPU answers its screen between them.
const SUBMISSION_MS: f64 = 200.0;

/// A network on a device.
pub(super) struct Trainer {
    executor: Executor,
    routine: usize,
    state: Slice,
    done: u64,
}

impl Trainer {
    /// A network with its first weights and all batches on the device, and the operations of one
    /// forward pass over a batch.
    pub(super) fn new(case: &TrainingCase, device: Option<&gpu::Device>) -> Result<(Self, u64), Trouble> {
        let samples = case.samples();
        let model = case.model(&samples);
        let mut executor = executor(&model.spec, device)?;
        let whole = |executor: &Executor, role| executor.program().whole(role).expect("a program that trains has this buffer");
        let list: Vec<u32> = (0..samples.rows() as u32).collect();
        let data = whole(&executor, Role::Data);
        executor.write(data, &samples.pack(&list).words)?;
        let slices: Vec<Slice> = executor.program().params.iter().map(|param| param.slice).collect();
        for (slice, values) in slices.into_iter().zip(first_weights(&model.params)) {
            executor.write_numbers(slice, &values)?;
        }
        let state = whole(&executor, Role::State);
        let rate = Slice { offset: state.offset + state::LEARNING_RATE, len: 1, ..state };
        executor.write(rate, &[(case.learning_rate as f32).to_bits()])?;
        let routine = executor.program().routine("step").expect("a program that trains has a step");
        let forward_flops = 2 * case.architecture().outline.multiply_adds() * case.batch as u64;
        Ok((Self { executor, routine, state, done: 0 }, forward_flops))
    }

    /// Asks for steps.
    pub(super) fn steps(&mut self, steps: u64) -> Result<(), ExecError> {
        self.done += steps;
        self.executor.run(self.routine, steps as u32)
    }

    /// The loss of the last step.
    pub(super) async fn loss(&mut self) -> Result<f64, ExecError> {
        let at = state::RING + ((self.done - 1) % state::RING_LEN as u64) as usize;
        let word = Slice { offset: self.state.offset + at, len: 1, ..self.state };
        Ok(f64::from(f32::from_bits(self.executor.read(&[word]).await?[0][0])))
    }
}

/// What is known of a network before it is measured.
struct WarmUp {
    first_step_ms: f64,
    /// Steps of a window.
    window: u64,
}

/// Takes the first steps and learns how long one takes; adds to the losses (step, loss).
async fn warm_up(trainer: &mut Trainer, now: &impl Fn() -> f64, budget: f64, losses: &mut Vec<(u64, f64)>) -> Result<WarmUp, Trouble> {
    let began = now();
    trainer.steps(1)?;
    losses.push((1, trainer.loss().await?));
    let first_step_ms = now() - began;

    let began = now();
    while trainer.done < STEPS_PER_LOSS && now() - began < 3.0 * budget {
        trainer.steps(1)?;
    }
    losses.push((trainer.done, trainer.loss().await?));
    let mut step_ms = (now() - began) / (trainer.done - 1).max(1) as f64;

    // More of it, in the same shape as the measurement.
    let (began, warm) = (now(), trainer.done);
    while now() - began < (budget / 4.0).min(1500.0) && trainer.done - warm < 2000 {
        let steps = STEPS_PER_LOSS.min((budget / step_ms) as u64).max(1);
        trainer.steps(steps)?;
        trainer.loss().await?;
        step_ms = (now() - began) / (trainer.done - warm) as f64;
    }
    let mut window = STEPS_PER_LOSS;
    while window as f64 * step_ms < WINDOW_MS && window < 1 << 20 {
        window *= 2;
    }
    if step_ms * STEPS_PER_LOSS as f64 > budget / 3.0 {
        window = ((budget / 3.0 / step_ms) as u64).max(1);
    }
    Ok(WarmUp { first_step_ms, window })
}

/// Measures a training case.
pub(super) async fn training<C: Fn() -> f64, B: AsyncFn()>(
    case: &TrainingCase,
    device: Option<&gpu::Device>,
    settings: Settings,
    host: &Host<C, B>,
    start: f64,
) -> Result<Report, Trouble> {
    let now = &host.clock;
    let budget = settings.budget_ms;
    let (mut trainer, forward_flops) = Trainer::new(case, device)?;
    let init_ms = now() - start;
    let mut losses = Vec::new();
    let WarmUp { first_step_ms, window } = warm_up(&mut trainer, now, budget, &mut losses).await?;

    let (from, before) = (trainer.done, trainer.executor.counts());
    let (mut windows, mut asking) = (Vec::new(), Vec::new());
    let began = now();
    let is_over = |windows: usize, spent: f64, steps: u64| {
        let is_long_enough = windows >= 3 && spent >= budget || windows >= 1 && spent > 4.0 * budget;
        is_long_enough || settings.max_steps.is_some_and(|most| steps >= most)
    };
    while !is_over(windows.len(), now() - began, trainer.done - from) {
        (host.breathe)().await;
        let (window_began, mut asked_ms, mut left, mut loss) = (now(), 0.0, window, 0.0);
        while left > 0 {
            let steps = left.min(STEPS_PER_LOSS);
            let asked = now();
            trainer.steps(steps)?;
            asked_ms += now() - asked;
            loss = trainer.loss().await?;
            left -= steps;
        }
        windows.push((now() - window_began) / window as f64);
        asking.push(asked_ms / window as f64);
        losses.push((trainer.done, loss));
    }
    let steps = trainer.done - from;
    // Warm-up, the first window and the last one tell enough.
    let losses = losses.iter().enumerate().filter(|(at, _)| *at < 3 || *at + 1 == losses.len()).map(|(_, loss)| *loss).collect();
    let figures = figures(&windows, window, 3.0 * forward_flops as f64, first_step_ms, init_ms);
    let per_second = 1000.0 / figures.ms_med;
    let training = Training {
        js_ms: median(&asking),
        steps,
        batch: case.batch,
        steps_per_s: per_second,
        samples_per_s: per_second * case.batch as f64,
        epochs_per_s: case.has_epochs.then(|| per_second / case.batches as f64),
        losses,
    };
    let gpu_per_step = device.map(|_| per_step(before, trainer.executor.counts(), steps));
    Ok(Report { status: "ok".into(), figures: Some(figures), training: Some(training), gpu_per_step, ..Report::default() })
}

/// Measures a kernel.
pub(super) async fn kernel<C: Fn() -> f64, B: AsyncFn()>(
    case: &KernelCase,
    device: Option<&gpu::Device>,
    settings: Settings,
    host: &Host<C, B>,
    start: f64,
) -> Result<Report, Trouble> {
    let now = &host.clock;
    let budget = settings.budget_ms / 2.0;
    let mut executor = executor(&case.model(), device)?;
    let slices: Vec<Slice> = executor.program().routines[0].inputs.iter().map(|input| input.slice).collect();
    for (slice, values) in slices.into_iter().zip(case.inputs()) {
        executor.write_numbers(slice, &values)?;
    }
    let result = executor.program().routines[0].outputs[0].slice;
    let first_four = Slice { len: 4, ..result };
    let init_ms = now() - start;

    let began = now();
    executor.run(0, 1)?;
    let words = executor.read(&[first_four]).await?.remove(0);
    let first_step_ms = now() - began;
    let mut run_ms = f64::MAX;
    for _ in 0..2 {
        let began = now();
        executor.run(0, 1)?;
        executor.read(&[first_four]).await?;
        run_ms = run_ms.min(now() - began);
    }

    let window = ((budget / 6.0 / run_ms) as u64).clamp(1, 50);
    let submission = ((SUBMISSION_MS / run_ms) as u64).clamp(1, window);
    let before = executor.counts();
    let mut windows = Vec::new();
    let began = now();
    while (windows.len() < 3 || now() - began < budget) && (windows.is_empty() || now() - began <= 4.0 * budget) {
        (host.breathe)().await;
        let (window_began, mut left) = (now(), window);
        while left > 0 {
            let runs = left.min(submission);
            executor.run(0, runs as u32)?;
            left -= runs;
        }
        executor.read(&[first_four]).await?;
        windows.push((now() - window_began) / window as f64);
    }
    let runs = windows.len() as u64 * window;
    let figures = figures(&windows, window, case.flops(), first_step_ms, init_ms);
    let check = words.into_iter().map(f32::from_bits).collect();
    let kernel = Kernel { gflops_best: case.flops() / figures.ms_min / 1e6, runs, check };
    let gpu_per_step = device.map(|_| per_step(before, executor.counts(), runs));
    Ok(Report { status: "ok".into(), figures: Some(figures), kernel: Some(kernel), gpu_per_step, ..Report::default() })
}

fn figures(windows: &[f64], window: u64, flops: f64, first_step_ms: f64, init_ms: f64) -> Figures {
    let ms_med = median(windows);
    Figures {
        ms_med,
        ms_min: windows.iter().copied().fold(f64::MAX, f64::min),
        ms_max: windows.iter().copied().fold(0.0, f64::max),
        ms_mean: windows.iter().sum::<f64>() / windows.len() as f64,
        window,
        gflops: flops / ms_med / 1e6,
        first_step_ms,
        init_ms,
    }
}

/// The middle of measured times.
pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}
