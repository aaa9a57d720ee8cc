//! Element-wise work, padding and random masks.

use super::super::text::shader;
use super::super::text::{Dispatch, Source};
use super::{RANDOM, WORKGROUP, with_math};
use crate::plan::{Fused, Kernel, state};
use crate::tensor::Shape;
use descent_spec::random;
use std::fmt::Write;

pub(super) fn map(kernel: &Kernel, len: usize, fused: &Fused) -> Dispatch {
    let mut source = with_math(&[("LEN", len)]);
    source.writes("y", kernel.outputs[0]).function("element", fused, None, &kernel.inputs);
    source.file(shader!("map.wgsl"));
    source.finish(len.div_ceil(WORKGROUP))
}

pub(super) fn pad(kernel: &Kernel, from: &Shape, to: &Shape, low: &[usize], interior: &[usize], value: f32) -> Dispatch {
    let len = to.elements();
    let mut source = with_math(&[("LEN", len), ("SOURCE_LEN", from.elements()), ("NOWHERE", u32::MAX as usize)]);
    source.reads("x", kernel.inputs[0]).store(&kernel.epilogue, &kernel.inputs[1..], &kernel.outputs);
    let padding = Fused { expr: crate::plan::Expr { steps: vec![crate::plan::Step::Constant(value)] }, args: Vec::new() };
    source.function("padding_at", &padding, None, &[]).line("fn padding() -> f32 { return padding_at(0u); }");
    source.line(&source_of(from, to, low, interior)).file(shader!("pad.wgsl"));
    source.finish(len.div_ceil(WORKGROUP))
}

/// The element of the operand under element `e` of the larger array, or `NOWHERE`.
fn source_of(from: &Shape, to: &Shape, low: &[usize], interior: &[usize]) -> String {
    let mut body = "fn source_of(e: u32) -> u32 {\n    var rest = e;\n    var at = 0u;\n    var is_inside = true;\n".to_owned();
    let strides = from.strides();
    for axis in (0..to.len()).rev() {
        let step = interior[axis] + 1;
        // Before the first element the distance wraps around and is too large.
        let _ = writeln!(
            body,
            "    let from_{axis} = rest % {extent}u - {low}u;\n    rest /= {extent}u;\n    is_inside = is_inside && from_{axis} % {step}u == 0u && \
             from_{axis} / {step}u < {source}u && from_{axis} < {reach}u;\n    at += from_{axis} / {step}u * {stride}u;",
            extent = to[axis],
            low = low[axis],
            source = from[axis],
            reach = from[axis] * step,
            stride = strides[axis],
        );
    }
    body.push_str("    return select(NOWHERE, at, is_inside);\n}");
    body
}

pub(super) fn random_mask(kernel: &Kernel, keep: f32, site: u32) -> Dispatch {
    let output = kernel.outputs[0];
    let constants = [("LEN", output.len), ("SITE", random::mix(site) as usize), ("STEP", state::STEP), ("DROPOUT_KEY", state::DROPOUT_KEY)];
    let mut source = Source::new(&constants);
    source.float("KEEP", f64::from(keep)).reads_words("state", kernel.inputs[0]).writes("y", output).file(RANDOM);
    source.file(shader!("random_mask.wgsl"));
    source.finish(output.len.div_ceil(WORKGROUP))
}
