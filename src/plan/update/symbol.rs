//! The rule of an optimizer as an expression: run once on symbols, it writes itself down.

use super::real::Real;
use super::rule::Rates;
use super::{Clip, Penalty, Update};
use crate::graph::{Binary, Unary};
use crate::plan::Step;
use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// What a step does to one parameter, as steps of an expression. `Arg(0)` is the parameter,
/// `Arg(1)` its gradient, then come its moments, then the numbers of [`Rates::NAMES`].
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ElementRule {
    /// Straight-line arithmetic.
    pub(crate) steps: Vec<Step>,
    /// The steps whose values are the new parameter and its new moments.
    pub(crate) results: Vec<usize>,
}

impl Update {
    /// The rule that [`Update::apply`] follows, for one element.
    pub(crate) fn element_rule(&self) -> ElementRule {
        let tape = Tape::default();
        let count = self.moments();
        let argument = |at: usize| tape.step(Step::Arg(at));
        let (mut w, g) = ([argument(0)], [argument(1)]);
        let mut moments: Vec<[Symbol; 1]> = (0..count).map(|at| [argument(2 + at)]).collect();
        // What is always 0 or 1 is left out of the expression.
        let rate = |name: &str, is_used: bool, otherwise: f64| {
            let at = Rates::<f64>::NAMES.iter().position(|known| *known == name).expect("it is one of the names");
            if is_used { argument(2 + count + at) } else { Symbol::Number(otherwise) }
        };
        let rates = Rates {
            rate: rate("rate", true, 0.0),
            adam_rate: rate("adam_rate", true, 0.0),
            adam_scale: rate("adam_scale", true, 0.0),
            decoupled: rate("decoupled", true, 0.0),
            intake: rate("intake", true, 1.0),
            clip_scale: rate("clip_scale", matches!(self.clip, Clip::Norm(_)), 1.0),
            l1: rate("l1", matches!(self.penalty, Penalty::L1(_)), 0.0),
            l2: rate("l2", matches!(self.penalty, Penalty::L2(_)), 0.0),
            playground: rate("playground", matches!(self.penalty, Penalty::PlaygroundL1(_) | Penalty::PlaygroundL2(_)), 0.0),
        };
        self.change(&rates, &mut w, &g, &mut moments.iter_mut().map(|moment| moment.as_mut_slice()).collect::<Vec<_>>());
        let results = w.into_iter().chain(moments.into_iter().flatten()).map(|symbol| symbol.on(&tape)).collect();
        ElementRule { steps: tape.0.into_inner(), results }
    }
}

/// The steps that are written down.
#[derive(Default)]
pub(super) struct Tape(RefCell<Vec<Step>>);

impl Tape {
    fn push(&self, step: Step) -> usize {
        let mut steps = self.0.borrow_mut();
        steps.push(step);
        steps.len() - 1
    }

    fn step(&self, step: Step) -> Symbol<'_> {
        Symbol::Step(self, self.push(step))
    }
}

/// A number that is known, or a step of a tape.
#[derive(Clone, Copy)]
pub(super) enum Symbol<'t> {
    Number(f64),
    Step(&'t Tape, usize),
}

impl<'t> Symbol<'t> {
    /// The step that has its value.
    fn on(self, tape: &'t Tape) -> usize {
        match self {
            Symbol::Number(value) => tape.push(Step::Constant(value as f32)),
            Symbol::Step(_, at) => at,
        }
    }

    fn known(self) -> Option<f64> {
        if let Symbol::Number(value) = self { Some(value) } else { None }
    }

    fn unary(self, function: Unary) -> Self {
        match self {
            Symbol::Number(value) => Symbol::Number(function.at(value)),
            Symbol::Step(tape, at) => tape.step(Step::Unary(function, at)),
        }
    }

    fn binary(self, function: Binary, other: Self) -> Self {
        let ((Symbol::Step(tape, _), _) | (_, Symbol::Step(tape, _))) = (self, other) else {
            let (Some(a), Some(b)) = (self.known(), other.known()) else { unreachable!("neither is a step") };
            return Symbol::Number(function.at(a, b));
        };
        let [a, b] = [self.on(tape), other.on(tape)];
        tape.step(Step::Binary(function, a, b))
    }
}

impl Add for Symbol<'_> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        match (self.known(), other.known()) {
            (Some(0.0), _) => other,
            (_, Some(0.0)) => self,
            _ => self.binary(Binary::Add, other),
        }
    }
}

impl Sub for Symbol<'_> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        if other.known() == Some(0.0) { self } else { self.binary(Binary::Sub, other) }
    }
}

impl Mul for Symbol<'_> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        match (self.known(), other.known()) {
            // Whatever is multiplied with it is finite: the guard has looked.
            (Some(0.0), _) | (_, Some(0.0)) => Symbol::Number(0.0),
            (Some(1.0), _) => other,
            (_, Some(1.0)) => self,
            _ => self.binary(Binary::Mul, other),
        }
    }
}

impl Div for Symbol<'_> {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self.binary(Binary::Div, other)
    }
}

impl Neg for Symbol<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary(Unary::Neg)
    }
}

impl Real for Symbol<'_> {
    const ZERO: Self = Symbol::Number(0.0);
    const ONE: Self = Symbol::Number(1.0);

    fn from_f64(value: f64) -> Self {
        Symbol::Number(value)
    }

    fn sqrt(self) -> Self {
        self.unary(Unary::Sqrt)
    }

    fn max(self, other: Self) -> Self {
        if other.known() == Some(f64::NEG_INFINITY) { self } else { self.binary(Binary::Max, other) }
    }

    fn min(self, other: Self) -> Self {
        if other.known() == Some(f64::INFINITY) { self } else { self.binary(Binary::Min, other) }
    }

    fn sign(self) -> Self {
        self.unary(Unary::Sign)
    }

    fn is_negative(self) -> Self {
        Self::ZERO.binary(Binary::Greater, self)
    }

    fn select(self, yes: Self, no: Self) -> Self {
        match self {
            Symbol::Number(value) => {
                if value != 0.0 {
                    yes
                } else {
                    no
                }
            }
            Symbol::Step(tape, at) => tape.step(Step::Select(at, yes.on(tape), no.on(tape))),
        }
    }
}
