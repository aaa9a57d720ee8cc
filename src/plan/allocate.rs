//! Where the values between kernels lie: buffers by colour, offsets by lifetime.
//!
//! WebGPU refuses a buffer that one dispatch binds both for reading and for writing, even where the
//! ranges are disjoint. So a result never goes to the buffer of an operand: values are coloured,
//! with one activation buffer per colour. Within a buffer, the range of a value that is no longer
//! read is used again.

use super::fuse::{Draft, Value};
use super::program::Slice;
use std::collections::{BTreeMap, HashMap};

/// Memory of the values of one routine.
#[derive(Default)]
pub(crate) struct Allocation {
    /// Where each value lies that had no memory before.
    pub(crate) slots: HashMap<Value, Slot>,
    /// Words of each colour's buffer.
    pub(crate) colours: Vec<usize>,
}

/// A range of an activation buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Slot {
    /// Which activation buffer.
    pub(crate) colour: usize,
    /// First word.
    pub(crate) offset: usize,
    /// Words.
    pub(crate) len: usize,
}

/// Rounds up to the alignment of a binding.
pub(crate) fn aligned(words: usize) -> usize {
    words.next_multiple_of(Slice::ALIGN)
}

/// Finds memory for every value that the drafts write and that is not in `fixed`. Values in `kept`
/// live to the end.
pub(crate) fn allocate(drafts: &[Draft], fixed: &HashMap<Value, Slice>, kept: &[Value], len_of: impl Fn(Value) -> usize) -> Allocation {
    let mut last_use = HashMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        for value in draft.inputs.iter().chain(&draft.outputs) {
            last_use.insert(*value, at);
        }
    }
    for value in kept {
        last_use.insert(*value, drafts.len());
    }
    let mut colours: Vec<Colour> = Vec::new();
    let mut slots: HashMap<Value, Slot> = HashMap::new();
    // The slots that are free once a draft has run.
    let mut ending: Vec<Vec<Slot>> = vec![Vec::new(); drafts.len() + 1];
    for (at, draft) in drafts.iter().enumerate() {
        let taken: Vec<usize> = draft.inputs.iter().filter_map(|value| slots.get(value)).map(|slot| slot.colour).collect();
        for value in draft.outputs.iter().filter(|value| !fixed.contains_key(value)) {
            let slot = best_slot(&mut colours, aligned(len_of(*value).max(1)), &taken);
            slots.insert(*value, slot);
            ending[last_use[value]].push(slot);
        }
        for slot in &ending[at] {
            colours[slot.colour].give_back(*slot);
        }
    }
    Allocation { slots, colours: colours.into_iter().map(|colour| colour.len).collect() }
}

/// Takes the slot that makes memory grow least; among equals the lowest colour.
fn best_slot(colours: &mut Vec<Colour>, len: usize, taken: &[usize]) -> Slot {
    let known = colours.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(at, colour)| {
        let offset = colour.first_gap(len);
        ((offset + len).saturating_sub(colour.len), at, offset)
    });
    // A buffer more costs a little too: few buffers mean few different bind groups.
    let (_, colour, offset) = known.chain([(len + Slice::ALIGN, colours.len(), 0)]).min().expect("a colour more is always free");
    if colour == colours.len() {
        colours.push(Colour::default());
    }
    colours[colour].take(offset, len);
    Slot { colour, offset, len }
}

/// One activation buffer while values come and go.
struct Colour {
    /// Words that it has needed so far.
    len: usize,
    /// What is free, from the first word to one past the last. Neighbours are joined, and the last
    /// range has no end.
    free: BTreeMap<usize, usize>,
}

impl Default for Colour {
    fn default() -> Self {
        Self { len: 0, free: BTreeMap::from([(0, usize::MAX)]) }
    }
}

impl Colour {
    /// The first offset with `len` free words. Few gaps are looked at, since neighbours are joined.
    fn first_gap(&self, len: usize) -> usize {
        let gap = self.free.iter().find(|(start, end)| *end - *start >= len);
        *gap.expect("the last range has no end").0
    }

    /// Takes words from the start of a gap.
    fn take(&mut self, offset: usize, len: usize) {
        let end = self.free.remove(&offset).expect("a gap starts there");
        if offset + len < end {
            self.free.insert(offset + len, end);
        }
        self.len = self.len.max(offset + len);
    }

    fn give_back(&mut self, slot: Slot) {
        let end = slot.offset + slot.len;
        let end = self.free.remove(&end).unwrap_or(end);
        match self.free.range_mut(..slot.offset).next_back() {
            Some((_, before)) if *before == slot.offset => *before = end,
            _ => {
                self.free.insert(slot.offset, end);
            }
        }
    }
}
