//! A value that nothing is merged across.

use crate::graph::{Graph, NodeId, Op};

impl Graph {
    /// `y = x`, for all that follows another value than `x`.
    ///
    /// Simplification makes each barrier a node of its own and looks through none; no kernel works
    /// out nodes on both of its sides. So `f(barrier(x))` is worked out again where `f(x)` is there
    /// already, at the place in the order where it was asked for. Only memory is shared: a barrier
    /// costs no kernel and no bytes, and makes `x` live as long as its own users.
    ///
    /// Its gradient is the identity, `dx = dy`, without a barrier.
    ///
    /// # Shapes
    /// - `x`: any; returns the same
    pub fn barrier(&mut self, x: NodeId) -> NodeId {
        let shape = self.shape(x).clone();
        self.push(Op::Barrier, &[x], shape)
    }
}
