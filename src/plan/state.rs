//! The `state` buffer: everything that varies from step to step, in words of 32 bits.
//!
//! To keep a step free of races, each word is written by one kernel. `Gather`, the first kernel of
//! a step, writes `STEP`, `IS_FROZEN` and `VALID_ROWS` from what the last step left. `Optimizer`,
//! the last kernel, reads those and writes the second group. The host writes the third group before
//! it submits; the fourth is an evaluation's. A reset or a restored snapshot writes the second group
//! too, while no step runs. Words marked f32 hold the bits of a float.

/// u32, by `Gather`: the number of the step that runs, from 0 (a copy of [`DONE`]).
pub const STEP: usize = 0;
/// u32, by `Gather`: 1 once a step was bad, so that later steps of the same submission change
/// nothing.
pub const IS_FROZEN: usize = 1;
/// u32, by `Gather`: samples of this step.
pub const VALID_ROWS: usize = 2;

/// u32, by `Optimizer`: steps done. Not advanced by a bad or frozen step.
pub const DONE: usize = 8;
/// u32, by `Optimizer`: number of the first bad step plus 1; 0 while all is well.
pub const BAD_STEP: usize = 9;
/// u32, by `Optimizer`: index of the parameter whose gradient was not finite first; the number of
/// parameters if it was the loss; that plus 1 plus the index of the statistic whose next value was
/// not finite first.
pub const BAD_TENSOR: usize = 10;
/// f32, by `Optimizer`: sum of the losses of the samples seen in this epoch.
pub const EPOCH_LOSS: usize = 11;
/// f32, by `Optimizer`: samples seen in this epoch.
pub const EPOCH_ROWS: usize = 12;
/// f32, by `Optimizer`: mean loss of the samples of the last complete epoch.
pub const LAST_EPOCH_LOSS: usize = 13;
/// u32, by `Optimizer`: complete epochs.
pub const EPOCHS: usize = 14;
/// f32, by `Optimizer`: norm of the last gradient, penalties included, before clipping.
pub const GRAD_NORM: usize = 15;
/// f32, by `Optimizer`: the learning rate of the last step.
pub const LAST_RATE: usize = 16;

/// f32, by the host: the learning rate before the schedule.
pub const LEARNING_RATE: usize = 24;
/// f32, by the host: the rate of the penalty.
pub const PENALTY_RATE: usize = 27;
/// u32, by the host: key of the order of samples.
pub const ORDER_KEY: usize = 25;
/// u32, by the host: key of dropout masks.
pub const DROPOUT_KEY: usize = 26;

/// u32, by the host, then by `Tally`: the next row of an evaluation.
pub const TALLY_ROW: usize = 32;
/// f32, by the host (0), then by `Tally`: sum of losses.
pub const TALLY_LOSS: usize = 33;
/// f32, by the host (0), then by `Tally`: rows answered correctly.
pub const TALLY_CORRECT: usize = 34;
/// u32, by `Gather` of an evaluation: valid rows of this chunk.
pub const TALLY_VALID: usize = 35;

/// f32, by `Optimizer`: mean loss of step `s` at `RING + s % RING_LEN`.
pub const RING: usize = 64;
/// How many losses are kept.
pub const RING_LEN: usize = 1024;

/// Words of the state buffer.
pub const LEN: usize = RING + RING_LEN;
