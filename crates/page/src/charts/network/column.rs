//! What a column of the picture shows: the inputs, or a layer.

use crate::choices::{FEATURES, activation_title};
use descent_protocol::LayerReport;
use descent_spec::{Activation, DRAWN_UNITS, Experiment};

/// The inputs, or a layer of units.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Column {
    /// How many units it has; [`DRAWN_UNITS`] of them are drawn.
    pub(crate) units: usize,
    /// What kind of layer it is.
    pub(crate) title: String,
    /// Its activation, or what else is set of it.
    pub(crate) detail: String,
    /// Whether each of its units weighs all units before it; else each follows one of them.
    pub(crate) is_dense: bool,
    /// Whether it is dense and adds a number to each unit.
    pub(super) has_bias: bool,
    /// Index of its first unit's map in a frame.
    pub(super) first_map: usize,
    /// Index of its first parameter in a frame: weights `[inputs, units]` and then biases, of the
    /// units that are drawn.
    pub(super) first_param: usize,
    /// How many parameters of it are in a frame.
    pub(super) params: usize,
    /// What its units are called, where they have names: the inputs.
    pub(super) names: Vec<&'static str>,
}

impl Column {
    /// The inputs that an experiment has chosen.
    pub(super) fn inputs(experiment: &Experiment) -> Self {
        let names: Vec<_> = (0..).zip(FEATURES).filter(|(i, _)| experiment.features.0 >> i & 1 == 1).map(|(_, name)| name).collect();
        Self {
            units: names.len(),
            title: "Inputs".into(),
            detail: format!("{} of {}", names.len(), FEATURES.len()),
            is_dense: false,
            has_bias: false,
            first_map: 0,
            first_param: 0,
            params: 0,
            names,
        }
    }

    /// A layer behind another column.
    pub(super) fn layer(layer: &LayerReport, before: &Column) -> Self {
        let units: usize = layer.shape.iter().product();
        let shown = units.min(DRAWN_UNITS);
        let is_dense = is_dense(layer);
        let has_bias = is_dense && layer.params > before.units * units;
        let params = if is_dense { (before.shown() + usize::from(has_bias)) * shown } else { layer.params / units.max(1) * shown };
        Self {
            units,
            title: layer.title.clone(),
            detail: Activation::from_id(&layer.detail).map_or_else(|| layer.detail.clone(), |a| activation_title(a).into()),
            is_dense,
            has_bias,
            first_map: before.first_map + before.shown(),
            first_param: before.first_param + before.params,
            params,
            names: Vec::new(),
        }
    }

    /// How many of its units are drawn.
    pub(crate) fn shown(&self) -> usize {
        self.units.min(DRAWN_UNITS)
    }
}

/// Whether each unit of a layer weighs all units before it. The worker does not say; the title
/// does.
fn is_dense(layer: &LayerReport) -> bool {
    matches!(layer.title.as_str(), "Dense" | "Output")
}
