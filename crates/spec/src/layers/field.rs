//! What an editor shows of a layer.

use crate::Activation;

/// One thing of a layer that can be changed.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// What it is called: `units`.
    pub name: &'static str,
    /// What it is now.
    pub value: Value,
    /// Least and most, of a number.
    pub range: (usize, usize),
    /// The names to choose from, of a choice.
    pub choices: &'static [&'static str],
}

/// The value of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value {
    /// A whole number.
    Number(usize),
    /// One of the field's names.
    Choice(&'static str),
    /// An activation.
    Activation(Activation),
}

impl Field {
    /// A whole number of a range.
    pub(crate) fn number(name: &'static str, value: usize, range: (usize, usize)) -> Self {
        Self { name, value: Value::Number(value), range, choices: &[] }
    }

    /// One of some names.
    pub(crate) fn choice(name: &'static str, value: &'static str, choices: &'static [&'static str]) -> Self {
        Self { name, value: Value::Choice(value), range: (0, 0), choices }
    }

    /// The activation.
    pub(crate) fn activation(value: Activation) -> Self {
        Self { name: ACTIVATION, value: Value::Activation(value), range: (0, 0), choices: &[] }
    }
}

/// The name of the field that holds an activation.
pub(crate) const ACTIVATION: &str = "activation";
