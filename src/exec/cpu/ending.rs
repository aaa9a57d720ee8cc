//! The two kernels that end a step: a look at all that it would write, then the change of all
//! parameters and statistics.

use super::memory::Memory;
use super::tile::{COLS, sum_lanes};
use crate::plan::update::{Penalty, StepConstants, Update};
use crate::plan::{Kernel, NamedSlice, Program, Slice, state};
use std::ops::Range;

// Words of the partial results, of which this executor needs three.
/// Squared norm of the gradient, penalties included.
const SQUARED_NORM: usize = 0;
/// The state's word for what is not finite, plus 1; 0 if all is.
const BAD: usize = 1;
/// Loss of the step.
const LOSS: usize = 2;

/// Where a parameter lies, and whether it is regularised.
type Tensor = (Slice, bool);

fn tensors(program: &Program) -> Vec<Tensor> {
    let tensors = program.params.iter().zip(&program.is_regularised);
    tensors.map(|(tensor, is_regularised): (&NamedSlice, _)| (tensor.slice, *is_regularised)).collect()
}

/// The look at all gradients, prepared.
#[derive(Debug)]
pub(super) struct Guard {
    update: Update,
    tensors: Vec<Tensor>,
    params: Slice,
    grads: Slice,
    row_loss: Slice,
    row_weight: Slice,
    /// Each statistic's next value.
    next_stats: Vec<Slice>,
    state: Slice,
    output: Slice,
}

impl Guard {
    pub(super) fn new(program: &Program, kernel: &Kernel) -> Self {
        let &[params, grads, row_loss, row_weight, ref next_stats @ .., state] = kernel.inputs.as_slice() else {
            panic!("{}: a guard has five inputs or six", kernel.label)
        };
        let own = |whole: &Slice| program.stats.iter().map(|tensor| Slice { buffer: whole.buffer, ..tensor.slice }).collect();
        let next_stats = next_stats.first().map(own).unwrap_or_default();
        let update = program.update.unwrap_or_else(|| panic!("{}: the program has no update", kernel.label));
        Self { update, tensors: tensors(program), params, grads, row_loss, row_weight, next_stats, state, output: kernel.outputs[0] }
    }

    pub(super) fn run(&self, memory: &mut Memory) {
        memory.update(self.output, |memory, out| {
            let (params, grads) = (memory.read(self.params), memory.read(self.grads));
            let words = memory.words(self.state);
            let valid = words[state::VALID_ROWS] as usize;
            let penalty = f64::from(f32::from_bits(words[state::PENALTY_RATE]));
            let rows = memory.read(self.row_loss)[..valid].iter().zip(memory.read(self.row_weight));
            let loss: f32 = rows.map(|(loss, weight)| loss * weight).sum();

            // The loss after the gradients, statistics after the loss; what comes first is named.
            let loss_index = self.tensors.len();
            let bad_stat = self.next_stats.iter().position(|slice| !is_finite(memory.read(*slice)));
            let mut bad = bad_stat.map(|at| loss_index + 1 + at);
            if !is_finite(&[loss]) {
                bad = Some(loss_index);
            }
            let mut squared_norm = 0.0;
            for (index, (slice, is_regularised)) in self.tensors.iter().enumerate().rev() {
                let (w, g) = (&params[slice.offset..][..slice.len], &grads[slice.offset..][..slice.len]);
                let own = self.squared_norm(penalty, *is_regularised, w, g);
                // A norm may overflow where no gradient does, but is never finite where a gradient
                // is not.
                if !is_finite(&[own]) && !is_finite(g) {
                    bad = Some(index);
                }
                squared_norm += own;
            }
            out[SQUARED_NORM] = squared_norm;
            out[BAD] = f32::from_bits(bad.map_or(0, |index| index as u32 + 1));
            out[LOSS] = loss;
        });
    }

    /// In eight lanes, put down after every 1024 elements.
    fn squared_norm(&self, penalty: f64, is_regularised: bool, w: &[f32], g: &[f32]) -> f32 {
        const BLOCK: usize = 1024;
        let square = |w: f32, g: f32| {
            let g = self.update.penalised(penalty, is_regularised, w, g);
            g * g
        };
        let blocks = w.chunks(BLOCK).zip(g.chunks(BLOCK)).map(|(w, g)| {
            let ((w, w_rest), (g, g_rest)) = (w.as_chunks::<COLS>(), g.as_chunks::<COLS>());
            let mut lanes = [0.0; COLS];
            for (w, g) in w.iter().zip(g) {
                for lane in 0..COLS {
                    lanes[lane] += square(w[lane], g[lane]);
                }
            }
            sum_lanes(lanes) + w_rest.iter().zip(g_rest).map(|(w, g)| square(*w, *g)).sum::<f32>()
        });
        blocks.sum()
    }
}

/// By bit pattern: an exponent of all ones is an infinity or a NaN.
fn is_finite(values: &[f32]) -> bool {
    let largest = values.iter().fold(0, |largest: u32, value| largest.max(value.to_bits() & 0x7fff_ffff));
    largest < f32::INFINITY.to_bits()
}

/// The change of all parameters, prepared.
#[derive(Debug)]
pub(super) struct Optimizer {
    update: Update,
    runs: Vec<(Range<usize>, bool)>,
    /// Steps of an epoch, where the routine fetches its samples.
    epoch_steps: Option<u32>,
    grads: Slice,
    partials: Slice,
    params: Slice,
    moments: Option<Slice>,
    /// The next statistics and the statistics, where there are any.
    stats: Option<(Slice, Slice)>,
    state: Slice,
}

impl Optimizer {
    pub(super) fn new(program: &Program, epoch_steps: Option<u32>, kernel: &Kernel) -> Self {
        let update = program.update.unwrap_or_else(|| panic!("{}: the program has no update", kernel.label));
        let &[grads, partials, ref next_stats @ ..] = kernel.inputs.as_slice() else {
            panic!("{}: an optimizer has two inputs or three", kernel.label)
        };
        let mut outputs = kernel.outputs.iter().copied();
        let mut output = || outputs.next().unwrap_or_else(|| panic!("{}: an optimizer lacks an output", kernel.label));
        let params = output();
        let moments = (update.moments() > 0).then(&mut output);
        let stats = next_stats.first().map(|next| (*next, output()));
        let state = output();
        Self { update, runs: runs(&update, &tensors(program)), epoch_steps, grads, partials, params, moments, stats, state }
    }

    pub(super) fn run(&self, memory: &mut Memory) {
        let partials = memory.read(self.partials);
        let (squared_norm, bad, loss) = (partials[SQUARED_NORM], partials[BAD].to_bits(), partials[LOSS]);
        let words = memory.words(self.state);
        let step = words[state::STEP];
        if words[state::IS_FROZEN] != 0 {
            return;
        }
        if bad != 0 {
            let words: &mut [u32] = bytemuck::cast_slice_mut(memory.write(self.state));
            words[state::BAD_STEP] = step + 1;
            words[state::BAD_TENSOR] = bad - 1;
            return;
        }
        let float = |at: usize| f64::from(f32::from_bits(words[at]));
        let constants = self.update.constants(float(state::LEARNING_RATE), float(state::PENALTY_RATE), step);
        let norm = squared_norm.sqrt();
        let scale = self.update.clip_scale(f64::from(norm));
        match self.moments {
            Some(moments) => memory.update_two([self.params, moments], |memory, params, moments| {
                self.apply(memory, &constants, scale, params, moments);
            }),
            None => memory.update(self.params, |memory, params| self.apply(memory, &constants, scale, params, &mut [])),
        }
        if let Some((next, stats)) = self.stats {
            memory.update(stats, |memory, stats| stats.copy_from_slice(memory.read(next)));
        }
        self.account(memory.write(self.state), step, loss, norm, constants.rate as f32);
    }

    fn apply(&self, memory: &Memory, constants: &StepConstants, scale: f64, params: &mut [f32], moments: &mut [f32]) {
        let (grads, len) = (memory.read(self.grads), params.len());
        for (range, is_regularised) in &self.runs {
            // At most an optimizer's three and the one of a penalty.
            let mut slices: [&mut [f32]; 4] = Default::default();
            for (slice, moment) in slices.iter_mut().zip(moments.chunks_exact_mut(len)) {
                *slice = &mut moment[range.clone()];
            }
            let (w, g) = (&mut params[range.clone()], &grads[range.clone()]);
            self.update.apply(constants, *is_regularised, scale, w, g, &mut slices[..self.update.moments()]);
        }
    }

    /// Writes this kernel's words of the state after a good step.
    fn account(&self, state: &mut [f32], step: u32, loss: f32, norm: f32, rate: f32) {
        let rows = state[state::VALID_ROWS].to_bits() as f32;
        state[state::RING + step as usize % state::RING_LEN] = loss;
        state[state::GRAD_NORM] = norm;
        state[state::LAST_RATE] = rate;
        state[state::EPOCH_LOSS] += loss * rows;
        state[state::EPOCH_ROWS] += rows;
        let is_last = self.epoch_steps.is_some_and(|steps| (step + 1).is_multiple_of(steps));
        if is_last {
            state[state::LAST_EPOCH_LOSS] = state[state::EPOCH_LOSS] / state[state::EPOCH_ROWS];
            state[state::EPOCH_LOSS] = 0.0;
            state[state::EPOCH_ROWS] = 0.0;
        }
        let words: &mut [u32] = bytemuck::cast_slice_mut(state);
        words[state::DONE] = step + 1;
        words[state::EPOCHS] += u32::from(is_last);
    }
}

/// Ranges of parameters that are changed alike: neighbours join where no penalty tells them apart.
/// What lies between tensors is 0 and stays so.
fn runs(update: &Update, tensors: &[Tensor]) -> Vec<(Range<usize>, bool)> {
    let mut runs: Vec<(Range<usize>, bool)> = Vec::new();
    for (slice, is_regularised) in tensors {
        let is_regularised = *is_regularised && update.penalty != Penalty::None;
        match runs.last_mut() {
            Some((range, last)) if *last == is_regularised => range.end = slice.offset + slice.len,
            _ => runs.push((slice.offset..slice.offset + slice.len, is_regularised)),
        }
    }
    runs
}
