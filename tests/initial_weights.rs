//! Initial weights have the bounds and moments of PyTorch's (`golden/init/init.json`).
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::golden::{golden_dir, number};
use descent::nn::init::{Fans, Fill, Init, gain, kaiming_std, leaky_relu_gain, xavier_std};
use descent::spec::Activation;
use descent::tensor::Shape;
use serde_json::Value;

#[test]
fn initial_weights_have_pytorchs_bounds_and_moments() {
    let Some(dir) = golden_dir() else { return };
    let text = std::fs::read_to_string(dir.join("init/init.json")).expect("the file is readable");
    let file: Value = serde_json::from_str(&text).expect("it is JSON");
    for (name, want) in file["gains"].as_object().expect("a map") {
        let got = gain_of(name, 0.01).unwrap_or_else(|| leaky_relu_gain(0.2));
        assert!((got - number(want)).abs() < 1e-12, "the gain of {name} is {got}, not {want}");
    }
    let cases = file["cases"].as_array().expect("a list");
    for (case, number_of_case) in cases.iter().zip(0..) {
        holds(case, number_of_case);
    }
    println!("golden init: {} passed, 0 failed, 0 unsupported", cases.len());
}

fn holds(case: &Value, seed: u64) {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let name = format!("{} {} {} {} {}", text("family"), text("dist"), text("mode"), text("nonlinearity"), case["shape"]);
    let shape = engine_shape(&case["shape"]);
    let fans = Fans::of(&shape);
    assert_eq!((fans.fan_in, fans.fan_out), (number(&case["fan_in"]), number(&case["fan_out"])), "{name}");

    let slope = case["a"].as_f64().unwrap_or(0.01);
    let gain = gain_of(text("nonlinearity"), slope).unwrap_or(number(&case["gain"]));
    let std = match (text("family"), text("mode")) {
        ("xavier", _) => xavier_std(gain, fans),
        (_, "fan_out") => kaiming_std(gain, fans.fan_out),
        _ => kaiming_std(gain, fans.fan_in),
    };
    assert!((std / number(&case["std"]) - 1.0).abs() < 1e-12, "{name}: standard deviation {std}, not {}", case["std"]);
    let fill = if text("dist") == "uniform" { Fill::Uniform { bound: 3f64.sqrt() * std } } else { Fill::Normal { std } };

    let values = fill.draw(shape, 100 + seed, 0).into_data();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    assert!(mean.abs() < number(&case["check"]["abs_mean_below"]), "{name}: mean {mean}");
    let error = (variance / number(&case["var"]) - 1.0).abs();
    assert!(error < number(&case["check"]["var_rel_err_below"]), "{name}: the variance is off by {error}");
    if let Some(bound) = case["bound"].as_f64() {
        assert!(values.iter().all(|value| value.abs() <= bound), "{name}: a value lies beyond {bound}");
    }
}

/// The engine's gain of PyTorch's name; none for a leaky ReLU whose slope no activation has.
fn gain_of(name: &str, slope: f64) -> Option<f64> {
    Some(match name {
        "linear" => gain(Activation::Linear),
        "sigmoid" => gain(Activation::Sigmoid),
        "tanh" => gain(Activation::Tanh),
        "relu" => gain(Activation::Relu),
        "selu" => gain(Activation::Selu),
        "leaky_relu(0.01)" => gain(Activation::LeakyRelu),
        "leaky_relu" => leaky_relu_gain(slope),
        _ => return None,
    })
}

/// `[out, in, kernel …]` as `[kernel …, in, out]`.
fn engine_shape(shape: &Value) -> Shape {
    let extents: Vec<usize> = shape.as_array().expect("a list").iter().map(|extent| number(extent) as usize).collect();
    let mut engine = extents[2..].to_vec();
    engine.extend([extents[1], extents[0]]);
    engine.into()
}

#[test]
fn defaults_are_those_of_pytorchs_layers() {
    let fans = Fans::of(&[3, 3, 4, 8].into());
    let want = Fill::Uniform { bound: 1.0 / 6.0 };
    assert_eq!((Init::Default.weight(fans, Activation::Relu), Init::Default.bias(fans)), (want, want));
    assert_eq!(Init::KaimingNormal.bias(fans), Fill::Constant(0.0));
    assert_eq!(Init::Playground.bias(fans), Fill::Constant(0.1));
}
