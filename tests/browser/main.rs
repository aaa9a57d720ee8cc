//! The engine as browsers run it: in a dedicated worker of headless Chromium, on wasm SIMD and on
//! WebGPU.
#![cfg(target_arch = "wasm32")]

/// What the native suites use too.
#[allow(dead_code, unreachable_pub, reason = "it is public to the native suites, which use the rest")]
#[path = "../common"]
mod common {
    pub(crate) mod fingerprints;
    pub(crate) mod golden_excerpt;
    pub(crate) mod golden_file;
    pub(crate) mod golden_graphs;
    pub(crate) mod golden_ops;
}

use common::golden_excerpt;
use common::golden_ops::{Problem, Refusal, gpu_slack};
use descent::data::{Loaded, Request, digits, load, strokes};
use descent::exec::gpu::Device;
use descent::exec::{Backend, Executor};
use descent::plan::{ModelSpec, RoutineSpec, Target, compile};
use descent::spec::catalog::Dataset;
use descent::spec::{Experiment, ModelChoice};
use descent::train::Session;
use std::rc::Rc;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn the_cpu_computes_the_pinned_bits() {
    common::fingerprints::assert_pinned();
}

/// Runs a problem as a program of one routine.
async fn run(problem: &Problem, backend: &Backend) -> Vec<Vec<f64>> {
    let outputs = problem.wanted.iter().map(|wanted| (wanted.name.clone(), wanted.node)).collect();
    let routine = RoutineSpec { name: "case", graph: problem.graph.clone(), outputs, fetch: None, training: None, tally: None };
    let model = ModelSpec { routines: vec![routine], is_regularised: Vec::new(), update: None, data_words: [0; 3] };
    let program = compile(&model, backend.target()).expect("a golden case compiles");
    let mut executor = Executor::new(backend, program).expect("its kernels compile");
    let routine = executor.program().routines[0].clone();
    for (tensor, value) in routine.inputs.iter().zip(&problem.inputs) {
        executor.write(tensor.slice, bytemuck::cast_slice(value.to_f32().data())).expect("the device is there");
    }
    executor.run(0, 1).expect("the device is there");
    let slices: Vec<_> = routine.outputs.iter().map(|tensor| tensor.slice).collect();
    let words = executor.read(&slices).await.expect("the device is there");
    words.iter().map(|words| words.iter().map(|word| f64::from(f32::from_bits(*word))).collect()).collect()
}

/// Every case of the bundled excerpt, within `slack` times the manifests' tolerances.
async fn golden(name: &str, backend: &Backend, slack: impl Fn(&str, &str, f64) -> f64) {
    let mut failures = Vec::new();
    for file in golden_excerpt::op_files() {
        let (mut passed, mut failed, mut unsupported) = (0, 0, 0);
        for case in &file.cases {
            let problem = match Problem::new(&file, case) {
                Ok(problem) => problem,
                Err(Refusal::Unsupported) => {
                    unsupported += 1;
                    continue;
                }
                Err(Refusal::Shape(error)) => panic!("{}: {error}", case.name),
            };
            let got = run(&problem, backend).await;
            match problem.judge(&got, |wanted| slack(&file.op, &case.name, wanted.rtol)) {
                Ok(()) => passed += 1,
                Err(why) => {
                    failed += 1;
                    failures.push(format!("{}: {why}", case.name));
                }
            }
        }
        console_log!("golden ops/{} {name}: {passed} passed, {failed} failed, {unsupported} unsupported", file.op);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[wasm_bindgen_test]
async fn wasm_simd_gives_pytorchs_answers() {
    golden("wasm", &Backend::Cpu, |_, _, _| 1.0).await;
}

/// Chromium runs with a software adapter here: without one, its command line is wrong. It serves
/// both targets of a test, so that what is the same for both is compiled once.
async fn adapter() -> Device {
    Device::request().await.expect("Chromium offers its software adapter")
}

#[wasm_bindgen_test]
async fn webgpu_gives_pytorchs_answers() {
    let device = adapter().await;
    for target in [Target::SoftwareGpu, Target::Gpu] {
        golden("webgpu", &Backend::Gpu(device.with_target(target)), gpu_slack).await;
    }
}

/// A few samples of a set; how many there are changes no kernel but the fetching one.
fn samples(dataset: Dataset) -> Loaded {
    let samples = match dataset {
        Dataset::Digits => digits::parse(include_bytes!("../../www/data/digits.bin"), 80.0).expect("the bundled digits"),
        Dataset::Strokes => strokes::samples(1, 200, 50),
        _ => {
            return load(&Request::of(&Experiment::start(dataset)), Vec::new()).expect("a generated set");
        }
    };
    Loaded { samples, points: None }
}

/// Sizes of batches that take other tiles each.
const BATCHES: [usize; 4] = [1, 10, 32, 33];

/// Compiles every kernel of every ready-made model on two sets of points and two of images, in some
/// of [`BATCHES`]: those of a software adapter in two of them, those of a real GPU, which a software
/// adapter compiles for seconds each, in one. They take turns, so that each size is met by many
/// models; the long suites take all four for both.
#[wasm_bindgen_test]
async fn every_ready_made_model_compiles() {
    let device = adapter().await;
    let sizes = if option_env!("LONG_TESTS").is_some() { [BATCHES.len(); 2] } else { [2, 1] };
    for (target, sizes) in [Target::SoftwareGpu, Target::Gpu].into_iter().zip(sizes) {
        let device = device.with_target(target);
        let mut turn = BATCHES.into_iter().cycle();
        for dataset in [Dataset::Spiral, Dataset::RegPlane, Dataset::Digits, Dataset::Strokes] {
            let data = Rc::new(samples(dataset));
            for (choice, model) in ModelChoice::ALL.iter().filter_map(|choice| Some((choice, choice.model(dataset)?))) {
                for batch_size in turn.by_ref().take(sizes) {
                    let experiment = Experiment { model: model.clone(), batch_size, ..Experiment::start(dataset) };
                    let what = format!("{} on {} in batches of {batch_size} for {target:?}", choice.id(), dataset.id());
                    let mut session =
                        Session::new(&experiment, &data, &Backend::Gpu(device.clone())).unwrap_or_else(|error| panic!("{what}: {error}"));
                    // A browser reports what it refuses only when it is asked for something that
                    // comes after.
                    if let Err(error) = session.wait().await {
                        panic!("{what}: {error}");
                    }
                }
            }
        }
        console_log!("{target:?}: {} pipelines compiled", device.pipelines());
    }
}
