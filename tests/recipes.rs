//! The recipes of `golden/ACCURACY.md` reach their floors: what one run of PyTorch would reach at
//! its unluckiest.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::machine::{adapter, bundled, data_in};
use descent::data::Loaded;
use descent::exec::Backend;
use descent::spec::{Dataset, Experiment, ModelChoice, OptimizerChoice};
use descent::train::{Part, Session};
use pollster::block_on;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The seeds of the runs that are held to a floor.
const SEEDS: RangeInclusive<u32> = 1..=3;

/// Mean and standard deviation of `digits_cnn` over 197 runs of PyTorch's recipe (seeds 1000 to
/// 1196, of which the table's five are the first).
///
/// The table's floor of 92.5 % is that of its five runs, whose standard deviation of 0.58 points is
/// half the true one: 8 of the 197 stay below it, as do 17 of this engine's seeds 1 to 256 (mean
/// 94.37 %, standard deviation 1.10), among them 1 to 3. Most of the spread is that of the initial
/// weights: those of seeds 2 and 3 average 92.6 % and 92.9 % over twelve orders of the samples.
const DIGITS_CNN_MEAN: f64 = 0.9436;
const DIGITS_CNN_SD: f64 = 0.01105;

/// A network trained for some epochs, and the share of test samples that one run must answer.
struct Recipe {
    name: &'static str,
    dataset: Dataset,
    model: ModelChoice,
    optimizer: OptimizerChoice,
    learning_rate: f64,
    batch_size: usize,
    epochs: usize,
    floor: f64,
}

const DIGITS_MLP: Recipe = Recipe {
    name: "digits_mlp",
    dataset: Dataset::Digits,
    model: ModelChoice::Mlp,
    optimizer: OptimizerChoice::Sgd,
    learning_rate: 0.1,
    batch_size: 32,
    epochs: 20,
    floor: 0.938,
};
const DIGITS_CNN: Recipe = Recipe {
    name: "digits_cnn",
    model: ModelChoice::Cnn,
    optimizer: OptimizerChoice::Adam,
    learning_rate: 1e-3,
    epochs: 15,
    // The table's rule, mean - 4 sd.
    floor: DIGITS_CNN_MEAN - 4.0 * DIGITS_CNN_SD,
    ..DIGITS_MLP
};
const DIGITS_CNN_BN: Recipe = Recipe { name: "digits_cnn_bn", model: ModelChoice::CnnNorm, floor: 0.956, ..DIGITS_CNN };
const MNIST_MLP: Recipe = Recipe { name: "mnist_mlp", dataset: Dataset::Mnist, batch_size: 64, epochs: 1, floor: 0.919, ..DIGITS_MLP };
const MNIST_CNN: Recipe = Recipe { name: "mnist_cnn", dataset: Dataset::Mnist, batch_size: 64, epochs: 1, floor: 0.960, ..DIGITS_CNN };

impl Recipe {
    fn experiment(&self, seed: u32) -> Experiment {
        Experiment {
            model: self.model.model(self.dataset).expect("the model fits"),
            optimizer: self.optimizer,
            learning_rate: self.learning_rate,
            batch_size: self.batch_size,
            seed: seed.to_string(),
            ..Experiment::start(self.dataset)
        }
    }

    /// The share of test samples that are answered after training with a seed.
    fn accuracy(&self, data: &Rc<Loaded>, backend: &Backend, seed: u32) -> f64 {
        let mut session = Session::new(&self.experiment(seed), data, backend).expect("the experiment is sound");
        block_on(session.run((self.epochs * session.epoch_steps()) as u32)).expect("the device is there");
        let test = block_on(session.evaluate(Part::Test)).expect("the device is there").expect("there are test samples");
        test.accuracy.expect("classes are answered right or wrong")
    }

    /// Trains with each seed and compares with the floor.
    fn reaches_its_floor(&self, data: &Rc<Loaded>, backend: &Backend, executor: &str, seeds: RangeInclusive<u32>) {
        for seed in seeds {
            let accuracy = self.accuracy(data, backend, seed);
            println!("recipe {} {executor}, seed {seed}: {accuracy:.4}, floor {}", self.name, self.floor);
            assert!(accuracy >= self.floor, "{} with seed {seed} reaches {accuracy:.4}, not {}", self.name, self.floor);
        }
    }
}

fn digits() -> Rc<Loaded> {
    bundled(&Experiment::start(Dataset::Digits))
}

#[test]
fn digits_mlp_reaches_its_floor() {
    DIGITS_MLP.reaches_its_floor(&digits(), &Backend::Cpu, "cpu", SEEDS);
}

#[test]
fn digits_cnn_reaches_its_floor() {
    DIGITS_CNN.reaches_its_floor(&digits(), &Backend::Cpu, "cpu", SEEDS);
}

#[test]
fn digits_cnn_is_as_good_as_pytorchs_on_average() {
    const RUNS: u32 = 24;
    let data = digits();
    let mean = (1..=RUNS).map(|seed| DIGITS_CNN.accuracy(&data, &Backend::Cpu, seed)).sum::<f64>() / f64::from(RUNS);
    // Three standard errors of such a mean; a lucky average shows test samples that were trained
    // on.
    let margin = 3.0 * DIGITS_CNN_SD / f64::from(RUNS).sqrt();
    println!("recipe digits_cnn cpu, seeds 1 to {RUNS}: {mean:.4}, PyTorch's {DIGITS_CNN_MEAN} ± {margin:.4}");
    assert!((mean - DIGITS_CNN_MEAN).abs() <= margin, "the mean of {RUNS} runs is {mean:.4}, PyTorch's {DIGITS_CNN_MEAN}");
}

#[test]
fn digits_cnn_bn_reaches_its_floor() {
    DIGITS_CNN_BN.reaches_its_floor(&digits(), &Backend::Cpu, "cpu", SEEDS);
}

#[test]
fn digits_cnn_reaches_its_floor_on_the_gpu() {
    let Some(device) = adapter() else { return };
    DIGITS_CNN.reaches_its_floor(&digits(), &Backend::Gpu(device), "gpu", 1..=1);
}

/// The folder of large sets, where it is there.
fn large_sets() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if folder.join("data/mnist").is_dir() {
        return Some(folder);
    }
    println!("skipped: no MNIST at {}", folder.display());
    None
}

#[test]
#[ignore = "a minute or more: an epoch of 60,000 images, three times"]
fn mnist_mlp_reaches_its_floor() {
    let Some(folder) = large_sets() else { return };
    MNIST_MLP.reaches_its_floor(&data_in(&folder, &Experiment::start(Dataset::Mnist)), &Backend::Cpu, "cpu", SEEDS);
}

#[test]
#[ignore = "minutes: an epoch of 60,000 images, three times"]
fn mnist_cnn_reaches_its_floor() {
    let Some(folder) = large_sets() else { return };
    MNIST_CNN.reaches_its_floor(&data_in(&folder, &Experiment::start(Dataset::Mnist)), &Backend::Cpu, "cpu", SEEDS);
}
