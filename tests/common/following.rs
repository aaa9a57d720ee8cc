//! A short run, by an executor and by the f64 interpreter on the same rows.

use super::interpreter::{Batch, Interpreter};
use descent::data::{Column, Samples};
use descent::exec::{Backend, Executor};
use descent::nn::{Architecture, LayerError, Model, Routines};
use descent::plan::kernel::{Gather, Order, Stored};
use descent::plan::update::Update;
use descent::plan::{Role, compile, state};
use descent::spec::random::{Stream, key, permute};
use descent::tensor::{Shape, Tensor};
use descent::train::FirstValues;

/// A model in training on samples in shuffled order, from the weights of seed 1.
pub struct Following {
    samples: Samples,
    model: Model,
    learning_rate: f64,
    batch: usize,
    params: Vec<Tensor<f64>>,
    order_key: u32,
}

impl Following {
    /// Refuses layers that do not fit the input, whose extents are those of a sample.
    pub fn new(samples: Samples, architecture: &Architecture, update: Update, batch: usize) -> Result<Self, LayerError> {
        let stored = |column: &Column| match column {
            Column::U8 { scale, .. } => Stored::U8 { scale: *scale },
            Column::F32(_) => Stored::F32,
        };
        let gather = Gather {
            order: Order::Shuffled,
            first_row: 0,
            rows: samples.train_rows,
            batch,
            capacity: batch,
            feature_len: samples.feature_len(),
            features: stored(&samples.features),
            target_len: 1,
            target: stored(&samples.target),
        };
        let routines = Routines { data_words: samples.data_words(0), step: Some((gather, update)), evaluations: vec![], probes: vec![] };
        let model = Model::build(architecture, &routines)?;
        let params = model.first_params(1).iter().map(|param| param.to_f32().to_f64()).collect();
        let learning_rate = update.learning_rate;
        Ok(Self { samples, model, learning_rate, batch, params, order_key: key(1, Stream::Order) })
    }

    /// The loss of each batch by an executor.
    pub fn losses(&self, backend: &Backend, steps: usize) -> Vec<f64> {
        assert!(steps <= state::RING_LEN, "the state remembers {} losses", state::RING_LEN);
        let program = compile(&self.model.spec, backend.target()).expect("the model compiles");
        let mut executor = Executor::new(backend, program).expect("its kernels compile");
        let data = executor.program().whole(Role::Data).expect("samples are resident");
        executor.write(data, &self.samples.pack(&[]).words).expect("the device is there");
        let first_values = FirstValues {
            params: &self.params,
            stats: &self.model.first_stats(),
            learning_rate: self.learning_rate,
            order_key: self.order_key,
            dropout_key: 0,
        };
        first_values.write(&mut executor).expect("the device is there");
        let state = executor.program().state().expect("a step has a state");
        executor.run(0, steps as u32).expect("the device is there");
        let words = pollster::block_on(executor.read(&[state])).expect("the device is there").remove(0);
        words[state::RING..][..steps].iter().map(|word| f64::from(f32::from_bits(*word))).collect()
    }

    /// The loss of each batch by the interpreter.
    pub fn expected(&self, steps: usize) -> Vec<f64> {
        self.expected_from(self.params.clone(), 0.0, steps)
    }

    /// The same with first weights and gradients that are off by one part in ten million, as a
    /// rounding error of f32 would be; a gradient, by that part of its tensor's largest.
    pub fn expected_nearby(&self, steps: usize) -> Vec<f64> {
        let mut signs = [1.0 + 1e-7, 1.0 - 1e-7, 1.0 - 1e-7].into_iter().cycle();
        let params = self.params.iter().map(|param| param.map(|value| value * signs.next().expect("there is no end to it")));
        self.expected_from(params.collect(), 1e-7, steps)
    }

    fn expected_from(&self, params: Vec<Tensor<f64>>, rounding: f64, steps: usize) -> Vec<f64> {
        let mut interpreter = Interpreter::new(&self.model, params);
        interpreter.rounding = rounding;
        (0..steps).map(|step| interpreter.train(&self.rows(step))).collect()
    }

    /// The rows of a step: a slice of the epoch's permutation.
    fn rows(&self, step: usize) -> Batch {
        let (rows, len, extent) = (self.samples.train_rows, self.samples.feature_len(), self.batch);
        let steps = rows.div_ceil(extent);
        let (epoch, first) = (step / steps, step % steps * extent);
        let valid = extent.min(rows - first);
        let (mut features, mut target) = (vec![0.0; extent * len], vec![0.0; extent]);
        for at in 0..valid {
            let row = permute(self.order_key, epoch as u32, rows as u32, (first + at) as u32) as usize;
            features[at * len..][..len].iter_mut().zip(self.samples.feature_row(row)).for_each(|(to, from)| *to = f64::from(from));
            target[at] = f64::from(self.samples.target.value(row));
        }
        let shape: Vec<usize> = std::iter::once(extent).chain(self.samples.feature_shape.iter().copied()).collect();
        let target_shape = if self.samples.classes > 0 { Shape::from([extent]) } else { Shape::from([extent, 1]) };
        Batch { features: Tensor::new(shape, features), target: Tensor::new(target_shape, target), valid }
    }
}
