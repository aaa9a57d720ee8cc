//! Softmax and cross-entropy of rows.

use super::super::text::Dispatch;
use super::super::text::shader;
use super::{COMBINE, lanes, with_math};
use crate::plan::{Kernel, Target};

pub(super) fn softmax(kernel: &Kernel, rows: usize, cols: usize, is_log: bool, target: Target) -> Dispatch {
    let (along, outputs) = lanes(rows, cols, target);
    let mut source = with_math(&[("ROWS", rows), ("COLS", cols), ("LANES", along), ("OUTPUTS", outputs), ("IS_LOG", usize::from(is_log))]);
    source.reads("x", kernel.inputs[0]).store(&kernel.epilogue, &kernel.inputs[1..], &kernel.outputs);
    source.file(COMBINE).file(shader!("softmax.wgsl"));
    source.finish(rows.div_ceil(outputs))
}

pub(super) fn cross_entropy(kernel: &Kernel, rows: usize, classes: usize, has_loss: bool, has_grad: bool, target: Target) -> Dispatch {
    let (along, outputs) = lanes(rows, classes, target);
    let mut source = with_math(&[
        ("ROWS", rows),
        ("COLS", classes),
        ("LANES", along),
        ("OUTPUTS", outputs),
        ("HAS_LOSS", usize::from(has_loss)),
        ("HAS_GRAD", usize::from(has_grad)),
    ]);
    source.reads("logits", kernel.inputs[0]).reads("target_class", kernel.inputs[1]);
    if has_grad {
        source.reads("dy", kernel.inputs[2]);
    }
    let names = [("loss", has_loss), ("dlogits", has_grad)].into_iter().filter(|(_, is_written)| *is_written);
    for ((name, _), output) in names.zip(&kernel.outputs) {
        source.writes(name, *output);
    }
    source.file(COMBINE).file(shader!("cross_entropy.wgsl"));
    source.finish(rows.div_ceil(outputs))
}
