//! A compiled model: a few buffers and the lists of kernels that run over them.

use super::kernel::{Gather, Kernel};
use super::update::Update;
use crate::tensor::Shape;

/// A buffer of one [`Program`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BufferId(pub u16);

/// What a buffer is for. Memory is split by role, since WebGPU refuses one buffer bound for reading
/// and for writing in a dispatch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// All parameters.
    Params,
    /// The optimizer's moments: moment `j` of element `e` of `Params` is at `j · params + e`.
    Moments,
    /// Running statistics.
    Stats,
    /// What they become if the step is good, laid out as `Stats`.
    NextStats,
    /// All gradients, laid out as `Params`.
    Grads,
    /// Resident samples: features, targets, lists of rows.
    Data,
    /// What varies from step to step (see [`super::state`]).
    State,
    /// The loss of each row, where `gradients` and `update` are routines of their own: other
    /// routines may run in between.
    Losses,
    /// Partial results.
    Scratch,
    /// What is fetched or supplied for a run.
    Input,
    /// Values between kernels; the number is a colour.
    Activation(u16),
}

impl Role {
    /// What the whole buffer is, seen as one slice: where it holds several kinds, words.
    pub fn element(self) -> Element {
        match self {
            Role::Data | Role::State => Element::U32,
            Role::Params
            | Role::Moments
            | Role::Stats
            | Role::NextStats
            | Role::Grads
            | Role::Losses
            | Role::Scratch
            | Role::Input
            | Role::Activation(_) => Element::F32,
        }
    }
}

/// One buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Buffer {
    /// What it is for.
    pub role: Role,
    /// Its length in words of 32 bits.
    pub len: usize,
}

/// What a number in memory is.
///
/// Today values, parameters, gradients, moments and statistics are [`Element::F32`]. Samples are
/// [`Element::F32`] or [`Element::U8`]; the list of their rows and the state are [`Element::U32`].
/// No kernel works with the others yet, and executors refuse a program that asks for it
/// ([`crate::exec::ExecError::Element`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Element {
    /// IEEE single precision.
    F32,
    /// IEEE half precision.
    F16,
    /// A byte.
    U8,
    /// 16 bits without a sign.
    U16,
    /// 32 bits without a sign; also words of several kinds, as in the state.
    U32,
}

impl Element {
    /// Bytes of one.
    pub fn bytes(self) -> usize {
        match self {
            Element::U8 => 1,
            Element::F16 | Element::U16 => 2,
            Element::F32 | Element::U32 => 4,
        }
    }
}

/// A range of a buffer. Starts at a multiple of [`Slice::ALIGN`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Slice {
    /// Where.
    pub buffer: BufferId,
    /// First word of 32 bits.
    pub offset: usize,
    /// How many elements.
    pub len: usize,
    /// What they are.
    pub element: Element,
}

impl Slice {
    /// 256 bytes in words: WebGPU's alignment of storage bindings.
    pub const ALIGN: usize = 64;

    /// Bytes of its elements.
    pub fn bytes(self) -> usize {
        self.len * self.element.bytes()
    }

    /// Words of 32 bits that it takes; the last one may hold less than four bytes of it.
    pub fn words(self) -> usize {
        // The executor on the CPU asks for it with each read.
        match self.element {
            Element::F32 | Element::U32 => self.len,
            Element::F16 | Element::U16 => self.len.div_ceil(2),
            Element::U8 => self.len.div_ceil(4),
        }
    }
}

/// A named tensor and where it lies in memory.
#[derive(Clone, PartialEq, Debug)]
pub struct NamedSlice {
    /// The leaf's name.
    pub name: String,
    /// Its extent.
    pub shape: Shape,
    /// Its elements.
    pub slice: Slice,
}

/// A list of kernels that runs as one.
#[derive(Clone, PartialEq, Debug)]
pub struct Routine {
    /// `step`, `gradients`, `update`, `evaluate`, `evaluate-train`, `map`, `units`, `probe`, or a
    /// test's own.
    pub name: &'static str,
    /// In order.
    pub kernels: Vec<Kernel>,
    /// What is supplied or fetched before it runs, in the graph's order.
    pub inputs: Vec<NamedSlice>,
    /// What may be read after it ran, in the order asked for.
    pub outputs: Vec<NamedSlice>,
    /// What it fetches, if it fetches its inputs itself; of `update`: what `gradients` fetches.
    pub gather: Option<Gather>,
    /// Multiply-adds of its matrix products and convolutions, times 2.
    pub flops: u64,
}

/// A compiled model.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Program {
    /// All memory.
    pub buffers: Vec<Buffer>,
    /// The parameters, in the graph's order; `Params` and `Grads` share this layout.
    pub params: Vec<NamedSlice>,
    /// Whether the penalty counts each parameter as a weight (biases and scales are not).
    pub is_regularised: Vec<bool>,
    /// The running statistics.
    pub stats: Vec<NamedSlice>,
    /// What the optimizer does, where there is a `step`.
    pub update: Option<Update>,
    /// What can be run.
    pub routines: Vec<Routine>,
}

impl Program {
    /// The buffer of a role, if the program has one.
    pub fn buffer(&self, role: Role) -> Option<BufferId> {
        self.buffers.iter().position(|buffer| buffer.role == role).map(|at| BufferId(at as u16))
    }

    /// The whole buffer of a role.
    pub fn whole(&self, role: Role) -> Option<Slice> {
        let buffer = self.buffer(role)?;
        Some(Slice { buffer, offset: 0, len: self.buffers[buffer.0 as usize].len, element: role.element() })
    }

    /// The optimizer's moments in order, each laid out as all parameters.
    pub fn moments(&self) -> impl Iterator<Item = Slice> + use<> {
        let all = self.whole(Role::Moments);
        let len = self.whole(Role::Params).map_or(0, |params| params.len);
        let count = self.update.map_or(0, |update| update.moments());
        all.into_iter().flat_map(move |all| (0..count).map(move |number| Slice { offset: number * len, len, ..all }))
    }

    /// The state (see [`super::state`]), if a routine has one.
    pub fn state(&self) -> Option<Slice> {
        self.whole(Role::State)
    }

    /// The routine of a name.
    pub fn routine(&self, name: &str) -> Option<usize> {
        self.routines.iter().position(|routine| routine.name == name)
    }
}

/// What a program is compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// One core with SIMD: nothing is split, nothing is staged.
    Cpu,
    /// A GPU that is emulated on a CPU: register tiles, no workgroup memory.
    SoftwareGpu,
    /// A real GPU: tiles through workgroup memory, long sums split.
    Gpu,
}
