//! The kernels of nodes that are more than element-wise, and the pairs of nodes that one kernel
//! serves.

use super::decide::{Class, Fuser, base, class, is_sum_over_rows};
use super::draft::{Draft, Value};
use super::extents::{around, conv_kernel, gemm, pool_kernel, rows_and_classes, runs};
use super::group::Group;
use crate::graph::{NodeId, Op, Reduction};
use crate::plan::expr::Fused;
use crate::plan::kernel::{ConvKernel, Direction, Gemm, Kind, Pooling};
use crate::plan::program::Target;
use crate::tensor::Shape;

impl Fuser<'_> {
    /// The kernels of a heavy node, whose result after the epilogue is the stored node `root`
    /// (itself, if there is no epilogue).
    pub(super) fn heavy(&mut self, id: NodeId, root: NodeId, drafts: &mut Vec<Draft>) {
        let op = &self.graph.node(id).op;
        match op {
            Op::CrossEntropy => return self.cross_entropy(id, drafts),
            Op::Moments => return self.moments(id, drafts),
            Op::Matmul { .. } | Op::Conv2dDw(_) | Op::Reduce { .. } if root == id && self.sum_row(id, drafts) => return,
            _ => {}
        }
        let (epilogue, extra) = if root == id {
            (Fused::none(), Vec::new())
        } else {
            let mut group = Group::new(self, Some(id));
            group.value(root, true);
            group.finish()
        };
        if let Op::Reduce { kind, axes } = op {
            return self.reduce(id, root, *kind, axes, epilogue, extra, drafts);
        }
        let kind = self.kind(id);
        let inputs = self.graph.node(id).inputs.iter().map(|input| Value::Node(base(self.graph, *input)));
        let inputs: Vec<Value> = inputs.chain(extra).collect();
        let (outputs, label) = (vec![Value::Node(root)], self.label(root));
        if matches!(op, Op::Conv2dDw(_)) && root == id {
            return self.emit_split(kind, inputs, outputs, label, drafts);
        }
        drafts.push(Draft { kind, epilogue, inputs, outputs, label });
    }

    /// The kernel of a heavy node that is one kernel over its operands, in their order.
    fn kind(&self, id: NodeId) -> Kind {
        let graph = self.graph;
        let node = graph.node(id);
        let shape_of = |at: usize| graph.shape(node.inputs[at]);
        match &node.op {
            Op::Matmul { ta, tb } => Kind::Gemm(gemm(shape_of(0), shape_of(1), *ta, *tb)),
            Op::Conv2d(conv) => Kind::Conv(conv_kernel(Direction::Forward, conv, shape_of(0), shape_of(1), &node.shape)),
            Op::Conv2dDx(conv) => Kind::Conv(conv_kernel(Direction::InputGrad, conv, &node.shape, shape_of(1), shape_of(0))),
            Op::Conv2dDw(conv) => Kind::Conv(conv_kernel(Direction::WeightGrad, conv, shape_of(0), &node.shape, shape_of(1))),
            Op::MaxPool(pool) => pool_kernel(Pooling::Max, pool, shape_of(0), &node.shape),
            Op::AvgPool(pool) => pool_kernel(Pooling::Mean, pool, shape_of(0), &node.shape),
            Op::MaxPoolDx(pool) => pool_kernel(Pooling::MaxGrad, pool, &node.shape, shape_of(1)),
            Op::AvgPoolDx(pool) => pool_kernel(Pooling::MeanGrad, pool, &node.shape, shape_of(0)),
            Op::Softmax | Op::LogSoftmax => {
                let cols = node.shape.last().copied().unwrap_or(1);
                let rows = node.shape.elements() / cols.max(1);
                Kind::Softmax { rows, cols, is_log: node.op == Op::LogSoftmax }
            }
            Op::CrossEntropyDx => {
                let (rows, classes) = rows_and_classes(shape_of(0));
                Kind::CrossEntropy { rows, classes, has_loss: false, has_grad: true }
            }
            Op::ArgMax { axis } => {
                let (outer, middle, inner) = around(shape_of(0), *axis, *axis + 1);
                Kind::ArgMax { outer, middle, inner }
            }
            Op::Pad { low, interior, value, .. } => Kind::Pad {
                source: shape_of(0).clone(),
                shape: node.shape.clone(),
                low: low.clone(),
                interior: interior.clone(),
                value: *value as f32,
            },
            Op::RandomMask { keep, site } => Kind::RandomMask { keep: *keep as f32, site: *site },
            Op::Input(_)
            | Op::Param(_)
            | Op::Stat(_)
            | Op::Constant(_)
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Select
            | Op::Broadcast
            | Op::Reshape
            | Op::Barrier
            | Op::Output(_)
            | Op::Permute(_)
            | Op::Slice { .. } => unreachable!("not a heavy node"),
            Op::Reduce { .. } | Op::CrossEntropy | Op::Moments => unreachable!("several kernels or outputs"),
        }
    }

    /// A reduction: axes that are not neighbours are taken in several passes, the last axes first.
    fn reduce(
        &mut self,
        id: NodeId,
        root: NodeId,
        kind: Reduction,
        axes: &[usize],
        epilogue: Fused,
        extra: Vec<Value>,
        drafts: &mut Vec<Draft>,
    ) {
        let input = self.graph.node(id).inputs[0];
        let source = base(self.graph, input);
        let (mut prologue, mut inputs) = if self[source].is_stored {
            (Fused::load(), vec![Value::Node(source)])
        } else {
            let mut group = Group::new(self, None);
            group.value(source, true);
            group.finish()
        };
        let mut shape: Vec<usize> = self.graph.shape(input).to_vec();
        let mut runs = runs(&shape, axes);
        let label = self.label(root);
        while let Some((start, end)) = runs.pop() {
            let (outer, middle, inner) = around(&Shape::from(shape.as_slice()), start, end);
            shape[start..end].fill(1);
            let reduction = Kind::Reduce { kind, outer, middle, inner, prologue };
            if runs.is_empty() {
                inputs.extend(extra);
                drafts.push(Draft { kind: reduction, epilogue, inputs, outputs: vec![Value::Node(root)], label });
                return;
            }
            let partial = self.temporary(outer * inner);
            drafts.push(Draft {
                kind: reduction,
                epilogue: Fused::none(),
                inputs,
                outputs: vec![partial],
                label: format!("{label} (partial)"),
            });
            prologue = Fused::load();
            inputs = vec![partial];
        }
        unreachable!("a reduction has at least one run of axes")
    }

    /// Mean and variance; the variance that nobody asks for goes nowhere.
    fn moments(&mut self, id: NodeId, drafts: &mut Vec<Draft>) {
        let graph = self.graph;
        let node = graph.node(id);
        let shape = graph.shape(node.inputs[0]);
        let (batch, cells, channels) = around(shape, 1, shape.len() - 1);
        let variance = self[id].users.iter().copied().find(|user| graph.node(*user).op == Op::Output(1));
        let variance = variance.map_or_else(|| self.temporary(channels), Value::Node);
        drafts.push(Draft {
            kind: Kind::Moments { batch, cells, channels },
            epilogue: Fused::none(),
            inputs: node.inputs.iter().map(|input| Value::Node(base(graph, *input))).collect(),
            outputs: vec![Value::Node(id), variance],
            label: self.label(id),
        });
    }

    fn temporary(&mut self, len: usize) -> Value {
        self.temporaries += 1;
        Value::Temporary(self.temporaries - 1, len)
    }

    /// Loss and gradient in one pass, where the gradient's upstream is known early enough.
    fn cross_entropy(&mut self, id: NodeId, drafts: &mut Vec<Draft>) {
        let graph = self.graph;
        let node = graph.node(id);
        let logits = base(graph, node.inputs[0]);
        let target = base(graph, node.inputs[1]);
        let (rows, classes) = rows_and_classes(graph.shape(node.inputs[0]));
        // It uses both, of which one may have many users: logits that many targets share.
        let (of_logits, of_target) = (&self[logits].users, &self[target].users);
        let users = if of_target.len() < of_logits.len() { of_target } else { of_logits };
        let gradient = users.iter().copied().find(|user| {
            let other = graph.node(*user);
            other.op == Op::CrossEntropyDx
                && base(graph, other.inputs[0]) == logits
                && base(graph, other.inputs[1]) == target
                && (base(graph, other.inputs[2]) < id || class(&graph.node(base(graph, other.inputs[2])).op) == Class::Leaf)
                && self[base(graph, other.inputs[2])].is_stored
        });
        let mut inputs = vec![Value::Node(logits), Value::Node(target)];
        let mut outputs = vec![Value::Node(id)];
        if let Some(gradient) = gradient {
            inputs.push(Value::Node(base(graph, graph.node(gradient).inputs[2])));
            outputs.push(Value::Node(gradient));
            self[gradient].is_merged = true;
        }
        drafts.push(Draft {
            kind: Kind::CrossEntropy { rows, classes, has_loss: true, has_grad: gradient.is_some() },
            epilogue: Fused::none(),
            inputs,
            outputs,
            label: if gradient.is_some() { "cross_entropy + gradient".into() } else { self.label(id) },
        });
    }

    /// The gradients of a weight and of its bias as one kernel: true if `id` is one of the two and
    /// is done, now or with the other.
    fn sum_row(&mut self, id: NodeId, drafts: &mut Vec<Draft>) -> bool {
        let graph = self.graph;
        let upstream = |at: NodeId| match &graph.node(at).op {
            Op::Matmul { ta: true, tb: false } if graph.shape(graph.node(at).inputs[0]).len() == 2 => Some(graph.node(at).inputs[1]),
            Op::Conv2dDw(conv) if conv.groups == 1 => Some(graph.node(at).inputs[1]),
            Op::Reduce { .. } if is_sum_over_rows(graph, at) => Some(graph.node(at).inputs[0]),
            _ => None,
        };
        let Some(dy) = upstream(id) else { return false };
        let dy_base = base(graph, dy);
        if !self[dy_base].is_stored {
            return false;
        }
        let is_free = |at: NodeId| self[at].is_stored && !self[at].is_merged && self[at].users.is_empty();
        let fits = |at: NodeId| is_free(at) && upstream(at).is_some_and(|other| graph.shape(other) == graph.shape(dy));
        let is_sum = is_sum_over_rows(graph, id);
        // One sum may have many weights beside it, but a weight has few sums.
        let dy = &self[dy_base];
        let candidates = if is_sum { &dy.users } else { &dy.row_sums };
        let partner = candidates.iter().copied().find(|at| is_sum_over_rows(graph, *at) != is_sum && fits(*at));
        let Some(partner) = partner.filter(|_| fits(id)) else { return false };
        if partner > id {
            // Done when the other's turn comes.
            return true;
        }
        let (weight, bias) = if is_sum { (partner, id) } else { (id, partner) };
        let node = graph.node(weight);
        let kind = match &node.op {
            Op::Matmul { ta, tb } => {
                let product = gemm(graph.shape(node.inputs[0]), graph.shape(node.inputs[1]), *ta, *tb);
                Kind::Gemm(Gemm { has_sum_row: true, ..product })
            }
            Op::Conv2dDw(conv) => {
                let kernel =
                    conv_kernel(Direction::WeightGrad, conv, graph.shape(node.inputs[0]), &node.shape, graph.shape(node.inputs[1]));
                Kind::Conv(ConvKernel { has_sum_row: true, ..kernel })
            }
            _ => unreachable!("one of the two is a weight's gradient"),
        };
        let inputs = node.inputs.iter().map(|input| Value::Node(base(graph, *input))).collect();
        let label = format!("{} + sum", self.label(weight));
        self[partner].is_merged = true;
        self.emit_split(kind, inputs, vec![Value::Node(weight), Value::Node(bias)], label, drafts);
        true
    }

    /// A product over many rows, split into ranges that an ordered second pass adds up, where the
    /// device has many cores.
    fn emit_split(&mut self, kind: Kind, inputs: Vec<Value>, outputs: Vec<Value>, label: String, drafts: &mut Vec<Draft>) {
        let (m, n, k) = match &kind {
            Kind::Gemm(gemm) => (gemm.m + usize::from(gemm.has_sum_row), gemm.n, gemm.k),
            Kind::Conv(conv) => {
                let taps = conv.kernel[0] * conv.kernel[1] * conv.c_in / conv.groups;
                (taps + usize::from(conv.has_sum_row), conv.c_out, conv.batch * conv.output[0] * conv.output[1])
            }
            _ => unreachable!("only products are split"),
        };
        let split = match self.target {
            Target::Cpu => 1,
            Target::SoftwareGpu => split([m, n, k], 8, 256, 128),
            Target::Gpu => split([m, n, k], 64, 512, 256),
        };
        if split == 1 {
            drafts.push(Draft { kind, epilogue: Fused::none(), inputs, outputs, label });
            return;
        }
        let kind = match kind {
            Kind::Gemm(gemm) => Kind::Gemm(Gemm { split, ..gemm }),
            Kind::Conv(conv) => Kind::Conv(ConvKernel { split, ..conv }),
            other => other,
        };
        let partial = self.temporary(split * m * n);
        drafts.push(Draft { kind, epilogue: Fused::none(), inputs, outputs: vec![partial], label: format!("{label} (split)") });
        drafts.push(Draft {
            kind: Kind::Reduce { kind: Reduction::Sum, outer: 1, middle: split, inner: m * n, prologue: Fused::load() },
            epilogue: Fused::none(),
            inputs: vec![partial],
            outputs,
            label: format!("{label} (ordered sum)"),
        });
    }
}

/// Into how many ranges the sums of an `[m, n]` product over `k` terms are split so that about
/// `want` tiles of `side` × `side` results are worked on at once; no range is shorter than `least`
/// terms.
fn split([m, n, k]: [usize; 3], side: usize, want: usize, least: usize) -> usize {
    let tiles = m.div_ceil(side) * n.div_ceil(side);
    (want / tiles).clamp(1, (k / least).max(1))
}
