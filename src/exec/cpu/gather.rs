//! Fetching the samples of a step, counting those of an evaluation, and masks.

use super::memory::Memory;
use crate::plan::kernel::{Gather as Extents, Order, Stored};
use crate::plan::{Kernel, Slice, state};
use descent_spec::random;

/// A fetch, prepared.
#[derive(Debug)]
pub(super) struct Gather {
    extents: Extents,
    features: Slice,
    target: Slice,
    list: Option<Slice>,
    /// Features, target, row weight, row count.
    outputs: [Slice; 4],
    state: Slice,
}

/// The samples of one step: row `i` of the batch is sample `row(i)`, for `i < valid`.
struct Batch {
    valid: usize,
    step: u32,
    tally_row: usize,
    order_key: u32,
}

impl Gather {
    pub(super) fn new(extents: &Extents, kernel: &Kernel) -> Self {
        let &[features, target, row_weight, row_count, state] = kernel.outputs.as_slice() else {
            panic!("{}: a fetch has five outputs", kernel.label)
        };
        Self {
            extents: extents.clone(),
            features: kernel.inputs[0],
            target: kernel.inputs[1],
            list: matches!(extents.order, Order::Listed { .. }).then(|| kernel.inputs[2]),
            outputs: [features, target, row_weight, row_count],
            state,
        }
    }

    pub(super) fn run(&self, memory: &mut Memory) {
        let batch = self.begin(memory);
        let valid = batch.valid;
        let [features, target, row_weight, row_count] = self.outputs;
        let extents = &self.extents;
        memory.update(features, |memory, out| {
            let from = (memory.read(self.features), extents.features, extents.feature_len);
            self.fetch(memory, &batch, from, out);
        });
        memory.update(target, |memory, out| {
            let from = (memory.read(self.target), extents.target, extents.target_len);
            self.fetch(memory, &batch, from, out);
        });
        let (weights, rest) = memory.write(row_weight).split_at_mut(valid);
        weights.fill(1.0 / valid as f32);
        rest.fill(0.0);
        memory.write(row_count)[0] = valid as f32;
    }

    /// Begins a step: writes this kernel's words of the state.
    fn begin(&self, memory: &mut Memory) -> Batch {
        let extents = &self.extents;
        let words: &mut [u32] = bytemuck::cast_slice_mut(memory.write(self.state));
        let batch =
            Batch { valid: 0, step: words[state::DONE], tally_row: words[state::TALLY_ROW] as usize, order_key: words[state::ORDER_KEY] };
        if extents.order == Order::Sequential {
            let valid = (extents.first_row + extents.rows).saturating_sub(batch.tally_row).min(extents.batch);
            words[state::TALLY_VALID] = valid as u32;
            return Batch { valid, ..batch };
        }
        let (epoch, step_in_epoch) = self.epoch_of(batch.step);
        let valid = match extents.order {
            Order::Shuffled => extents.batch.min(extents.rows - step_in_epoch * extents.batch),
            Order::Stream => extents.batch.min(extents.rows) + if epoch > 0 && step_in_epoch == 0 { self.left_over() } else { 0 },
            Order::Listed { .. } | Order::Sequential => extents.batch,
        };
        words[state::STEP] = words[state::DONE];
        words[state::IS_FROZEN] = u32::from(words[state::BAD_STEP] != 0);
        words[state::VALID_ROWS] = valid as u32;
        Batch { valid, ..batch }
    }

    /// The epoch of a step, and its number within that epoch.
    fn epoch_of(&self, step: u32) -> (u32, usize) {
        let steps = self.extents.epoch_steps();
        ((step as usize / steps) as u32, step as usize % steps)
    }

    /// Samples that an epoch of [`Order::Stream`] leaves to the next.
    fn left_over(&self) -> usize {
        self.extents.rows.saturating_sub(self.extents.epoch_steps() * self.extents.batch)
    }

    fn fetch(&self, memory: &Memory, batch: &Batch, (source, stored, len): (&[f32], Stored, usize), out: &mut [f32]) {
        let extents = &self.extents;
        let list = self.list.map(|list| memory.words(list));
        let (epoch, step_in_epoch) = self.epoch_of(batch.step);
        let carried = if epoch > 0 && step_in_epoch == 0 { self.left_over() } else { 0 };
        let (filled, rest) = out.split_at_mut(batch.valid * len);
        rest.fill(0.0);
        if len == 0 {
            return;
        }
        for (i, out) in filled.chunks_exact_mut(len).enumerate() {
            let at = step_in_epoch * extents.batch + i;
            let row = match (extents.order, list) {
                (Order::Shuffled, _) => {
                    extents.first_row + random::permute(batch.order_key, epoch, extents.rows as u32, at as u32) as usize
                }
                (Order::Stream, _) if i < carried => extents.first_row + extents.rows - carried + i,
                (Order::Stream, _) => extents.first_row + at - carried,
                (Order::Listed { .. }, Some(list)) => list[at] as usize,
                (Order::Sequential, _) => batch.tally_row + i,
                (Order::Listed { .. }, None) => unreachable!("an order by list has a list"),
            };
            match stored {
                Stored::F32 => out.copy_from_slice(&source[row * len..][..len]),
                Stored::U8 { scale } => {
                    let bytes: &[u8] = bytemuck::cast_slice(source);
                    out.iter_mut().zip(&bytes[row * len..][..len]).for_each(|(out, byte)| *out = f32::from(*byte) * scale);
                }
            }
        }
    }
}

/// Adding the rows of an evaluation, prepared.
#[derive(Debug)]
pub(super) struct Tally {
    rows: usize,
    loss: Slice,
    correct: Slice,
    state: Slice,
}

impl Tally {
    pub(super) fn new(rows: usize, kernel: &Kernel) -> Self {
        Self { rows, loss: kernel.inputs[0], correct: kernel.inputs[1], state: kernel.outputs[0] }
    }

    pub(super) fn run(&self, memory: &mut Memory) {
        memory.update(self.state, |memory, state| {
            let valid = state[state::TALLY_VALID].to_bits() as usize;
            let sum = |slice: Slice| memory.read(slice)[..valid.min(self.rows)].iter().sum::<f32>();
            state[state::TALLY_LOSS] += sum(self.loss);
            state[state::TALLY_CORRECT] += sum(self.correct);
            let words: &mut [u32] = bytemuck::cast_slice_mut(state);
            words[state::TALLY_ROW] += valid as u32;
        });
    }
}

/// A mask, prepared.
#[derive(Debug)]
pub(super) struct RandomMask {
    keep: f32,
    site: u32,
    state: Slice,
    output: Slice,
}

impl RandomMask {
    pub(super) fn new(keep: f32, site: u32, kernel: &Kernel) -> Self {
        Self { keep, site, state: kernel.inputs[0], output: kernel.outputs[0] }
    }

    pub(super) fn run(&self, memory: &mut Memory) {
        memory.update(self.output, |memory, out| {
            let words = memory.words(self.state);
            let (key, step) = (words[state::DROPOUT_KEY], words[state::STEP] ^ random::mix(self.site));
            for (index, out) in (0..).zip(out) {
                *out = f32::from(random::uniform(key, step, index) < self.keep);
            }
        });
    }
}
