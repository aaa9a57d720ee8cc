//! The text of a model: read into a tree of blocks, and written from it.
//!
//! Reading is strict: an unknown word is an error with its place in the text and a suggestion. How
//! deep a text nests and how many blocks it writes is counted while it is read, before anything is
//! expanded.

use super::{BRANCHES, Block, Join, MAX_DEPTH, MAX_ITEMS, Model, ModelError, TIMES, TextError};
use crate::Activation;
use crate::args::{Args, number};
use crate::layers::{KINDS, Layer};
use crate::text_error::glance;

impl Model {
    /// Reads a model.
    ///
    /// # Errors
    /// [`TextError`] with the place of the first thing that is wrong. Sizes are within their ranges
    /// and the tree within [`Model::check_size`]'s limits, if it is read; whether its blocks fit
    /// together is [`Model::outline`]'s to say.
    pub fn read(text: &str) -> Result<Self, TextError> {
        let mut reader = Reader { text, at: 0, items: 0 };
        let model = reader.model(1)?;
        if reader.at < text.len() {
            return Err(TextError::new(reader.at, "there is no block open that could end here"));
        }
        let too_many = |error: ModelError| TextError::new(0, error.to_string());
        model.check_size().map_err(too_many)?;
        Ok(model)
    }

    /// The text; [`Model::read`] gives the model back.
    pub fn write(&self) -> String {
        let items: Vec<String> = self.blocks.iter().map(Block::write).collect();
        items.join(",")
    }
}

impl Block {
    /// The text of one item.
    pub fn write(&self) -> String {
        match self {
            Block::Layer(layer) => layer.write(),
            Block::Residual { activation: Activation::Linear, body } => format!("residual({})", body.write()),
            Block::Residual { activation, body } => format!("residual:{}({})", activation.id(), body.write()),
            Block::Repeat { times, body } => format!("repeat:{times}({})", body.write()),
            Block::Parallel { join, branches } => {
                let branches: Vec<String> = branches.iter().map(Model::write).collect();
                format!("parallel:{}({})", join.id(), branches.join(";"))
            }
        }
    }
}

/// Kinds that hold other blocks.
const HOLDERS: [&str; 3] = ["residual", "repeat", "parallel"];

struct Reader<'t> {
    text: &'t str,
    at: usize,
    items: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn takes(&mut self, mark: char) -> bool {
        let is_there = self.rest().starts_with(mark);
        self.at += usize::from(is_there);
        is_there
    }

    /// Items up to the end, a `;` or a `)`.
    fn model(&mut self, depth: usize) -> Result<Model, TextError> {
        let mut blocks = Vec::new();
        if self.rest().is_empty() || self.rest().starts_with([';', ')']) {
            return Ok(Model { blocks });
        }
        loop {
            self.items += 1;
            if self.items > MAX_ITEMS {
                return Err(TextError::new(self.at, format!("there are more than {MAX_ITEMS} blocks")));
            }
            blocks.push(self.block(depth)?);
            if !self.takes(',') {
                return Ok(Model { blocks });
            }
        }
    }

    fn block(&mut self, depth: usize) -> Result<Block, TextError> {
        if depth > MAX_DEPTH {
            return Err(TextError::new(self.at, format!("blocks are nested more than {MAX_DEPTH} levels deep")));
        }
        let start = self.at;
        let len = self.rest().find([',', ';', '(', ')']).unwrap_or(self.rest().len());
        let item = &self.rest()[..len];
        self.at += len;
        let mut words = words(item, start);
        let (_, kind) = words.remove(0);
        let mut args = Args::new(kind, self.at, words);
        if !HOLDERS.contains(&kind) {
            if self.rest().starts_with('(') {
                return Err(TextError::new(self.at, format!("{} holds no other blocks", glance(kind))));
            }
            let unknown = || Err(TextError::unknown(start, "block", kind, KINDS.into_iter().chain(HOLDERS)));
            let layer = Layer::read(kind, &mut args).unwrap_or_else(unknown)?;
            return args.finish(layer.options()).map(|()| Block::Layer(layer));
        }
        let block = match kind {
            "residual" => {
                // The one activation that may be left out: a plain sum.
                let activation = if item.contains(':') { args.activation()? } else { Activation::Linear };
                Block::Residual { activation, body: self.only(start, kind, depth)? }
            }
            "repeat" => {
                let (at, word) = args.word("a number of times, as in repeat:3(…)")?;
                let times = number(at, word, "the number of times", TIMES)?;
                Block::Repeat { times, body: self.only(start, kind, depth)? }
            }
            _ => {
                let (at, word) = args.word("how its branches are joined: concat, add or mul")?;
                let join = Join::ALL.iter().find(|(_, name)| *name == word).map(|(join, _)| *join);
                let join =
                    join.ok_or_else(|| TextError::unknown(at, "way to join branches", word, Join::ALL.iter().map(|(_, name)| *name)))?;
                let branches = self.branches(start, kind, depth)?;
                if !(BRANCHES.0..=BRANCHES.1).contains(&branches.len()) {
                    let (least, most) = BRANCHES;
                    return Err(TextError::new(start, format!("parallel has {} branches; it takes {least} to {most}", branches.len())));
                }
                Block::Parallel { join, branches }
            }
        };
        args.finish(&[])?;
        Ok(block)
    }

    /// The one list of blocks that an item holds.
    fn only(&mut self, start: usize, kind: &str, depth: usize) -> Result<Model, TextError> {
        let mut branches = self.branches(start, kind, depth)?;
        match branches.len() {
            1 => Ok(branches.remove(0)),
            n => Err(TextError::new(start, format!("{kind} holds one list of blocks, not {n}"))),
        }
    }

    fn branches(&mut self, start: usize, kind: &str, depth: usize) -> Result<Vec<Model>, TextError> {
        if !self.takes('(') {
            return Err(TextError::new(self.at, format!("{kind} holds blocks in brackets, as in {kind}…(dense:8:relu)")));
        }
        let mut branches = vec![self.model(depth + 1)?];
        while self.takes(';') {
            if branches.len() == MAX_ITEMS {
                return Err(TextError::new(self.at, "there are too many branches"));
            }
            branches.push(self.model(depth + 1)?);
        }
        if !self.takes(')') {
            let what = if self.rest().is_empty() { "has no closing bracket" } else { "is followed by something that is no block" };
            return Err(TextError::new(if self.rest().is_empty() { start } else { self.at }, format!("{kind} {what}")));
        }
        Ok(branches)
    }
}

/// The parts of an item between colons, each with its offset in the text.
fn words(item: &str, start: usize) -> Vec<(usize, &str)> {
    let mut at = start;
    item.split(':')
        .map(|word| {
            let word = (at, word);
            at += word.1.len() + 1;
            word
        })
        .collect()
}
