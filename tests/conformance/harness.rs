//! One kernel as a program, run on every executor this machine has.

use descent::exec::gpu::Device;
use descent::exec::{Backend, Executor};
use descent::plan::kernel::Kind;
use descent::plan::{Buffer, BufferId, Element, Expr, Fused, Index, Kernel, Program, Role, Routine, Slice, Step, Target};
use descent::spec::random::{Rng, Stream};

/// Extents on both sides of the tile sizes of all executors.
pub(crate) const ODD: [usize; 11] = [1, 2, 3, 7, 8, 9, 31, 33, 65, 129, 257];

/// A kernel with what it reads and what its outputs hold before it runs.
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) epilogue: Fused,
    pub(crate) inputs: Vec<Vec<f32>>,
    pub(crate) outputs: Vec<Vec<f32>>,
    /// With which kernels a GPU runs it.
    pub(crate) gpu_targets: &'static [Target],
}

/// All kernels for GPUs.
pub(crate) const GPUS: &[Target] = &[Target::Gpu, Target::SoftwareGpu];

/// The kernels for GPUs that run the case numbered `at` of a sweep whose every case is another
/// text.
///
/// A software adapter takes tenths of a second to compile a product, those for real GPUs longer
/// than its own, which makes out nearly all of a sweep's time. So these get one case in `real` and
/// in `software`.
pub(crate) fn one_in(real: usize, software: usize, at: usize) -> &'static [Target] {
    match (at.is_multiple_of(real), at.is_multiple_of(software)) {
        (true, true) => GPUS,
        (true, false) => &GPUS[..1],
        (false, true) => &GPUS[1..],
        (false, false) => &[],
    }
}

impl Case {
    /// A kernel without epilogue whose outputs, of these lengths, hold rubbish.
    pub(crate) fn new(kind: Kind, inputs: Vec<Vec<f32>>, output_lens: &[usize]) -> Self {
        let outputs = output_lens.iter().map(|len| vec![-77.0; *len]).collect();
        Self { kind, epilogue: Fused::none(), inputs, outputs, gpu_targets: GPUS }
    }

    /// Adds `relu(2 · value + bias[e % period])` as the epilogue.
    pub(crate) fn with_bias_and_relu(mut self, bias: Vec<f32>) -> Self {
        use descent::graph::{Binary, Unary};
        let steps = vec![
            Step::Arg(0),
            Step::Constant(2.0),
            Step::Binary(Binary::Mul, 0, 1),
            Step::Arg(1),
            Step::Binary(Binary::Add, 2, 3),
            Step::Unary(Unary::Relu, 4),
        ];
        self.epilogue = Fused { expr: Expr { steps }, args: vec![Index::Modulo(bias.len())] };
        self.inputs.push(bias);
        self
    }

    /// The case as a program: what is read lies in one buffer, what is written in another.
    pub(crate) fn program(&self) -> Program {
        let mut lens = [0, 0];
        let mut slice_of = |buffer: usize, len: usize| {
            let slice = Slice { buffer: BufferId(buffer as u16), offset: lens[buffer], len, element: Element::F32 };
            lens[buffer] += len.next_multiple_of(Slice::ALIGN);
            slice
        };
        let inputs = self.inputs.iter().map(|input| slice_of(0, input.len())).collect();
        let outputs = self.outputs.iter().map(|output| slice_of(1, output.len())).collect();
        let kernel = Kernel { kind: self.kind.clone(), epilogue: self.epilogue.clone(), inputs, outputs, label: "test".into() };
        program([(Role::Input, lens[0]), (Role::Scratch, lens[1])], vec![kernel])
    }

    /// The outputs on each executor, with its name.
    pub(crate) fn run(&self) -> Vec<(&'static str, Vec<Vec<f32>>)> {
        let program = self.program();
        let kernel = program.routines[0].kernels[0].clone();
        let outputs = |(name, mut executor): (&'static str, Executor)| {
            for (slice, values) in kernel.inputs.iter().zip(&self.inputs).chain(kernel.outputs.iter().zip(&self.outputs)) {
                executor.write(*slice, bytemuck::cast_slice(values)).expect("the executor takes the operands");
            }
            executor.run(0, 1).expect("the executor runs the kernel");
            (name, read(&mut executor, &kernel.outputs))
        };
        executors_of(&program, self.gpu_targets).into_iter().map(outputs).collect()
    }

    /// Asserts that every executor's outputs are within `tolerance · scale` of the expected ones.
    pub(crate) fn assert_close(&self, expected: &[Vec<f64>], tolerance: f64) {
        for (name, outputs) in self.run() {
            assert_eq!(outputs.len(), expected.len());
            for (at, (got, want)) in outputs.iter().zip(expected).enumerate() {
                assert_eq!(got.len(), want.len(), "{:?}: length of output {at}", self.kind);
                for (e, (got, want)) in got.iter().zip(want).enumerate() {
                    let error = (f64::from(*got) - want).abs();
                    let is_close = error <= tolerance * want.abs().max(1.0) || f64::from(*got) == *want;
                    assert!(is_close, "{name}, {:?}, output {at}[{e}]: {got} is not {want} (off by {error:e})", self.kind);
                }
            }
        }
    }
}

/// A program of one routine over these buffers.
pub(crate) fn program<const N: usize>(buffers: [(Role, usize); N], kernels: Vec<Kernel>) -> Program {
    Program {
        buffers: buffers.map(|(role, len)| Buffer { role, len: len.max(1).next_multiple_of(Slice::ALIGN) }).to_vec(),
        params: Vec::new(),
        is_regularised: Vec::new(),
        stats: Vec::new(),
        update: None,
        routines: vec![Routine { name: "test", kernels, inputs: Vec::new(), outputs: Vec::new(), gather: None, flops: 0 }],
    }
}

thread_local! {
    /// The adapter of this machine: one device for all cases of a test, since it keeps the
    /// pipelines.
    static ADAPTER: Option<Device> = match pollster::block_on(Device::request()) {
        Ok(device) => Some(device),
        Err(error) => {
            println!("skipped on the GPU: {error}");
            None
        }
    };
}

/// Every executor of this machine, for a program: on a GPU with the kernels of both kinds of
/// adapter.
pub(crate) fn executors(program: &Program) -> Vec<(&'static str, Executor)> {
    executors_of(program, GPUS)
}

/// The CPU and, with the kernels of some kinds of adapter, the GPU.
fn executors_of(program: &Program, gpu_targets: &[Target]) -> Vec<(&'static str, Executor)> {
    let mut executors = vec![("cpu", Executor::new(&Backend::Cpu, program.clone()).expect("the CPU refuses nothing"))];
    if let Some(device) = ADAPTER.with(Clone::clone) {
        for target in gpu_targets {
            let name = if *target == Target::Gpu { "gpu" } else { "software gpu" };
            let backend = Backend::Gpu(device.with_target(*target));
            executors.push((name, Executor::new(&backend, program.clone()).unwrap_or_else(|error| panic!("{name}: {error}"))));
        }
    }
    executors
}

/// The numbers of some slices.
pub(crate) fn read(executor: &mut Executor, slices: &[Slice]) -> Vec<Vec<f32>> {
    let words = pollster::block_on(executor.read(slices)).expect("the executor gives its words");
    words.iter().map(|words| bytemuck::cast_slice(words).to_vec()).collect()
}

/// `n` numbers in [-1, 1).
pub(crate) fn random(n: usize, seed: u64) -> Vec<f32> {
    let mut rng = Rng::new(seed, Stream::Sample, 0);
    (0..n).map(|_| rng.between(-1.0, 1.0) as f32).collect()
}

/// The value of an expression at element `e`, in double precision; `own` is an epilogue's operand
/// 0.
pub(crate) fn evaluate(fused: &Fused, own: Option<f64>, inputs: &[Vec<f32>], e: usize) -> f64 {
    let mut values: Vec<f64> = Vec::new();
    for step in &fused.expr.steps {
        values.push(match *step {
            Step::Constant(value) => f64::from(value),
            Step::Arg(at) => match (own, at) {
                (Some(own), 0) => own,
                (Some(_), at) => f64::from(inputs[at - 1][fused.args[at - 1].at(e)]),
                (None, at) => f64::from(inputs[at][fused.args[at].at(e)]),
            },
            Step::Unary(function, x) => unary(function, values[x]),
            Step::Binary(function, a, b) => binary(function, values[a], values[b]),
            Step::Select(c, a, b) => {
                if values[c] != 0.0 {
                    values[a]
                } else {
                    values[b]
                }
            }
        });
    }
    *values.last().expect("an expression has a step")
}

/// Applies the epilogue, whose operands are the inputs from `own_inputs` on.
pub(crate) fn with_epilogue(case: &Case, own_inputs: usize, values: Vec<f64>) -> Vec<f64> {
    let value = |(e, value)| evaluate(&case.epilogue, Some(value), &case.inputs[own_inputs..], e);
    values.into_iter().enumerate().map(value).collect()
}

fn unary(function: descent::graph::Unary, x: f64) -> f64 {
    use descent::graph::Unary;
    match function {
        Unary::Neg => -x,
        Unary::Abs => x.abs(),
        Unary::Sign => f64::from(x > 0.0) - f64::from(x < 0.0),
        Unary::Sqrt => x.sqrt(),
        Unary::Rsqrt => 1.0 / x.sqrt(),
        Unary::Reciprocal => 1.0 / x,
        Unary::Square => x * x,
        Unary::Exp => libm::exp(x),
        Unary::Log => libm::log(x),
        Unary::Log1p => libm::log1p(x),
        Unary::Tanh => libm::tanh(x),
        Unary::Erf => libm::erf(x),
        Unary::Sin => libm::sin(x),
        Unary::Cos => libm::cos(x),
        Unary::Sigmoid => 1.0 / (1.0 + libm::exp(-x)),
        Unary::Softplus => x.max(0.0) + libm::log1p(libm::exp(-x.abs())),
        Unary::Relu => x.max(0.0),
    }
}

fn binary(function: descent::graph::Binary, a: f64, b: f64) -> f64 {
    use descent::graph::Binary;
    match function {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        Binary::Max => a.max(b),
        Binary::Min => a.min(b),
        Binary::Greater => f64::from(a > b),
        Binary::GreaterEqual => f64::from(a >= b),
        Binary::Equal => f64::from(a == b),
    }
}
