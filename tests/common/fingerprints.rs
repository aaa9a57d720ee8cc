//! What the CPU executor computes, to the last bit: the same natively and in a browser.

use descent::exec::cpu::Cpu;
use descent::graph::{Binary, Reduction, Unary};
use descent::plan::kernel::{ConvKernel, Direction, Gemm, PoolKernel, Pooling};
use descent::plan::{Buffer, BufferId, Element, Expr, Fused, Index, Kernel, Kind, Program, Role, Routine, Slice, Step};
use descent::spec::random;

/// A hash of what each kernel below yields. They change with the order of a sum or a constant of a
/// polynomial, and with nothing else.
const EXPECTED: [(&str, u32); 12] = [
    ("functions", 0x6c0e_acae),
    ("product", 0x18fc_64f1),
    ("product, transposed", 0xf005_6ec8),
    ("small product", 0x77b3_f91a),
    ("convolution", 0x8bc2_409f),
    ("its input's gradient", 0x908f_17d1),
    ("its strided input's gradient", 0xc662_db3c),
    ("its weight's gradient", 0x74e1_869d),
    ("pooling's gradient", 0x7d2e_8963),
    ("sum", 0xa9a1_45ff),
    ("softmax", 0x8c14_3789),
    ("cross-entropy", 0xf4d3_9991),
];

/// Asserts that this machine computes the pinned bits.
pub fn assert_pinned() {
    let computed: Vec<(&str, u32)> = EXPECTED.iter().zip(kernels()).map(|((name, _), kernel)| (*name, fingerprint(kernel))).collect();
    assert_eq!(computed, EXPECTED);
}

/// A kernel without epilogue, the lengths of its operands and of its result.
type Work = (Kind, Vec<usize>, usize);

fn kernels() -> [Work; 12] {
    let functions = [
        Unary::Exp,
        Unary::Log1p,
        Unary::Tanh,
        Unary::Erf,
        Unary::Sin,
        Unary::Cos,
        Unary::Sigmoid,
        Unary::Softplus,
        Unary::Sqrt,
        Unary::Log,
    ];
    let mut steps = vec![Step::Arg(0), Step::Unary(Unary::Abs, 0)];
    for function in functions {
        let last = steps.len() - 1;
        steps.extend([Step::Unary(function, 1), Step::Binary(Binary::Add, last, last + 1)]);
    }
    let functions = Fused { expr: Expr { steps }, args: vec![Index::Linear] };
    let gemm = |m, n, k, ta, tb| {
        let one = Gemm { batch: 1, m, n, k, ta, tb, a_batch: Index::Scalar, b_batch: Index::Scalar, has_sum_row: false, split: 1 };
        (Kind::Gemm(one), vec![m * k, k * n], m * n)
    };
    let conv = |direction, stride: usize| {
        let out = (9 + 2 - 3) / stride + 1;
        let conv = ConvKernel {
            direction,
            batch: 2,
            input: [9, 9],
            c_in: 11,
            output: [out, out],
            c_out: 13,
            kernel: [3, 3],
            stride: [stride, stride],
            dilation: [1, 1],
            pads: [1, 1],
            groups: 1,
            has_sum_row: false,
            split: 1,
        };
        let (x, w, y) = (2 * 9 * 9 * 11, 9 * 11 * 13, 2 * out * out * 13);
        match direction {
            Direction::Forward => (Kind::Conv(conv), vec![x, w], y),
            Direction::InputGrad => (Kind::Conv(conv), vec![y, w], x),
            Direction::WeightGrad => (Kind::Conv(conv), vec![x, y], w),
        }
    };
    let pool = PoolKernel {
        pooling: Pooling::MaxGrad,
        batch: 2,
        input: [8, 8],
        output: [4, 4],
        channels: 11,
        kernel: [2, 2],
        stride: [2, 2],
        pads: [0; 4],
        count_include_pad: false,
    };
    let sum = Kind::Reduce { kind: Reduction::Sum, outer: 3, middle: 1000, inner: 1, prologue: Fused::load() };
    [
        (Kind::Map { shape: [1000].into(), fused: functions }, vec![1000], 1000),
        gemm(33, 65, 300, false, false),
        gemm(33, 65, 300, true, true),
        gemm(10, 4, 7, false, false),
        conv(Direction::Forward, 1),
        conv(Direction::InputGrad, 1),
        conv(Direction::InputGrad, 2),
        conv(Direction::WeightGrad, 1),
        (Kind::Pool(pool), vec![2 * 8 * 8 * 11, 2 * 4 * 4 * 11], 2 * 8 * 8 * 11),
        (sum, vec![3000], 3),
        (Kind::Softmax { rows: 9, cols: 33, is_log: true }, vec![9 * 33], 9 * 33),
        (Kind::CrossEntropy { rows: 9, classes: 10, has_loss: false, has_grad: true }, vec![90, 9, 9], 90),
    ]
}

/// Runs a kernel on random numbers and hashes its result.
fn fingerprint((kind, operands, result): Work) -> u32 {
    let mut end = 0;
    let mut slice_of = |len: usize| {
        let slice = Slice { buffer: BufferId(0), offset: end, len, element: Element::F32 };
        end += len.next_multiple_of(Slice::ALIGN);
        slice
    };
    let inputs: Vec<Slice> = operands.into_iter().map(&mut slice_of).collect();
    let output = Slice { buffer: BufferId(1), offset: 0, len: result, element: Element::F32 };
    let kernel = Kernel { kind, epilogue: Fused::none(), inputs: inputs.clone(), outputs: vec![output], label: "fingerprint".into() };
    let routine = Routine { name: "test", kernels: vec![kernel], inputs: Vec::new(), outputs: Vec::new(), gather: None, flops: 0 };
    let program = Program {
        buffers: vec![Buffer { role: Role::Input, len: end }, Buffer { role: Role::Scratch, len: result }],
        params: Vec::new(),
        is_regularised: Vec::new(),
        stats: Vec::new(),
        update: None,
        routines: vec![routine],
    };
    let mut cpu = Cpu::new(program);
    for (at, slice) in (0..).zip(&inputs) {
        let words: Vec<u32> = (0..slice.len as u32).map(|e| (6.0 * random::uniform(at, 0, e) - 3.0).to_bits()).collect();
        cpu.write(*slice, &words);
    }
    cpu.run(0, 1);
    cpu.read(&[output])[0].iter().fold(0, |hash, word| random::mix(hash ^ word))
}
