use super::cases::{TrainingCase, first_weights};
use super::measure::Trainer;
use super::*;
use crate::graph::reference::{self, Feeds};
use crate::tensor::Tensor;

/// The losses that every library has at steps 1 and 10. The tenth of `cnn-cifar` is that of the
/// case worked out with NumPy, in f64 (2.269406) and in f32 (2.269410); jax-js 0.1.25, the only
/// library that finished the case, has 2.2679.
const LOSSES: [(&str, f64, f64); 5] = [
    ("toy-mlp", 0.50045, 0.57008),
    ("mlp-mnist", 2.3252, 1.4302),
    ("cnn-mnist", 2.4315, 2.2356),
    ("mlp-wide", 2.3276, 0.000526),
    ("cnn-cifar", 2.3175, 2.2694),
];

/// Losses are given to four or five figures.
fn assert_same(got: f64, want: f64, what: &str) {
    assert!((got - want).abs() <= 1e-4 * want.abs() + 5e-6, "{what}: {got} is not {want}");
}

#[test]
fn first_loss_is_that_of_the_other_libraries() {
    for (name, first, _) in LOSSES {
        if matches!(name, "mlp-wide" | "cnn-cifar") {
            continue; // They take the slow reference minutes; the executor's test below covers them.
        }
        let case = TrainingCase::of(name).expect("a case");
        let samples = case.samples();
        let model = case.model(&samples);
        let routine = &model.spec.routines[0];
        let row_loss = routine.training.as_ref().expect("it trains").row_loss;
        let batch = case.batch;
        let features: Vec<f64> = (0..batch).flat_map(|row| samples.feature_row(row)).map(f64::from).collect();
        let target: Vec<f64> = (0..batch).map(|row| f64::from(samples.target.value(row))).collect();
        let data = [features, target, vec![1.0 / batch as f64; batch], vec![batch as f64]];
        let shapes = routine.graph.inputs().iter().map(|leaf| routine.graph.shape(leaf.node).clone());
        let inputs: Vec<Tensor<f64>> = shapes.zip(data).map(|(shape, data)| Tensor::new(shape, data)).collect();
        let weights = first_weights(&model.params);
        let params: Vec<Tensor<f64>> =
            model.params.iter().zip(weights).map(|(param, data)| Tensor::new(param.shape.clone(), data).to_f64()).collect();
        let feeds = Feeds { inputs: &inputs, params: &params, stats: &[], dropout_key: 0, step: 0 };
        let losses = reference::evaluate(&routine.graph, &feeds, &[row_loss]).remove(0);
        assert_same(losses.data().iter().sum::<f64>() / batch as f64, first, name);
    }
}

fn losses_agree(device: Option<&gpu::Device>, names: &[&str]) {
    for (name, first, tenth) in LOSSES.into_iter().filter(|(name, ..)| names.contains(name)) {
        let case = TrainingCase::of(name).expect("a case");
        let (mut trainer, _) = Trainer::new(&case, device).expect("it can be built");
        let mut loss_after = |steps| {
            trainer.steps(steps).expect("steps are taken");
            pollster::block_on(trainer.loss()).expect("the loss is read")
        };
        assert_same(loss_after(1), first, &format!("{name}, step 1"));
        // Ten steps multiply rounding: the last digit given may be off by a few.
        let got = loss_after(9);
        assert!((got - tenth).abs() <= 1e-3 * tenth, "{name}, step 10: {got} is not {tenth}");
    }
}

#[test]
fn losses_on_the_cpu_are_those_of_the_other_libraries() {
    losses_agree(None, &["toy-mlp", "mlp-mnist", "cnn-mnist", "mlp-wide", "cnn-cifar"]);
}

#[test]
fn losses_on_the_gpu_are_those_of_the_other_libraries() {
    let Ok(device) = pollster::block_on(gpu::Device::request()) else { return println!("skipped: no adapter") };
    losses_agree(Some(&device), &["toy-mlp", "mlp-mnist", "cnn-mnist"]);
}

/// Times are not asserted, so any clock that advances will do.
fn ticking() -> impl Fn() -> f64 {
    let looks = std::cell::Cell::new(0.0);
    move || {
        looks.set(looks.get() + 1.0);
        looks.get()
    }
}

#[test]
fn a_report_has_the_fields_of_the_contract() {
    let host = Host { clock: ticking(), breathe: async || {} };
    let report = pollster::block_on(run("toy-mlp", None, Settings { budget_ms: 40.0, max_steps: Some(10) }, host));
    let json: serde_json::Value = serde_json::from_str(&report.json()).expect("a report is JSON");
    for field in
        ["ms_med", "ms_min", "ms_max", "ms_mean", "js_ms", "steps", "window", "batch", "steps_per_s", "samples_per_s", "epochs_per_s"]
    {
        assert!(json[field].is_number(), "{field} in {json}");
    }
    assert_eq!(json["status"], "ok");
    assert_eq!(json["losses"][0][0], 1);
    assert_eq!(json["losses"][1][0], 10);
}

#[test]
fn a_case_nobody_knows_is_unsupported() {
    let host = Host { clock: ticking(), breathe: async || {} };
    let report = pollster::block_on(run("transformer-tiny", None, Settings { budget_ms: 1.0, max_steps: None }, host));
    assert_eq!(report.status, "unsupported");
    assert!(report.json().starts_with(r#"{"status":"unsupported","error":"no such case"#), "{}", report.json());
}

#[test]
fn every_case_has_a_name_that_is_known() {
    for name in CASES {
        assert!(TrainingCase::of(name).is_some() != KernelCase::of(name).is_some(), "{name}");
    }
}

#[test]
fn kernels_yield_what_they_yield_in_other_libraries() {
    let first_four = [
        ("k-matmul-512", [3.4894, -4.6111, -0.36184, 1.086]),
        ("k-conv-fwd", [6.773, -4.3004, -0.60032, -1.6922]),
        ("k-conv-dx", [1.8295, 8.6239, 9.6296, -2.5397]),
    ];
    for (name, want) in first_four {
        let host = Host { clock: ticking(), breathe: async || {} };
        let report = pollster::block_on(run(name, None, Settings { budget_ms: 2.0, max_steps: None }, host));
        let got = report.kernel.expect("a kernel").check;
        // They are given to five figures.
        assert!(got.iter().zip(want).all(|(got, want)| (f64::from(*got) - want).abs() <= 1e-4 * want.abs()), "{name}: {got:?}");
    }
}
