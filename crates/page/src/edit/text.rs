//! A model as a visitor writes it: taken, or told what is wrong and where.

use crate::names::capitalised;
use descent_spec::model::ModelError;
use descent_spec::{Experiment, Model};
use std::ops::Range;

/// What is wrong with a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Problem {
    /// In words, with a suggestion where there is one.
    pub(crate) what: String,
    /// The part of the text that it is about; `None` where it is about all of it.
    pub(crate) quote: Option<Quote>,
}

/// A part of a text with what stands around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Quote {
    pub(crate) before: String,
    /// What is wrong; a space at the end of the text.
    pub(crate) wrong: String,
    pub(crate) after: String,
}

/// So many characters around a quoted part are quoted with it.
const AROUND: usize = 24;

/// Reads a model for an experiment.
///
/// # Errors
/// [`Problem`] if the text is no model, or if its network does not fit together or costs too much.
pub(crate) fn read(text: &str, experiment: &Experiment) -> Result<Model, Problem> {
    let problem = |what: &str, part: Option<Range<usize>>| Problem { what: sentence(what), quote: part.map(|part| quote(text, part)) };
    let model = Model::read(text).map_err(|error| problem(&error.what, Some(word(text, error.at))))?;
    let changed = Experiment { model: model.clone(), ..experiment.clone() };
    match changed.cost() {
        Ok(_) => Ok(model),
        Err(ModelError::Block { path, why }) => {
            let part = model.place(&path).and_then(|place| item(text, &place));
            Err(problem(&format!("{path} {why}"), part))
        }
        Err(error) => Err(problem(&error.to_string(), None)),
    }
}

fn sentence(text: &str) -> String {
    let end = if text.ends_with(['?', '.']) { "" } else { "." };
    capitalised(text) + end
}

/// The word that begins at an offset, or the mark that stands there.
fn word(text: &str, at: usize) -> Range<usize> {
    let rest = &text[at..];
    let mark = rest.chars().next().map_or(0, char::len_utf8);
    let len = rest.find([',', ';', ':', '(', ')', ' ']).unwrap_or(rest.len()).max(mark);
    at..at + len
}

/// The kind and the arguments of the item at a place: up to its bracket, if it has one.
fn item(text: &str, place: &[usize]) -> Option<Range<usize>> {
    let mut at = 0;
    for (level, &index) in place.iter().enumerate() {
        let separator = if level % 2 == 0 { ',' } else { ';' };
        if separator == ';' {
            at += text[at..].find('(')? + 1;
        }
        for _ in 0..index {
            at += next_mark(&text[at..], separator)? + 1;
        }
    }
    let len = text[at..].find([',', ';', '(', ')']).unwrap_or(text.len() - at);
    Some(at..at + len)
}

/// Offset of the first such mark that stands in no bracket.
fn next_mark(text: &str, mark: char) -> Option<usize> {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if letter == mark && depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

fn quote(text: &str, part: Range<usize>) -> Quote {
    let (before, wrong, after) = (&text[..part.start], &text[part.clone()], &text[part.end..]);
    let skipped = before.chars().count().saturating_sub(AROUND);
    let mut start: String = before.chars().skip(skipped).collect();
    if skipped > 0 {
        start.insert(0, '…');
    }
    let mut end: String = after.chars().take(AROUND).collect();
    if end.len() < after.len() {
        end.push('…');
    }
    Quote { before: start, wrong: if wrong.is_empty() { " ".into() } else { wrong.into() }, after: end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_spec::Dataset;

    /// What is quoted, the wrong part in brackets, and what is said.
    fn told(text: &str, dataset: Dataset) -> [String; 2] {
        let problem = read(text, &Experiment::start(dataset)).expect_err(text);
        let quote = problem.quote.map(|Quote { before, wrong, after }| format!("{before}[{wrong}]{after}"));
        [quote.unwrap_or_default(), problem.what]
    }

    #[test]
    fn what_cannot_be_read_is_quoted_with_a_suggestion() {
        for (text, quote, what) in [
            ("dense:32:reul", "dense:32:[reul]", "There is no activation “reul”; did you mean relu?"),
            ("dens:8:tanh,dense:2:tanh", "[dens]:8:tanh,dense:2:tanh", "There is no block “dens”; did you mean dense?"),
            ("dense:8", "dense:8[ ]", "Dense needs an activation at its end, such as relu."),
            ("dense:8:tanh)", "dense:8:tanh[)]", "There is no block open that could end here."),
            ("residual(dense:2:tanh", "[residual](dense:2:tanh", "Residual has no closing bracket."),
            ("ünd:8:tanh", "[ünd]:8:tanh", "There is no block “ünd”."),
        ] {
            assert_eq!(told(text, Dataset::Spiral), [quote, what], "{text}");
        }
    }

    #[test]
    fn a_long_text_is_quoted_around_the_place() {
        let layers = ["dense:8:tanh"; 9].join(",");
        let [quote, _] = told(&format!("{layers},dense:8:tahn,{layers}"), Dataset::Spiral);
        assert_eq!(quote, "…nh,dense:8:tanh,dense:8:[tahn],dense:8:tanh,dense:8:ta…");
    }

    #[test]
    fn a_block_that_does_not_fit_is_quoted_where_it_stands() {
        for (text, quote, what) in [
            ("dense:4:tanh,residual(dense:3:tanh)", "dense:4:tanh,[residual](dense:3:tanh)", "Residual1 joins 4 numbers and 3 numbers."),
            ("conv:8x3:relu,dense:2:relu", "[conv:8x3:relu],dense:2:relu", "Conv1 needs an image, and what comes in is 2 numbers."),
        ] {
            assert_eq!(told(text, Dataset::Spiral), [quote, what]);
        }
        let nested = "conv:4x3:relu,parallel:add(repeat:2(conv:4x3:stride1:relu);residual(pool:2,conv:4x3:relu),act:relu),pool:2";
        let [quote, _] = told(nested, Dataset::Digits);
        assert_eq!(quote, "…(conv:4x3:stride1:relu);[residual](pool:2,conv:4x3:relu),a…");
        assert_eq!(item(nested, &[1, 0, 0, 0, 0]).map(|part| &nested[part]), Some("conv:4x3:stride1:relu"));
        assert_eq!(item(nested, &[2]).map(|part| &nested[part]), Some("pool:2"));
        assert_eq!(item(nested, &[3]), None);
    }

    #[test]
    fn a_network_that_costs_too_much_is_refused_as_a_whole() {
        let [quote, what] = told("dense:4096:relu,dense:4096:relu", Dataset::Spiral);
        assert!(quote.is_empty() && what.contains("parameters; the limit is"), "{what}");
    }

    #[test]
    fn what_reads_and_fits_is_taken() {
        for text in ["", "residual(dense:2:tanh)", "repeat:3(dense:4:relu),parallel:concat(;dense:2:tanh)"] {
            assert_eq!(read(text, &Experiment::first_visit()), Ok(Model::read(text).expect("a model")));
        }
    }
}
