//! From nodes to kernels: which nodes are written to memory, and which are folded into the kernel
//! before or after them.
//!
//! A node is *stored* (written to memory) or *inline* (recomputed inside the one kernel that uses
//! it). Element-wise nodes become steps of an expression; reshapes vanish, since the row-major
//! index of an element does not change; permutations, slices and broadcasts become ways of reading.
//! A product, convolution, pooling or reduction whose only use is element-wise takes that work as
//! its epilogue.

mod decide;
mod draft;
mod extents;
mod group;
mod lower;

pub(crate) use decide::base;
pub(crate) use draft::{Draft, Value};

use super::expr::Fused;
use super::kernel::{Kernel, Kind};
use super::program::Target;
use crate::graph::{Graph, NodeId};
use decide::{Class, Fuser, class};
use group::Group;

/// Lowers the nodes of `graph` that `roots` need, in order. `roots` are stored.
pub(crate) fn fuse(graph: &Graph, roots: &[NodeId], target: Target) -> Vec<Draft> {
    let mut forced = Vec::new();
    loop {
        let mut fuser = Fuser::new(graph, roots, &forced, target);
        fuser.decide();
        match fuser.emit() {
            Ok(drafts) => return drafts,
            // Too many operands for one kernel: store one more of its inline nodes and start again.
            // Ends, as each round forces another node.
            Err(node) => forced.push(node),
        }
    }
}

impl Fuser<'_> {
    /// The kernels of all stored nodes, in order.
    ///
    /// # Errors
    /// A node that has to be stored for a kernel to bind few enough buffers.
    fn emit(&mut self) -> Result<Vec<Draft>, NodeId> {
        let mut drafts = Vec::new();
        for id in self.graph.ids().collect::<Vec<_>>() {
            if !self[id].is_needed || !self[id].is_stored || self[id].is_merged {
                continue;
            }
            match class(&self.graph.node(id).op) {
                Class::Leaf | Class::Reshape => {}
                Class::Constant | Class::Elementwise | Class::Movement => match self[id].absorbed {
                    Some(heavy) => self.heavy(heavy, id, &mut drafts)?,
                    None => {
                        let mut group = Group::new(self, None);
                        group.value(id, true);
                        let (fused, inputs) = group.finish();
                        self.check(id, inputs.len() + 1)?;
                        drafts.push(Draft {
                            kind: Kind::Map { shape: self.graph.shape(id).clone(), fused },
                            epilogue: Fused::none(),
                            inputs,
                            outputs: vec![Value::Node(id)],
                            label: self.label(id),
                        });
                    }
                },
                Class::Heavy => self.heavy(id, id, &mut drafts)?,
            }
        }
        Ok(drafts)
    }

    /// An error that names a node to store if a kernel rooted at `id` binds too much.
    fn check(&self, id: NodeId, bindings: usize) -> Result<(), NodeId> {
        if bindings <= Kernel::MAX_BINDINGS {
            return Ok(());
        }
        // The largest inline operand that fits a kernel of its own takes most off this one.
        let mut queue = vec![id];
        let mut best: Option<(usize, NodeId)> = None;
        while let Some(at) = queue.pop() {
            for input in &self.graph.node(at).inputs {
                let input = base(self.graph, *input);
                let is_inline = !self[input].is_stored && !self[input].is_absorbed;
                if is_inline && matches!(class(&self.graph.node(input).op), Class::Elementwise | Class::Movement) {
                    let leaves = self.leaves(input);
                    if leaves < Kernel::MAX_BINDINGS && best.is_none_or(|(most, _)| leaves > most) {
                        best = Some((leaves, input));
                    }
                    queue.push(input);
                } else if self[input].is_absorbed && best.is_none() {
                    best = Some((0, input));
                }
            }
        }
        let (_, node) = best.unwrap_or_else(|| panic!("{} needs {bindings} bindings and cannot be split", self.label(id)));
        Err(node)
    }

    fn leaves(&self, id: NodeId) -> usize {
        if self[id].is_stored {
            return 1;
        }
        self.graph.node(id).inputs.iter().map(|input| self.leaves(base(self.graph, *input))).sum()
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
