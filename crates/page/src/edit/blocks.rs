//! Changes of the tree of blocks. A change that makes a network which does not fit together is
//! refused where the experiment is taken, not here.

use descent_spec::layers::{Conv, Dense, Norm, Value, WIDTHS};
use descent_spec::model::{Extent, Outline, Place, Site};
use descent_spec::{Activation, Block, Experiment, Layer, Model};

/// The most blocks that buttons add to a list; a text may have more.
pub(crate) const MAX_BLOCKS: usize = 12;

/// The activation that most layers have, which a new one gets: the last that is not linear.
pub(crate) fn common_activation(model: &Model) -> Activation {
    let all = activations(model);
    let last = |is_it: fn(&Activation) -> bool| all.iter().copied().rfind(is_it);
    last(|activation| *activation != Activation::Linear).or(last(|_| true)).unwrap_or(Activation::Tanh)
}

/// The activations of all layers, in order.
fn activations(model: &Model) -> Vec<Activation> {
    let mut found = Vec::new();
    for block in &model.blocks {
        if let Block::Layer(layer) = block {
            found.extend(layer.activation());
        }
        found.extend(block.lists().iter().flat_map(activations));
    }
    found
}

/// Gives all layers an activation. Layers that pass their sums on as they are stay so, unless no
/// layer does otherwise: what is normalised or added next needs no activation of its own.
pub(crate) fn set_activations(model: &mut Model, next: Activation) {
    let are_all_linear = activations(model).iter().all(|activation| *activation == Activation::Linear);
    each_layer(model, &mut |layer| {
        if are_all_linear || layer.activation() != Some(Activation::Linear) {
            layer.set("activation", Value::Activation(next));
        }
    });
}

/// Does something to every layer.
fn each_layer(model: &mut Model, change: &mut impl FnMut(&mut Layer)) {
    for block in &mut model.blocks {
        match block {
            Block::Layer(layer) => change(layer),
            Block::Residual { body, .. } | Block::Repeat { body, .. } => each_layer(body, change),
            Block::Parallel { branches, .. } => branches.iter_mut().for_each(|branch| each_layer(branch, change)),
        }
    }
}

/// Adds a dense layer before the output.
pub(crate) fn add_layer(experiment: &mut Experiment) {
    let activation = common_activation(&experiment.model);
    let units = match experiment.model.blocks.last() {
        Some(Block::Layer(Layer::Dense(dense))) => dense.units.min(8),
        _ => 8,
    };
    experiment.model.blocks.push(Block::Layer(Layer::Dense(Dense { units, activation })));
}

/// Adds a residual block before the output, as wide as what comes into it: of two convolutions
/// where that is an image (arXiv:1512.03385), else of two dense layers.
pub(crate) fn add_residual(experiment: &mut Experiment) {
    let extent = end_of(experiment, &[]);
    let activation = common_activation(&experiment.model);
    let block = match extent {
        Some(Extent::Image { channels, .. }) => {
            let conv = Layer::Conv(Conv::new(channels, 3, Activation::Linear));
            let norm = |activation| Layer::Norm(Norm { activation });
            let body = Model::chain([conv, norm(Activation::Relu), conv, norm(Activation::Linear)]);
            Block::Residual { activation: Activation::Relu, body }
        }
        other => {
            let units = other.map_or(8, Extent::channels);
            let dense = |activation| Layer::Dense(Dense { units, activation });
            Block::Residual { activation: Activation::Linear, body: Model::chain([dense(activation), dense(Activation::Linear)]) }
        }
    };
    experiment.model.blocks.push(block);
}

/// Adds a layer at the end of a list inside a block; it keeps the extent of what comes into it, so
/// that the block still fits.
pub(crate) fn add_within(experiment: &mut Experiment, list: &[usize]) {
    let extent = end_of(experiment, list);
    let activation = common_activation(&experiment.model);
    let layer = match extent {
        Some(Extent::Image { channels, .. }) => Layer::Conv(Conv::new(channels, 3, activation)),
        other => Layer::Dense(Dense { units: other.map_or(8, Extent::channels), activation }),
    };
    if let Some(list) = experiment.model.list_mut(list) {
        list.blocks.push(Block::Layer(layer));
    }
}

/// Takes a block out of its list, with all that it holds.
pub(crate) fn remove(model: &mut Model, place: &[usize]) {
    let Some((&index, list)) = place.split_last() else { return };
    if let Some(list) = model.list_mut(list)
        && index < list.blocks.len()
    {
        list.blocks.remove(index);
    }
}

/// Sets a field of a layer. Where the network then does not fit together, all layers that were as
/// wide follow: the body of a residual block keeps the width of what it is added to.
pub(crate) fn set(experiment: &mut Experiment, place: &[usize], field: &str, value: Value) {
    let Some(Block::Layer(layer)) = experiment.model.block_mut(place) else { return };
    let before = *layer;
    layer.set(field, value);
    if experiment.outline().is_ok() {
        return;
    }
    let old = value_of(&before, field);
    let mut all = experiment.clone();
    each_layer(&mut all.model, &mut |layer| {
        if value_of(layer, field) == old {
            layer.set(field, value);
        }
    });
    if all.outline().is_ok() {
        *experiment = all;
    }
}

fn value_of(layer: &Layer, field: &str) -> Option<Value> {
    layer.fields().into_iter().find(|known| known.name == field).map(|known| known.value)
}

/// Changes the width of a dense layer by one, or by a quarter where it is wide.
pub(crate) fn resize(experiment: &mut Experiment, place: &[usize], is_up: bool) {
    let Some(Block::Layer(Layer::Dense(Dense { units, .. }))) = experiment.model.block(place) else { return };
    let by = if *units >= 32 { units / 4 } else { 1 };
    let next = if is_up { units + by } else { units.saturating_sub(by) };
    set(experiment, place, "units", Value::Number(next.clamp(WIDTHS.0, WIDTHS.1)));
}

/// What comes into a block and what comes out, and what it costs over all its copies.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Facts {
    pub(crate) input: Extent,
    pub(crate) output: Extent,
    pub(crate) params: u64,
    pub(crate) multiply_adds: u64,
}

impl Facts {
    /// Of the block at a place; `None` of one that computes nothing, which is an empty repetition.
    pub(crate) fn of(model: &Model, outline: &Outline, place: &[usize]) -> Option<Self> {
        let is_inside = |site: &&Site| model.place(&site.path).is_some_and(|of: Place| of.starts_with(place));
        let sites: Vec<&Site> = outline.sites.iter().filter(is_inside).collect();
        let (first, last) = (sites.first()?, sites.last()?);
        let sum = |of: fn(&Site) -> u64| sites.iter().map(|site| of(site)).fold(0, u64::saturating_add);
        Some(Self {
            input: outline.sites[*first.parents.first()?].extent,
            output: last.extent,
            params: sum(Site::params),
            multiply_adds: sum(|site| site.multiply_adds),
        })
    }
}

/// What comes out at the end of a list of blocks; of an empty one, what comes into it. `None` where
/// the network does not say.
fn end_of(experiment: &Experiment, list: &[usize]) -> Option<Extent> {
    let (model, outline) = (&experiment.model, experiment.outline().ok()?);
    match (model.list(list)?.blocks.len().checked_sub(1), list) {
        (Some(last), _) => Facts::of(model, &outline, &[list, &[last]].concat()).map(|facts| facts.output),
        (None, []) => Some(outline.sites[0].extent),
        (None, [holder @ .., _]) => Facts::of(model, &outline, holder).map(|facts| facts.input),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use descent_spec::{Dataset, ModelChoice};

    fn points(text: &str) -> Experiment {
        Experiment { model: Model::read(text).expect("a model"), ..Experiment::first_visit() }
    }

    fn images(text: &str) -> Experiment {
        Experiment { model: Model::read(text).expect("a model"), ..Experiment::start(Dataset::Digits) }
    }

    fn after(mut experiment: Experiment, edit: impl FnOnce(&mut Experiment)) -> String {
        edit(&mut experiment);
        assert!(experiment.cost().is_ok(), "{} does not fit", experiment.model.write());
        experiment.model.write()
    }

    #[test]
    fn a_layer_is_added_before_the_output_with_the_usual_activation() {
        assert_eq!(after(points(""), add_layer), "dense:8:tanh");
        assert_eq!(after(points("dense:3:relu"), add_layer), "dense:3:relu,dense:3:relu");
        let residual = "dense:8:relu,residual(dense:8:relu,dense:8:linear)";
        assert_eq!(after(points(residual), add_layer), format!("{residual},dense:8:relu"));
    }

    #[test]
    fn a_residual_block_is_as_wide_as_what_comes_into_it() {
        assert_eq!(after(points(""), add_residual), "residual(dense:2:tanh,dense:2:linear)");
        assert_eq!(after(points("dense:5:relu"), add_residual), "dense:5:relu,residual(dense:5:relu,dense:5:linear)");
        let body = |channels| format!("residual:relu(conv:{channels}x3:linear,norm:relu,conv:{channels}x3:linear,norm:linear)");
        assert_eq!(after(images(""), add_residual), body(1));
        assert_eq!(after(images("conv:8x3:relu,pool:2"), add_residual), format!("conv:8x3:relu,pool:2,{}", body(8)));
        assert_eq!(after(images("dense:32:relu"), add_residual), "dense:32:relu,residual(dense:32:relu,dense:32:linear)");
        for &dataset in [Dataset::Spiral, Dataset::Digits, Dataset::Mnist].iter() {
            for model in ModelChoice::ALL.iter().filter_map(|choice| choice.model(dataset)) {
                let mut experiment = Experiment { model, ..Experiment::start(dataset) };
                add_residual(&mut experiment);
                assert!(experiment.outline().is_ok(), "{}", experiment.model.write());
            }
        }
    }

    #[test]
    fn a_layer_inside_a_block_keeps_the_extent() {
        let add = |list: &'static [usize]| move |experiment: &mut Experiment| add_within(experiment, list);
        assert_eq!(after(points("dense:5:relu,residual()"), add(&[1, 0])), "dense:5:relu,residual(dense:5:relu)");
        assert_eq!(
            after(points("parallel:concat(;dense:4:tanh)"), add(&[0, 0])),
            "parallel:concat(dense:2:tanh;dense:4:tanh)",
            "an empty branch has what comes in"
        );
        assert_eq!(after(points("repeat:2()"), add(&[0, 0])), "repeat:2(dense:8:tanh)");
        assert_eq!(after(images("conv:4x3:relu,residual(act:relu)"), add(&[1, 0])), "conv:4x3:relu,residual(act:relu,conv:4x3:relu)");
        let mut gone = points("dense:2:relu");
        add_within(&mut gone, &[3, 0]);
        assert_eq!(gone.model.write(), "dense:2:relu");
    }

    #[test]
    fn a_block_is_taken_out_with_all_that_it_holds() {
        let model = "dense:2:relu,residual(dense:2:tanh,dense:2:linear),repeat:2(act:relu)";
        let without = |place: &[usize]| {
            let mut model = Model::read(model).expect("a model");
            remove(&mut model, place);
            model.write()
        };
        assert_eq!(without(&[1]), "dense:2:relu,repeat:2(act:relu)");
        assert_eq!(without(&[1, 0, 0]), "dense:2:relu,residual(dense:2:linear),repeat:2(act:relu)");
        assert_eq!(without(&[2, 0, 0]), "dense:2:relu,residual(dense:2:tanh,dense:2:linear),repeat:2()");
        for nothing in [&[7][..], &[], &[0, 0, 0], &[1, 1, 0], &[1, 0]] {
            assert_eq!(without(nothing), model);
        }
    }

    #[test]
    fn layers_that_must_be_as_wide_follow() {
        let text = "dense:4:tanh,residual(dense:4:tanh,dense:4:linear),dense:3:tanh";
        let up = |place: &'static [usize]| move |experiment: &mut Experiment| resize(experiment, place, true);
        assert_eq!(after(points(text), up(&[0])), text.replace("4:", "5:"));
        assert_eq!(after(points(text), up(&[1, 0, 1])), text.replace("4:", "5:"));
        assert_eq!(after(points(text), up(&[1, 0, 0])), text.replace("(dense:4", "(dense:5"));
        assert_eq!(after(points(text), up(&[2])), text.replace("dense:3", "dense:4"));
        // The inputs cannot follow: what does not fit stays, to be refused.
        let mut refused = points("residual(dense:2:tanh)");
        resize(&mut refused, &[0, 0, 0], true);
        assert!(refused.outline().is_err());
    }

    #[test]
    fn steps_are_a_quarter_where_a_layer_is_wide_and_stay_within_the_range() {
        let step = |units: usize, is_up| {
            let mut experiment = points(&format!("dense:{units}:tanh"));
            resize(&mut experiment, &[0], is_up);
            experiment.model.write()
        };
        assert_eq!([step(8, true), step(1, false), step(64, true)], ["dense:9:tanh", "dense:1:tanh", "dense:80:tanh"]);
        assert_eq!(step(4096, true), "dense:4096:tanh");
    }

    #[test]
    fn sums_that_pass_on_as_they_are_stay_so_when_activations_change() {
        let set = |text: &str| {
            let mut model = Model::read(text).expect("a model");
            set_activations(&mut model, Activation::Gelu);
            model.write()
        };
        assert_eq!(
            set("dense:4:tanh,residual:relu(dense:4:relu,dense:4:linear)"),
            "dense:4:gelu,residual:relu(dense:4:gelu,dense:4:linear)"
        );
        assert_eq!(set("dense:4:linear,dropout:10,parallel:add(;norm:linear)"), "dense:4:gelu,dropout:10,parallel:add(;norm:gelu)");
        assert_eq!(common_activation(&Model::read("dense:4:relu,dense:4:linear,pool:2").expect("a model")), Activation::Relu);
    }

    #[test]
    fn a_repeated_block_costs_what_its_copies_do() {
        let experiment = points("dense:3:relu,repeat:2(residual(dense:3:relu),norm:relu),repeat:2()");
        let outline = experiment.outline().expect("it fits");
        let facts = |place: &[usize]| Facts::of(&experiment.model, &outline, place).map(|facts| (facts.params, facts.multiply_adds));
        assert_eq!([facts(&[0]), facts(&[1, 0, 0, 0, 0]), facts(&[1, 0, 1])], [Some((9, 6)), Some((24, 18)), Some((12, 0))]);
        assert_eq!([facts(&[1]), facts(&[2]), facts(&[5])], [Some((36, 18)), None, None]);
        let [first, last] = [&[0][..], &[1]].map(|place| Facts::of(&experiment.model, &outline, place).expect("it computes"));
        assert_eq!([first.input, first.output, last.output], [2, 3, 3].map(|features| Extent::Vector { features }));
    }
}
