//! Where values lie: buffers by colour, offsets by lifetime.
//!
//! WebGPU refuses a buffer that one dispatch binds both for reading and for writing, even where the ranges are disjoint. So a result never goes
//! to the buffer of an operand: values are coloured, one activation buffer per colour, and inside a buffer the ranges of values that are no
//! longer read are used again.

use super::fuse::{Draft, Value};
use super::program::Slice;

/// What is known of each value of a routine. There are some hundreds of them, so looking through all is quick.
#[derive(Clone, Debug)]
pub(crate) struct Table<T>(Vec<(Value, T)>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Table<T> {
    pub(crate) fn get(&self, value: Value) -> Option<T> {
        self.0.iter().find(|(known, _)| *known == value).map(|(_, of_value)| *of_value)
    }

    pub(crate) fn insert(&mut self, value: Value, of_value: T) {
        match self.0.iter_mut().find(|(known, _)| *known == value) {
            Some(entry) => entry.1 = of_value,
            None => self.0.push((value, of_value)),
        }
    }
}

/// Memory of the values of one routine.
pub(crate) struct Placement {
    /// Colour and range of each value that was not placed beforehand.
    pub(crate) spots: Table<Spot>,
    /// Words of each colour's buffer.
    pub(crate) colours: Vec<usize>,
}

/// A range of an activation buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot {
    /// Which activation buffer.
    pub(crate) colour: usize,
    /// First word.
    pub(crate) offset: usize,
    /// Words.
    pub(crate) len: usize,
    /// First and last kernel that need it.
    life: (usize, usize),
}

/// Rounds up to the alignment of a binding.
pub(crate) fn aligned(words: usize) -> usize {
    words.next_multiple_of(Slice::ALIGN)
}

/// Places every value that the drafts write and that is not in `fixed`. Values in `kept` live to the end.
pub(crate) fn place(drafts: &[Draft], fixed: &Table<Slice>, kept: &[Value], len_of: impl Fn(Value) -> usize) -> Placement {
    let mut last_use = Table::default();
    for (at, draft) in drafts.iter().enumerate() {
        for value in draft.inputs.iter().chain(&draft.outputs) {
            last_use.insert(*value, at);
        }
    }
    for value in kept {
        last_use.insert(*value, drafts.len());
    }
    let mut placement = Placement { spots: Table::default(), colours: Vec::new() };
    for (at, draft) in drafts.iter().enumerate() {
        let taken: Vec<usize> = draft.inputs.iter().filter_map(|value| placement.spots.get(*value)).map(|spot| spot.colour).collect();
        for value in draft.outputs.iter().filter(|value| fixed.get(**value).is_none()) {
            let len = aligned(len_of(*value).max(1));
            let life = (at, last_use.get(*value).unwrap_or(at));
            let spot = placement.best(len, life, &taken);
            placement.spots.insert(*value, spot);
        }
    }
    placement
}

impl Placement {
    /// The spot that makes memory grow least; among equals the lowest colour.
    fn best(&mut self, len: usize, life: (usize, usize), taken: &[usize]) -> Spot {
        let candidates = (0..=self.colours.len()).filter(|colour| !taken.contains(colour)).map(|colour| {
            let offset = self.first_gap(colour, len, life);
            let size = self.colours.get(colour).copied();
            // A buffer more costs a little too: few buffers mean few different bind groups.
            let growth = (offset + len).saturating_sub(size.unwrap_or(0)) + if size.is_none() { Slice::ALIGN } else { 0 };
            (growth, colour, offset)
        });
        let (_, colour, offset) = candidates.min().unwrap_or_else(|| panic!("a colour more is always free"));
        if colour == self.colours.len() {
            self.colours.push(0);
        }
        self.colours[colour] = self.colours[colour].max(offset + len);
        Spot { colour, offset, len, life }
    }

    /// The first offset of a colour's buffer where nothing that lives at the same time is in the way.
    fn first_gap(&self, colour: usize, len: usize, life: (usize, usize)) -> usize {
        let busy: Vec<(usize, usize)> = self
            .spots
            .0
            .iter()
            .map(|(_, spot)| spot)
            .filter(|spot| spot.colour == colour && spot.life.0 <= life.1 && life.0 <= spot.life.1)
            .map(|spot| (spot.offset, spot.offset + spot.len))
            .collect();
        let is_free = |offset: &usize| busy.iter().all(|&(start, end)| offset + len <= start || end <= *offset);
        // The lowest gap begins at 0 or where something ends.
        let gap = busy.iter().map(|&(_, end)| end).chain([0]).filter(is_free).min();
        gap.unwrap_or_else(|| panic!("nothing is in the way behind all of them"))
    }
}
