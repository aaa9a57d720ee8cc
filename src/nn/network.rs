//! From a list of layers to nodes of a graph.

use super::activation;
use super::init::{Fans, Fill, Init};
use super::norm::{BatchNorm, Rows};
use super::{Activation, Layer};
use crate::graph::{Conv, Graph, NodeId, Pool, ShapeError};
use crate::tensor::Shape;
use std::collections::HashMap;

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

/// A layer as it was built, for the picture of the network.
#[derive(Clone, PartialEq, Debug)]
pub struct LayerInfo {
    /// As in the graphs and among the outputs of a probe: `dense1`, `output`.
    pub name: String,
    /// For people: `Dense`, `Convolve 3×3`.
    pub title: String,
    /// For people: `tanh`, `max, 2`.
    pub detail: String,
    /// Extent of a sample's output: `[units]` or `[h, w, channels]`.
    pub shape: Vec<usize>,
    /// Trainable numbers.
    pub params: usize,
    /// Multiply-adds for a sample.
    pub multiplications: usize,
}

/// What a graph is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    /// Batch normalisation by the batch; dropout drops.
    Training(Rows),
    /// Batch normalisation by running statistics; dropout lets everything pass.
    Inference,
}

/// Appends layers to a graph, and keeps a list of what they declare.
pub(super) struct Network<'g> {
    pub(super) graph: &'g mut Graph,
    pub(super) mode: Mode,
    pub(super) init: Init,
    /// In order of declaration, with their nodes.
    pub(super) params: Vec<(Param, NodeId)>,
    /// In order of declaration.
    pub(super) stats: Vec<Stat>,
    /// Their new values, in training.
    pub(super) new_stats: Vec<NodeId>,
    /// Each layer and what comes out of it.
    pub(super) layers: Vec<(LayerInfo, NodeId)>,
    /// Layers of each kind so far.
    counts: HashMap<&'static str, usize>,
}

impl<'g> Network<'g> {
    /// Starts on a graph.
    pub(super) fn new(graph: &'g mut Graph, mode: Mode, init: Init) -> Self {
        Self { graph, mode, init, params: Vec::new(), stats: Vec::new(), new_stats: Vec::new(), layers: Vec::new(), counts: HashMap::new() }
    }

    /// Appends one hidden layer to `x`. `next` is the layer that follows it, if one does.
    pub(super) fn layer(&mut self, x: NodeId, layer: Layer, next: Option<Layer>) -> Result<NodeId, ShapeError> {
        // What a batch normalisation subtracts right away is not worth a bias, whose gradient would
        // be nothing but rounding.
        let has_bias = |activation| activation != Activation::Linear || !matches!(next, Some(Layer::BatchNorm { .. }));
        match layer {
            Layer::Dense { units, activation } => {
                let name = self.numbered("dense");
                self.dense(name, "Dense", x, units, activation, has_bias(activation))
            }
            Layer::Conv { channels, kernel, stride, is_same, activation } => {
                let pads = if is_same { [(kernel - 1) / 2, kernel / 2, (kernel - 1) / 2, kernel / 2] } else { [0; 4] };
                let conv = Conv { stride: [stride; 2], dilation: [1; 2], pads, groups: 1 };
                self.conv(x, channels, kernel, conv, activation, has_bias(activation))
            }
            Layer::MaxPool { size } => {
                let y = self.graph.max_pool(x, pool(size))?;
                self.done("pool", "Pool", format!("max, {size}"), y)
            }
            Layer::AvgPool { size } => {
                let y = self.graph.avg_pool(x, pool(size))?;
                self.done("pool", "Pool", format!("mean, {size}"), y)
            }
            Layer::GlobalAvgPool => {
                if self.graph.shape(x).len() != 4 {
                    return Err(ShapeError::new("global pool", &[self.graph.shape(x)], "it needs an image: [batch, h, w, channels]"));
                }
                let y = self.graph.mean(x, &[1, 2], false)?;
                self.done("pool", "Pool", "mean of each channel".into(), y)
            }
            Layer::BatchNorm { activation } => self.batch_norm(x, activation),
            Layer::Dropout { percent } => {
                let keep = 1.0 - f64::from(percent) / 100.0;
                let site = self.layers.len() as u32;
                let y = match self.mode {
                    Mode::Training(_) => {
                        let shape = self.graph.shape(x).clone();
                        let mask = self.graph.random_mask(shape, keep, site)?;
                        let kept = self.graph.mul(x, mask)?;
                        self.graph.scale(kept, 1.0 / keep)?
                    }
                    Mode::Inference => x,
                };
                self.done("dropout", "Dropout", format!("{percent}%"), y)
            }
        }
    }

    /// `activation(x · weight + bias)`; images are flattened first, `[h, w, channels]` row-major.
    pub(super) fn dense(
        &mut self,
        name: String,
        title: &str,
        x: NodeId,
        units: usize,
        activation: Activation,
        has_bias: bool,
    ) -> Result<NodeId, ShapeError> {
        let [rows, extents @ ..] = &**self.graph.shape(x) else { unreachable!("a batch has rows") };
        let (rows, features) = (*rows, extents.iter().product::<usize>());
        let x = if extents.len() == 1 { x } else { self.graph.reshape(x, [rows, features])? };
        let (weight, bias) = self.weights(&name, [features, units].into(), activation, has_bias);
        let y = self.graph.matmul(x, weight, false, false)?;
        self.finish(name, title.into(), y, bias, activation, features * units, features * units + if has_bias { units } else { 0 })
    }

    fn conv(
        &mut self,
        x: NodeId,
        channels: usize,
        kernel: usize,
        conv: Conv,
        activation: Activation,
        has_bias: bool,
    ) -> Result<NodeId, ShapeError> {
        let &[_, _, _, c_in] = &**self.graph.shape(x) else {
            return Err(ShapeError::new("conv2d", &[self.graph.shape(x)], "it needs an image: [batch, h, w, channels]"));
        };
        let name = self.numbered("conv");
        let (weight, bias) = self.weights(&name, [kernel, kernel, c_in, channels].into(), activation, has_bias);
        let y = self.graph.conv2d(x, weight, conv)?;
        let taps = kernel * kernel * c_in * channels;
        let windows = self.graph.shape(y)[1] * self.graph.shape(y)[2];
        let params = taps + if has_bias { channels } else { 0 };
        self.finish(name, format!("Convolve {kernel}×{kernel}"), y, bias, activation, windows * taps, params)
    }

    fn batch_norm(&mut self, x: NodeId, activation: Activation) -> Result<NodeId, ShapeError> {
        let name = self.numbered("norm");
        let channels = *self.graph.shape(x).last().expect("a batch has rows");
        let vector = |part: &str, start: f64| (format!("{name}.{part}"), Shape::from([channels]), start);
        let (scale, bias) = (self.param(vector("weight", 1.0)), self.param(vector("bias", 0.0)));
        let (mean, variance) = (self.stat(vector("mean", 0.0)), self.stat(vector("variance", 1.0)));
        let norm = BatchNorm { scale, bias, mean, variance, eps: 1e-5, momentum: 0.1 };
        let y = match self.mode {
            Mode::Training(rows) => {
                let normalised = norm.training(self.graph, x, rows)?;
                self.new_stats.extend([normalised.mean, normalised.variance]);
                normalised.y
            }
            Mode::Inference => norm.inference(self.graph, x)?,
        };
        let cells: usize = self.graph.shape(x)[1..].iter().product();
        self.finish(name, "Normalise".into(), y, None, activation, cells, 2 * channels)
    }

    /// Adds the bias, applies the activation and adds the layer to the list.
    fn finish(
        &mut self,
        name: String,
        title: String,
        y: NodeId,
        bias: Option<NodeId>,
        activation: Activation,
        multiplications: usize,
        params: usize,
    ) -> Result<NodeId, ShapeError> {
        let y = match bias {
            Some(bias) => self.graph.add(y, bias)?,
            None => y,
        };
        let y = activation::apply(self.graph, activation, y)?;
        let shape = self.graph.shape(y)[1..].to_vec();
        self.layers.push((LayerInfo { name, title, detail: activation.id().into(), shape, params, multiplications }, y));
        Ok(y)
    }

    /// Adds a layer without parameters to the list.
    fn done(&mut self, kind: &'static str, title: &str, detail: String, y: NodeId) -> Result<NodeId, ShapeError> {
        let (name, shape) = (self.numbered(kind), self.graph.shape(y)[1..].to_vec());
        self.layers.push((LayerInfo { name, title: title.into(), detail, shape, params: 0, multiplications: 0 }, y));
        Ok(y)
    }

    /// The name of the next layer of a kind: `dense1`, then `dense2`.
    fn numbered(&mut self, kind: &'static str) -> String {
        let count = self.counts.entry(kind).or_insert(0);
        *count += 1;
        format!("{kind}{count}")
    }

    /// A weight of this shape, and its bias where there is one.
    fn weights(&mut self, layer: &str, shape: Shape, activation: Activation, has_bias: bool) -> (NodeId, Option<NodeId>) {
        let fans = Fans::of(&shape);
        let outputs = *shape.last().expect("a weight has outputs");
        let mut declare = |part: &str, shape: Shape, fill: Fill, is_weight: bool| {
            let name = format!("{layer}.{part}");
            let node = self.graph.param(name.clone(), shape.clone());
            self.params.push((Param { name, shape, fill, is_weight }, node));
            node
        };
        let weight = declare("weight", shape, self.init.weight(fans, activation), true);
        let bias = has_bias.then(|| declare("bias", [outputs].into(), self.init.bias(fans), false));
        (weight, bias)
    }

    fn param(&mut self, (name, shape, start): (String, Shape, f64)) -> NodeId {
        let node = self.graph.param(name.clone(), shape.clone());
        self.params.push((Param { name, shape, fill: Fill::Constant(start), is_weight: false }, node));
        node
    }

    fn stat(&mut self, (name, shape, start): (String, Shape, f64)) -> NodeId {
        let node = self.graph.stat(name.clone(), shape.clone());
        self.stats.push(Stat { name, shape, start });
        node
    }
}

/// Windows that do not overlap.
fn pool(size: usize) -> Pool {
    Pool { kernel: [size; 2], stride: [size; 2], pads: [0; 4], ceil_mode: false, count_include_pad: false }
}
