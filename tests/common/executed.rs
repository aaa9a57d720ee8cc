//! Trains a golden model on an executor.

use super::golden_train::{Trainer, Trajectories};
use descent::exec::{Backend, Executor};
use descent::nn::Model;
use descent::plan::{Role, Slice, compile, state};
use descent::tensor::Tensor;

/// A model on an executor.
pub struct Executed {
    executor: Executor,
    done: usize,
}

impl Executed {
    /// Compiles the model, and writes its samples and first values.
    pub fn start(file: &Trajectories, model: &Model, params: &[Tensor<f64>], backend: &Backend) -> Self {
        let program = compile(&model.spec, backend.target()).expect("the model compiles");
        let executor = Executor::new(backend, program).unwrap_or_else(|error| panic!("{error}"));
        let mut run = Self { executor, done: 0 };
        let program = run.executor.program().clone();
        let update = program.update.expect("the model trains");

        let (samples, list) = file.samples();
        run.write(program.whole(Role::Data).expect("samples are resident"), &samples.pack(list).words);
        for (placed, value) in program.params.iter().zip(params) {
            run.write(placed.slice, bytemuck::cast_slice(value.to_f32().data()));
        }
        for (placed, value) in program.stats.iter().zip(model.first_stats()) {
            run.write(placed.slice, bytemuck::cast_slice(value.to_f32().data()));
        }
        let len = program.whole(Role::Params).expect("the model has parameters").len;
        for moment in 0..update.moments() {
            let slice = Slice { offset: moment * len, len, ..program.whole(Role::Moments).expect("the rule has moments") };
            run.write(slice, &vec![(update.first_moment(moment) as f32).to_bits(); len]);
        }
        let mut words = [0; state::LEN];
        words[state::LEARNING_RATE] = (update.learning_rate as f32).to_bits();
        run.write(program.whole(Role::State).expect("a step has a state"), &words);
        run
    }

    fn write(&mut self, slice: Slice, words: &[u32]) {
        self.executor.write(slice, words).expect("the device is there");
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
        let placed = self.executor.program().params.clone();
        let slices: Vec<Slice> = placed.iter().map(|placed| placed.slice).collect();
        placed.iter().zip(self.read(&slices)).map(|(placed, values)| Tensor::new(placed.shape.clone(), values)).collect()
    }

    fn losses(&mut self) -> Vec<f64> {
        let state = self.executor.program().whole(Role::State).expect("a step has a state");
        let ring = Slice { offset: state.offset + state::RING, len: self.done, ..state };
        self.read(&[ring]).remove(0)
    }
}
