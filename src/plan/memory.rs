//! The buffers of a program while it is compiled.

use super::allocate::aligned;
use super::program::{Buffer, BufferId, Element, NamedSlice, Role, Slice};
use super::state;
use crate::graph::{Graph, Leaf};

/// Buffers as they grow: one for each role.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) buffers: Vec<Buffer>,
}

impl Memory {
    /// The buffer of a role; an empty one if there was none.
    pub(crate) fn buffer(&mut self, role: Role) -> BufferId {
        let known = self.buffers.iter().position(|buffer| buffer.role == role);
        let at = known.unwrap_or_else(|| {
            self.buffers.push(Buffer { role, len: 0 });
            self.buffers.len() - 1
        });
        BufferId(at as u16)
    }

    /// The whole buffer of a role as it is now.
    pub(crate) fn whole(&mut self, role: Role) -> Slice {
        let buffer = self.buffer(role);
        Slice { buffer, offset: 0, len: self.buffers[buffer.0 as usize].len, element: role.element() }
    }

    /// The state (see [`super::state`]).
    pub(crate) fn state(&mut self) -> Slice {
        self.reserve(Role::State, state::LEN)
    }

    /// Makes the role's buffer at least `len` words long and returns its start.
    pub(crate) fn reserve(&mut self, role: Role, len: usize) -> Slice {
        let buffer = self.buffer(role);
        let known = &mut self.buffers[buffer.0 as usize].len;
        *known = (*known).max(aligned(len.max(1)));
        Slice { buffer, offset: 0, len, element: role.element() }
    }

    /// Adds `len` elements to the end of the role's buffer; an empty slice adds nothing.
    pub(crate) fn append(&mut self, role: Role, element: Element, len: usize) -> Slice {
        let buffer = self.buffer(role);
        let known = &mut self.buffers[buffer.0 as usize].len;
        let slice = Slice { buffer, offset: *known, len, element };
        *known += aligned(slice.words());
        slice
    }

    /// Adds the tensors of some leaves to the role's buffer, one after the other.
    pub(crate) fn append_leaves(&mut self, role: Role, graph: &Graph, leaves: &[Leaf]) -> Vec<NamedSlice> {
        let append = |leaf: &Leaf| {
            let shape = graph.shape(leaf.node).clone();
            let slice = self.append(role, role.element(), shape.elements());
            NamedSlice { name: leaf.name.clone(), shape, slice }
        };
        leaves.iter().map(append).collect()
    }
}
