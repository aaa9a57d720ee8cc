//! What the GPU executor promises besides right numbers: one submission for many steps, shared
//! pipelines, errors instead of panics.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::machine::adapter;
use descent::exec::ExecError;
use descent::exec::gpu::{Device, Gpu};
use descent::graph::{Graph, Unary};
use descent::plan::{ModelSpec, Program, RoutineSpec, Target, compile};

/// `tanh(x · w)` of five rows.
fn program(target: Target) -> Program {
    let mut graph = Graph::new();
    let x = graph.input("x", [5, 7]);
    let w = graph.param("w", [7, 9]);
    let product = graph.matmul(x, w, false, false).unwrap();
    let y = graph.unary(Unary::Tanh, product).unwrap();
    let z = graph.sum(y, &[0], false).unwrap();
    let outputs = vec![("y".to_owned(), y), ("z".to_owned(), z)];
    let routine = RoutineSpec { name: "forward", graph, outputs, fetch: None, training: None, tally: None };
    let model = ModelSpec { routines: vec![routine], is_regularised: vec![true], update: None, data_words: [0; 3] };
    compile(&model, target).unwrap()
}

#[test]
fn many_runs_and_a_read_are_one_submission_and_make_nothing() {
    let Some(device) = adapter() else { return };
    let mut gpu = Gpu::new(&device, program(device.target())).unwrap();
    let routine = gpu.program().routines[0].clone();
    let (kernels, output) = (routine.kernels.len() as u64, routine.outputs[0].slice);
    pollster::block_on(gpu.read(&[output])).unwrap(); // Makes the buffer for reading.
    let before = gpu.counts();
    gpu.run(0, 10).unwrap();
    pollster::block_on(gpu.read(&[output])).unwrap();
    let after = gpu.counts();
    assert_eq!((after.submissions - before.submissions, after.passes - before.passes), (1, 1));
    assert_eq!(after.dispatches - before.dispatches, 10 * kernels);
    assert_eq!((after.buffers, after.pipelines, after.bind_groups), (before.buffers, before.pipelines, before.bind_groups));
}

#[test]
fn equal_kernels_share_a_pipeline() {
    let Some(device) = adapter() else { return };
    let first = Gpu::new(&device, program(device.target())).unwrap();
    let second = Gpu::new(&device, program(device.target())).unwrap();
    assert!(first.counts().pipelines > 0);
    assert_eq!(second.counts().pipelines, 0);
}

#[test]
fn a_run_reads_back_the_same_bits_twice() {
    let Some(device) = adapter() else { return };
    let mut gpu = Gpu::new(&device, program(device.target())).unwrap();
    let (params, input) = (gpu.program().params[0].slice, gpu.program().routines[0].inputs[0].slice);
    let outputs: Vec<_> = gpu.program().routines[0].outputs.iter().map(|placed| placed.slice).collect();
    let words = |n: usize| (0..n).map(|at| (at as f32 * 0.37 % 1.0 - 0.5).to_bits()).collect::<Vec<u32>>();
    gpu.write(params, &words(params.len)).unwrap();
    gpu.write(input, &words(input.len)).unwrap();
    gpu.run(0, 1).unwrap();
    let first = pollster::block_on(gpu.read(&outputs)).unwrap();
    gpu.run(0, 3).unwrap();
    assert_eq!(pollster::block_on(gpu.read(&outputs)).unwrap(), first);
    assert!(first[0].iter().any(|word| f32::from_bits(*word) != 0.0));
}

#[test]
fn a_lost_device_answers_with_an_error() {
    let Some(device) = adapter() else { return };
    let mut gpu = Gpu::new(&device, program(device.target())).unwrap();
    let slice = gpu.program().params[0].slice;
    device.destroy();
    assert!(device.is_lost());
    let is_lost = |result: Result<(), ExecError>| matches!(result, Err(ExecError::DeviceLost(_)));
    assert!(is_lost(gpu.run(0, 1)));
    assert!(is_lost(gpu.write(slice, &[0; 4])));
    assert!(is_lost(pollster::block_on(gpu.read(&[slice])).map(drop)));
    assert!(is_lost(Gpu::new(&device, program(device.target())).map(drop)));
    let another = pollster::block_on(Device::request()).unwrap();
    assert!(another.generation() > device.generation() && !another.is_lost());
}
