//! Where the values between kernels lie: buffers by colour, offsets by lifetime.
//!
//! WebGPU refuses a buffer that one dispatch binds both for reading and for writing, even where the
//! ranges are disjoint. So a result never goes to the buffer of an operand: values are coloured,
//! with one activation buffer per colour. Within a buffer, the range of a value that is no longer
//! read is used again.

use super::fuse::{Draft, Value};
use super::program::Slice;
use std::collections::HashMap;

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
    /// First and last kernel that need it.
    life: (usize, usize),
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
    let mut allocation = Allocation::default();
    for (at, draft) in drafts.iter().enumerate() {
        let taken: Vec<usize> = draft.inputs.iter().filter_map(|value| allocation.slots.get(value)).map(|slot| slot.colour).collect();
        for value in draft.outputs.iter().filter(|value| !fixed.contains_key(value)) {
            let len = aligned(len_of(*value).max(1));
            let slot = allocation.best_slot(len, (at, last_use[value]), &taken);
            allocation.slots.insert(*value, slot);
        }
    }
    allocation
}

impl Allocation {
    /// The slot that makes memory grow least; among equals the lowest colour.
    fn best_slot(&mut self, len: usize, life: (usize, usize), taken: &[usize]) -> Slot {
        let candidates = (0..=self.colours.len()).filter(|colour| !taken.contains(colour)).map(|colour| {
            let offset = self.first_gap(colour, len, life);
            let size = self.colours.get(colour).copied();
            // A buffer more costs a little too: few buffers mean few different bind groups.
            let growth = (offset + len).saturating_sub(size.unwrap_or(0)) + if size.is_none() { Slice::ALIGN } else { 0 };
            (growth, colour, offset)
        });
        let (_, colour, offset) = candidates.min().expect("a colour more is always free");
        if colour == self.colours.len() {
            self.colours.push(0);
        }
        self.colours[colour] = self.colours[colour].max(offset + len);
        Slot { colour, offset, len, life }
    }

    /// The first offset of a colour's buffer where nothing that lives at the same time is in the
    /// way.
    fn first_gap(&self, colour: usize, len: usize, life: (usize, usize)) -> usize {
        let is_in_the_way = |slot: &&Slot| slot.colour == colour && slot.life.0 <= life.1 && life.0 <= slot.life.1;
        let busy: Vec<(usize, usize)> =
            self.slots.values().filter(is_in_the_way).map(|slot| (slot.offset, slot.offset + slot.len)).collect();
        let is_free = |offset: &usize| busy.iter().all(|&(start, end)| offset + len <= start || end <= *offset);
        // The lowest gap begins at 0 or where something ends. A minimum: the order in which the map
        // yields its slots does not matter.
        busy.iter().map(|&(_, end)| end).chain([0]).filter(is_free).min().expect("the end of the last slot is free")
    }
}
