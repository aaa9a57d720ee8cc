//! Saves a run as a [`Snapshot`] and restores it, on the same backend or another.

use super::session::Session;
use crate::exec::ExecError;
use crate::plan::{Program, Slice, Target, state};
use crate::tensor::Shape;
use descent_spec::snapshot::StoredTensor;
use descent_spec::{Experiment, Snapshot, SnapshotError, link};

/// The state words that a snapshot keeps, by the names of [`descent_spec::snapshot::COUNTERS`].
const COUNTERS: [(&str, usize); 13] = [
    ("done", state::DONE),
    ("bad-step", state::BAD_STEP),
    ("bad-tensor", state::BAD_TENSOR),
    ("epoch-loss", state::EPOCH_LOSS),
    ("epoch-rows", state::EPOCH_ROWS),
    ("last-epoch-loss", state::LAST_EPOCH_LOSS),
    ("epochs", state::EPOCHS),
    ("gradient-norm", state::GRAD_NORM),
    ("last-rate", state::LAST_RATE),
    ("learning-rate", state::LEARNING_RATE),
    ("penalty-rate", state::PENALTY_RATE),
    ("order-key", state::ORDER_KEY),
    ("dropout-key", state::DROPOUT_KEY),
];

/// Why a run cannot be restored.
#[derive(Clone, PartialEq, Debug)]
pub enum RestoreError {
    /// The snapshot is of another network.
    Snapshot(SnapshotError),
    /// The device is lost.
    Exec(ExecError),
}

impl From<SnapshotError> for RestoreError {
    fn from(error: SnapshotError) -> Self {
        RestoreError::Snapshot(error)
    }
}

impl From<ExecError> for RestoreError {
    fn from(error: ExecError) -> Self {
        RestoreError::Exec(error)
    }
}

impl Session {
    /// Everything from which the run goes on, here or elsewhere.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn snapshot(&mut self) -> Result<Snapshot, ExecError> {
        let known = tensors(self.executor.program());
        let mut slices: Vec<Slice> = known.iter().map(|(_, _, slice)| *slice).collect();
        slices.push(self.state);
        let mut words = self.executor.read(&slices).await?;
        let state = words.pop().expect("the state was asked for");
        let counters = COUNTERS.iter().map(|(name, at)| ((*name).to_owned(), state[*at])).collect();
        let tensors = known.into_iter().zip(words).map(|((name, shape, _), words)| (name, StoredTensor { shape: shape.to_vec(), words }));
        let tensors = tensors.collect();
        Ok(Snapshot { link: link::write_all(&self.experiment), target: target_name(self.target).into(), counters, tensors })
    }

    /// Goes on from a snapshot of the same network, taken here or elsewhere.
    ///
    /// # Errors
    /// [`RestoreError`] if it is of another network or the device is lost; the run is then as it
    /// was before or lost.
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<(), RestoreError> {
        let known = tensors(self.executor.program());
        if known.len() != snapshot.tensors.len() {
            let what = format!("it has {} tensors where {} are expected", snapshot.tensors.len(), known.len());
            return Err(SnapshotError::Mismatch(what).into());
        }
        let mut writes = Vec::with_capacity(known.len());
        for (name, shape, slice) in known {
            writes.push((slice, &snapshot.tensor(&name, &shape)?.words));
        }
        let mut words = vec![0; state::LEN];
        for (name, at) in COUNTERS {
            words[at] = snapshot.counter(name)?;
        }
        let Experiment { learning_rate, penalty_rate, .. } = &mut self.experiment;
        for (rate, at) in [(learning_rate, state::LEARNING_RATE), (penalty_rate, state::PENALTY_RATE)] {
            // A rate that is the same in f32 keeps its other digits.
            let saved = f32::from_bits(words[at]);
            if saved != *rate as f32 {
                *rate = f64::from(saved);
            }
        }
        for (slice, words) in writes {
            self.executor.write(slice, words)?;
        }
        self.executor.write(self.state, &words)?;
        Ok(())
    }
}

/// Everything that training changes beside the state: the name, the shape and the words of each
/// tensor.
fn tensors(program: &Program) -> Vec<(String, Shape, Slice)> {
    let params = program.params.iter().map(|tensor| (format!("params/{}", tensor.name), tensor.shape.clone(), tensor.slice));
    let moments = program.moments().enumerate().flat_map(|(number, all)| {
        program.params.iter().map(move |tensor| {
            let slice = Slice { buffer: all.buffer, offset: all.offset + tensor.slice.offset, ..tensor.slice };
            (format!("moment{number}/{}", tensor.name), tensor.shape.clone(), slice)
        })
    });
    let stats = program.stats.iter().map(|tensor| (format!("stats/{}", tensor.name), tensor.shape.clone(), tensor.slice));
    params.chain(moments).chain(stats).collect()
}

/// The name of a class of devices.
fn target_name(target: Target) -> &'static str {
    match target {
        Target::Cpu => "cpu",
        Target::SoftwareGpu => "software-gpu",
        Target::Gpu => "gpu",
    }
}
