//! What a column of the picture shows: a site of the network, the inputs first.

use crate::choices::FEATURES;
use crate::names::{site_detail, site_name};
use crate::state::Built;
use descent_spec::model::{Place, Role, Site, SiteKind, Tensor};
use descent_spec::{DRAWN_UNITS, Features, Layer};

/// The inputs, or the units of a site.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Column {
    /// How many units it has; [`DRAWN_UNITS`] of them are drawn.
    pub(crate) units: usize,
    /// What is computed.
    pub(super) kind: SiteKind,
    /// The columns that it is computed from.
    pub(super) parents: Vec<usize>,
    /// What kind of layer it is.
    pub(crate) title: String,
    /// Its activation, or what else is set of it.
    pub(crate) detail: String,
    /// What it is called among all: `layer 2`.
    pub(crate) name: String,
    /// Where its block stands in the model.
    pub(crate) place: Option<Place>,
    /// Index of its first unit's map in a frame.
    pub(super) first_map: usize,
    /// Index of its first weight in a frame, of the units that are drawn, if it is dense.
    pub(super) first_weight: Option<usize>,
    /// Index of its first bias in a frame, if it has biases.
    pub(super) first_bias: Option<usize>,
    /// What its units are called, where they have names: the inputs.
    pub(super) names: Vec<&'static str>,
}

/// The columns of a network, one a site.
pub(super) fn columns(built: &Built) -> Vec<Column> {
    let (mut first_map, mut first_param) = (0, 0);
    let column = |site: &Site| {
        let column = Column::of(site, built, first_map, first_param);
        first_map += column.shown();
        first_param += trained(site).map(numbers).sum::<usize>();
        column
    };
    built.outline.sites.iter().map(column).collect()
}

impl Column {
    fn of(site: &Site, built: &Built, first_map: usize, first_param: usize) -> Self {
        let first_of = |role: Role| {
            let at = trained(site).position(|tensor| tensor.role == role)?;
            Some(first_param + trained(site).take(at).map(numbers).sum::<usize>())
        };
        let (detail, names) = match site.kind {
            SiteKind::Input => {
                let names = input_names(built.experiment.features);
                (format!("{} of {}", names.len(), FEATURES.len()), names)
            }
            _ => (site_detail(site), Vec::new()),
        };
        let model = &built.experiment.model;
        Self {
            units: usize::try_from(site.extent.elements()).unwrap_or(usize::MAX),
            kind: site.kind,
            parents: site.parents.clone(),
            title: site.title(),
            detail,
            name: site_name(model, site),
            place: model.place(&site.path),
            first_map,
            first_weight: first_of(Role::Weight),
            first_bias: first_of(Role::Bias),
            names,
        }
    }

    /// Whether each of its units weighs all units before it; else each follows one unit of each
    /// parent, or of one of them.
    pub(crate) fn is_dense(&self) -> bool {
        matches!(self.kind, SiteKind::Output(_) | SiteKind::Layer(Layer::Dense(_)))
    }

    /// How many of its units are drawn.
    pub(crate) fn shown(&self) -> usize {
        self.units.min(DRAWN_UNITS)
    }
}

fn input_names(features: Features) -> Vec<&'static str> {
    (0..).zip(FEATURES).filter(|(bit, _)| features.0 >> bit & 1 == 1).map(|(_, name)| name).collect()
}

fn trained(site: &Site) -> impl Iterator<Item = &Tensor> {
    site.tensors.iter().filter(|tensor| tensor.role.is_trained())
}

/// How many numbers of a tensor are in a frame: of a matrix `[inputs, units]` those between units
/// that are drawn, of another the first.
fn numbers(tensor: &Tensor) -> usize {
    match *tensor.shape {
        [inputs, units] => inputs.min(DRAWN_UNITS) * units.min(DRAWN_UNITS),
        _ => usize::try_from(tensor.elements()).map_or(DRAWN_UNITS, |elements| elements.min(DRAWN_UNITS)),
    }
}
