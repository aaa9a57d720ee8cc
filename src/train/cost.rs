//! What a step costs on a device, measured on a copy of a run so that the run itself is untouched.

use super::clock::now_ms;
use super::session::{BuildError, Place, Session};
use crate::data::{Column, Loaded, Samples};
use crate::exec::ExecError;
use crate::experiment::Experiment;
use std::rc::Rc;

/// How long a measurement may take; a single step may take longer.
const BUDGET_MS: f64 = 80.0;
/// Batches of the copy: the work of a step does not depend on how many samples there are.
const BATCHES: usize = 4;

/// A measured cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cost {
    /// Milliseconds a step.
    pub step_ms: f64,
    /// Steps measured.
    pub steps: u32,
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
    pub fn new(experiment: &Experiment, data: &Loaded, place: &Place) -> Result<Self, BuildError> {
        let rows = experiment.batch_size * BATCHES;
        let excerpt = Loaded { samples: excerpt(&data.samples, rows), points: data.points.clone() };
        Session::new(experiment, &Rc::new(excerpt), place).map(|session| Self { session })
    }

    /// Takes a first step, which prepares what is prepared only once.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn warm_up(&mut self) -> Result<(), ExecError> {
        self.session.run(1)?;
        self.session.wait().await
    }

    /// Measures.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn measure(&mut self) -> Result<Cost, ExecError> {
        let (began, mut done, mut steps) = (now_ms(), 0, 1);
        loop {
            let began_steps = now_ms();
            self.session.run(steps)?;
            self.session.wait().await?;
            done += steps;
            let now = now_ms();
            let left_ms = BUDGET_MS - (now - began);
            let step_ms = (now - began_steps) / f64::from(steps);
            if left_ms < step_ms || left_ms <= 0.0 {
                return Ok(Cost { step_ms: (now - began) / f64::from(done), steps: done });
            }
            // Many steps at once hide the wait for the answer, as in training; the first ones only say how many fit.
            steps = (left_ms * 0.9 / step_ms.max(1e-3)).clamp(1.0, f64::from(steps) * 16.0) as u32;
        }
    }
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

    #[test]
    fn a_trial_measures_at_least_a_step() {
        let experiment = Experiment::first_visit();
        let request = crate::data::Request {
            dataset: experiment.dataset,
            noise: 0.0,
            train_percent: 50.0,
            features: experiment.features,
            seed: "1".into(),
        };
        let data = crate::data::load(&request, Vec::new()).expect("a spiral needs no files");
        let mut trial = Trial::new(&experiment, &data, &Place::Cpu).expect("the experiment is sound");
        let cost = pollster::block_on(async {
            trial.warm_up().await?;
            trial.measure().await
        });
        let cost = cost.expect("the CPU is never lost");
        assert!(cost.steps >= 1 && cost.step_ms > 0.0, "{cost:?}");
    }
}
