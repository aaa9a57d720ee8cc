//! Maps, reductions, padding.

use super::harness::{Case, ODD, evaluate, random, with_epilogue};
use descent::graph::{Binary, Reduction, Unary};
use descent::plan::{Expr, Fused, Index, Kind, Step};
use descent::tensor::Shape;

fn map(len: usize, steps: Vec<Step>, args: Vec<Index>, inputs: Vec<Vec<f32>>) -> Case {
    let fused = Fused { expr: Expr { steps }, args };
    Case::new(Kind::Map { shape: Shape::from([len]), fused }, inputs, &[len])
}

fn assert_map(case: &Case, tolerance: f64) {
    let Kind::Map { shape, fused } = &case.kind else { panic!("a map") };
    let expected = (0..shape.elements()).map(|e| evaluate(fused, None, &case.inputs, e)).collect();
    case.assert_close(&[expected], tolerance);
}

const UNARY: [Unary; 17] = [
    Unary::Neg,
    Unary::Abs,
    Unary::Sign,
    Unary::Sqrt,
    Unary::Rsqrt,
    Unary::Reciprocal,
    Unary::Square,
    Unary::Exp,
    Unary::Log,
    Unary::Log1p,
    Unary::Tanh,
    Unary::Erf,
    Unary::Sin,
    Unary::Cos,
    Unary::Sigmoid,
    Unary::Softplus,
    Unary::Relu,
];

#[test]
fn functions_of_one_number_agree() {
    for function in UNARY {
        let is_positive_only = matches!(function, Unary::Sqrt | Unary::Rsqrt | Unary::Log | Unary::Log1p);
        let x: Vec<f32> = random(600, 1).iter().map(|x| if is_positive_only { x.abs() * 9.0 + 1e-3 } else { x * 9.0 }).collect();
        let case = map(600, vec![Step::Arg(0), Step::Unary(function, 0)], vec![Index::Linear], vec![x]);
        // A few units in the last place; results reach e^9.
        assert_map(&case, 1e-6);
    }
}

#[test]
fn far_arguments_stay_finite() {
    for function in [Unary::Tanh, Unary::Erf, Unary::Sigmoid, Unary::Softplus, Unary::Sin, Unary::Cos] {
        let x = vec![-1e4, -200.0, -100.0, -89.0, 89.0, 100.0, 200.0, 1e4];
        let case = map(8, vec![Step::Arg(0), Step::Unary(function, 0)], vec![Index::Linear], vec![x]);
        assert_map(&case, 1e-6);
    }
}

#[test]
fn functions_of_two_numbers_agree() {
    use Binary::{Add, Div, Equal, Greater, GreaterEqual, Max, Min, Mul, Sub};
    for function in [Add, Sub, Mul, Div, Max, Min, Greater, GreaterEqual, Equal] {
        // Some operands are equal, for the comparisons.
        let a: Vec<f32> = random(300, 2).iter().map(|a| (a * 8.0).round() / 4.0 + 0.125).collect();
        let b: Vec<f32> = random(300, 3).iter().map(|b| (b * 8.0).round() / 4.0 + 0.125).collect();
        let two = vec![Step::Arg(0), Step::Arg(1), Step::Binary(function, 0, 1)];
        assert_map(&map(300, two.clone(), vec![Index::Linear, Index::Linear], vec![a.clone(), b.clone()]), 1e-6);
        assert_map(&map(300, two.clone(), vec![Index::Scalar, Index::Linear], vec![a.clone(), b.clone()]), 1e-6);
        assert_map(&map(300, two, vec![Index::Linear, Index::Scalar], vec![a.clone(), b]), 1e-6);
        let with_number = vec![Step::Arg(0), Step::Constant(0.625), Step::Binary(function, 1, 0)];
        assert_map(&map(300, with_number, vec![Index::Linear], vec![a]), 1e-6);
    }
}

#[test]
fn select_takes_the_second_where_the_first_is_not_zero() {
    let c: Vec<f32> = random(300, 4).iter().map(|c| f32::from(*c > 0.0)).collect();
    let steps = vec![Step::Arg(0), Step::Arg(1), Step::Arg(2), Step::Constant(3.0), Step::Select(0, 1, 2), Step::Select(4, 3, 1)];
    for args in [
        [Index::Linear, Index::Linear, Index::Linear],
        [Index::Linear, Index::Scalar, Index::Linear],
        [Index::Scalar, Index::Linear, Index::Scalar],
    ] {
        assert_map(&map(300, steps.clone(), args.to_vec(), vec![c.clone(), random(300, 5), random(300, 6)]), 0.0);
    }
}

#[test]
fn operands_are_read_by_their_index() {
    for len in [1, 7, 64, 255, 256, 257, 1000] {
        let mut indices = vec![Index::Linear, Index::Scalar];
        indices.extend(ODD.map(Index::Modulo));
        indices.extend(ODD.map(Index::Divide));
        for index in indices {
            // Read twice, through different steps, so that a register that is taken too early
            // shows.
            let steps = vec![
                Step::Arg(0),
                Step::Arg(1),
                Step::Unary(Unary::Square, 1),
                Step::Binary(Binary::Add, 0, 2),
                Step::Arg(0),
                Step::Binary(Binary::Mul, 3, 4),
            ];
            assert_map(&map(len, steps, vec![index, Index::Modulo(3)], vec![random(1000, 7), random(3, 8)]), 1e-6);
        }
    }
}

#[test]
fn strided_operands_are_read_in_order() {
    let shapes: [(usize, &[(usize, usize)]); 6] = [
        (0, &[(7, 1), (33, 7)]),                  // A transposed matrix.
        (5, &[(3, 100), (9, 0), (5, 1)]),         // Broadcast along the middle.
        (0, &[(2, 60), (3, 1), (4, 15), (5, 3)]), // A permutation of four axes.
        (3, &[(300, 2)]),                         // Every second element.
        (0, &[(3, 0), (300, 0), (2, 1)]),
        (9, &[]),
    ];
    for (base, axes) in shapes {
        let len = axes.iter().map(|(extent, _)| extent).product();
        let index = Index::Strided { base, axes: axes.to_vec() };
        assert_map(&map(len, vec![Step::Arg(0)], vec![index.clone()], vec![random(1000, 9)]), 0.0);
        let steps = vec![Step::Arg(0), Step::Arg(1), Step::Binary(Binary::Sub, 0, 1)];
        assert_map(&map(len, steps, vec![index, Index::Linear], vec![random(1000, 10), random(len, 11)]), 1e-6);
    }
}

#[test]
fn reductions_agree() {
    for kind in [Reduction::Sum, Reduction::Max, Reduction::Min] {
        for [outer, middle, inner] in
            [[1, 1, 1], [1, 257, 1], [3, 1000, 1], [5, 9, 7], [2, 130, 33], [1, 65, 300], [1, 7, 1000], [4, 3, 2], [1, 5000, 8]]
        {
            for is_fused in [false, true] {
                let n = outer * middle * inner;
                let prologue = if is_fused {
                    let steps = vec![Step::Arg(0), Step::Arg(1), Step::Binary(Binary::Sub, 0, 1), Step::Unary(Unary::Square, 2)];
                    Fused { expr: Expr { steps }, args: vec![Index::Linear, Index::Modulo(inner)] }
                } else {
                    Fused::load()
                };
                let mut inputs = vec![random(n, 12)];
                if is_fused {
                    inputs.push(random(inner, 13));
                }
                let own = inputs.len();
                let case = Case::new(Kind::Reduce { kind, outer, middle, inner, prologue: prologue.clone() }, inputs, &[outer * inner]);
                let case = if is_fused { case.with_bias_and_relu(random(inner, 14)) } else { case };
                let value = |o: usize, i: usize| {
                    let values = (0..middle).map(|m| evaluate(&prologue, None, &case.inputs, (o * middle + m) * inner + i));
                    match kind {
                        Reduction::Sum => values.sum(),
                        Reduction::Max => values.fold(f64::NEG_INFINITY, f64::max),
                        Reduction::Min => values.fold(f64::INFINITY, f64::min),
                    }
                };
                let expected: Vec<f64> = (0..outer).flat_map(|o| (0..inner).map(move |i| (o, i))).map(|(o, i)| value(o, i)).collect();
                // 64 + 5000 / 64 roundings of half an ulp at most, few in practice.
                case.assert_close(&[with_epilogue(&case, own, expected)], 4e-6);
            }
        }
    }
}

#[test]
fn a_reduction_fills_several_outputs_one_after_the_other() {
    let (middle, lens) = (5, [24, 4, 9]);
    let inner = lens.iter().sum();
    let case = Case::new(
        Kind::Reduce { kind: Reduction::Sum, outer: 1, middle, inner, prologue: Fused::load() },
        vec![random(middle * inner, 15)],
        &lens,
    );
    let sums: Vec<f64> = (0..inner).map(|i| (0..middle).map(|m| f64::from(case.inputs[0][m * inner + i])).sum()).collect();
    case.assert_close(&[sums[..24].to_vec(), sums[24..28].to_vec(), sums[28..].to_vec()], 1e-6);
}

#[test]
fn argmax_is_the_first_largest() {
    for [outer, middle, inner] in [[1, 1, 1], [33, 10, 1], [3, 257, 5], [1, 3, 65]] {
        // Few different values, so that many are equal.
        let x: Vec<f32> = random(outer * middle * inner, 16).iter().map(|x| (x * 3.0).round()).collect();
        let first = |o: usize, i: usize| {
            let value = |m: usize| x[(o * middle + m) * inner + i];
            (0..middle).rev().fold(middle - 1, |best, m| if value(m) >= value(best) { m } else { best }) as f64
        };
        let expected = (0..outer).flat_map(|o| (0..inner).map(move |i| (o, i))).map(|(o, i)| first(o, i)).collect();
        Case::new(Kind::ArgMax { outer, middle, inner }, vec![x.clone()], &[outer * inner]).assert_close(&[expected], 0.0);
    }
}

#[test]
fn padding_puts_cells_around_and_between() {
    let cases: [[&[usize]; 4]; 5] = [
        [&[5], &[2], &[1], &[0]],
        [&[3, 4], &[1, 0], &[0, 2], &[0, 0]],
        [&[3, 4], &[0, 1], &[1, 0], &[2, 1]],
        [&[2, 3, 3, 2], &[0, 1, 2, 0], &[0, 2, 1, 0], &[0, 1, 0, 0]],
        [&[1, 129], &[1, 1], &[1, 1], &[1, 0]],
    ];
    for [source, low, high, interior] in cases {
        let shape: Vec<usize> = (0..source.len()).map(|i| low[i] + high[i] + source[i] + (source[i] - 1) * interior[i]).collect();
        let (source, shape) = (Shape::from(source), Shape::from(shape));
        let x = random(source.elements(), 17);
        let mut expected = vec![0.5; shape.elements()];
        let (strides, from_strides) = (shape.strides(), source.strides());
        for (e, x) in x.iter().enumerate() {
            let along = |i: usize| (low[i] + e / from_strides[i] % source[i] * (interior[i] + 1)) * strides[i];
            expected[(0..source.len()).map(along).sum::<usize>()] = f64::from(*x);
        }
        let kind = Kind::Pad { source: source.clone(), shape: shape.clone(), low: low.to_vec(), interior: interior.to_vec(), value: 0.5 };
        let case = Case::new(kind, vec![x], &[shape.elements()]);
        case.assert_close(std::slice::from_ref(&expected), 0.0);
        let case = case.with_bias_and_relu(random(shape.elements(), 18));
        case.assert_close(&[with_epilogue(&case, 1, expected)], 1e-6);
    }
}
