//! What the buffers of a program hold before its first step.

use crate::exec::{ExecError, Executor};
use crate::plan::{Slice, state};
use crate::tensor::Tensor;

/// From what a program that trains starts.
#[derive(Clone, Copy, Debug)]
pub struct FirstValues<'a> {
    /// The parameters, in the program's order.
    pub params: &'a [Tensor<f64>],
    /// The running statistics, in the program's order.
    pub stats: &'a [Tensor<f64>],
    /// The learning rate before the schedule.
    pub learning_rate: f64,
    /// The key of the order of samples.
    pub order_key: u32,
    /// The key of dropout masks.
    pub dropout_key: u32,
}

impl FirstValues<'_> {
    /// Writes parameters, moments, statistics and the state. Samples stay as they are.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    ///
    /// # Panics
    /// If the program does not train.
    pub fn write(&self, executor: &mut Executor) -> Result<(), ExecError> {
        let program = executor.program();
        let update = program.update.expect("the program trains");
        let tensors = program.params.iter().zip(self.params).chain(program.stats.iter().zip(self.stats));
        let mut writes: Vec<(Slice, Vec<u32>)> = tensors.map(|(tensor, value)| (tensor.slice, words(value))).collect();
        for (number, moment) in program.moments().enumerate() {
            writes.push((moment, vec![(update.initial_moment(number) as f32).to_bits(); moment.len]));
        }
        let mut words = vec![0; state::LEN];
        words[state::LEARNING_RATE] = (self.learning_rate as f32).to_bits();
        words[state::PENALTY_RATE] = (update.penalty.rate() as f32).to_bits();
        words[state::ORDER_KEY] = self.order_key;
        words[state::DROPOUT_KEY] = self.dropout_key;
        writes.push((program.state().expect("a program that trains has a state"), words));
        for (slice, words) in writes {
            executor.write(slice, &words)?;
        }
        Ok(())
    }
}

/// The bits of a tensor's values, rounded to f32.
fn words(tensor: &Tensor<f64>) -> Vec<u32> {
    tensor.data().iter().map(|value| (*value as f32).to_bits()).collect()
}
