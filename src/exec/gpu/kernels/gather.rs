//! Fetching samples, and counting those of an evaluation.

use super::super::text::shader;
use super::super::text::{Dispatch, Source};
use super::{COMBINE, MOST_LANES, RANDOM, WORKGROUP, together};
use crate::plan::kernel::{Gather, Order, Stored};
use crate::plan::{Kernel, Target, state};
use descent_spec::random;

pub(super) fn gather(kernel: &Kernel, gather: &Gather, target: Target) -> Dispatch {
    let order = match gather.order {
        Order::Shuffled => 0,
        Order::Stream => 1,
        Order::Listed { .. } => 2,
        Order::Sequential => 3,
    };
    let scale = |stored: Stored| match stored {
        Stored::U8 { scale } => (1, scale),
        Stored::F32 => (0, 1.0),
    };
    let ((feature_bytes, feature_scale), (target_bytes, target_scale)) = (scale(gather.features), scale(gather.target));
    let most = if target == Target::Gpu { MOST_LANES } else { WORKGROUP };
    let workgroup = gather.feature_len.next_power_of_two().clamp(4, most);
    let mut source = Source::new(&[
        ("ORDER", order),
        ("FIRST_ROW", gather.first_row),
        ("ROWS", gather.rows),
        ("BATCH", gather.batch),
        ("CAPACITY", gather.capacity),
        ("EPOCH_STEPS", gather.epoch_steps()),
        ("HALF_BITS", random::half_bits(gather.rows as u32) as usize),
        ("FEATURE_LEN", gather.feature_len),
        ("FEATURE_BYTES", feature_bytes),
        ("TARGET_LEN", gather.target_len),
        ("TARGET_BYTES", target_bytes),
        ("WORKGROUP", workgroup),
        ("STEP", state::STEP),
        ("IS_FROZEN", state::IS_FROZEN),
        ("VALID_ROWS", state::VALID_ROWS),
        ("DONE", state::DONE),
        ("BAD_STEP", state::BAD_STEP),
        ("ORDER_KEY", state::ORDER_KEY),
        ("TALLY_ROW", state::TALLY_ROW),
        ("TALLY_VALID", state::TALLY_VALID),
    ]);
    source.float("FEATURE_SCALE", f64::from(feature_scale)).float("TARGET_SCALE", f64::from(target_scale));
    source.reads_words("feature_data", kernel.inputs[0]).reads_words("target_data", kernel.inputs[1]);
    if let Order::Listed { .. } = gather.order {
        source.reads_words("list", kernel.inputs[2]);
    }
    for (name, output) in ["features", "targets", "row_weight", "row_count"].into_iter().zip(&kernel.outputs) {
        source.writes(name, *output);
    }
    source.writes_words("state", kernel.outputs[4]).file(RANDOM).file(shader!("gather.wgsl"));
    source.finish(gather.capacity)
}

pub(super) fn tally(kernel: &Kernel, rows: usize, target: Target) -> Dispatch {
    let mut source = Source::new(&[
        ("ROWS", rows),
        ("LANES", together(target)),
        ("OUTPUTS", 1),
        ("TALLY_ROW", state::TALLY_ROW),
        ("TALLY_LOSS", state::TALLY_LOSS),
        ("TALLY_CORRECT", state::TALLY_CORRECT),
        ("TALLY_VALID", state::TALLY_VALID),
    ]);
    source.reads("row_loss", kernel.inputs[0]).reads("correct", kernel.inputs[1]).writes_words("state", kernel.outputs[0]);
    source.file(COMBINE).file(shader!("tally.wgsl"));
    source.finish(1)
}
