//! The arguments of one item of a model's text: `conv:8x3:valid:relu` has three.

use crate::Activation;
use crate::text_error::{TextError, glance};

/// What stands behind an item's kind, taken piece by piece: sizes first, then options by name, the
/// activation last.
pub(crate) struct Args<'t> {
    kind: &'t str,
    /// Offset of the item's end.
    end: usize,
    /// What is not taken yet, each with its offset.
    words: Vec<(usize, &'t str)>,
}

impl<'t> Args<'t> {
    pub(crate) fn new(kind: &'t str, end: usize, words: Vec<(usize, &'t str)>) -> Self {
        Self { kind, end, words }
    }

    /// The first word that is left.
    pub(crate) fn word(&mut self, what: &str) -> Result<(usize, &'t str), TextError> {
        if self.words.is_empty() {
            return Err(TextError::new(self.end, format!("{} needs {what}", self.kind)));
        }
        Ok(self.words.remove(0))
    }

    /// The first word that is left, as a whole number of a range.
    pub(crate) fn size(&mut self, what: &str, range: (usize, usize)) -> Result<usize, TextError> {
        let (at, word) = self.word(what)?;
        number(at, word, what, range)
    }

    /// The last word that is left, as an activation.
    pub(crate) fn activation(&mut self) -> Result<Activation, TextError> {
        let Some((at, word)) = self.words.pop() else {
            return Err(TextError::new(self.end, format!("{} needs an activation at its end, such as relu", self.kind)));
        };
        Activation::from_id(word).ok_or_else(|| {
            let known = Activation::ALL.iter().map(|activation| activation.id());
            TextError::unknown(at, "activation", word, known)
        })
    }

    /// Whether the option is among what is left.
    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, TextError> {
        let is_it = |word: &str| word == name;
        self.option(is_it, name).map(|found| found.is_some())
    }

    /// The number behind the option's name, as in `stride2`, if it is among what is left.
    pub(crate) fn option_size(&mut self, name: &str, range: (usize, usize)) -> Result<Option<usize>, TextError> {
        let digits = |word: &str| word.strip_prefix(name).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
        match self.option(digits, name)? {
            Some((at, word)) => number(at + name.len(), &word[name.len()..], name, range).map(Some),
            None => Ok(None),
        }
    }

    fn option(&mut self, is_it: impl Fn(&str) -> bool, name: &str) -> Result<Option<(usize, &'t str)>, TextError> {
        let Some(first) = self.words.iter().position(|(_, word)| is_it(word)) else { return Ok(None) };
        let found = self.words.remove(first);
        match self.words.iter().find(|(_, word)| is_it(word)) {
            Some((at, _)) => Err(TextError::new(*at, format!("{name} is given twice"))),
            None => Ok(Some(found)),
        }
    }

    /// Nothing may be left; `options` are the names there are, for a suggestion.
    pub(crate) fn finish(self, options: &[&str]) -> Result<(), TextError> {
        match self.words.first() {
            None => Ok(()),
            Some((at, word)) if options.is_empty() => {
                Err(TextError::new(*at, format!("{} takes nothing more, and “{}” follows", self.kind, glance(word))))
            }
            Some((at, word)) => Err(TextError::unknown(*at, "option", word, options.iter().copied())),
        }
    }
}

/// A whole number of a range.
pub(crate) fn number(at: usize, word: &str, what: &str, (least, most): (usize, usize)) -> Result<usize, TextError> {
    let is_plain = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    match word.parse::<usize>() {
        Ok(number) if is_plain && (least..=most).contains(&number) => Ok(number),
        _ if is_plain => Err(TextError::new(at, format!("{what} is {}, which is not between {least} and {most}", glance(word)))),
        _ => Err(TextError::new(at, format!("{what} is a whole number from {least} to {most}, not “{}”", glance(word)))),
    }
}
