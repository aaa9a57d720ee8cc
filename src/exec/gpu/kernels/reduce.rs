//! Reductions along an axis.

use super::super::text::Dispatch;
use super::super::text::shader;
use super::{COMBINE, MOST_LANES, WORKGROUP, lanes, with_math};
use crate::graph::Reduction;
use crate::plan::{Fused, Kernel, Target};

pub(super) fn reduce(kernel: &Kernel, kind: Reduction, [outer, middle, inner]: [usize; 3], prologue: &Fused, target: Target) -> Dispatch {
    let len = outer * inner;
    let (mut along, mut outputs) = lanes(len, middle, target);
    if inner > 1 && middle >= 8 && len < 65_536 && target == Target::Gpu {
        // Neighbouring invocations read neighbouring words; where there are few results, many invocations work on each.
        outputs = inner.next_power_of_two().min(if len < 8192 { 8 } else { 32 });
        along = (MOST_LANES / outputs).min(1 << middle.ilog2());
    }
    let number = match kind {
        Reduction::Sum => 0,
        Reduction::Max => 1,
        Reduction::Min => 2,
    };
    let mut source =
        with_math(&[("LEN", len), ("MIDDLE", middle), ("INNER", inner), ("LANES", along), ("OUTPUTS", outputs), ("KIND", number)]);
    let own = prologue.args.len();
    source.function("element", prologue, None, &kernel.inputs[..own]).store(&kernel.epilogue, &kernel.inputs[own..], &kernel.outputs);
    source.file(COMBINE).file(shader!("reduce.wgsl"));
    source.finish(len.div_ceil(outputs))
}

pub(super) fn argmax(kernel: &Kernel, [outer, middle, inner]: [usize; 3]) -> Dispatch {
    let len = outer * inner;
    let mut source = with_math(&[("LEN", len), ("MIDDLE", middle), ("INNER", inner)]);
    source.reads("x", kernel.inputs[0]).store(&kernel.epilogue, &kernel.inputs[1..], &kernel.outputs);
    source.file(shader!("argmax.wgsl"));
    source.finish(len.div_ceil(WORKGROUP))
}
