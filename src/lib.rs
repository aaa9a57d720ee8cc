//! Descent trains neural networks in a browser tab, on the visitor's own GPU, and shows why GPUs are used for it.
//!
//! # The one idea
//!
//! A model, its loss, its optimizer, its data and the batch size compile once into a [`plan::Program`]: flat lists of kernels over a few fixed
//! buffers. Training K steps is replaying one list K times in one submission. Nothing is allocated, hashed, compiled or sent per step; what
//! varies from step to step (step number, random keys, learning rate, metrics) lives in one small buffer on the device, [`plan::state`].
//!
//! ```text
//! Experiment ─► nn ─► Graph ─► autodiff ─► simplify ─► plan(graph, Target) ─► Program ─► exec::cpu  (wasm SIMD, native SIMD)
//! (what the user chose)   (static shapes, closed Op enum)                            └► exec::gpu  (WGSL through wgpu: web and native)
//!         │                     └► graph::reference (f64, slow, obvious: the meaning of every op and the oracle of every test)
//!         └◄─► text of a link
//! train::Session owns a run: Program + Executor + Snapshot + Metrics.   descent_worker wraps it.   descent_page sees only Commands and Events.
//! ```
//!
//! # Layers
//!
//! Reading order is dependency order; a module imports only from those above it (`tests/tidy.rs` checks that).
//!
//! | module | turns | into |
//! | --- | --- | --- |
//! | [`spec`] | a link | everything that defines a run, and back; a crate of its own that the page uses too |
//! | [`tensor`] | numbers | shapes, host tensors, the engine's own transcendental functions |
//! | [`graph`] | calls | nodes with static shapes, their gradients, their meaning in f64 |
//! | [`plan`] | graphs | a program: fusion, order, lifetimes, buffers; plain data, no device |
//! | [`exec`] | a program | numbers, on one CPU core or on a GPU |
//! | [`nn`] | layers | the graphs and first weights of a model |
//! | [`data`] | seeds and files | samples |
//! | [`train`] | an experiment | a run: steps, metrics, snapshots, a device |
//!
//! Beside this crate lie `crates/protocol` (what crosses the border between page and worker), `crates/worker` (trains a run in a web worker),
//! `crates/page` (what a visitor sees) and `crates/serve` (the development server). Cargo enforces who sees whom:
//! spec ◄ descent ◄ worker, spec ◄ protocol ◄ worker and page.
//!
//! # Decisions that everything rests on
//!
//! - **Shapes are static.** Another batch size is another program (milliseconds). A last, smaller batch runs in the same program: each row has a
//!   weight, 1 / (valid rows) or 0, and only what mixes rows (losses, batch normalisation) reads it.
//! - **Autodiff is graph → graph**, before anything runs. An op's gradient stands beside its formula and its f64 reference.
//! - **Element-wise work is data** ([`plan::Expr`]): printed as WGSL for the GPU, run in strips on the CPU, folded into the kernel before or after.
//! - **Executors answer to the f64 reference**, never to each other, and use no standard float function beyond `sqrt`: [`tensor::math`] has one
//!   polynomial each, in Rust and in WGSL. So native and wasm give the same bits, and GPUs nearly.
//! - **Buffers have roles**, since WebGPU refuses one buffer bound both for reading and for writing in a dispatch. Values between kernels are
//!   coloured accordingly. At most eight storage buffers a kernel; nothing beyond WebGPU's default limits is required.
//! - **A step ends in two dispatches over all parameters**: the guard looks at gradients, loss and statistics by bit pattern (drivers launder
//!   NaN) and sums in a fixed order; the optimizer clips, applies the schedule, and leaves all untouched once a step was bad.
//! - **No atomics, no unordered sums.** One seed on one device gives one run, bit for bit. Batches, masks and initial weights are integers' work
//!   ([`spec::random`]) and equal on every device.
//! - **Nothing from a link or a file is trusted**: closed schema, caps on size and cost before anything is allocated, checked arithmetic; no link
//!   starts a run or names an address.
//! - **The worker is disposable.** A supervisor on the page keeps the last snapshot, replaces a dead or silent worker and goes on from there.

pub mod data;
pub mod exec;
pub mod graph;
pub mod nn;
pub mod plan;
pub mod tensor;
pub mod train;

pub use descent_spec as spec;
