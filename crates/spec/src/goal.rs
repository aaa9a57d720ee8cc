//! What a run is to reach: conditions on its figures, as the text `testLoss<0.2;steps<=5000`.

use crate::choice::choice;
use crate::number;
use crate::quote::glance;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most conditions of a goal.
const MAX_CONDITIONS: usize = 8;

/// Conditions that must all hold; none where there is no goal.
///
/// It is judged at the steps that [`Experiment::evaluate_every`](crate::Experiment) names, so that
/// the same run reaches it at the same step everywhere.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Goal {
    /// The conditions, in the order of the text.
    pub conditions: Vec<Condition>,
}

/// A bound on a figure.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Condition {
    /// Of what.
    pub measure: Measure,
    /// On which side of the bound it must lie.
    pub relation: Relation,
    /// The bound.
    pub bound: f64,
}

choice! {
    /// What a condition is about.
    Measure {
        /// Mean loss of the training samples.
        TrainLoss = "trainLoss",
        /// Mean loss of the test samples.
        TestLoss = "testLoss",
        /// Share of the test samples answered correctly, 0 to 1.
        Accuracy = "accuracy",
        /// Steps taken.
        Steps = "steps",
        /// Trainable numbers of the network.
        Params = "params",
    }
}
choice! {
    /// On which side of a bound something lies.
    Relation {
        /// At most.
        AtMost = "<=",
        /// At least.
        AtLeast = ">=",
        /// Below.
        Below = "<",
        /// Above.
        Above = ">",
    }
}

/// The figures of one step that goals are about; `None` where there are none.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Reached {
    /// Mean loss of the training samples.
    pub train_loss: Option<f64>,
    /// Mean loss of the test samples.
    pub test_loss: Option<f64>,
    /// Share of the test samples answered correctly.
    pub accuracy: Option<f64>,
    /// Steps taken.
    pub steps: u64,
    /// Trainable numbers.
    pub params: u64,
}

impl Goal {
    /// Whether there is one.
    pub fn exists(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// Whether there is a goal and all of it holds. What is not known does not hold.
    pub fn is_reached(&self, figures: &Reached) -> bool {
        self.exists() && self.conditions.iter().all(|condition| condition.holds(figures))
    }

    /// Reads a text.
    ///
    /// # Errors
    /// What is expected, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(';').filter(|part| !part.is_empty()).collect();
        if parts.len() > MAX_CONDITIONS {
            return Err(format!("expected at most {MAX_CONDITIONS} conditions"));
        }
        parts.into_iter().map(Condition::read).collect::<Result<_, _>>().map(|conditions| Self { conditions })
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.conditions.iter().map(ToString::to_string).collect();
        write!(out, "{}", texts.join(";"))
    }
}

impl Condition {
    fn read(text: &str) -> Result<Self, String> {
        let form = || format!("expected conditions such as testLoss<0.2, not {}", glance(text, 24));
        let at = text.find(['<', '>']).ok_or_else(form)?;
        let (measure, rest) = text.split_at(at);
        // The longer signs come first among all.
        let relation = Relation::ALL.iter().find(|relation| rest.starts_with(relation.id())).ok_or_else(form)?;
        let measure = Measure::from_id(measure).ok_or_else(|| {
            let known: Vec<&str> = Measure::ALL.iter().map(|measure| measure.id()).collect();
            format!("expected one of {}, not {}", known.join(", "), glance(measure, 24))
        })?;
        let bound = number::parse(&rest[relation.id().len()..]).filter(|bound| bound.is_finite()).ok_or_else(form)?;
        Ok(Self { measure, relation: *relation, bound: bound + 0.0 })
    }

    fn holds(self, figures: &Reached) -> bool {
        let value = match self.measure {
            Measure::TrainLoss => figures.train_loss,
            Measure::TestLoss => figures.test_loss,
            Measure::Accuracy => figures.accuracy,
            Measure::Steps => Some(figures.steps as f64),
            Measure::Params => Some(figures.params as f64),
        };
        value.is_some_and(|value| match self.relation {
            Relation::Below => value < self.bound,
            Relation::AtMost => value <= self.bound,
            Relation::Above => value > self.bound,
            Relation::AtLeast => value >= self.bound,
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}{}", self.measure.id(), self.relation.id(), number::shortest(self.bound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_written_as_it_was_read() {
        for text in ["", "testLoss<0.2", "testLoss<0.2;params<=20;steps<=5000;accuracy>0.95", "trainLoss>=-1e-7"] {
            assert_eq!(Goal::read(text).map(|goal| goal.to_string()).as_deref(), Ok(text));
        }
        assert_eq!(Goal::read("steps<=5e3;").map(|goal| goal.to_string()).as_deref(), Ok("steps<=5000"));
    }

    #[test]
    fn what_is_no_goal_says_what_is_expected() {
        for (text, why) in [
            ("testLoss", "expected conditions such as testLoss<0.2, not testLoss"),
            ("testLoss<", "expected conditions such as"),
            ("testLoss=<1", "expected one of"),
            ("testLoss<inf", "expected conditions such as"),
            ("loss<1", "expected one of trainLoss, testLoss, accuracy, steps, params, not loss"),
            (&"steps<1;".repeat(9), "expected at most 8 conditions"),
        ] {
            let error = Goal::read(text).expect_err(text);
            assert!(error.starts_with(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_goal_is_reached_where_all_of_it_holds() {
        let goal = Goal::read("testLoss<0.2;steps<=5000").unwrap();
        let figures = Reached { test_loss: Some(0.1), steps: 5_000, ..Reached::default() };
        assert!(goal.is_reached(&figures));
        assert!(!goal.is_reached(&Reached { test_loss: Some(0.2), ..figures }));
        assert!(!goal.is_reached(&Reached { test_loss: Some(f64::NAN), ..figures }));
        assert!(!goal.is_reached(&Reached { test_loss: None, ..figures }));
        assert!(!goal.is_reached(&Reached { steps: 5_001, ..figures }));
        assert!(!Goal::default().is_reached(&figures), "there is none");
    }
}
