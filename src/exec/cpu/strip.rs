//! Expressions, run in strips: one `match` a step and strip, loops that LLVM turns into SIMD
//! inside.

use super::arith::{Operand, binary, select, unary};
use super::memory::{Memory, STRIP, Scratch};
use crate::plan::{Fused, Index, Slice, Step};

/// An expression, prepared: where each step's value lies is known.
#[derive(Debug)]
pub(super) struct Strips {
    steps: Vec<Step>,
    locations: Vec<Location>,
    /// What each operand is: the value at hand (an epilogue's), or a slice and how it is read.
    args: Vec<Arg>,
    /// Elements of a strip: a multiple of the period of every operand that is loaded once.
    strip: usize,
    is_copy: bool,
    is_identity: bool,
}

#[derive(Clone, Debug)]
enum Arg {
    Own,
    Read(Slice, Index),
}

/// Where the value of a step lies.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Location {
    /// In a register, filled for each strip.
    Register(usize),
    /// In a register, the same for all strips.
    Once(usize),
    /// In the operand's own memory, at the element worked on.
    Operand,
    /// One number for all elements.
    Number(f32),
    /// The first element of an operand, for all elements.
    Scalar,
}

impl Strips {
    /// Prepares a kernel's own expression; operand `i` is `inputs[i]`.
    pub(super) fn map(fused: &Fused, inputs: &[Slice], scratch: &mut Scratch) -> Self {
        let args = fused.args.iter().zip(inputs).map(|(index, slice)| Arg::Read(*slice, index.clone())).collect();
        Self::new(fused, args, scratch)
    }

    /// Prepares an epilogue; operand 0 is the value at hand, operand `1 + i` is `inputs[i]`.
    pub(super) fn epilogue(fused: &Fused, inputs: &[Slice], scratch: &mut Scratch) -> Self {
        let reads = fused.args.iter().zip(inputs).map(|(index, slice)| Arg::Read(*slice, index.clone()));
        Self::new(fused, std::iter::once(Arg::Own).chain(reads).collect(), scratch)
    }

    fn new(fused: &Fused, args: Vec<Arg>, scratch: &mut Scratch) -> Self {
        let steps = fused.expr.steps.clone();
        let periods = args.iter().filter_map(|arg| match arg {
            Arg::Read(_, Index::Modulo(n)) if *n <= STRIP => Some(*n),
            _ => None,
        });
        let period = periods.fold(1, lcm);
        let strip = if period <= STRIP { STRIP / period * period } else { STRIP };
        let is_once = |arg: &Arg| matches!(arg, Arg::Read(_, Index::Modulo(n)) if strip % n == 0);

        // A register is free again after the last step that reads it; the last step writes to the
        // output.
        let mut last_use = vec![0; steps.len()];
        for (at, step) in steps.iter().enumerate() {
            operands(*step).for_each(|operand| last_use[operand] = at);
        }
        let (mut free, mut count) = (Vec::new(), 0);
        let mut locations: Vec<Location> = Vec::with_capacity(steps.len());
        for (at, step) in steps.iter().enumerate() {
            let fresh = count;
            let mut register = || free.pop().unwrap_or(fresh);
            let location = match step {
                Step::Constant(value) => Location::Number(*value),
                Step::Arg(arg) => match &args[*arg] {
                    Arg::Read(_, Index::Linear) => Location::Operand,
                    Arg::Read(_, Index::Scalar) => Location::Scalar,
                    // Never one that an earlier step has used: that step writes to it again in the
                    // next strip.
                    arg if is_once(arg) => Location::Once(fresh),
                    Arg::Own | Arg::Read(..) => Location::Register(register()),
                },
                Step::Unary(..) | Step::Binary(..) | Step::Select(..) => Location::Register(register()),
            };
            if matches!(location, Location::Register(register) | Location::Once(register) if register == fresh) {
                count += 1;
            }
            locations.push(location);
            let mut done: Vec<usize> = Vec::new();
            for operand in operands(*step).filter(|operand| last_use[*operand] == at) {
                if !done.contains(&operand) {
                    done.push(operand);
                }
            }
            free.extend(done.iter().filter_map(|operand| match locations[*operand] {
                Location::Register(register) => Some(register),
                _ => None,
            }));
        }
        scratch.need_registers(count);
        let is_identity = fused.expr.is_identity() && matches!(args[0], Arg::Own);
        let is_copy = fused.expr.is_identity() && matches!(args[0], Arg::Read(_, Index::Linear));
        Self { steps, locations, args, strip, is_copy, is_identity }
    }

    /// The operand's memory if the expression yields nothing but its elements in order.
    pub(super) fn copied<'m>(&self, memory: &'m Memory) -> Option<&'m [f32]> {
        match self.args.first()? {
            Arg::Read(slice, _) if self.is_copy => Some(memory.read(*slice)),
            _ => None,
        }
    }

    /// Elements of a strip.
    pub(super) fn strip(&self) -> usize {
        self.strip
    }

    /// Loads what is the same for all strips that start at `first` plus multiples of the strip.
    /// Comes before [`Strips::eval`].
    pub(super) fn load(&self, memory: &Memory, registers: &mut [Vec<f32>], first: usize, len: usize) {
        for (step, location) in self.steps.iter().zip(&self.locations) {
            if let (Step::Arg(arg), Location::Once(register)) = (step, location)
                && let Arg::Read(slice, index) = &self.args[*arg]
            {
                fetch(index, memory.read(*slice), first, &mut registers[*register][..len.min(self.strip)]);
            }
        }
    }

    /// Works out the elements from `first` on into `out`, at most a strip of them.
    pub(super) fn eval(&self, memory: &Memory, registers: &mut [Vec<f32>], first: usize, out: &mut [f32]) {
        let len = out.len();
        let last = self.steps.len() - 1;
        for (at, (step, location)) in self.steps.iter().zip(&self.locations).enumerate() {
            let Location::Register(register) = *location else {
                if at == last {
                    match self.operand(at, memory, registers, first, len) {
                        Operand::Values(values) => out.copy_from_slice(values),
                        Operand::Number(value) => out.fill(value),
                    }
                }
                continue;
            };
            if at == last && *step != Step::Arg(0) {
                self.step(*step, memory, registers, first, out);
                continue;
            }
            let mut values = std::mem::take(&mut registers[register]);
            match step {
                Step::Arg(arg) if matches!(self.args[*arg], Arg::Own) => values[..len].copy_from_slice(out),
                _ => self.step(*step, memory, registers, first, &mut values[..len]),
            }
            if at == last {
                out.copy_from_slice(&values[..len]);
            }
            registers[register] = values;
        }
    }

    /// Works out all elements of `out`, the first of which is element `first`.
    pub(super) fn run(&self, memory: &Memory, registers: &mut [Vec<f32>], first: usize, out: &mut [f32]) {
        if self.is_identity {
            return;
        }
        if let Some(values) = self.copied(memory) {
            return out.copy_from_slice(&values[first..][..out.len()]);
        }
        self.load(memory, registers, first, out.len());
        for (strip, out) in out.chunks_mut(self.strip).enumerate() {
            self.eval(memory, registers, first + strip * self.strip, out);
        }
    }

    fn step(&self, step: Step, memory: &Memory, registers: &[Vec<f32>], first: usize, out: &mut [f32]) {
        let len = out.len();
        let operand = |at: usize| self.operand(at, memory, registers, first, len);
        match step {
            Step::Arg(arg) => match &self.args[arg] {
                Arg::Read(slice, index) => fetch(index, memory.read(*slice), first, out),
                Arg::Own => unreachable!("the value at hand is copied before"),
            },
            Step::Constant(value) => out.fill(value),
            Step::Unary(function, x) => unary(function, operand(x), out),
            Step::Binary(function, a, b) => binary(function, operand(a), operand(b), out),
            Step::Select(c, a, b) => select(operand(c), operand(a), operand(b), out),
        }
    }

    fn operand<'a>(&self, at: usize, memory: &'a Memory, registers: &'a [Vec<f32>], first: usize, len: usize) -> Operand<'a> {
        let own_memory = || match self.steps[at] {
            Step::Arg(arg) => match &self.args[arg] {
                Arg::Read(slice, _) => memory.read(*slice),
                Arg::Own => unreachable!("the value at hand lies in a register"),
            },
            _ => unreachable!("only operands are read from memory"),
        };
        match self.locations[at] {
            Location::Register(register) | Location::Once(register) => Operand::Values(&registers[register][..len]),
            Location::Operand => Operand::Values(&own_memory()[first..][..len]),
            Location::Number(value) => Operand::Number(value),
            Location::Scalar => Operand::Number(own_memory()[0]),
        }
    }
}

fn operands(step: Step) -> impl Iterator<Item = usize> {
    let (list, count) = match step {
        Step::Arg(_) | Step::Constant(_) => ([0; 3], 0),
        Step::Unary(_, x) => ([x, 0, 0], 1),
        Step::Binary(_, a, b) => ([a, b, 0], 2),
        Step::Select(c, a, b) => ([c, a, b], 3),
    };
    list.into_iter().take(count)
}

fn lcm(a: usize, b: usize) -> usize {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

/// `out[i] = source[index.at(first + i)]`
pub(super) fn fetch(index: &Index, source: &[f32], first: usize, out: &mut [f32]) {
    match index {
        Index::Linear => out.copy_from_slice(&source[first..][..out.len()]),
        Index::Scalar => out.fill(source[0]),
        Index::Modulo(n) => {
            let (mut at, mut done) = (first % n, 0);
            while done < out.len() {
                let run = (n - at).min(out.len() - done);
                out[done..done + run].copy_from_slice(&source[at..at + run]);
                (at, done) = (0, done + run);
            }
        }
        Index::Divide(n) => {
            let (mut row, mut left, mut done) = (first / n, n - first % n, 0);
            while done < out.len() {
                let run = left.min(out.len() - done);
                out[done..done + run].fill(source[row]);
                (row, left, done) = (row + 1, *n, done + run);
            }
        }
        Index::Strided { base, axes } => fetch_strided(*base, axes, source, first, out),
    }
}

/// More axes than any kernel has: an image of five dimensions, permuted and broadcast.
const MAX_AXES: usize = 12;

fn fetch_strided(base: usize, axes: &[(usize, usize)], source: &[f32], first: usize, out: &mut [f32]) {
    assert!(axes.len() <= MAX_AXES, "an operand is read along {} axes", axes.len());
    let Some((&(extent, stride), outer)) = axes.split_last() else { return out.fill(source[base]) };
    let mut coordinates = [0; MAX_AXES];
    let (mut at, mut rest) = (base, first / extent);
    let mut inner = first % extent;
    for axis in (0..outer.len()).rev() {
        let (extent, stride) = outer[axis];
        coordinates[axis] = rest % extent;
        at += coordinates[axis] * stride;
        rest /= extent;
    }
    let mut done = 0;
    while done < out.len() {
        let run = (extent - inner).min(out.len() - done);
        let (start, values) = (at + inner * stride, &mut out[done..done + run]);
        match stride {
            0 => values.fill(source[start]),
            1 => values.copy_from_slice(&source[start..start + run]),
            _ => values.iter_mut().zip(source[start..].iter().step_by(stride)).for_each(|(value, from)| *value = *from),
        }
        (inner, done) = (0, done + run);
        for axis in (0..outer.len()).rev() {
            let (extent, stride) = outer[axis];
            coordinates[axis] += 1;
            at += stride;
            if coordinates[axis] < extent {
                break;
            }
            at -= extent * stride;
            coordinates[axis] = 0;
        }
    }
}
