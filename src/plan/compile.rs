//! From a model's graphs to its program.

use super::expr::Fused;
use super::fuse::{self, Draft, Value};
use super::kernel::{Gather, Kernel, Kind};
use super::place::{self, Table, aligned};
use super::program::{Buffer, BufferId, Placed, Program, Role, Routine, Slice, Target};
use super::spec::{ModelSpec, RoutineSpec};
use super::state;
use crate::graph::{Graph, Leaf, NodeId, Op, simplify};
use std::fmt;

/// The largest range WebGPU binds by default, in bytes.
const MAX_BINDING_BYTES: usize = 128 << 20;

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
/// [`PlanError`] if the routines disagree about parameters, or memory of one kind exceeds what WebGPU binds by default.
pub fn compile(model: &ModelSpec, target: Target) -> Result<Program, PlanError> {
    let Some(first) = model.routines.first() else { return Ok(empty()) };
    for routine in &model.routines {
        let same = |a: &[Leaf], b: &[Leaf]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && first.graph.shape(a.node) == routine.graph.shape(b.node))
        };
        if !same(first.graph.params(), routine.graph.params()) || !same(first.graph.stats(), routine.graph.stats()) {
            return Err(PlanError::Leaves { routine: routine.name });
        }
    }
    let mut memory = Memory::default();
    let params = memory.leaves(Role::Params, &first.graph, first.graph.params());
    let stats = memory.leaves(Role::Stats, &first.graph, first.graph.stats());
    let params_len = params.iter().map(|placed| aligned(placed.slice.len)).sum::<usize>();
    let stats_len = stats.iter().map(|placed| aligned(placed.slice.len)).sum::<usize>();
    let trains = model.update.filter(|_| model.routines.iter().any(|routine| routine.training.is_some()));
    if let Some(update) = trains {
        memory.reserve(Role::Grads, params_len);
        memory.reserve(Role::Moments, update.moments() * params_len);
        if stats_len > 0 {
            memory.reserve(Role::NextStats, stats_len);
        }
    }
    let has_state = model.routines.iter().any(|routine| routine.fetch.is_some() || uses_state(&routine.graph));
    if has_state {
        memory.reserve(Role::State, state::LEN);
    }
    let data: Vec<Slice> = model.data_words.iter().filter(|words| **words > 0).map(|words| memory.append(Role::Data, *words)).collect();
    let mut routines = Vec::new();
    for spec in &model.routines {
        let compiler = Compiler { spec, target, memory: &mut memory, params: &params, stats: &stats, data: &data, params_len, stats_len };
        routines.push(compiler.routine(model)?);
    }
    for buffer in &memory.buffers {
        if buffer.len * 4 > MAX_BINDING_BYTES {
            return Err(PlanError::TooLarge { what: format!("the {:?} of this network", buffer.role), bytes: buffer.len * 4 });
        }
    }
    let program =
        Program { buffers: memory.buffers, params, is_regularised: model.is_regularised.clone(), stats, update: trains, routines };
    check(&program);
    Ok(program)
}

fn empty() -> Program {
    Program { buffers: Vec::new(), params: Vec::new(), is_regularised: Vec::new(), stats: Vec::new(), update: None, routines: Vec::new() }
}

fn uses_state(graph: &Graph) -> bool {
    graph.nodes().iter().any(|node| matches!(node.op, Op::RandomMask { .. }))
}

/// Buffers as they grow.
#[derive(Default)]
struct Memory {
    buffers: Vec<Buffer>,
}

impl Memory {
    fn buffer(&mut self, role: Role) -> BufferId {
        let at = self.buffers.iter().position(|buffer| buffer.role == role).unwrap_or_else(|| {
            self.buffers.push(Buffer { role, len: 0 });
            self.buffers.len() - 1
        });
        BufferId(at as u16)
    }

    /// Makes the role's buffer at least `len` words long and returns its start.
    fn reserve(&mut self, role: Role, len: usize) -> Slice {
        let buffer = self.buffer(role);
        let known = &mut self.buffers[buffer.0 as usize].len;
        *known = (*known).max(aligned(len.max(1)));
        Slice { buffer, offset: 0, len }
    }

    /// Adds `len` words to the end of the role's buffer; an empty slice adds nothing.
    fn append(&mut self, role: Role, len: usize) -> Slice {
        let buffer = self.buffer(role);
        let known = &mut self.buffers[buffer.0 as usize].len;
        let offset = *known;
        *known += aligned(len);
        Slice { buffer, offset, len }
    }

    fn leaves(&mut self, role: Role, graph: &Graph, leaves: &[Leaf]) -> Vec<Placed> {
        let placed = |memory: &mut Self, leaf: &Leaf| {
            let shape = graph.shape(leaf.node).clone();
            let slice = memory.append(role, shape.elements());
            Placed { name: leaf.name.clone(), shape, slice }
        };
        leaves.iter().map(|leaf| placed(self, leaf)).collect()
    }
}

struct Compiler<'a> {
    spec: &'a RoutineSpec,
    target: Target,
    memory: &'a mut Memory,
    params: &'a [Placed],
    stats: &'a [Placed],
    data: &'a [Slice],
    params_len: usize,
    stats_len: usize,
}

impl Compiler<'_> {
    fn routine(mut self, model: &ModelSpec) -> Result<Routine, PlanError> {
        let spec = self.spec;
        let (graph, nodes) = simplify::simplify(&spec.graph, &self.roots());
        let mut nodes = nodes.into_iter();
        let outputs: Vec<NodeId> = nodes.by_ref().take(spec.outputs.len()).collect();
        let training = spec.training.as_ref().map(|training| {
            let row_loss = nodes.next();
            let grads: Vec<NodeId> = nodes.by_ref().take(training.grads.len()).collect();
            let stats: Vec<NodeId> = nodes.by_ref().take(training.stats.len()).collect();
            (row_loss, grads, stats)
        });
        let tally: Vec<NodeId> = nodes.collect();
        let is_root: Vec<NodeId> = outputs
            .iter()
            .chain(training.iter().flat_map(|(row_loss, grads, stats)| row_loss.iter().chain(grads).chain(stats)))
            .chain(&tally)
            .copied()
            .collect();
        let mut drafts = fuse::fuse(&graph, &is_root, self.target);

        let mut fixed = self.leaves(&graph);
        let results = training.as_ref().map(|(_, grads, stats)| self.results(grads, stats)).unwrap_or_default();
        send(&graph, &results, &mut fixed, &mut drafts);
        let mut kept: Vec<Value> = Vec::new();
        for id in outputs.iter().chain(training.iter().flat_map(|(row_loss, ..)| row_loss)).chain(&tally) {
            kept.push(Value::Node(fuse::base(&graph, *id)));
        }
        let len_of = |value: Value| match value {
            Value::Node(id) => graph.shape(id).elements(),
            Value::Temporary(_, len) => len,
        };
        let placement = place::place(&drafts, &fixed, &kept, len_of);
        let colours: Vec<BufferId> = placement
            .colours
            .iter()
            .enumerate()
            .map(|(colour, len)| self.memory.reserve(Role::Activation(colour as u16), *len).buffer)
            .collect();
        let slice_of = |value: Value| match (fixed.get(value), placement.spots.get(value)) {
            (Some(slice), _) => slice,
            (None, Some(spot)) => Slice { buffer: colours[spot.colour], offset: spot.offset, len: len_of(value) },
            (None, None) => unreachable!("a value is a leaf or written"),
        };
        let node_slice = |id: NodeId| slice_of(Value::Node(fuse::base(&graph, id)));

        let mut kernels = Vec::new();
        if let Some(fetch) = &spec.fetch {
            kernels.push(self.gather(&fetch.gather, &graph, spec, &fixed));
        }
        for draft in &drafts {
            let mut inputs: Vec<Slice> = draft.inputs.iter().map(|value| slice_of(*value)).collect();
            if matches!(draft.kind, Kind::RandomMask { .. }) {
                inputs.push(self.memory.reserve(Role::State, state::LEN));
            }
            let outputs = draft.outputs.iter().map(|value| slice_of(*value)).collect();
            kernels.push(Kernel {
                kind: draft.kind.clone(),
                epilogue: draft.epilogue.clone(),
                inputs,
                outputs,
                label: draft.label.clone(),
            });
        }
        if let Some((row_loss, ..)) = &training {
            let row_weight = spec.fetch.as_ref().map(|fetch| input(&graph, spec, &fixed, fetch.row_weight));
            if let (Some(row_loss), Some(row_weight), Some(update)) = (row_loss, row_weight, model.update) {
                kernels.extend(self.ending(node_slice(*row_loss), row_weight, update.moments() > 0));
            }
        }
        if let [row_loss, correct] = tally[..] {
            let state = self.memory.reserve(Role::State, state::LEN);
            let rows = graph.shape(row_loss).elements();
            kernels.push(Kernel {
                kind: Kind::Tally { rows },
                epilogue: Fused::none(),
                inputs: vec![node_slice(row_loss), node_slice(correct)],
                outputs: vec![state],
                label: "tally".into(),
            });
        }
        let placed = |name: &str, id: NodeId| Placed { name: name.into(), shape: graph.shape(id).clone(), slice: node_slice(id) };
        Ok(Routine {
            name: spec.name,
            inputs: graph.inputs().iter().map(|leaf| placed(&leaf.name, leaf.node)).collect(),
            outputs: spec.outputs.iter().zip(&outputs).map(|((name, _), id)| placed(name, *id)).collect(),
            gather: spec.fetch.as_ref().map(|fetch| fetch.gather.clone()),
            flops: kernels.iter().map(|kernel| flops(&kernel.kind)).sum(),
            kernels,
        })
    }

    /// Everything the routine must work out, in the order in which [`Self::routine`] takes it apart again.
    fn roots(&self) -> Vec<NodeId> {
        let spec = self.spec;
        let mut roots: Vec<NodeId> = spec.outputs.iter().map(|(_, id)| *id).collect();
        if let Some(training) = &spec.training {
            roots.push(training.row_loss);
            roots.extend(&training.grads);
            roots.extend(training.stats.iter().map(|(_, id)| *id));
        }
        if let Some((row_loss, correct)) = spec.tally {
            roots.extend([row_loss, correct]);
        }
        roots
    }

    /// Places inputs, and points at parameters and statistics. Routines do not share inputs: what the host has written for one stays.
    fn leaves(&mut self, graph: &Graph) -> Table<Slice> {
        let mut fixed = Table::default();
        for leaf in graph.inputs() {
            let slice = self.memory.append(Role::Input, graph.shape(leaf.node).elements());
            fixed.insert(Value::Node(leaf.node), slice);
        }
        for (leaf, placed) in graph.params().iter().zip(self.params).chain(graph.stats().iter().zip(self.stats)) {
            fixed.insert(Value::Node(leaf.node), placed.slice);
        }
        fixed
    }

    /// Gradients and next statistics, each with its place in the buffer that the end of a step reads.
    fn results(&mut self, grads: &[NodeId], stats: &[NodeId]) -> Vec<(NodeId, Slice)> {
        let renewed: Vec<usize> = self.spec.training.iter().flat_map(|training| training.stats.iter().map(|(place, _)| *place)).collect();
        let is_whole = (0..self.stats.len()).all(|place| renewed.contains(&place));
        assert!(is_whole, "{}: a step renews every statistic", self.spec.name);
        let mut results = Vec::new();
        if !grads.is_empty() {
            let buffer = self.memory.buffer(Role::Grads);
            results.extend(grads.iter().zip(self.params).map(|(id, param)| (*id, Slice { buffer, ..param.slice })));
        }
        if !stats.is_empty() {
            let buffer = self.memory.buffer(Role::NextStats);
            results.extend(stats.iter().zip(renewed).map(|(id, place)| (*id, Slice { buffer, ..self.stats[place].slice })));
        }
        results
    }

    fn gather(&mut self, gather: &Gather, graph: &Graph, spec: &RoutineSpec, fixed: &Table<Slice>) -> Kernel {
        let state = self.memory.reserve(Role::State, state::LEN);
        let fetch = spec.fetch.as_ref().unwrap_or_else(|| unreachable!("only routines that fetch gather"));
        let place = |id: NodeId| input(graph, spec, fixed, id);
        Kernel {
            kind: Kind::Gather(gather.clone()),
            epilogue: Fused::none(),
            inputs: self.data.to_vec(),
            outputs: vec![place(fetch.features), place(fetch.target), place(fetch.row_weight), place(fetch.row_count), state],
            label: "gather".into(),
        }
    }

    /// The two dispatches over all parameters that end a step.
    fn ending(&mut self, row_loss: Slice, row_weight: Slice, has_moments: bool) -> [Kernel; 2] {
        let state = self.memory.reserve(Role::State, state::LEN);
        let params = self.memory.reserve(Role::Params, self.params_len);
        let grads = self.memory.reserve(Role::Grads, self.params_len);
        let partials = self.memory.reserve(Role::Scratch, Kind::guard_partials(self.params_len));
        let mut looked_at = vec![params, grads, row_loss, row_weight];
        let mut read = vec![grads, partials];
        let mut changed = vec![params];
        if has_moments {
            let buffer = self.memory.buffer(Role::Moments);
            changed.push(Slice { buffer, offset: 0, len: self.memory.buffers[buffer.0 as usize].len });
        }
        if self.stats_len > 0 {
            let next_stats = self.memory.reserve(Role::NextStats, self.stats_len);
            looked_at.push(next_stats);
            read.push(next_stats);
            changed.push(self.memory.reserve(Role::Stats, self.stats_len));
        }
        looked_at.push(state);
        changed.push(state);
        [
            Kernel { kind: Kind::Guard, epilogue: Fused::none(), inputs: looked_at, outputs: vec![partials], label: "guard".into() },
            Kernel { kind: Kind::Optimizer, epilogue: Fused::none(), inputs: read, outputs: changed, label: "optimizer".into() },
        ]
    }
}

/// Where an input of a routine lies. Leaves keep their order when a graph is simplified, so it is known by its place among them.
fn input(simplified: &Graph, spec: &RoutineSpec, fixed: &Table<Slice>, id: NodeId) -> Slice {
    match spec.graph.node(id).op {
        Op::Input(at) => fixed.get(Value::Node(simplified.inputs()[at].node)).unwrap_or_else(|| unreachable!("inputs are placed")),
        _ => panic!("what is fetched is an input"),
    }
}

/// Sends values to where they are wanted: straight from the kernel where nothing else uses them, by a copy at the end otherwise.
fn send(graph: &Graph, results: &[(NodeId, Slice)], fixed: &mut Table<Slice>, drafts: &mut Vec<Draft>) {
    let mut copies = Vec::new();
    for (at, (id, slice)) in results.iter().enumerate() {
        let value = Value::Node(fuse::base(graph, *id));
        let is_read = drafts.iter().any(|draft| draft.inputs.contains(&value));
        if is_read || fixed.get(value).is_some() {
            let copied = Value::Temporary(usize::MAX - at, slice.len);
            fixed.insert(copied, *slice);
            copies.push(Draft {
                kind: Kind::Map { shape: graph.shape(*id).clone(), fused: Fused::load() },
                epilogue: Fused::none(),
                inputs: vec![value],
                outputs: vec![copied],
                label: "keep".into(),
            });
        } else {
            fixed.insert(value, *slice);
        }
    }
    drafts.extend(copies);
}

/// Multiply-adds of a product, times 2.
fn flops(kind: &Kind) -> u64 {
    match kind {
        Kind::Gemm(gemm) => 2 * (gemm.batch * gemm.m * gemm.n) as u64 * gemm.k as u64,
        Kind::Conv(conv) => {
            let taps = conv.kernel[0] * conv.kernel[1] * conv.c_in / conv.groups;
            2 * (conv.batch * conv.output[0] * conv.output[1]) as u64 * (taps * conv.c_out) as u64
        }
        _ => 0,
    }
}

/// What WebGPU demands of every kernel.
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
