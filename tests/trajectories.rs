//! The f64 interpreter follows PyTorch's training trajectories.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::golden::golden_dir;
use common::golden_train;

fn interpreter_follows(model: &str) {
    let Some(dir) = golden_dir() else { return };
    assert_eq!(golden_train::run(&dir, model, "reference", "tol", golden_train::interpreted), 0);
}

#[test]
fn interpreter_follows_the_playground_network() {
    interpreter_follows("playground_mlp");
}

#[test]
fn interpreter_follows_the_dense_classifier() {
    interpreter_follows("digits_mlp");
}

#[test]
fn interpreter_follows_the_convolutional_classifier() {
    interpreter_follows("digits_cnn");
}

#[test]
fn interpreter_follows_batch_normalisation() {
    interpreter_follows("digits_cnn_bn");
}
