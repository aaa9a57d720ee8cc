//! The bundled golden files, inside the test program: a browser has no folder to read.

use super::golden_file::GoldenFile;

macro_rules! bundled {
    ($($op:literal)+) => {
        [$((
            &include_bytes!(concat!("../golden/ops/", $op, ".json"))[..],
            &include_bytes!(concat!("../golden/ops/", $op, ".safetensors"))[..],
        )),+]
    };
}

/// All bundled op files.
pub fn op_files() -> impl Iterator<Item = GoldenFile> {
    let files = bundled! {
        "activations" "avg_pool2d" "batch_norm" "conv1d" "conv2d" "dropout" "elementwise" "global_avg_pool2d" "linear" "losses" "matmul"
        "max_pool2d" "reduce" "shape" "softmax"
    };
    files.into_iter().map(|(manifest, tensors)| GoldenFile::parse(manifest, tensors))
}
