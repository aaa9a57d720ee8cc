//! Fetching samples, masks, and the two kernels that end a step.

use super::harness::{Case, executors, program, random, read};
use descent::exec::Executor;
use descent::plan::kernel::{Gather, Order, Stored};
use descent::plan::update::{Clip, Optimizer, Penalty, Schedule, Update};
use descent::plan::{BufferId, Element, Fused, Kernel, Kind, NamedSlice, Program, Role, Slice, state};
use descent::spec::random;
use descent::tensor::Shape;

const KEY: u32 = 0x1234_5678;

fn state_with(words: &[(usize, u32)]) -> Vec<f32> {
    let mut state = vec![0; state::LEN];
    for (word, value) in words {
        state[*word] = *value;
    }
    bytemuck::cast_slice(&state).to_vec()
}

/// Features of three numbers, a target of one; sample `r` has `[10 r, 10 r + 1, 10 r + 2]` and `r`.
fn gather(order: Order, first_row: usize, rows: usize, batch: usize) -> Gather {
    let capacity = batch + if order == Order::Stream { rows % batch } else { 0 };
    Gather {
        order,
        first_row,
        rows,
        batch,
        capacity,
        feature_len: 3,
        features: Stored::F32,
        target_len: 1,
        target: Stored::U8 { scale: 0.5 },
    }
}

/// Runs the fetch for each state and asserts which samples it brought.
fn assert_rows(gather: &Gather, list: Option<Vec<u32>>, words: &[(usize, u32)], rows: &[usize]) {
    let samples = gather.first_row + gather.rows;
    let features = (0..samples * 3).map(|at| (at / 3 * 10 + at % 3) as f32).collect();
    let bytes: Vec<u8> = (0..samples.next_multiple_of(4)).map(|row| row as u8).collect();
    let mut inputs = vec![features, bytemuck::pod_collect_to_vec(&bytes)];
    inputs.extend(list.map(|list| bytemuck::cast_slice(&list).to_vec()));
    let capacity = gather.capacity;
    let mut case = Case::new(Kind::Gather(gather.clone()), inputs, &[capacity * 3, capacity, capacity, 1, state::LEN]);
    case.outputs[4] = state_with(&[words, &[(state::ORDER_KEY, KEY)]].concat());
    for (name, outputs) in case.run() {
        let valid = |row: usize| rows.get(row).copied();
        let features = (0..capacity * 3).map(|at| valid(at / 3).map_or(0.0, |row| (row * 10 + at % 3) as f32));
        assert_eq!(outputs[0], features.collect::<Vec<_>>(), "{name}: features of {gather:?}");
        let targets = (0..capacity).map(|at| valid(at).map_or(0.0, |row| row as f32 * 0.5));
        assert_eq!(outputs[1], targets.collect::<Vec<_>>(), "{name}: targets of {gather:?}");
        let weights = (0..capacity).map(|at| valid(at).map_or(0.0, |_| 1.0 / rows.len() as f32));
        assert_eq!(outputs[2], weights.collect::<Vec<_>>(), "{name}: weights of {gather:?}");
        assert_eq!(outputs[3], [rows.len() as f32], "{name}: rows of {gather:?}");
        let state: &[u32] = bytemuck::cast_slice(&outputs[4]);
        if gather.order == Order::Sequential {
            assert_eq!(state[state::TALLY_VALID], rows.len() as u32);
        } else {
            assert_eq!((state[state::STEP], state[state::VALID_ROWS]), (state[state::DONE], rows.len() as u32), "{name}");
        }
    }
}

#[test]
fn shuffled_epochs_take_every_sample_once_and_keep_the_last_batch() {
    let gather = gather(Order::Shuffled, 5, 33, 8);
    for step in [0, 1, 4, 5, 9, 12] {
        let (epoch, first) = (step / 5, step % 5 * 8);
        let rows: Vec<usize> = (first..33.min(first + 8)).map(|at| 5 + random::permute(KEY, epoch, 33, at) as usize).collect();
        assert_rows(&gather, None, &[(state::DONE, step)], &rows);
    }
}

#[test]
fn a_stream_carries_what_is_left_over_into_the_next_epoch() {
    let gather = gather(Order::Stream, 2, 11, 4);
    assert_rows(&gather, None, &[(state::DONE, 0)], &[2, 3, 4, 5]);
    assert_rows(&gather, None, &[(state::DONE, 1)], &[6, 7, 8, 9]);
    assert_rows(&gather, None, &[(state::DONE, 2)], &[10, 11, 12, 2, 3, 4, 5]);
    assert_rows(&gather, None, &[(state::DONE, 3)], &[6, 7, 8, 9]);
}

#[test]
fn listed_samples_come_as_listed() {
    let gather = gather(Order::Listed { steps: 3 }, 0, 20, 2);
    let list = vec![19, 0, 7, 7, 3, 4];
    assert_rows(&gather, Some(list.clone()), &[(state::DONE, 0)], &[19, 0]);
    assert_rows(&gather, Some(list.clone()), &[(state::DONE, 2)], &[3, 4]);
    assert_rows(&gather, Some(list), &[(state::DONE, 4)], &[7, 7]);
}

#[test]
fn an_evaluation_takes_samples_from_the_tally_row_on() {
    let gather = gather(Order::Sequential, 6, 10, 4);
    assert_rows(&gather, None, &[(state::TALLY_ROW, 6)], &[6, 7, 8, 9]);
    assert_rows(&gather, None, &[(state::TALLY_ROW, 14)], &[14, 15]);
}

#[test]
fn a_tally_adds_the_valid_rows() {
    let (loss, correct) = (random(9, 1), vec![1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    let mut case = Case::new(Kind::Tally { rows: 9 }, vec![loss.clone(), correct], &[state::LEN]);
    let half = 0.5f32.to_bits();
    case.outputs[0] =
        state_with(&[(state::TALLY_VALID, 7), (state::TALLY_ROW, 20), (state::TALLY_LOSS, half), (state::TALLY_CORRECT, half)]);
    for (name, outputs) in case.run() {
        let sum = 0.5 + loss[..7].iter().sum::<f32>();
        assert!((outputs[0][state::TALLY_LOSS] - sum).abs() < 1e-6, "{name}");
        assert_eq!(outputs[0][state::TALLY_CORRECT], 4.5, "{name}");
        assert_eq!(outputs[0][state::TALLY_ROW].to_bits(), 27, "{name}");
    }
}

#[test]
fn masks_are_those_of_the_hash() {
    let state = state_with(&[(state::DROPOUT_KEY, KEY), (state::STEP, 41)]);
    let case = Case::new(Kind::RandomMask { keep: 0.75, site: 3 }, vec![state], &[1000]);
    let mask = |e| f32::from(random::uniform(KEY, 41 ^ random::mix(3), e) < 0.75);
    let expected: Vec<f32> = (0..1000).map(mask).collect();
    for (name, outputs) in case.run() {
        assert_eq!(outputs[0], expected, "{name}");
    }
}

/// Lengths of the parameters of the programs below; the first and the last are regularised.
const LENS: [usize; 3] = [1100, 3, 65];
const ROWS: usize = 10;

/// A program of guard and optimizer over three parameters.
fn ending(update: Update) -> Program {
    let mut offset = 0;
    let params: Vec<NamedSlice> = (LENS.iter().enumerate())
        .map(|(at, len)| {
            let slice = Slice { buffer: BufferId(0), offset, len: *len, element: Element::F32 };
            offset += len.next_multiple_of(Slice::ALIGN);
            NamedSlice { name: format!("p{at}"), shape: Shape::from([*len]), slice }
        })
        .collect();
    let whole = |buffer: u16, len: usize| Slice { buffer: BufferId(buffer), offset: 0, len, element: Element::F32 };
    let (all_params, moments, grads) = (whole(0, offset), whole(1, offset * update.moments()), whole(2, offset));
    let (state, partials) = (whole(3, state::LEN), whole(4, Kind::guard_partials(offset)));
    let (row_loss, row_weight) = (whole(5, ROWS), Slice { offset: Slice::ALIGN, ..whole(5, ROWS) });
    let kernel = |kind: Kind, inputs: Vec<Slice>, outputs: Vec<Slice>| {
        let label = format!("{kind:?}");
        Kernel { kind, epilogue: Fused::none(), inputs, outputs, label }
    };
    let mut changed = vec![all_params, state];
    if update.moments() > 0 {
        changed.insert(1, moments);
    }
    let kernels = vec![
        kernel(Kind::Guard, vec![all_params, grads, row_loss, row_weight, state], vec![partials]),
        kernel(Kind::Optimizer, vec![grads, partials], changed),
    ];
    let buffers = [
        (Role::Params, offset),
        (Role::Moments, moments.len),
        (Role::Grads, offset),
        (Role::State, state::LEN),
        (Role::Scratch, partials.len),
        (Role::Input, 2 * Slice::ALIGN),
    ];
    let mut program = program(buffers, kernels);
    program.routines[0].gather = Some(gather(Order::Listed { steps: 2 }, 0, 20, ROWS));
    Program { params, is_regularised: vec![true, false, true], update: Some(update), ..program }
}

fn fill(executor: &mut Executor, slice: Slice, values: &[f32]) {
    executor.write(slice, bytemuck::cast_slice(values)).expect("the executor takes the operands");
}

/// An executor in which everything is ready for a step, with gradients, losses, state.
struct Run {
    executor: Executor,
    program: Program,
    grads: Vec<Vec<f32>>,
    state: Slice,
}

impl Run {
    fn new(program: &Program, mut executor: Executor) -> Self {
        let inputs = program.routines[0].kernels[0].inputs.clone();
        let mut grads = Vec::new();
        for (at, param) in program.params.iter().enumerate() {
            fill(&mut executor, param.slice, &random(param.slice.len, at as u64));
            grads.push(random(param.slice.len, 10 + at as u64));
            fill(&mut executor, Slice { buffer: BufferId(2), ..param.slice }, &grads[at]);
        }
        fill(&mut executor, inputs[2], &[2.0; ROWS]);
        let weights: Vec<f32> = (0..ROWS).map(|row| if row < 8 { 0.125 } else { 0.0 }).collect();
        fill(&mut executor, inputs[3], &weights);
        let state = inputs[4];
        fill(&mut executor, state, &state_with(&[(state::LEARNING_RATE, 0.1f32.to_bits()), (state::VALID_ROWS, 8)]));
        Self { executor, program: program.clone(), grads, state }
    }

    /// As the fetch does at the start of a step.
    fn begin(&mut self, step: u32) {
        let mut words = self.state();
        words[state::STEP] = step;
        words[state::IS_FROZEN] = u32::from(words[state::BAD_STEP] != 0);
        self.executor.write(self.state, &words).expect("the executor takes the state");
    }

    /// A step with a rate of the penalty.
    fn step_with(&mut self, step: u32, penalty_rate: f32) {
        self.begin(step);
        let rate = Slice { offset: self.state.offset + state::PENALTY_RATE, len: 1, ..self.state };
        self.executor.write(rate, &[penalty_rate.to_bits()]).expect("the executor takes the rate");
        self.executor.run(0, 1).expect("the executor runs");
    }

    fn step(&mut self, step: u32) {
        self.begin(step);
        self.executor.run(0, 1).expect("the executor runs");
    }

    fn state(&mut self) -> Vec<u32> {
        pollster::block_on(self.executor.read(&[self.state])).expect("the executor gives its state").remove(0)
    }

    fn params(&mut self) -> Vec<Vec<f32>> {
        let slices: Vec<Slice> = self.program.params.iter().map(|param| param.slice).collect();
        read(&mut self.executor, &slices)
    }
}

fn update(optimizer: Optimizer, penalty: Penalty, clip: Clip) -> Update {
    Update { optimizer, schedule: Schedule::Exponential { gamma: 0.5 }, learning_rate: 0.1, penalty, clip }
}

const SGD: Optimizer = Optimizer::Sgd { momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0 };

#[test]
fn three_steps_change_parameters_as_the_rule_says() {
    let momentum = Optimizer::Sgd { momentum: 0.9, dampening: 0.1, nesterov: true, weight_decay: 0.01 };
    let adam = Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.01, amsgrad: true };
    let adamw = Optimizer::AdamW { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.1 };
    let rms = Optimizer::RmsProp { alpha: 0.99, eps: 1e-8, momentum: 0.9, centered: true, weight_decay: 0.0 };
    let adagrad = Optimizer::Adagrad { lr_decay: 0.1, eps: 1e-10, initial_accumulator: 0.5, weight_decay: 0.0 };
    for update in [
        update(SGD, Penalty::None, Clip::None),
        update(SGD, Penalty::L2(0.1), Clip::Norm(0.5)),
        update(SGD, Penalty::PlaygroundL1(0.3), Clip::None),
        update(momentum, Penalty::L1(0.1), Clip::Value(0.4)),
        update(adam, Penalty::None, Clip::Norm(1e6)),
        update(adamw, Penalty::PlaygroundL2(0.1), Clip::None),
        update(rms, Penalty::PlaygroundL1(0.1), Clip::None),
        update(adagrad, Penalty::L2(0.1), Clip::None),
    ] {
        let program = ending(update);
        for (name, executor) in executors(&program) {
            let mut run = Run::new(&program, executor);
            let len = program.buffers[0].len;
            for moment in 0..update.moments() {
                let whole = Slice { buffer: BufferId(1), offset: moment * len, len, element: Element::F32 };
                fill(&mut run.executor, whole, &vec![update.initial_moment(moment) as f32; len]);
            }
            let mut expected: Vec<Vec<f64>> = run.params().iter().map(|w| w.iter().map(|w| f64::from(*w)).collect()).collect();
            let first = |at: usize| (0..update.moments()).map(|moment| vec![update.initial_moment(moment); LENS[at]]).collect();
            let mut moments: Vec<Vec<Vec<f64>>> = (0..LENS.len()).map(first).collect();
            for step in 0..3 {
                // The rates of a step are those of the state, whatever the kernels were compiled
                // for.
                let rate = update.penalty.rate() as f32 * (step + 1) as f32;
                run.step_with(step, rate);
                let rate = f64::from(rate);
                let constants = update.constants(f64::from(0.1f32), rate, step);
                let penalised = |at: usize, e: usize| update.penalised(rate, at != 1, expected[at][e], f64::from(run.grads[at][e]));
                let norm =
                    (0..3).flat_map(|at| (0..LENS[at]).map(move |e| (at, e))).map(|(at, e)| penalised(at, e).powi(2)).sum::<f64>().sqrt();
                let state = run.state();
                assert!((f64::from(f32::from_bits(state[state::GRAD_NORM])) / norm - 1.0).abs() < 1e-5, "{name}, {update:?}: norm");
                let rate = f64::from(f32::from_bits(state[state::LAST_RATE]));
                assert!((rate / constants.rate - 1.0).abs() < 1e-6, "{name}, {update:?}: rate {rate}");
                for at in 0..3 {
                    let grads: Vec<f64> = run.grads[at].iter().map(|g| f64::from(*g)).collect();
                    let mut slices: Vec<&mut [f64]> = moments[at].iter_mut().map(Vec::as_mut_slice).collect();
                    update.apply(&constants, at != 1, update.clip_scale(norm), &mut expected[at], &grads, &mut slices);
                }
            }
            for (at, (got, want)) in run.params().iter().zip(&expected).enumerate() {
                for (e, (got, want)) in got.iter().zip(want).enumerate() {
                    let error = (f64::from(*got) - want).abs();
                    assert!(error < 3e-6, "{name}, {update:?}: parameter {at}[{e}] is {got}, not {want}");
                }
            }
        }
    }
}

#[test]
fn a_good_step_is_accounted_for() {
    let program = ending(update(SGD, Penalty::None, Clip::None));
    for (name, executor) in executors(&program) {
        let mut run = Run::new(&program, executor);
        run.step(0);
        let float = |state: &[u32], word: usize| f32::from_bits(state[word]);
        let state = run.state();
        assert_eq!((state[state::DONE], state[state::BAD_STEP], state[state::EPOCHS]), (1, 0, 0), "{name}");
        assert_eq!(
            (float(&state, state::RING), float(&state, state::EPOCH_LOSS), float(&state, state::EPOCH_ROWS)),
            (2.0, 16.0, 8.0),
            "{name}"
        );
        run.step(1); // The last of an epoch of two.
        let state = run.state();
        assert_eq!((state[state::DONE], state[state::EPOCHS], float(&state, state::LAST_EPOCH_LOSS)), (2, 1, 2.0), "{name}");
        assert_eq!(
            (float(&state, state::RING + 1), float(&state, state::EPOCH_LOSS), float(&state, state::EPOCH_ROWS)),
            (2.0, 0.0, 0.0),
            "{name}"
        );
    }
}

#[test]
fn a_bad_step_changes_nothing_and_is_named() {
    let program = ending(update(SGD, Penalty::None, Clip::None));
    for (bad, value) in [(0, f32::NAN), (1, f32::INFINITY), (2, f32::NEG_INFINITY), (3, f32::NAN)] {
        for (name, executor) in executors(&program) {
            let mut run = Run::new(&program, executor);
            let before = run.params();
            let slice = match bad {
                3 => program.routines[0].kernels[0].inputs[2],
                _ => Slice { buffer: BufferId(2), ..program.params[bad].slice },
            };
            fill(&mut run.executor, slice, &[0.5, value]);
            run.step(0);
            let state = run.state();
            assert_eq!((state[state::DONE], state[state::BAD_STEP], state[state::BAD_TENSOR]), (0, 1, bad as u32), "{name}");
            assert_eq!(run.params(), before, "{name}: parameters after a bad step");

            // Later steps of the same submission change nothing either, even if they would be good.
            fill(&mut run.executor, slice, &[0.5, 0.5]);
            run.step(0);
            let state = run.state();
            assert_eq!((state[state::DONE], state[state::BAD_STEP], state[state::BAD_TENSOR]), (0, 1, bad as u32), "{name}");
            assert_eq!(run.params(), before, "{name}: parameters after a frozen step");
        }
    }
}
