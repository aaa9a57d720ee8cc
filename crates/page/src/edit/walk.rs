//! Whatever a visitor clicks together has a link that gives it back.

use super::*;
use blocks::{add_layer, add_residual, add_within, remove, resize, set, set_activations};
use descent_spec::layers::Value;
use descent_spec::link::{self, Link};
use descent_spec::model::Place;
use descent_spec::random::{Rng, Stream};
use descent_spec::{Activation, Block, InitChoice, Loss, Model, OptimizerChoice, OrderChoice, PenaltyChoice, ScheduleChoice, View};

const WALKS: u64 = 1_000;
const EDITS: usize = 100;

fn any<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.below(all.len() as u32) as usize]
}

/// The places of all blocks.
fn places(model: &Model) -> Vec<Place> {
    let mut found = Vec::new();
    let mut waiting: Vec<Place> = (0..model.blocks.len()).map(|index| vec![index]).collect();
    while let Some(place) = waiting.pop() {
        if let Some(Block::Residual { body, .. } | Block::Repeat { body, .. }) = model.block(&place) {
            waiting.extend((0..body.blocks.len()).map(|index| [&place[..], &[index]].concat()));
        }
        found.push(place);
    }
    found
}

/// Another value of one of the fields of the layer at a place.
fn set_any_field(rng: &mut Rng, experiment: &mut Experiment, place: &[usize]) {
    let Some(Block::Layer(layer)) = experiment.model.block(place) else { return };
    let fields = layer.fields();
    if fields.is_empty() {
        return;
    }
    let field = &fields[rng.below(fields.len() as u32) as usize];
    let value = match field.value {
        Value::Number(_) => Value::Number(field.range.0 + rng.below((field.range.1 - field.range.0).min(40) as u32 + 1) as usize),
        Value::Choice(_) => Value::Choice(any(rng, field.choices)),
        Value::Activation(_) => Value::Activation(any(rng, Activation::ALL)),
    };
    set(experiment, place, field.name, value);
}

fn edit(rng: &mut Rng, experiment: &mut Experiment) {
    let places = places(&experiment.model);
    let place = if places.is_empty() { Place::new() } else { places[rng.below(places.len() as u32) as usize].clone() };
    match rng.below(24) {
        0 => choose_dataset(experiment, any(rng, Dataset::ALL)),
        1 => toggle_feature(experiment, rng.below(7) as usize),
        2 => next_seed(experiment),
        3 => choose_model(experiment, any(rng, ModelChoice::ALL).id()),
        4 => add_layer(experiment),
        5 => add_residual(experiment),
        6 => add_within(experiment, &place),
        7 => remove(&mut experiment.model, &place),
        8..=10 => set_any_field(rng, experiment, &place),
        11 => resize(experiment, &place, rng.below(2) == 0),
        12 => set_activations(&mut experiment.model, any(rng, Activation::ALL)),
        13 => experiment.noise = f64::from(rng.below(101)),
        14 => experiment.train_percent = f64::from(1 + rng.below(99)),
        15 => experiment.batch_size = 1 + rng.below(256) as usize,
        16 => experiment.learning_rate = any(rng, &[0.0, 1e-5, 0.03, 0.1 + 0.2, 1.0 / 3.0, 1000.0]),
        17 => experiment.penalty_rate = any(rng, &[0.0, 0.001, 1e-7, 10.0]),
        18 => experiment.optimizer = any(rng, OptimizerChoice::ALL),
        19 => experiment.schedule = any(rng, ScheduleChoice::ALL),
        20 => experiment.penalty = any(rng, PenaltyChoice::ALL),
        21 => experiment.loss = any(rng, &Loss::ALL.iter().copied().filter(|loss| loss.fits(experiment.dataset)).collect::<Vec<_>>()),
        22 => (experiment.init, experiment.order) = (any(rng, InitChoice::ALL), any(rng, OrderChoice::ALL)),
        _ => *experiment = presets()[rng.below(presets().len() as u32) as usize].experiment.clone(),
    }
}

#[test]
fn whatever_edits_lead_to_a_link_gives_back() {
    for walk in 0..WALKS {
        let mut rng = Rng::new(walk, Stream::Sample, 0);
        let mut experiment = Experiment::first_visit();
        for _ in 0..EDITS {
            let mut next = experiment.clone();
            edit(&mut rng, &mut next);
            // As the page does: what costs too much or does not fit is not taken.
            if next.cost().is_ok() {
                experiment = next;
            }
            let link = Link { experiment: experiment.clone(), view: View::default() };
            assert_eq!(link::read(&link::write(&link)), (link.clone(), Vec::new()), "walk {walk}");
        }
    }
}
