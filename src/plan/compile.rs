//! From a model's graphs to its program.

use super::allocate::{aligned, allocate};
use super::expr::Fused;
use super::fuse::{self, Draft, Value};
use super::kernel::{Kernel, Kind, Stored};
use super::memory::Memory;
use super::program::{BufferId, Element, NamedSlice, Program, Role, Routine, Slice, Target};
use super::spec::{Fetch, ModelSpec, RoutineSpec, Training};
use crate::graph::{Graph, Leaf, NodeId, Op, simplify};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// The largest range WebGPU binds by default, in bytes.
const MAX_BINDING_BYTES: usize = 128 << 20;

/// The part of a step that works out gradients.
const GRADIENTS: &str = "gradients";
/// The part of a step that changes parameters by them.
const UPDATE: &str = "update";

/// Why a model cannot be compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PlanError {
    /// Two routines do not declare the same parameters or statistics.
    Leaves {
        /// The routine that differs from the first.
        routine: &'static str,
    },
    /// A value or a role's memory is larger than a binding may be.
    TooLarge {
        /// What it is.
        what: String,
        /// How large.
        bytes: usize,
    },
}

impl fmt::Display for PlanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanError::Leaves { routine } => {
                write!(out, "routine {routine} does not have the parameters and statistics of the first routine")
            }
            PlanError::TooLarge { what, bytes } => {
                let mib = bytes.div_ceil(1 << 20);
                write!(out, "{what} need {mib} MiB; the limit is {} MiB. Use a smaller batch or narrower layers", MAX_BINDING_BYTES >> 20)
            }
        }
    }
}

impl std::error::Error for PlanError {}

/// Compiles the routines of a model over shared buffers.
///
/// # Errors
/// [`PlanError`] if the routines disagree about parameters, or memory of one kind exceeds what
/// WebGPU binds by default.
pub fn compile(model: &ModelSpec, target: Target) -> Result<Program, PlanError> {
    let Some(first) = model.routines.first() else { return Ok(Program::default()) };
    check_leaves(model, first)?;
    let mut memory = Memory::default();
    let params = memory.append_leaves(Role::Params, &first.graph, first.graph.params());
    let stats = memory.append_leaves(Role::Stats, &first.graph, first.graph.stats());
    let len_of = |tensors: &[NamedSlice]| tensors.iter().map(|tensor| aligned(tensor.slice.words())).sum::<usize>();
    let (params_len, stats_len) = (len_of(&params), len_of(&stats));
    let update = model.update.filter(|_| model.routines.iter().any(|routine| routine.training.is_some()));
    if let Some(update) = update {
        memory.reserve(Role::Grads, params_len);
        memory.reserve(Role::Moments, update.moments() * params_len);
        if stats_len > 0 {
            memory.reserve(Role::NextStats, stats_len);
        }
    }
    if model.routines.iter().any(|routine| routine.fetch.is_some() || draws_masks(&routine.graph)) {
        memory.state();
    }
    let data = samples(model, &mut memory);
    let mut routines = Vec::new();
    for spec in &model.routines {
        let compiler = Compiler { target, memory: &mut memory, params: &params, stats: &stats, data: &data, params_len, stats_len };
        let has_moments = model.update.is_some_and(|update| update.moments() > 0);
        let routine = compiler.routine(&simplified(spec), has_moments);
        let has_parts = spec.training.as_ref().is_some_and(|training| training.has_parts);
        let parts = has_parts.then(|| parts(&routine, &params, memory.buffer(Role::Grads)));
        routines.push(routine);
        routines.extend(parts.into_iter().flatten());
    }
    assert!(routines.iter().filter(|routine| routine.name == UPDATE).count() <= 1, "one routine of a model has parts");
    for buffer in &memory.buffers {
        if buffer.len * 4 > MAX_BINDING_BYTES {
            return Err(PlanError::TooLarge { what: format!("the {:?} of this network", buffer.role), bytes: buffer.len * 4 });
        }
    }
    let program = Program { buffers: memory.buffers, params, is_regularised: model.is_regularised.clone(), stats, update, routines };
    check(&program);
    Ok(program)
}

/// Both parts of a step: what comes before its last two kernels, which leaves all gradients in
/// their slices, and these two.
fn parts(step: &Routine, params: &[NamedSlice], grads: BufferId) -> [Routine; 2] {
    let [.., guard, _] = &step.kernels[..] else { panic!("a step ends in two kernels") };
    assert_eq!(guard.kind, Kind::Guard, "a step in parts fetches its samples");
    let (before, ending) = step.kernels.split_at(step.kernels.len() - 2);
    let grads = params.iter().map(|param| NamedSlice { slice: Slice { buffer: grads, ..param.slice }, ..param.clone() });
    let outputs = step.outputs.iter().cloned().chain(grads).collect();
    let gradients = Routine { name: GRADIENTS, kernels: before.to_vec(), outputs, ..step.clone() };
    [gradients, Routine { name: UPDATE, kernels: ending.to_vec(), inputs: Vec::new(), outputs: Vec::new(), flops: 0, ..step.clone() }]
}

/// The memory of the resident samples: features, targets, list of rows, where there are any.
fn samples(model: &ModelSpec, memory: &mut Memory) -> Vec<Slice> {
    let fetch = model.routines.iter().find_map(|routine| routine.fetch.as_ref());
    let [features, target] = fetch.map_or([Element::U32; 2], |fetch| [fetch.gather.features, fetch.gather.target].map(Stored::element));
    let parts = model.data_words.into_iter().zip([features, target, Element::U32]);
    let append = |(words, element): (usize, Element)| memory.append(Role::Data, element, words * 4 / element.bytes());
    parts.filter(|(words, _)| *words > 0).map(append).collect()
}

/// Refuses routines whose parameters or statistics differ from the first routine's.
fn check_leaves(model: &ModelSpec, first: &RoutineSpec) -> Result<(), PlanError> {
    for routine in &model.routines {
        let same = |a: &[Leaf], b: &[Leaf]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && first.graph.shape(a.node) == routine.graph.shape(b.node))
        };
        if !same(first.graph.params(), routine.graph.params()) || !same(first.graph.stats(), routine.graph.stats()) {
            return Err(PlanError::Leaves { routine: routine.name });
        }
    }
    Ok(())
}

fn draws_masks(graph: &Graph) -> bool {
    graph.nodes().iter().any(|node| matches!(node.op, Op::RandomMask { .. }))
}

/// The same routine over a smaller graph.
fn simplified(spec: &RoutineSpec) -> RoutineSpec {
    let mut simplified = spec.clone();
    let named: Vec<NodeId> = simplified.nodes_mut().map(|node| *node).collect();
    let (graph, renamed) = simplify::simplify(&spec.graph, &named);
    simplified.nodes_mut().zip(renamed).for_each(|(node, renamed)| *node = renamed);
    RoutineSpec { graph, ..simplified }
}

/// Compiles one routine over the memory of its program.
struct Compiler<'a> {
    target: Target,
    memory: &'a mut Memory,
    params: &'a [NamedSlice],
    stats: &'a [NamedSlice],
    data: &'a [Slice],
    params_len: usize,
    stats_len: usize,
}

impl Compiler<'_> {
    fn routine(mut self, spec: &RoutineSpec, has_moments: bool) -> Routine {
        let graph = &spec.graph;
        let mut drafts = fuse::fuse(graph, &spec.results(), self.target);
        let mut slices = self.leaves(graph);
        if let Some(training) = &spec.training {
            let wanted = self.gradients_and_stats(training, spec.name);
            send(graph, &wanted, &mut slices, &mut drafts);
            if training.has_parts {
                let value = Value::Node(fuse::storage(graph, training.row_loss));
                let losses = self.memory.reserve(Role::Losses, graph.shape(training.row_loss).elements());
                slices.entry(value).or_insert(losses);
            }
        }
        self.allocate_values(spec, &drafts, &mut slices);
        let slice_of = |id: NodeId| slices[&Value::Node(fuse::storage(graph, id))];

        let mut kernels = Vec::new();
        if let Some(fetch) = &spec.fetch {
            kernels.push(self.gather(fetch, slice_of));
        }
        for draft in drafts {
            let mut inputs: Vec<Slice> = draft.inputs.iter().map(|value| slices[value]).collect();
            if matches!(draft.kind, Kind::RandomMask { .. }) {
                inputs.push(self.memory.state());
            }
            let outputs = draft.outputs.iter().map(|value| slices[value]).collect();
            kernels.push(Kernel { kind: draft.kind, epilogue: draft.epilogue, inputs, outputs, label: draft.label });
        }
        if let (Some(training), Some(fetch)) = (&spec.training, &spec.fetch) {
            kernels.extend(self.end_of_step(slice_of(training.row_loss), slice_of(fetch.row_weight), has_moments));
        }
        if let Some((row_loss, correct)) = spec.tally {
            let kind = Kind::Tally { rows: graph.shape(row_loss).elements() };
            kernels.push(Kernel::plain(kind, vec![slice_of(row_loss), slice_of(correct)], vec![self.memory.state()], "tally"));
        }
        let named = |name: &str, id: NodeId| NamedSlice { name: name.into(), shape: graph.shape(id).clone(), slice: slice_of(id) };
        Routine {
            name: spec.name,
            inputs: graph.inputs().iter().map(|leaf| named(&leaf.name, leaf.node)).collect(),
            outputs: spec.outputs.iter().map(|(name, id)| named(name, *id)).collect(),
            gather: spec.fetch.as_ref().map(|fetch| fetch.gather.clone()),
            flops: kernels.iter().map(Kernel::flops).sum(),
            kernels,
        }
    }

    /// The memory of leaves. Each routine has inputs of its own: what the host has written for one
    /// stays. Parameters and statistics are shared.
    fn leaves(&mut self, graph: &Graph) -> HashMap<Value, Slice> {
        let mut slices = HashMap::new();
        for leaf in graph.inputs() {
            slices
                .insert(Value::Node(leaf.node), self.memory.append(Role::Input, Role::Input.element(), graph.shape(leaf.node).elements()));
        }
        for (leaf, tensor) in graph.params().iter().zip(self.params).chain(graph.stats().iter().zip(self.stats)) {
            slices.insert(Value::Node(leaf.node), tensor.slice);
        }
        slices
    }

    /// Gradients and next statistics, and where in the buffers each has to go that the end of a
    /// step reads.
    fn gradients_and_stats(&mut self, training: &Training, routine: &str) -> Vec<(NodeId, Slice)> {
        let renewed: HashSet<usize> = training.stats.iter().map(|(stat, _)| *stat).collect();
        assert!((0..self.stats.len()).all(|stat| renewed.contains(&stat)), "{routine}: a step renews every statistic");
        let mut wanted = Vec::new();
        if !training.grads.is_empty() {
            let buffer = self.memory.buffer(Role::Grads);
            wanted.extend(training.grads.iter().zip(self.params).map(|(id, param)| (*id, Slice { buffer, ..param.slice })));
        }
        if !training.stats.is_empty() {
            let buffer = self.memory.buffer(Role::NextStats);
            wanted.extend(training.stats.iter().map(|(stat, id)| (*id, Slice { buffer, ..self.stats[*stat].slice })));
        }
        wanted
    }

    /// Adds the memory of every value that the drafts write and that has none yet.
    fn allocate_values(&mut self, spec: &RoutineSpec, drafts: &[Draft], slices: &mut HashMap<Value, Slice>) {
        let graph = &spec.graph;
        let row_loss = spec.training.iter().map(|training| training.row_loss);
        let read_later = spec.outputs.iter().map(|(_, id)| *id).chain(row_loss).chain(spec.tally.into_iter().flat_map(<[NodeId; 2]>::from));
        let kept: Vec<Value> = read_later.map(|id| Value::Node(fuse::storage(graph, id))).collect();
        let len_of = |value: Value| match value {
            Value::Node(id) => graph.shape(id).elements(),
            Value::Temporary(_, len) => len,
        };
        let allocation = allocate(drafts, slices, &kept, len_of);
        let reserve = |(colour, len): (usize, &usize)| self.memory.reserve(Role::Activation(colour as u16), *len).buffer;
        let buffers: Vec<BufferId> = allocation.colours.iter().enumerate().map(reserve).collect();
        for (value, slot) in allocation.slots {
            slices.insert(value, Slice { buffer: buffers[slot.colour], offset: slot.offset, len: len_of(value), element: Element::F32 });
        }
    }

    fn gather(&mut self, fetch: &Fetch, slice_of: impl Fn(NodeId) -> Slice) -> Kernel {
        let inputs = [fetch.features, fetch.target, fetch.row_weight, fetch.row_count].map(slice_of);
        let outputs = inputs.into_iter().chain([self.memory.state()]).collect();
        Kernel::plain(Kind::Gather(fetch.gather.clone()), self.data.to_vec(), outputs, "gather")
    }

    /// The two dispatches over all parameters that end a step.
    fn end_of_step(&mut self, row_loss: Slice, row_weight: Slice, has_moments: bool) -> [Kernel; 2] {
        let state = self.memory.state();
        let params = self.memory.reserve(Role::Params, self.params_len);
        let grads = self.memory.reserve(Role::Grads, self.params_len);
        let partials = self.memory.reserve(Role::Scratch, Kind::guard_partials(self.params_len));
        let mut looked_at = vec![params, grads, row_loss, row_weight];
        let mut read = vec![grads, partials];
        let mut changed = vec![params];
        if has_moments {
            changed.push(self.memory.whole(Role::Moments));
        }
        if self.stats_len > 0 {
            let next_stats = self.memory.reserve(Role::NextStats, self.stats_len);
            looked_at.push(next_stats);
            read.push(next_stats);
            changed.push(self.memory.reserve(Role::Stats, self.stats_len));
        }
        looked_at.push(state);
        changed.push(state);
        [Kernel::plain(Kind::Guard, looked_at, vec![partials], "guard"), Kernel::plain(Kind::Optimizer, read, changed, "optimizer")]
    }
}

/// Makes each wanted value lie in its slice: its kernel writes there if no other kernel reads the
/// value and it is wanted once, else a copy at the end does. (Two branches that are added may end
/// in biases with one gradient; a copy from one to the other would read and write one buffer.)
fn send(graph: &Graph, wanted: &[(NodeId, Slice)], slices: &mut HashMap<Value, Slice>, drafts: &mut Vec<Draft>) {
    let mut copies = Vec::new();
    let values: Vec<Value> = wanted.iter().map(|(id, _)| Value::Node(fuse::storage(graph, *id))).collect();
    let mut times: HashMap<Value, usize> = HashMap::new();
    for value in drafts.iter().flat_map(|draft| &draft.inputs).chain(&values) {
        *times.entry(*value).or_default() += 1;
    }
    for (at, ((id, slice), value)) in wanted.iter().zip(values).enumerate() {
        let is_needed_elsewhere = times[&value] > 1;
        if is_needed_elsewhere || slices.contains_key(&value) {
            let copied = Value::Temporary(usize::MAX - at, slice.len);
            slices.insert(copied, *slice);
            let kind = Kind::Map { shape: graph.shape(*id).clone(), fused: Fused::load() };
            copies.push(Draft::plain(kind, vec![value], vec![copied], "keep"));
        } else {
            slices.insert(value, *slice);
        }
    }
    drafts.extend(copies);
}

/// Asserts what WebGPU demands of every kernel.
fn check(program: &Program) {
    for kernel in program.routines.iter().flat_map(|routine| &routine.kernels) {
        let label = &kernel.label;
        assert!(kernel.inputs.len() + kernel.outputs.len() <= Kernel::MAX_BINDINGS, "{label} binds too many buffers");
        for output in &kernel.outputs {
            assert!(output.offset.is_multiple_of(Slice::ALIGN), "{label}: an output does not start at a multiple of 256 bytes");
            assert!(
                kernel.inputs.iter().all(|input| input.buffer != output.buffer),
                "{label} reads and writes {:?}",
                program.buffers[output.buffer.0 as usize].role
            );
        }
    }
}
