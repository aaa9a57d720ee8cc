//! From the outline of a model to nodes of a graph: the sites of the outline in order, each by the
//! twin of its kind in `layers`.

use super::context::{Context, Mode};
use super::init::{Fans, Fill, Init};
use super::{activation, layers};
use crate::graph::{Graph, NodeId, ShapeError};
use crate::tensor::Shape;
use descent_spec::Activation;
use descent_spec::model::{Outline, Role, Site, SiteKind, Tensor};

/// A trainable tensor and how it starts.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// As in the graphs: `dense1.weight`.
    pub name: String,
    /// Its extent.
    pub shape: Shape,
    /// What it is filled with at first.
    pub fill: Fill,
    /// Whether it is a weight of a layer, which penalties apply to (biases and the scales of batch
    /// normalisation are not).
    pub is_weight: bool,
}

/// A running statistic and how it starts.
#[derive(Clone, PartialEq, Debug)]
pub struct Stat {
    /// As in the graphs: `norm1.mean`.
    pub name: String,
    /// Its extent.
    pub shape: Shape,
    /// What all its elements are at first.
    pub start: f64,
}

/// A model laid onto a graph.
pub(super) struct Network {
    /// In order of declaration, with their nodes.
    pub(super) params: Vec<(Param, NodeId)>,
    /// In order of declaration.
    pub(super) stats: Vec<Stat>,
    /// Their new values, in training.
    pub(super) new_stats: Vec<NodeId>,
    /// What comes out of each site, the input first.
    pub(super) nodes: Vec<NodeId>,
}

impl Network {
    /// Lays all sites onto the input `x`.
    ///
    /// # Errors
    /// The site's path and the cause, if an op refuses its operands.
    pub(super) fn lay(graph: &mut Graph, outline: &Outline, x: NodeId, mode: Mode, init: Init) -> Result<Self, (String, ShapeError)> {
        let mut network = Self { params: Vec::new(), stats: Vec::new(), new_stats: Vec::new(), nodes: vec![x] };
        for (number, site) in outline.sites.iter().enumerate().skip(1) {
            let tensors: Vec<NodeId> = site.tensors.iter().map(|tensor| network.declare(graph, site, tensor, init)).collect();
            let inputs: Vec<NodeId> = site.parents.iter().map(|&parent| network.nodes[parent]).collect();
            let new_stats = &mut network.new_stats;
            let mut context = Context { graph, mode, tensors: &tensors, mask: number as u32 - 1, new_stats };
            let y = compute(site, &mut context, &inputs).map_err(|cause| (site.path.clone(), cause))?;
            network.nodes.push(y);
        }
        Ok(network)
    }

    /// What comes out at the end.
    pub(super) fn output(&self) -> NodeId {
        *self.nodes.last().expect("the first node is the input")
    }

    fn declare(&mut self, graph: &mut Graph, site: &Site, tensor: &Tensor, init: Init) -> NodeId {
        let (name, shape) = (site.tensor_name(tensor), Shape::from(tensor.shape.as_slice()));
        let start = match tensor.role {
            Role::Mean => 0.0,
            Role::Variance => 1.0,
            role => {
                let fill = fill(site, role, init);
                let node = graph.param(name.clone(), shape.clone());
                self.params.push((Param { name, shape, fill, is_weight: role == Role::Weight }, node));
                return node;
            }
        };
        let node = graph.stat(name.clone(), shape.clone());
        self.stats.push(Stat { name, shape, start });
        node
    }
}

/// What a parameter of a site is filled with at first.
fn fill(site: &Site, role: Role, init: Init) -> Fill {
    // Weights and biases of a site follow from the fans of its weight.
    let fans = || Fans::of(&Shape::from(site.tensors[0].shape.as_slice()));
    let activation = match site.kind {
        SiteKind::Layer(layer) => layer.activation().unwrap_or(Activation::Linear),
        SiteKind::Output(dense) => dense.activation,
        SiteKind::Input | SiteKind::Add(_) | SiteKind::Mul | SiteKind::Concat => Activation::Linear,
    };
    match role {
        Role::Weight => init.weight(fans(), activation),
        Role::Bias => init.bias(fans()),
        Role::Scale | Role::Variance => Fill::Constant(1.0),
        Role::Shift | Role::Mean => Fill::Constant(0.0),
    }
}

fn compute(site: &Site, context: &mut Context<'_>, inputs: &[NodeId]) -> Result<NodeId, ShapeError> {
    let fold = |context: &mut Context<'_>, op: fn(&mut Graph, NodeId, NodeId) -> Result<NodeId, ShapeError>| {
        inputs[1..].iter().try_fold(inputs[0], |sum, &next| op(context.graph, sum, next))
    };
    match &site.kind {
        SiteKind::Input => Ok(inputs[0]),
        SiteKind::Layer(layer) => layers::lay(layer, context, inputs[0]),
        SiteKind::Output(dense) => layers::dense(dense, context, inputs[0]),
        SiteKind::Add(activation) => {
            let sum = fold(context, Graph::add)?;
            activation::apply(context.graph, *activation, sum)
        }
        SiteKind::Mul => fold(context, Graph::mul),
        SiteKind::Concat => {
            let last = context.graph.shape(inputs[0]).len() - 1;
            context.graph.concat(inputs, last)
        }
    }
}
