//! Descent trains neural networks in a browser tab, on the visitor's own GPU, and shows why GPUs
//! are used for it. This crate is the engine. It is a library for Rust programs too:
//! `examples/train_digits.rs` trains a network in twenty lines.
//!
//! # The one idea
//!
//! A model, its loss, its optimizer, its data and the batch size compile once into a
//! [`plan::Program`]: flat lists of kernels over a few fixed buffers. Training K steps is replaying
//! one list K times in one submission. Nothing is allocated, hashed, compiled or sent per step.
//! What varies from step to step (step number, random keys, learning rate, metrics) lives in one
//! small buffer on the device, [`plan::state`].
//!
//! ```text
//! Experiment ─► nn ─► Graph ─► autodiff ─► simplify ─► plan(graph, Target) ─► Program ─► exec::cpu  (wasm SIMD, native SIMD)
//! (what the user chose)   (static shapes, closed Op enum)                            └► exec::gpu  (WGSL through wgpu: web and native)
//!         │                     └► graph::reference (f64, slow, obvious: the meaning of every op and the oracle of every test)
//!         └◄─► text of a link
//! train::Session is a run: Program + Executor + samples; it yields snapshots and figures.   descent_worker wraps it.   descent_page sees only Commands and Events.
//! ```
//!
//! # Layers
//!
//! Reading order is dependency order: a module imports only from those above it, and no folder has
//! a circle of imports (`tests/tidy.rs` checks both).
//!
//! | module | turns | into |
//! | --- | --- | --- |
//! | [`spec`] | a link, a model's text, a saved file | what a visitor chose and what follows from it by integers and f64; a crate of its own that the page uses too |
//! | [`tensor`] | numbers | shapes, host tensors, the engine's own transcendental functions |
//! | [`graph`] | calls | nodes with static shapes, their gradients, their meaning in f64 |
//! | [`plan`] | graphs | a program: fusion, order, lifetimes, buffers; plain data, no device |
//! | [`exec`] | a program | numbers, on one CPU core or on a GPU |
//! | [`nn`] | layers | the graphs and first weights of a model |
//! | [`data`] | seeds and files | samples |
//! | [`train`] | an experiment | a run: steps, metrics, snapshots, a device |
//!
//! Beside this crate lie `crates/spec` ([`spec`]), `crates/protocol` (the messages between page and
//! worker), `crates/worker` (trains a run in a web worker), `crates/page` (what a visitor sees) and
//! `crates/serve` (the development server). Cargo enforces who sees whom: spec ◄ descent ◄ worker,
//! spec ◄ protocol ◄ worker and page.
//!
//! # Decisions
//!
//! ## Graph and meaning
//!
//! - **Shapes are static.** Another batch size is another program; compiling one takes
//!   milliseconds. The last, smaller batch of an epoch is kept and runs in the same program: each
//!   row has a weight, 1 / (valid rows) or 0, and only what mixes rows (losses, batch
//!   normalisation) reads it.
//! - **One layout each.** Images are NHWC, convolution weights HWIO, dense weights `[in, out]`.
//!   Files and tests convert at the border.
//! - **Autodiff is graph → graph**, before anything runs ([`graph::autodiff`]). An op's formula,
//!   its gradient and its f64 reference stand in one file of [`graph::ops`].
//! - **A barrier stands where nothing may be merged** ([`graph::Graph::barrier`]): what comes after
//!   it is worked out again even if it is there already. It costs no kernel and no memory.
//! - **The set of ops is closed.** Matches on [`graph::Op`] are exhaustive, so that the compiler
//!   lists what a new op touches: its file, the variant, a CPU kernel, a shader.
//! - **Element-wise work is data** ([`plan::Expr`]): printed as WGSL for the GPU, run in strips on
//!   the CPU, folded into the kernel before or after it. An optimizer's rule is one generic
//!   function ([`plan::update`]): it runs in f32 on the CPU, in f64 in the reference, and on
//!   symbols, which write it down for the GPU. The rates of learning and of the penalty are read
//!   from the state, so that they change while a run goes on.
//! - **A node may have several outputs.** [`graph::Op::Output`] is another output of its operand,
//!   whose kernel writes all of them; the mean and the variance of a batch are such a pair.
//! - **Executors use no standard float function beyond `sqrt`.** [`tensor::math`] has one
//!   polynomial each, in Rust and in WGSL. So native and wasm give the same bits, and GPUs nearly.
//! - **Executors answer to the f64 reference** ([`mod@graph::reference`]), never to each other. A
//!   fast path is one more kernel behind the same meaning.
//!
//! ## Plan
//!
//! - **A program is compiled for a class of devices** ([`plan::Target`]). The programs of one model
//!   share the names and the order of parameters, and nothing else.
//! - **Buffers have roles** ([`plan::Role`]), since WebGPU refuses one buffer bound both for
//!   reading and for writing in a dispatch. Values between kernels are coloured accordingly. A
//!   kernel binds at most eight storage buffers, and nothing beyond WebGPU's default limits is
//!   required.
//! - **A binding is a buffer, an offset and a size**; tensors start at multiples of 256 bytes, and
//!   a slice says what its elements are ([`plan::Element`]). Sizes are constants in the text of a
//!   kernel and offsets are not, so equal shapes share one pipeline. There is no uniform block.
//! - **A step ends in two dispatches over all parameters.** The guard looks at gradients, loss and
//!   next statistics by their bits, since drivers launder NaN. The optimizer clips, applies the
//!   schedule and the rule. A step that is not finite changes nothing, and neither do the steps
//!   behind it in the same submission.
//! - **`step` is `gradients` and `update` in one list.** A program that is asked for them has both
//!   parts as routines of their own too ([`mod@plan`]), for what is done with gradients in between.
//!   They share the kernels and the memory of `step`, which costs nothing where they are not used.
//! - **A convolution's gradients are matrix products** that are never written down. Long sums are
//!   split into ranges on a GPU and added up by a second pass in a fixed order.
//! - **Memory is planned before anything is allocated**, from first write to last read. A program
//!   takes the buffers of [`plan::Program::buffers`] and no more.
//!
//! ## Randomness and order
//!
//! - **Random bits are hash(seed, stream, step, index)**, by integers alone ([`spec::random`]).
//!   Batches, masks and initial weights are the same on every device.
//! - **No atomics, no unordered sums.** One seed on one device gives one run, bit for bit. Floats
//!   are not promised to be equal between devices.
//! - **Samples come shuffled, as a stream or by a list** ([`plan::kernel::Order`]); evaluations
//!   take them as they stand.
//!
//! ## Running
//!
//! - **One encoder, one pass**, cached pipelines and bind groups. K steps are one submission, and
//!   the worker adapts K to a span of time.
//! - **What takes long goes in parts** ([`train::Parts`]): a routine is cut between its kernels,
//!   and what changes something for good stands in its last part. So a slow device is heard in
//!   between, and a step that is given up was not taken.
//! - **A run is a [`train::Session`] on one [`exec::Backend`].** [`train::Session::run`] is a
//!   future, so that an executor may wait for others.
//! - **An [`Experiment`](spec::Experiment) determines the numbers of a run.** Where it runs and how
//!   it is shown is a [`View`](spec::View). A link holds both; what only the view says never
//!   changes a result.
//! - **A [`train::Snapshot`] is named tensors**, counters, random keys, the experiment, the class
//!   of devices, a format version and a checksum, as a safetensors file. One mechanism moves a run
//!   between devices, recovers it, saves it to a visitor's disk and opens it from there.
//! - **The automatic choice of a device** is the worker's; it takes the CPU for tiny networks and
//!   where the GPU is emulated. What a step costs is measured on a copy of the run, so that the run
//!   itself stays untouched ([`train::trial`]).
//! - **Nothing from a link or a file is trusted**: closed schema, caps on size and cost before
//!   anything is allocated, checked arithmetic. No link starts a run or names an address.
//! - **The worker is disposable.** A supervisor on the page keeps the last snapshot, replaces a
//!   dead or silent worker and goes on from there. The page keeps the worker's script and compiled
//!   program too, so that this needs no connection.
//! - **The last word counts.** States and snapshots say how many Resets came before them; what is
//!   older than the last one is dropped.
//! - **The browser keeps the last saved step of each link**, where it has storage, and the next
//!   visit offers it. The worker judges such bytes, as it does a file's.
//! - **Messages name their build**: a page never misreads a worker that was put up after it.

pub mod data;
pub mod exec;
pub mod graph;
pub mod nn;
pub mod plan;
pub mod tensor;
pub mod train;

pub use descent_spec as spec;
