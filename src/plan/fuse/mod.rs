//! From nodes to kernels: which nodes are written to memory, and which are folded into the kernel
//! before or after them.
//!
//! A node is *stored* (written to memory) or *inline* (recomputed inside the one kernel that uses
//! it). Element-wise nodes become steps of an expression; reshapes vanish, since the row-major
//! index of an element does not change; permutations, slices and broadcasts become ways of reading.
//! A product, convolution, pooling or reduction whose only use is element-wise takes that work as
//! its epilogue. The operand of a barrier is stored, and the barrier is another value in its
//! memory.

mod decide;
mod draft;
mod extents;
mod group;
mod lower;

pub(crate) use decide::storage;
pub(crate) use draft::{Draft, Value};

use super::expr::Fused;
use super::kernel::Kind;
use super::program::Target;
use crate::graph::{Graph, NodeId};
use decide::{Class, Fuser, class};
use group::Group;

/// Lowers the nodes of `graph` that `roots` need, in order. `roots` are stored.
pub(crate) fn fuse(graph: &Graph, roots: &[NodeId], target: Target) -> Vec<Draft> {
    let mut fuser = Fuser::new(graph, roots, target);
    fuser.decide();
    let mut drafts = fuser.emit();
    for value in drafts.iter_mut().flat_map(|draft| &mut draft.inputs) {
        if let Value::Node(id) = value {
            *id = storage(graph, *id);
        }
    }
    drafts
}

impl Fuser<'_> {
    /// The kernels of all stored nodes, in order.
    fn emit(&mut self) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for id in self.graph.ids() {
            if !self[id].is_needed || !self[id].is_stored || self[id].is_merged {
                continue;
            }
            match class(&self.graph.node(id).op) {
                Class::Leaf | Class::Reshape | Class::Barrier | Class::Output => {}
                Class::Constant | Class::Elementwise | Class::Movement => match self[id].absorbed {
                    Some(heavy) => self.heavy(heavy, id, &mut drafts),
                    None => {
                        let mut group = Group::new(self, None);
                        group.value(id, true);
                        let (fused, inputs) = group.finish();
                        drafts.push(Draft {
                            kind: Kind::Map { shape: self.graph.shape(id).clone(), fused },
                            epilogue: Fused::none(),
                            inputs,
                            outputs: vec![Value::Node(id)],
                            label: self.label(id),
                        });
                    }
                },
                Class::Heavy => self.heavy(id, id, &mut drafts),
            }
        }
        drafts
    }

    /// For people: the op, and what was folded into it.
    fn label(&self, id: NodeId) -> String {
        let name = self.graph.node(id).op.name();
        match self[id].absorbed {
            Some(heavy) => format!("{} + {name}", self.graph.node(heavy).op.name()),
            None => name.to_string(),
        }
    }
}
