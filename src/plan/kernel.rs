//! What an executor must be able to run.
//!
//! A kernel reads `inputs` and writes `outputs`, all of them [`Slice`]s; no buffer is both read and
//! written by one kernel, except where a kind says that it changes a slice in place. `inputs` are
//! the kind's own operands in the order given there, then the operands of the epilogue. The
//! epilogue is applied to each element that the kind works out, at its row-major index in the
//! (first) output.

use super::{Element, Fused, Index, Slice};
use crate::graph::Reduction;
use crate::tensor::Shape;

/// One kernel of a routine.
#[derive(Clone, PartialEq, Debug)]
pub struct Kernel {
    /// What is computed and over which extents.
    pub kind: Kind,
    /// Element-wise work on the result ([`Fused::none`] where there is none or the kind takes
    /// none).
    pub epilogue: Fused,
    /// What is read.
    pub inputs: Vec<Slice>,
    /// What is written.
    pub outputs: Vec<Slice>,
    /// For people: the node it came from, as `conv2d dw + sum`.
    pub label: String,
}

impl Kernel {
    /// Storage buffers that one kernel may bind within WebGPU's default limits.
    pub const MAX_BINDINGS: usize = 8;

    /// A kernel without an epilogue.
    pub(crate) fn plain(kind: Kind, inputs: Vec<Slice>, outputs: Vec<Slice>, label: &str) -> Self {
        Self { kind, epilogue: Fused::none(), inputs, outputs, label: label.into() }
    }

    /// Multiply-adds of a product, times 2; 0 for any other kernel.
    pub fn flops(&self) -> u64 {
        match &self.kind {
            Kind::Gemm(gemm) => 2 * (gemm.batch * gemm.m * gemm.n) as u64 * gemm.k as u64,
            Kind::Conv(conv) => {
                let taps = conv.kernel[0] * conv.kernel[1] * conv.c_in / conv.groups;
                2 * (conv.batch * conv.output[0] * conv.output[1]) as u64 * (taps * conv.c_out) as u64
            }
            _ => 0,
        }
    }
}

/// What a kernel computes.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// Element-wise: `output[e] = fused(e)`; `inputs` are the operands of `fused`. No epilogue.
    Map {
        /// Extent of the output.
        shape: Shape,
        /// The arithmetic.
        fused: Fused,
    },
    /// `output[o, i] = kind_m prologue(o, m, i)` over `[outer, middle, inner]`; `inputs` are the
    /// prologue's operands. More than one output: the results are laid out one after the other over
    /// them (a weight's and a bias' gradient).
    Reduce {
        /// What is taken.
        kind: Reduction,
        /// Extent of the axes before.
        outer: usize,
        /// Extent that is reduced.
        middle: usize,
        /// Extent of the axes after.
        inner: usize,
        /// Element-wise work on what is read, at its index in `[outer, middle, inner]`.
        prologue: Fused,
    },
    /// Mean and variance of each channel of `x [batch, cells, channels]`, its rows weighted by
    /// `weight [batch]`. `inputs = [x, weight]`, `outputs = [mean, variance]`, each `[channels]`.
    /// No epilogue.
    Moments {
        /// Rows.
        batch: usize,
        /// Elements of a row in one channel.
        cells: usize,
        /// Channels.
        channels: usize,
    },
    /// `output[o, i] =` the index of the first largest `x[o, m, i]`, as a number. `inputs = [x]`.
    ArgMax {
        /// Extent of the axes before.
        outer: usize,
        /// Extent of the axis searched.
        middle: usize,
        /// Extent of the axes after.
        inner: usize,
    },
    /// A matrix product. `inputs = [a, b]`.
    Gemm(Gemm),
    /// A convolution or one of its gradients.
    Conv(ConvKernel),
    /// Pooling or its gradient.
    Pool(PoolKernel),
    /// Softmax (or its logarithm) of each row. `inputs = [x]`.
    Softmax {
        /// How many rows.
        rows: usize,
        /// Elements of a row.
        cols: usize,
        /// Whether the logarithm is taken.
        is_log: bool,
    },
    /// Cross-entropy of each row, its gradient, or both in one pass: `inputs = [logits, target]`
    /// and, with `has_grad`, `dy [rows]`; `outputs` = the losses (with `has_loss`), then the
    /// gradient (with `has_grad`). No epilogue.
    CrossEntropy {
        /// How many rows.
        rows: usize,
        /// How many classes.
        classes: usize,
        /// Whether the losses are written.
        has_loss: bool,
        /// Whether the gradient is written.
        has_grad: bool,
    },
    /// Puts `x` of shape `source` into a larger array. `inputs = [x]`.
    Pad {
        /// Extent of `x`.
        source: Shape,
        /// Extent of the output.
        shape: Shape,
        /// Cells before the first element of each axis.
        low: Vec<usize>,
        /// Cells between neighbours of each axis.
        interior: Vec<usize>,
        /// What the cells hold.
        value: f32,
    },
    /// `output[e] = 1` with probability `keep`, else 0:
    /// `uniform(state key of dropout, step ^ mix(site), e) < keep`. `inputs = [state]`. No
    /// epilogue.
    RandomMask {
        /// Probability of a one.
        keep: f32,
        /// Which mask of the graph.
        site: u32,
    },
    /// Fetches the samples of a step. `inputs = [features, target]` and, for [`Order::Listed`], the
    /// list; `outputs = [features, target, row weight, row count, state]`; the state is changed in
    /// place (see [`super::state`]). No epilogue.
    Gather(Gather),
    /// Looks at all that a step would write: partial sums of the gradients' squared norm, the loss
    /// of the step, the first of gradients, loss and next statistics that is not finite. `inputs =
    /// [params, grads, row loss, row weight, next stats, state]` (`next stats` is left out where
    /// there are no statistics), `outputs = [partials]`. No epilogue. The partials have four words
    /// for each [`Kind::GUARD_CHUNK`] parameters and four more for the loss; an executor that needs
    /// no second pass may use them as it likes.
    Guard,
    /// Changes all parameters and takes over the next statistics.
    /// `inputs = [grads, partials, next stats]`, `outputs = [params, moments, stats, state]`, all
    /// changed in place (`moments` is left out where the optimizer has none, `next stats` and
    /// `stats` where there are no statistics). No epilogue.
    Optimizer,
    /// Adds the rows of an evaluation to the tally. `inputs = [row loss, correct]`,
    /// `outputs = [state]`, changed in place. No epilogue.
    Tally {
        /// Rows of a chunk.
        rows: usize,
    },
}

impl Kind {
    /// Parameters that one workgroup of the guard looks at.
    pub const GUARD_CHUNK: usize = 1024;

    /// Words of the guard's partial results for this many parameters.
    pub fn guard_partials(params: usize) -> usize {
        4 * (params.div_ceil(Self::GUARD_CHUNK) + 1)
    }
}

/// Extents of a matrix product `c[z] = op(a[a_batch(z)]) · op(b[b_batch(z)])`, `z < batch`.
///
/// `op(a)` is `[m, k]`, stored `[k, m]` where `ta`; `op(b)` is `[k, n]`, stored `[n, k]` where
/// `tb`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Gemm {
    /// How many products.
    pub batch: usize,
    /// Rows of a product.
    pub m: usize,
    /// Columns of a product.
    pub n: usize,
    /// Terms of each sum.
    pub k: usize,
    /// Whether `a` is stored transposed.
    pub ta: bool,
    /// Whether `b` is stored transposed.
    pub tb: bool,
    /// Which matrix of `a` product `z` reads.
    pub a_batch: Index,
    /// Which matrix of `b` product `z` reads.
    pub b_batch: Index,
    /// Whether a row of ones is put below `op(a)`: row `m` of the product is the sum of `op(b)`'s
    /// rows (the gradient of a bias). With `split == 1` it is the second output, else row `m` of
    /// each partial product. Only with `batch == 1`.
    pub has_sum_row: bool,
    /// Into how many ranges of `k` the sum is split; with more than 1 the output is
    /// `[split, m (+ 1), n]` partial products. The planner splits only for devices that want it,
    /// only with `batch == 1`, and then gives no epilogue.
    pub split: usize,
}

/// Which of a convolution's three products is taken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// `inputs = [x, w]`, output `y`.
    Forward,
    /// `inputs = [dy, w]`, output `dx`.
    InputGrad,
    /// `inputs = [x, dy]`, output `dw`.
    WeightGrad,
}

/// Extents of a convolution: `x [batch, h, w, c_in]`, `weight [kh, kw, c_in / groups, c_out]`,
/// `y [batch, oh, ow, c_out]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ConvKernel {
    /// Which product.
    pub direction: Direction,
    /// Images.
    pub batch: usize,
    /// Rows and columns of an input image.
    pub input: [usize; 2],
    /// Channels of the input.
    pub c_in: usize,
    /// Rows and columns of the output.
    pub output: [usize; 2],
    /// Channels of the output.
    pub c_out: usize,
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// Between windows.
    pub stride: [usize; 2],
    /// Between taps.
    pub dilation: [usize; 2],
    /// Rows above and columns left of the image.
    pub pads: [usize; 2],
    /// Groups of channels.
    pub groups: usize,
    /// As [`Gemm::has_sum_row`], for `WeightGrad`: `dw` seen as a matrix
    /// `[kh·kw·c_in/groups, c_out]` gets the sum of `dy` over batch, rows and columns as one more
    /// row.
    pub has_sum_row: bool,
    /// As [`Gemm::split`], over batch · oh · ow, for `WeightGrad`.
    pub split: usize,
}

/// What a pooling kernel computes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Pooling {
    /// `inputs = [x]`, output `y`.
    Max,
    /// `inputs = [x, dy]`, output `dx`.
    MaxGrad,
    /// `inputs = [x]`, output `y`.
    Mean,
    /// `inputs = [dy]`, output `dx`.
    MeanGrad,
}

/// Extents of pooling: `x [batch, h, w, channels]`, `y [batch, oh, ow, channels]`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct PoolKernel {
    /// What is computed.
    pub pooling: Pooling,
    /// Images.
    pub batch: usize,
    /// Rows and columns of `x`.
    pub input: [usize; 2],
    /// Rows and columns of `y`.
    pub output: [usize; 2],
    /// Channels.
    pub channels: usize,
    /// Rows and columns of a window.
    pub kernel: [usize; 2],
    /// Between windows.
    pub stride: [usize; 2],
    /// Cells around `x`: top, bottom, left, right.
    pub pads: [usize; 4],
    /// Whether a mean counts the padding (see [`crate::graph::Pool`]).
    pub count_include_pad: bool,
}

/// In which order training samples are taken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Order {
    /// A fresh permutation each epoch ([`descent_spec::random::permute`] with the state's order
    /// key); the last, smaller batch is kept. An epoch has `ceil(rows / batch)` steps.
    Shuffled,
    /// As they stand; what is left over at the end of an epoch joins the first batch of the next,
    /// as in TensorFlow Playground. An epoch has `floor(rows / batch)` steps; the first step of
    /// every epoch but the first takes `batch + rows % batch` samples.
    Stream,
    /// Rows named in a list: step `s` takes `list[(s % steps) · batch ..][.. batch]`.
    Listed {
        /// Steps in the list.
        steps: usize,
    },
    /// Evaluation: the rows from the state's tally row on, up to `first_row + rows`.
    Sequential,
}

/// How the samples of one column of a data set are stored.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stored {
    /// Bytes, four to a word, lowest first; the value is `byte · scale`.
    U8 {
        /// What a byte is multiplied with.
        scale: f32,
    },
    /// Words that are f32.
    F32,
}

impl Stored {
    /// What lies in memory.
    pub fn element(self) -> Element {
        match self {
            Stored::U8 { .. } => Element::U8,
            Stored::F32 => Element::F32,
        }
    }
}

/// What is fetched for a step.
#[derive(Clone, PartialEq, Debug)]
pub struct Gather {
    /// Which samples.
    pub order: Order,
    /// First sample of the part that is used.
    pub first_row: usize,
    /// Samples of the part that is used.
    pub rows: usize,
    /// Samples of a step.
    pub batch: usize,
    /// Rows of the outputs: `batch`, or for [`Order::Stream`] `batch + rows % batch`. Rows past the
    /// valid ones are all 0.
    pub capacity: usize,
    /// Elements of a sample's features.
    pub feature_len: usize,
    /// How features are stored.
    pub features: Stored,
    /// Elements of a sample's target.
    pub target_len: usize,
    /// How targets are stored.
    pub target: Stored,
}

impl Gather {
    /// Steps of an epoch.
    pub fn epoch_steps(&self) -> usize {
        match self.order {
            Order::Shuffled | Order::Sequential => self.rows.div_ceil(self.batch),
            Order::Stream => (self.rows / self.batch).max(1),
            Order::Listed { steps } => steps,
        }
    }
}
