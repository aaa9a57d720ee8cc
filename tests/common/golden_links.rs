//! TensorFlow Playground's links, trained by the f64 interpreter through the real chain: link,
//! experiment, model, graph, gradients, update.

use super::golden::number;
use super::interpreter::{Batch, Interpreter};
use descent::data::Samples;
use descent::nn::{Model, Routines};
use descent::plan::kernel::{Gather, Order, Stored};
use descent::spec::link::{self, Link};
use descent::spec::points::{Points, points};
use descent::spec::{Experiment, Features};
use descent::tensor::Tensor;
use descent::train::blueprint;
use serde_json::Value;
use std::path::Path;

/// Trains every link of `dir/playground/links.json` and prints the line of the contract; returns
/// how many failed.
pub fn run(dir: &Path) -> usize {
    let text = std::fs::read_to_string(dir.join("playground/links.json")).expect("the file is readable");
    let file: Value = serde_json::from_str(&text).expect("it is JSON");
    let links = file["links"].as_array().expect("a list");
    let failures: Vec<String> =
        links.iter().filter_map(|link| Trained::check(link).err().map(|why| format!("{}: {why}", link["hash"]))).collect();
    println!("golden playground reference: {} passed, {} failed, 0 unsupported", links.len() - failures.len(), failures.len());
    failures.iter().for_each(|why| println!("  failed: {why}"));
    failures.len()
}

/// A link in training.
struct Trained {
    set: Points,
    features: Features,
    batch_size: usize,
    interpreter: Interpreter,
    epochs: usize,
}

impl Trained {
    /// Whether points, first weights, losses and last weights are those of the original.
    fn check(case: &Value) -> Result<(), String> {
        let (Link { experiment, .. }, notices) = link::read(case["hash"].as_str().expect("a text"));
        if let Some(notice) = notices.first() {
            return Err(notice.to_string());
        }
        let mut run = Self::start(&experiment, None);
        run.has_points(case)?;
        run.has_weights(&case["weights0"], &case["biases0"], 1e-12)?;

        // A change of 1e-12 of one weight, each of the first few in turn, tells how far rounding
        // alone may carry a run.
        let mut changed: Option<Vec<Self>> = None;
        let mut moved = [0.0; 2];
        for want in case["losses"].as_array().expect("a list") {
            let epoch = number(&want["epoch"]) as usize;
            run.train_until(epoch);
            let got = run.losses();
            let want = [number(&want["train"]), number(&want["test"])];
            let is_close = |part: usize, slack: f64| (got[part] - want[part]).abs() <= (1e-9 * want[part].abs()).max(slack);
            if is_close(0, 0.0) && is_close(1, 0.0) {
                continue;
            }
            let first = || (0..run.interpreter.params[0].data().len().min(8)).flat_map(|at| [(at, 1e-12), (at, -1e-12)]);
            for other in changed.get_or_insert_with(|| first().map(|change| Self::start(&experiment, Some(change))).collect()) {
                other.train_until(epoch);
                let losses = other.losses();
                for part in 0..2 {
                    moved[part] = f64::max(moved[part], (losses[part] - got[part]).abs());
                }
            }
            if !is_close(0, moved[0]) || !is_close(1, moved[1]) {
                return Err(format!("losses after {epoch} epochs are {got:?}, not {want:?}; a change of 1e-12 moves them by {moved:?}"));
            }
        }
        // Where rounding moves the losses, it moves the weights too.
        if changed.is_some() { Ok(()) } else { run.has_weights(&case["weights100"], &case["biases100"], 1e-8) }
    }

    /// The experiment's data and model, one of its first layer's weights changed where that is
    /// asked for.
    fn start(experiment: &Experiment, change: Option<(usize, f64)>) -> Self {
        let set = points(experiment.dataset, experiment.noise / 100.0, experiment.train_percent, &experiment.seed).expect("a 2-D set");
        let samples = Samples::from_points(&set, experiment.features);
        let (batch, largest) = (experiment.batch_size, samples.train_rows.max(samples.test_rows));
        let gather = |order, batch, capacity| Gather {
            order,
            first_row: 0,
            rows: samples.train_rows,
            batch,
            capacity,
            feature_len: samples.feature_len(),
            features: Stored::F32,
            target_len: 1,
            target: Stored::F32,
        };
        let routines = Routines {
            data_words: samples.data_words(0),
            step: Some((gather(Order::Stream, batch, batch + samples.train_rows % batch), blueprint::update(experiment))),
            evaluations: vec![("evaluate", gather(Order::Sequential, largest, largest))],
            probes: Vec::new(),
        };
        let architecture = blueprint::architecture(experiment, &samples).expect("a link can be built");
        let model = Model::build(&architecture, &routines).expect("the graph follows from the outline");
        let mut random = set.random.clone();
        let mut params = model.playground_params(|| random.uniform());
        if let Some((at, by)) = change {
            params[0].data_mut()[at] += by;
        }
        Self { set, features: experiment.features, batch_size: batch, interpreter: Interpreter::new(&model, params), epochs: 0 }
    }

    /// Trains whole epochs: all points in order, an update after every `batch_size` of them; what
    /// is left over at the end of an epoch joins the first update of the next.
    fn train_until(&mut self, epochs: usize) {
        let (rows, batch) = (self.set.train_rows, self.batch_size);
        let left_over = rows % batch;
        for epoch in self.epochs..epochs {
            for step in 0..rows / batch {
                let mut taken: Vec<usize> = if epoch > 0 && step == 0 { (rows - left_over..rows).collect() } else { Vec::new() };
                taken.extend(step * batch..(step + 1) * batch);
                let batch = self.batch(&taken, batch + left_over);
                self.interpreter.train(&batch);
            }
        }
        self.epochs = epochs;
    }

    /// Mean losses of the training and the test points.
    fn losses(&self) -> [f64; 2] {
        let (train, all) = (self.set.train_rows, self.set.points.len());
        let largest = train.max(all - train);
        [0..train, train..all].map(|rows| self.interpreter.loss(&self.batch(&rows.collect::<Vec<_>>(), largest)))
    }

    /// Points as rows of a batch, followed by rows of zeros.
    fn batch(&self, rows: &[usize], capacity: usize) -> Batch {
        let columns = self.features.count();
        let mut features = vec![0.0; capacity * columns];
        let mut target = vec![0.0; capacity];
        for (at, row) in rows.iter().enumerate() {
            let point = self.set.points[*row];
            features[at * columns..][..columns].iter_mut().zip(self.features.values(point.x, point.y)).for_each(|(to, from)| *to = from);
            target[at] = point.label;
        }
        Batch { features: Tensor::new([capacity, columns], features), target: Tensor::new([capacity, 1], target), valid: rows.len() }
    }

    fn has_points(&self, case: &Value) -> Result<(), String> {
        let (train, test) = self.set.points.split_at(self.set.train_rows);
        if [train.len(), test.len()].map(|len| len as f64) != [number(&case["counts"][0]), number(&case["counts"][1])] {
            return Err(format!("there are {} and {} points, not {}", train.len(), test.len(), case["counts"]));
        }
        let inputs: Vec<&str> = (0..7).filter(|bit| self.features.0 >> bit & 1 == 1).map(|bit| Features::NAMES[bit]).collect();
        if case["inputs"] != Value::from(inputs.clone()) {
            return Err(format!("the inputs are {inputs:?}, not {}", case["inputs"]));
        }
        let flat =
            |points: &[descent::spec::points::Point]| points.iter().flat_map(|point| [point.x, point.y, point.label]).collect::<Vec<_>>();
        let sums = |points: &[descent::spec::points::Point]| {
            (0..3).map(|axis| flat(points).iter().skip(axis).step_by(3).sum()).collect::<Vec<f64>>()
        };
        let first = case["train_first"].as_array().expect("a list").len().min(train.len());
        let last = case["test_last"].as_array().expect("a list").len().min(test.len());
        agree("first training points", &flat(&train[..first]), &case["train_first"], 1e-12)?;
        agree("last test points", &flat(&test[test.len() - last..]), &case["test_last"], 1e-12)?;
        // A sum of hundreds of numbers up to 6 is exact to their rounding only.
        agree("sum of training points", &sums(train), &case["train_sum"], 1e-11)?;
        agree("sum of test points", &sums(test), &case["test_sum"], 1e-11)
    }

    /// Compares weights, listed by unit and then by input as in the original, and biases.
    fn has_weights(&self, weights: &Value, biases: &Value, tolerance: f64) -> Result<(), String> {
        let (mut by_unit, mut all_biases) = (Vec::new(), Vec::new());
        for pair in self.interpreter.params.chunks(2) {
            let [weight, bias] = pair else { panic!("each layer has a weight and a bias") };
            let units = weight.shape()[1];
            by_unit.extend((0..units).flat_map(|unit| weight.data().iter().skip(unit).step_by(units)));
            all_biases.extend(bias.data());
        }
        agree("weights", &by_unit, weights, tolerance)?;
        agree("biases", &all_biases, biases, tolerance)
    }
}

/// Compares numbers with a list, or a list of lists, of a file, relative to what is larger than 1.
fn agree(what: &str, got: &[f64], want: &Value, tolerance: f64) -> Result<(), String> {
    let list = want.as_array().expect("a list");
    let want: Vec<f64> = list
        .iter()
        .flat_map(|entry| entry.as_array().map_or_else(|| vec![number(entry)], |row| row.iter().map(number).collect()))
        .collect();
    if got.len() != want.len() {
        return Err(format!("{} {what}, not {}", got.len(), want.len()));
    }
    for (at, (got, want)) in got.iter().zip(&want).enumerate() {
        let error = (got - want).abs() / want.abs().max(1.0);
        if error.is_nan() || error > tolerance {
            return Err(format!("{what}: number {at} is {got}, not {want} (off by {error:.1e}, limit {tolerance:.1e})"));
        }
    }
    Ok(())
}
