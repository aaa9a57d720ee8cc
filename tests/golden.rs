//! Every executor against PyTorch's answers: op cases forward and backward, in the manifests'
//! tolerances.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::executed::Executed;
use common::golden::{bundled_dir, golden_dir};
use common::golden_excerpt;
use common::golden_file::GoldenFile;
use common::golden_links;
use common::golden_ops::{Problem, Refusal, gpu_slack};
use common::golden_train::{self, Trainer, Trajectories};
use common::machine::adapter;
use descent::exec::{Backend, Executor};
use descent::graph::NodeId;
use descent::graph::reference::{Feeds, evaluate};
use descent::nn::Model;
use descent::plan::{ModelSpec, RoutineSpec, Target, compile};
use descent::tensor::Tensor;
use std::path::{Path, PathBuf};

/// Op files in which every case has to be supported.
const COMPLETE: [&str; 15] = [
    "activations",
    "elementwise",
    "matmul",
    "linear",
    "conv2d",
    "conv1d",
    "max_pool2d",
    "avg_pool2d",
    "global_avg_pool2d",
    "batch_norm",
    "dropout",
    "softmax",
    "reduce",
    "losses",
    "shape",
];
/// Cases of those that the engine has no op for.
const MISSING: [&str; 6] = ["index_select", "gather_1", "upsample_nearest_2", "upsample_bilinear_2", "upsample_bilinear_ac", "cumsum_1"];

/// The op files of `GOLDEN_DIR` or `../shared/golden`; where that is absent, those of the bundled
/// excerpt.
fn op_files() -> Vec<GoldenFile> {
    let Some(dir) = golden_dir() else { return golden_excerpt::op_files().collect() };
    let dir = dir.join("ops");
    let listed = std::fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let paths = listed.map(|entry| entry.expect("a readable folder").path());
    let mut manifests: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    manifests.sort();
    assert!(!manifests.is_empty(), "{} holds no manifests", dir.display());
    let read = |path: &Path| std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    manifests.iter().map(|path| GoldenFile::parse(&read(path), &read(&path.with_extension("safetensors")))).collect()
}

/// Runs every op file, prints a line for each, and fails if a case failed or a case is missing that
/// should not be.
fn run_ops(executor: &str, compute: impl Fn(&Problem) -> Vec<Vec<f64>>) {
    let mut complaints = 0;
    for file in op_files() {
        let (mut passed, mut failed, mut unsupported) = (0, Vec::new(), Vec::new());
        for case in &file.cases {
            let verdict = match Problem::new(&file, case) {
                Err(Refusal::Unsupported) => {
                    unsupported.push(case.name.as_str());
                    continue;
                }
                Err(Refusal::Shape(error)) => Err(error.to_string()),
                Ok(problem) => {
                    let slack = if executor == "gpu" { gpu_slack } else { |_: &str, _: &str, _: f64| 1.0 };
                    problem.judge(&compute(&problem), |wanted| slack(&file.op, &case.name, wanted.rtol))
                }
            };
            match verdict {
                Ok(()) => passed += 1,
                Err(why) => failed.push(format!("{}: {why}", case.name)),
            }
        }
        println!("golden ops/{} {executor}: {passed} passed, {} failed, {} unsupported", file.op, failed.len(), unsupported.len());
        failed.iter().for_each(|failure| println!("  failed {failure}"));
        if !unsupported.is_empty() {
            println!("  unsupported {}", unsupported.join(", "));
        }
        complaints += failed.len();
        if COMPLETE.contains(&&*file.op) {
            complaints += unsupported.iter().filter(|name| !MISSING.contains(name)).count();
        }
    }
    assert_eq!(complaints, 0, "golden cases failed, or were unsupported that should be supported; they are named above");
}

/// Compiles and runs a problem as a program of one routine.
fn run_program(problem: &Problem, backend: &Backend) -> Vec<Vec<f64>> {
    let outputs = problem.wanted.iter().map(|wanted| (wanted.name.clone(), wanted.node)).collect();
    let routine = RoutineSpec { name: "case", graph: problem.graph.clone(), outputs, fetch: None, training: None, tally: None };
    let model = ModelSpec { routines: vec![routine], is_regularised: Vec::new(), update: None, data_words: [0; 3] };
    let program = compile(&model, backend.target()).unwrap_or_else(|error| panic!("a golden case does not compile: {error}"));
    let mut executor = Executor::new(backend, program).unwrap_or_else(|error| panic!("{error}"));
    let routine = executor.program().routines[0].clone();
    for (tensor, value) in routine.inputs.iter().zip(&problem.inputs) {
        executor.write(tensor.slice, bytemuck::cast_slice(value.to_f32().data())).expect("the device is there");
    }
    executor.run(0, 1).expect("the device is there");
    let slices: Vec<_> = routine.outputs.iter().map(|tensor| tensor.slice).collect();
    let words = pollster::block_on(executor.read(&slices)).expect("the device is there");
    words.iter().map(|words| words.iter().map(|word| f64::from(f32::from_bits(*word))).collect()).collect()
}

#[test]
fn reference_gives_pytorchs_answers() {
    run_ops("reference", |problem| {
        let nodes: Vec<NodeId> = problem.wanted.iter().map(|wanted| wanted.node).collect();
        let values = evaluate(&problem.graph, &Feeds { inputs: &problem.inputs, ..Feeds::default() }, &nodes);
        values.into_iter().map(|value| value.into_data()).collect()
    });
}

#[test]
fn cpu_gives_pytorchs_answers() {
    run_ops("cpu", |problem| run_program(problem, &Backend::Cpu));
}

/// With the kernels of both kinds of adapter. They share a device, so that a text which is the same
/// for both is compiled once.
#[test]
fn gpu_gives_pytorchs_answers() {
    let Some(device) = adapter() else { return };
    for target in [Target::Gpu, Target::SoftwareGpu] {
        let backend = Backend::Gpu(device.with_target(target));
        run_ops("gpu", |problem| run_program(problem, &backend));
    }
}

/// Runs the first `most` trajectories of every model of `train/`, of the bundled files and of those
/// that may be beside them. What the engine lacks for a model is said, and its runs are counted.
fn run_training(
    executor: &str,
    tolerance: &str,
    most: usize,
    mut trainer: impl FnMut(&Trajectories, &Model, Vec<Tensor<f64>>) -> Box<dyn Trainer>,
) {
    let mut failed = 0;
    for dir in [Some(bundled_dir()), golden_dir()].into_iter().flatten() {
        for model in golden_train::models(&dir) {
            failed += golden_train::run(&dir, &model, executor, tolerance, most, &mut trainer);
        }
    }
    assert_eq!(failed, 0, "training runs left PyTorch's trajectories; they are named above");
}

#[test]
fn reference_follows_pytorchs_training() {
    run_training("reference", "tol", usize::MAX, golden_train::interpreted);
}

#[test]
fn cpu_follows_pytorchs_training() {
    run_training("cpu", "tol", usize::MAX, |file, model, params| Box::new(Executed::start(file, model, &params, &Backend::Cpu)));
}

/// One run of each model with the kernels of the other kind of adapter, since those answer to all
/// op cases already.
#[test]
fn gpu_follows_pytorchs_training() {
    let Some(device) = adapter() else { return };
    let other = if device.target() == Target::Gpu { Target::SoftwareGpu } else { Target::Gpu };
    for (target, executor, most) in [(device.target(), "gpu", usize::MAX), (other, "gpu with the other kernels", 1)] {
        let backend = Backend::Gpu(device.with_target(target));
        run_training(executor, "tol_gpu", most, |file, model, params| Box::new(Executed::start(file, model, &params, &backend)));
    }
}

#[test]
fn reference_trains_playground_links_as_the_original_does() {
    let Some(dir) = golden_dir() else { return };
    assert_eq!(golden_links::run(&dir), 0);
}
