//! The text, bindings and grid of every kind of kernel: one file per family, as in `shaders/`.

mod conv;
mod gather;
mod gemm;
mod map;
mod pool;
mod reduce;
mod softmax;
mod update;

use super::text::shader;
use super::text::{Dispatch, Source};
use crate::plan::{Kernel, Kind, Program, Routine, Target};

const COMBINE: &str = shader!("shared/combine.wgsl");
const COMPENSATED: &str = shader!("shared/compensated.wgsl");
const MATH: &str = shader!("shared/math.wgsl");
const RANDOM: &str = shader!("shared/random.wgsl");

/// Invocations of a workgroup where nothing else decides.
const WORKGROUP: usize = 64;

/// Invocations of a workgroup, at most: WebGPU's limit.
const MOST_LANES: usize = 256;

/// Writes the text of a kernel.
pub(super) fn compile(program: &Program, routine: &Routine, kernel: &Kernel, target: Target) -> Dispatch {
    match &kernel.kind {
        Kind::Map { shape, fused } => map::map(kernel, shape.elements(), fused),
        Kind::Pad { source, shape, low, interior, value } => map::pad(kernel, source, shape, low, interior, *value),
        Kind::RandomMask { keep, site } => map::random_mask(kernel, *keep, *site),
        Kind::Reduce { kind, outer, middle, inner, prologue } => reduce::reduce(kernel, *kind, [*outer, *middle, *inner], prologue, target),
        Kind::Moments { batch, cells, channels } => reduce::moments(kernel, [*batch, *cells, *channels], target),
        Kind::ArgMax { outer, middle, inner } => reduce::argmax(kernel, [*outer, *middle, *inner]),
        Kind::Gemm(gemm) => gemm::gemm(kernel, gemm, target),
        Kind::Conv(conv) => conv::conv(kernel, conv, target),
        Kind::Pool(pool) => pool::pool(kernel, pool),
        Kind::Softmax { rows, cols, is_log } => softmax::softmax(kernel, *rows, *cols, *is_log, target),
        Kind::CrossEntropy { rows, classes, has_loss, has_grad } => {
            softmax::cross_entropy(kernel, *rows, *classes, *has_loss, *has_grad, target)
        }
        Kind::Gather(gather) => gather::gather(kernel, gather, target),
        Kind::Tally { rows } => gather::tally(kernel, *rows, target),
        Kind::Guard => update::guard(program, kernel, target),
        Kind::Optimizer => update::optimizer(program, routine, kernel, target),
    }
}

/// A source that starts with the mathematical functions.
fn with_math(constants: &[(&'static str, usize)]) -> Source {
    let mut source = Source::new(constants);
    source.file(MATH);
    source
}

/// Lanes along a row or a reduced axis of `len` elements, and rows or outputs that share a
/// workgroup. A software adapter pays for every barrier, so there one invocation takes a whole row
/// unless there are only few long ones.
fn lanes(rows: usize, len: usize, target: Target) -> (usize, usize) {
    let is_worth_it = match target {
        Target::Gpu => len >= 32 && rows < 65_536,
        Target::Cpu | Target::SoftwareGpu => len >= 1024 && rows <= 16,
    };
    if is_worth_it { (together(target).min(1 << len.ilog2()), 1) } else { (1, WORKGROUP) }
}

/// Lanes that put one number together. A software adapter pays for every barrier once for each
/// lane, and computes four lanes at a time.
fn together(target: Target) -> usize {
    match target {
        Target::Gpu => WORKGROUP,
        Target::Cpu | Target::SoftwareGpu => 4,
    }
}
