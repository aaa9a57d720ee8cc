//! A model written out: every place where something is computed, in order.

use super::{Block, Extent, Join, Model, ModelError, Tensor};
use crate::Activation;
use crate::layers::{Dense, Layer};

/// The places of a model in the order of computation; the first is the input.
#[derive(Clone, PartialEq, Debug)]
pub struct Outline {
    /// All of them; parents come before their children.
    pub sites: Vec<Site>,
}

/// One place of a network: what is computed there, from what, and with which tensors.
#[derive(Clone, PartialEq, Debug)]
pub struct Site {
    /// Its name among all: `conv1`, `residual2.conv1`, `repeat1.3.dense1`, `output`; `input` for
    /// the first.
    pub path: String,
    /// What is computed.
    pub kind: SiteKind,
    /// Numbers of the sites it is computed from.
    pub parents: Vec<usize>,
    /// What comes out, for a sample.
    pub extent: Extent,
    /// Its tensors, in the order of their declaration; their names are [`Site::tensor_name`].
    pub tensors: Vec<Tensor>,
    /// Multiply-adds for a sample; the largest number if they are more.
    pub multiply_adds: u64,
}

/// What is computed at a site.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SiteKind {
    /// What comes in.
    Input,
    /// A layer.
    Layer(Layer),
    /// The sum of the parents, then an activation.
    Add(Activation),
    /// The product of the parents.
    Mul,
    /// The parents side by side along the last axis.
    Concat,
    /// The output layer; the task decides what follows it.
    Output(Dense),
}

impl Site {
    /// The name of one of its tensors among all of a network: `residual2.conv1.weight`.
    pub fn tensor_name(&self, tensor: &Tensor) -> String {
        format!("{}.{}", self.path, tensor.part)
    }

    /// Trainable numbers; the largest number if they are more.
    pub fn params(&self) -> u64 {
        let trained = self.tensors.iter().filter(|tensor| tensor.role.is_trained());
        trained.fold(0, |sum: u64, tensor| sum.saturating_add(tensor.elements()))
    }

    /// What it is called, for people: `Convolve 3×3`.
    pub fn title(&self) -> String {
        match self.kind {
            SiteKind::Input => "Inputs".into(),
            SiteKind::Layer(layer) => layer.title(),
            SiteKind::Add(_) => "Add".into(),
            SiteKind::Mul => "Multiply".into(),
            SiteKind::Concat => "Concatenate".into(),
            SiteKind::Output(_) => "Output".into(),
        }
    }

    /// What else is to be said of it in a word or two: `tanh`, `max, 2`.
    pub fn detail(&self) -> String {
        match self.kind {
            SiteKind::Layer(layer) => layer.detail(),
            SiteKind::Add(activation) => activation.id().into(),
            SiteKind::Output(dense) => dense.activation.id().into(),
            SiteKind::Input | SiteKind::Mul | SiteKind::Concat => String::new(),
        }
    }
}

impl Model {
    /// The model written out over an input, with an output layer where there is one.
    ///
    /// # Errors
    /// [`ModelError`] if it is too large to be written out or two blocks do not fit together.
    pub fn outline(&self, input: Extent, output: Option<Dense>) -> Result<Outline, ModelError> {
        self.check_size()?;
        if input.elements() == 0 {
            return Err(ModelError::NoInputs);
        }
        let start =
            Site { path: "input".into(), kind: SiteKind::Input, parents: Vec::new(), extent: input, tensors: Vec::new(), multiply_adds: 0 };
        let mut outline = Outline { sites: vec![start] };
        let last = outline.list(self, 0, "")?;
        if let Some(dense) = output {
            outline.layer("output".into(), SiteKind::Output(dense), Layer::Dense(dense), last, true)?;
        }
        Ok(outline)
    }
}

impl Outline {
    /// What comes out at the end.
    pub fn last(&self) -> &Site {
        self.sites.last().expect("the first site is the input")
    }

    /// Multiply-adds for a sample; the largest number if they are more.
    pub fn multiply_adds(&self) -> u64 {
        self.sites.iter().map(|site| site.multiply_adds).fold(0, u64::saturating_add)
    }

    /// Writes the blocks of a list onto the site `from`; says which site is the last.
    fn list(&mut self, model: &Model, from: usize, prefix: &str) -> Result<usize, ModelError> {
        let mut at = from;
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for (i, block) in model.blocks.iter().enumerate() {
            let stem = block.stem();
            let number = match counts.iter_mut().find(|(known, _)| *known == stem) {
                Some((_, count)) => {
                    *count += 1;
                    *count
                }
                None => {
                    counts.push((stem, 1));
                    1
                }
            };
            let path = format!("{prefix}{stem}{number}");
            let is_before_norm = matches!(model.blocks.get(i + 1), Some(Block::Layer(Layer::Norm(_))));
            at = self.block(block, at, path, is_before_norm)?;
        }
        Ok(at)
    }

    fn block(&mut self, block: &Block, from: usize, path: String, is_before_norm: bool) -> Result<usize, ModelError> {
        match block {
            Block::Layer(layer) => {
                // What a normalisation subtracts right away is not worth a bias, whose gradient
                // would be nothing but rounding.
                let has_bias = !(is_before_norm && layer.is_linear());
                self.layer(path, SiteKind::Layer(*layer), *layer, from, has_bias)
            }
            Block::Residual { activation, body } => {
                let end = self.list(body, from, &format!("{path}."))?;
                self.join(path, SiteKind::Add(*activation), vec![from, end])
            }
            Block::Repeat { times, body } => (1..=*times).try_fold(from, |at, copy| self.list(body, at, &format!("{path}.{copy}."))),
            Block::Parallel { join, branches } => {
                let branch = |(number, branch): (usize, &Model)| self.list(branch, from, &format!("{path}.{}.", number + 1));
                let ends = branches.iter().enumerate().map(branch).collect::<Result<Vec<usize>, _>>()?;
                let kind = match join {
                    Join::Concat => SiteKind::Concat,
                    Join::Add => SiteKind::Add(Activation::Linear),
                    Join::Mul => SiteKind::Mul,
                };
                self.join(path, kind, ends)
            }
        }
    }

    fn layer(&mut self, path: String, kind: SiteKind, layer: Layer, from: usize, has_bias: bool) -> Result<usize, ModelError> {
        let input = self.sites[from].extent;
        let refuse = |why| ModelError::Block { path: path.clone(), why };
        layer.check_ranges().map_err(refuse)?;
        let extent = layer.output(input).map_err(refuse)?;
        let (tensors, multiply_adds) = (layer.tensors(input, has_bias), layer.multiply_adds(input, extent));
        Ok(self.push(Site { path, kind, parents: vec![from], extent, tensors, multiply_adds }))
    }

    fn join(&mut self, path: String, kind: SiteKind, parents: Vec<usize>) -> Result<usize, ModelError> {
        let refuse = |why: String| ModelError::Block { path: path.clone(), why };
        let first = self.sites[parents[0]].extent;
        let mut channels = 0usize;
        for &parent in &parents {
            let extent = self.sites[parent].extent;
            if matches!(extent, Extent::Tokens { .. }) {
                return Err(refuse("joins numbers, and what comes in are tokens".into()));
            }
            let fitting = if kind == SiteKind::Concat { extent.with_channels(first.channels()) } else { extent };
            if fitting != first {
                return Err(refuse(format!("joins {first} and {extent}")));
            }
            channels = channels.saturating_add(extent.channels());
        }
        let extent = if kind == SiteKind::Concat { first.with_channels(channels) } else { first };
        Ok(self.push(Site { path, kind, parents, extent, tensors: Vec::new(), multiply_adds: 0 }))
    }

    fn push(&mut self, site: Site) -> usize {
        self.sites.push(site);
        self.sites.len() - 1
    }
}

impl Block {
    /// The stem of its names among those of its list.
    pub fn stem(&self) -> &'static str {
        match self {
            Self::Layer(layer) => layer.stem(),
            Self::Residual { .. } => "residual",
            Self::Repeat { .. } => "repeat",
            Self::Parallel { .. } => "parallel",
        }
    }
}
