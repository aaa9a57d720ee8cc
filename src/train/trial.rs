//! What a step costs on a device, measured on a copy of a run so that the run itself is untouched.

use super::clock::now_ms;
use super::parts::Parts;
use super::session::{BuildError, Session};
use crate::data::{Column, Loaded, Samples};
use crate::exec::{Backend, ExecError};
use descent_spec::Experiment;
use std::rc::Rc;

/// How long a measurement may take. A single step may take longer.
const BUDGET_MS: f64 = 80.0;
/// Single steps that are tried where the first takes long.
const TRIES: usize = 3;
/// A step that takes longer is not repeated, since the run waits meanwhile: see
/// [`StepCost::is_doubtful`].
const BELIEVED_MS: f64 = 1_200.0;
/// Batches of the copy: the work of a step does not depend on how many samples there are.
const BATCHES: usize = 4;

/// A measured cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StepCost {
    /// Milliseconds a step.
    pub step_ms: f64,
    /// Steps measured.
    pub steps: u32,
}

impl StepCost {
    /// Whether it rests on a single step that took so long that it may have waited for something
    /// else.
    pub fn is_doubtful(&self) -> bool {
        self.steps == 1 && self.step_ms >= BELIEVED_MS
    }
}

/// A copy of a run, to be measured.
#[derive(Debug)]
pub struct Trial {
    session: Session,
}

impl Trial {
    /// Builds the copy with a few batches of the samples.
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn new(experiment: &Experiment, data: &Loaded, backend: &Backend) -> Result<Self, BuildError> {
        let rows = experiment.batch_size * BATCHES;
        let excerpt = Loaded { samples: excerpt(&data.samples, rows), points: data.points.clone() };
        Session::new(experiment, &Rc::new(excerpt), backend).map(|session| Self { session })
    }

    /// Takes a first step, which prepares what is prepared only once.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn warm_up<B: AsyncFn()>(&mut self, parts: &Parts<B>) -> Result<(), ExecError> {
        self.session.step(parts).await?;
        self.session.wait().await
    }

    /// Measures. If the future is dropped before it is ready, nothing was measured.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn measure<B: AsyncFn()>(&mut self, parts: &Parts<B>) -> Result<StepCost, ExecError> {
        cost_of(async |steps| {
            let began = now_ms();
            match steps {
                1 => self.session.step(parts).await?,
                _ => self.session.run(steps).await?,
            }
            self.session.wait().await?;
            Ok(now_ms() - began)
        })
        .await
    }
}

/// The cost of a step, where `timed` takes so many and says how long they took.
async fn cost_of(mut timed: impl AsyncFnMut(u32) -> Result<f64, ExecError>) -> Result<StepCost, ExecError> {
    let mut step_ms = timed(1).await?;
    // What a driver prepares only once may come late: a step that takes long is believed when
    // another takes as long.
    for _ in 1..TRIES {
        if !(BUDGET_MS / 8.0..BELIEVED_MS).contains(&step_ms) {
            break;
        }
        let again_ms = timed(1).await?;
        let is_as_long = again_ms > 0.75 * step_ms;
        step_ms = step_ms.min(again_ms);
        if is_as_long {
            break;
        }
    }
    let (mut spent_ms, mut done, mut steps) = (step_ms, 1, 1);
    while BUDGET_MS - spent_ms >= step_ms.max(1e-3) {
        // Many steps at once hide the wait for the answer, as in training; the first ones only say
        // how many fit.
        steps = ((BUDGET_MS - spent_ms) * 0.9 / step_ms.max(1e-3)).clamp(1.0, f64::from(steps) * 16.0) as u32;
        let ms = timed(steps).await?;
        spent_ms += ms;
        done += steps;
        step_ms = ms / f64::from(steps);
    }
    Ok(StepCost { step_ms: spent_ms / f64::from(done), steps: done })
}

/// The first `rows` training samples and one to test on.
fn excerpt(samples: &Samples, rows: usize) -> Samples {
    let train_rows = rows.min(samples.train_rows);
    let test_rows = samples.test_rows.min(1);
    let cut = |column: &Column, len: usize| {
        let test = samples.train_rows * len..(samples.train_rows + test_rows) * len;
        match column {
            Column::U8 { bytes, scale } => Column::U8 { bytes: [&bytes[..train_rows * len], &bytes[test]].concat(), scale: *scale },
            Column::F32(values) => Column::F32([&values[..train_rows * len], &values[test]].concat()),
        }
    };
    Samples {
        train_rows,
        test_rows,
        feature_shape: samples.feature_shape.clone(),
        features: cut(&samples.features, samples.feature_len()),
        target: cut(&samples.target, 1),
        classes: samples.classes,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// What is measured where steps take `ms` after a first one that takes `first_ms`, and how many
    /// calls that takes.
    fn measured(first_ms: f64, ms: f64) -> (StepCost, usize) {
        let mut calls = 0;
        let cost = pollster::block_on(cost_of(async |steps| {
            calls += 1;
            Ok(if calls == 1 { first_ms } else { ms * f64::from(steps) })
        }));
        (cost.expect("nothing is lost"), calls)
    }

    #[test]
    fn a_step_that_waited_for_the_driver_is_not_believed() {
        let (cost, _) = measured(846.0, 3.0);
        assert!((cost.step_ms - 3.0).abs() < 1e-9 && cost.steps > 10, "{cost:?}");
    }

    #[test]
    fn slow_steps_are_taken_twice_at_most() {
        assert_eq!(measured(900.0, 880.0), (StepCost { step_ms: 880.0, steps: 1 }, 2));
        assert!(!measured(900.0, 880.0).0.is_doubtful());
    }

    #[test]
    fn a_step_of_seconds_is_taken_once_and_doubted() {
        let (cost, calls) = measured(2_500.0, 2_400.0);
        assert_eq!((cost, calls), (StepCost { step_ms: 2_500.0, steps: 1 }, 1));
        assert!(cost.is_doubtful());
    }

    #[test]
    fn quick_steps_fill_the_budget() {
        let (cost, calls) = measured(0.02, 0.01);
        assert!((cost.step_ms - 0.01).abs() < 1e-4 && cost.steps > 5_000 && calls < 20, "{cost:?} in {calls} calls");
    }

    #[test]
    fn a_trial_measures_at_least_a_step() {
        let experiment = Experiment::first_visit();
        let data = crate::data::load(&crate::data::Request::of(&experiment), Vec::new()).expect("a spiral needs no files");
        let mut trial = Trial::new(&experiment, &data, &Backend::Cpu).expect("the experiment is sound");
        let cost = pollster::block_on(async {
            trial.warm_up(&Parts::whole()).await?;
            trial.measure(&Parts::whole()).await
        });
        let cost = cost.expect("the CPU is never lost");
        assert!(cost.steps >= 1 && cost.step_ms > 0.0, "{cost:?}");
    }
}
