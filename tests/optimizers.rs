//! Optimizers and schedules agree with PyTorch's (`golden/train/optimizer_unit` and
//! `schedules.json`).
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::golden::{Manifest, golden_dir, number};
use common::training::{optimizer, schedule};
use descent::plan::update::{Clip, Penalty, Real, Schedule, Update};

#[test]
fn schedules_agree_with_pytorch() {
    let Some(dir) = golden_dir() else { return };
    let text = std::fs::read_to_string(dir.join("train/schedules.json")).expect("the file is readable");
    let file: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let steps = file["steps"].as_u64().expect("a number") as u32;
    let cases = file["schedules"].as_array().expect("a list");
    for case in cases {
        let schedule = schedule(&case["spec"], steps).expect("every schedule of the file is supported");
        for (step, want) in case["lr"].as_array().expect("a list").iter().map(number).enumerate() {
            let got = schedule.rate(number(&case["base_lr"]), step as u32);
            assert!((got - want).abs() <= 1e-12 * want.abs().max(1e-3), "{} at {step}: {got}, not {want}", case["name"]);
        }
    }
    println!("golden train/schedules: {} passed, 0 failed, 0 unsupported", cases.len());
}

#[test]
fn optimizers_agree_with_pytorch() {
    let Some(dir) = golden_dir() else { return };
    let manifest = Manifest::open(&dir.join("train"), "optimizer_unit");
    let (start, grads) = (manifest.tensor("p0"), manifest.tensor("grads"));
    let mut unsupported = Vec::new();
    let mut passed = 0;
    for run in manifest.json["runs"].as_array().expect("a list") {
        let name = run["name"].as_str().expect("a name");
        let settings = &run["optimizer_resolved"];
        let Some(optimizer) = optimizer(settings) else {
            unsupported.push(name);
            continue;
        };
        let update = Update {
            optimizer,
            schedule: Schedule::Constant,
            learning_rate: number(&settings["lr"]),
            penalty: Penalty::None,
            clip: Clip::None,
        };
        let want = manifest.tensor(&format!("run/{name}/p"));
        let (rtol, atol) = (number(&run["tol"]["rtol"]), number(&run["tol"]["atol"]));
        agrees::<f64>(&update, start.data(), grads.data(), want.data(), 1e-6, 1e-7, name);
        agrees::<f32>(&update, start.data(), grads.data(), want.data(), rtol, atol, name);
        passed += 1;
    }
    println!("golden train/optimizer_unit: {passed} passed, 0 failed, {} unsupported {unsupported:?}", unsupported.len());
    assert_eq!(passed, 16);
}

/// Applies the rule to the file's gradients and compares the parameters after each step.
fn agrees<F: Real + Into<f64>>(update: &Update, start: &[f64], grads: &[f64], want: &[f64], rtol: f64, atol: f64, name: &str) {
    let n = start.len();
    let real = |values: &[f64]| -> Vec<F> { values.iter().map(|value| F::from_f64(*value)).collect() };
    let mut w = real(start);
    let mut moments: Vec<Vec<F>> = (0..update.moments()).map(|moment| vec![F::from_f64(update.initial_moment(moment)); n]).collect();
    for (step, (g, want)) in grads.chunks(n).zip(want.chunks(n)).enumerate() {
        let constants = update.constants(update.learning_rate, update.penalty.rate(), step as u32);
        let mut slices: Vec<&mut [F]> = moments.iter_mut().map(Vec::as_mut_slice).collect();
        update.apply(&constants, true, 1.0, &mut w, &real(g), &mut slices);
        for (e, (got, want)) in w.iter().zip(want).enumerate() {
            let got: f64 = (*got).into();
            assert!((got - want).abs() <= atol + rtol * want.abs(), "{name}, step {step}, element {e}: {got}, not {want}");
        }
    }
}
