//! Trains a golden model on an executor.

use super::golden_train::{Trainer, Trajectories};
use descent::exec::{Backend, Executor};
use descent::nn::Model;
use descent::plan::{Role, Slice, compile, state};
use descent::tensor::Tensor;
use descent::train::FirstValues;

/// A model on an executor.
pub struct Executed {
    executor: Executor,
    done: usize,
}

impl Executed {
    /// Compiles the model, and writes its samples and first values.
    pub fn start(file: &Trajectories, model: &Model, params: &[Tensor<f64>], backend: &Backend) -> Self {
        let program = compile(&model.spec, backend.target()).expect("the model compiles");
        let mut executor = Executor::new(backend, program).unwrap_or_else(|error| panic!("{error}"));
        let (samples, list) = file.samples();
        let data = executor.program().whole(Role::Data).expect("samples are resident");
        executor.write(data, &samples.pack(list).words).expect("the device is there");
        let first_values = FirstValues {
            params,
            stats: &model.first_stats(),
            learning_rate: model.spec.update.expect("the model trains").learning_rate,
            order_key: 0,
            dropout_key: 0,
        };
        first_values.write(&mut executor).expect("the device is there");
        Self { executor, done: 0 }
    }

    fn read(&mut self, slices: &[Slice]) -> Vec<Vec<f64>> {
        let words = pollster::block_on(self.executor.read(slices)).expect("the device is there");
        words.iter().map(|words| words.iter().map(|word| f64::from(f32::from_bits(*word))).collect()).collect()
    }
}

impl Trainer for Executed {
    fn advance(&mut self, steps: usize) {
        let routine = self.executor.program().routine("step").expect("the model trains");
        self.executor.run(routine, (steps - self.done) as u32).expect("the device is there");
        self.done = steps;
    }

    fn params(&mut self) -> Vec<Tensor<f64>> {
        let params = self.executor.program().params.clone();
        let slices: Vec<Slice> = params.iter().map(|param| param.slice).collect();
        params.iter().zip(self.read(&slices)).map(|(param, values)| Tensor::new(param.shape.clone(), values)).collect()
    }

    fn losses(&mut self) -> Vec<f64> {
        let state = self.executor.program().state().expect("a step has a state");
        let ring = Slice { offset: state.offset + state::RING, len: self.done, ..state };
        self.read(&[ring]).remove(0)
    }
}
