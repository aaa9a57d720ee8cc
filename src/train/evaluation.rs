//! The loss and the accuracy of a run over a part of its samples.

use super::parts::Parts;
use super::session::Session;
use crate::exec::ExecError;
use crate::plan::kernel::Gather;
use crate::plan::state;

/// A part of the samples that is evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// What is trained on.
    Train,
    /// What is tested on.
    Test,
}

/// The mean over a part of the samples.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Evaluation {
    /// Mean loss.
    pub loss: f64,
    /// Share answered correctly; `None` for regression.
    pub accuracy: Option<f64>,
}

impl Session {
    /// Samples that an evaluation of both parts goes through.
    pub fn evaluated_rows(&self) -> usize {
        [Part::Train, Part::Test].into_iter().filter_map(|part| Some(self.evaluation(part)?.1.rows)).sum()
    }

    /// Starts an evaluation and says of how many chunks it consists; 0 if there is nothing to
    /// evaluate.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub fn begin_evaluation(&mut self, part: Part) -> Result<u32, ExecError> {
        let Some((_, gather)) = self.evaluation(part) else { return Ok(0) };
        let (first_row, chunks) = (gather.first_row as u32, gather.epoch_steps() as u32);
        self.executor.write(self.words(state::TALLY_ROW, 3), &[first_row, 0, 0])?;
        Ok(chunks)
    }

    /// Evaluates the next chunk, in parts. If the future is dropped before it is ready, the
    /// evaluation is to be begun again.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn continue_evaluation<B: AsyncFn()>(&mut self, part: Part, parts: &Parts<B>) -> Result<(), ExecError> {
        match self.evaluation(part) {
            Some((routine, _)) => self.run_in_parts(routine, parts).await,
            None => Ok(()),
        }
    }

    /// The result of an evaluation whose chunks have all been asked for; `None` if there is nothing
    /// to evaluate.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn end_evaluation(&mut self, part: Part) -> Result<Option<Evaluation>, ExecError> {
        let Some(rows) = self.evaluation(part).map(|(_, gather)| gather.rows as f64) else { return Ok(None) };
        let words = self.executor.read(&[self.words(state::TALLY_ROW, 3)]).await?.remove(0);
        let float = |word: u32| f64::from(f32::from_bits(word));
        let is_regression = !self.head.is_classification();
        let accuracy = (!is_regression).then(|| float(words[2]) / rows);
        Ok(Some(Evaluation { loss: float(words[1]) / rows, accuracy }))
    }

    /// Evaluates a part without a pause; `None` if there is nothing to evaluate.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn evaluate(&mut self, part: Part) -> Result<Option<Evaluation>, ExecError> {
        let chunks = self.begin_evaluation(part)?;
        if let Some((routine, _)) = self.evaluation(part) {
            self.executor.run(routine, chunks)?;
        }
        self.end_evaluation(part).await
    }

    fn evaluation(&self, part: Part) -> Option<(usize, &Gather)> {
        let name = match part {
            Part::Train => "evaluate-train",
            Part::Test => "evaluate",
        };
        let routine = self.program().routine(name)?;
        Some((routine, self.program().routines[routine].gather.as_ref()?))
    }
}
