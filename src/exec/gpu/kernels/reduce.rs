//! Reductions along an axis.

use super::super::text::Dispatch;
use super::super::text::shader;
use super::{COMBINE, COMPENSATED, MOST_LANES, WORKGROUP, lanes, with_math};
use crate::graph::Reduction;
use crate::plan::{Fused, Kernel, Target};

pub(super) fn reduce(kernel: &Kernel, kind: Reduction, [outer, middle, inner]: [usize; 3], prologue: &Fused, target: Target) -> Dispatch {
    let len = outer * inner;
    let (along, outputs) = across(len, middle, inner, target);
    let number = match kind {
        Reduction::Sum => 0,
        Reduction::Max => 1,
        Reduction::Min => 2,
    };
    let mut source =
        with_math(&[("LEN", len), ("MIDDLE", middle), ("INNER", inner), ("LANES", along), ("OUTPUTS", outputs), ("KIND", number)]);
    let own = prologue.args.len();
    source.function("element", prologue, None, &kernel.inputs[..own]).store(&kernel.epilogue, &kernel.inputs[own..], &kernel.outputs);
    source.file(COMPENSATED).file(COMBINE).file(shader!("reduce.wgsl"));
    source.finish(len.div_ceil(outputs))
}

/// Lanes that share a result and results that share a workgroup, where what is reduced lies `inner`
/// elements apart.
fn across(len: usize, middle: usize, inner: usize, target: Target) -> (usize, usize) {
    if inner > 1 && middle >= 8 && len < 65_536 && target == Target::Gpu {
        // Neighbouring invocations read neighbouring words; where there are few results, many
        // invocations work on each.
        let outputs = inner.next_power_of_two().min(if len < 8192 { 8 } else { 32 });
        return ((MOST_LANES / outputs).min(1 << middle.ilog2()), outputs);
    }
    lanes(len, middle, target)
}

pub(super) fn moments(kernel: &Kernel, [batch, cells, channels]: [usize; 3], target: Target) -> Dispatch {
    let rows = batch * cells;
    let (along, outputs) = across(channels, rows, channels, target);
    let mut source = with_math(&[("ROWS", rows), ("CELLS", cells), ("CHANNELS", channels), ("LANES", along), ("OUTPUTS", outputs)]);
    source.reads("x", kernel.inputs[0]).reads("weight", kernel.inputs[1]);
    source.writes("mean", kernel.outputs[0]).writes("variance", kernel.outputs[1]);
    source.file(COMPENSATED).file(COMBINE).file(shader!("moments.wgsl"));
    source.finish(channels.div_ceil(outputs))
}

pub(super) fn argmax(kernel: &Kernel, [outer, middle, inner]: [usize; 3]) -> Dispatch {
    let len = outer * inner;
    let mut source = with_math(&[("LEN", len), ("MIDDLE", middle), ("INNER", inner)]);
    source.reads("x", kernel.inputs[0]).store(&kernel.epilogue, &kernel.inputs[1..], &kernel.outputs);
    source.file(shader!("argmax.wgsl"));
    source.finish(len.div_ceil(WORKGROUP))
}
