//! The rows of blocks that hold others, and of the branches of a parallel one.

use super::cells::{ActivationSelect, FactCells, NumberBox, Remove, Shown, Spot};
use crate::edit::blocks;
use crate::names::capitalised;
use crate::parts::{CellSelect, icons};
use descent_spec::model::{Join, TIMES};
use descent_spec::{Activation, Block};
use leptos::prelude::*;

/// What comes out; the rows below say what it costs.
fn output(spot: Spot) -> Memo<Shown> {
    Memo::new(move |_| spot.facts().map(|facts| (facts.output, None)))
}

/// The name of the block, where the rows of layers have their kind.
#[component]
fn NameCell(spot: Spot, depth: usize) -> impl IntoView {
    view! { <td class="holder" style=("--depth", depth.to_string()) prop:textContent=move || short_name(spot)></td> }
}

/// The last step of its way: `Residual 2`.
fn short_name(spot: Spot) -> String {
    spot.name.with(|name| capitalised(name.rsplit(", ").next().unwrap_or_default()))
}

/// `activation(x + body(x))`
#[component]
pub(super) fn Residual(spot: Spot, depth: usize) -> impl IntoView {
    let activation = move || spot.read(|block| if let Block::Residual { activation, .. } = block { Some(*activation) } else { None });
    let choose = move |next: Activation| {
        spot.change(|block| {
            if let Block::Residual { activation, .. } = block {
                *activation = next;
            }
        })
    };
    view! {
        <tr>
            <NameCell spot depth />
            <td class="set"><span class="plus">"adds what comes in"</span><AddWithin spot list=Some(0) /></td>
            <td><ActivationSelect spot chosen=activation on_choose=choose /></td>
            <FactCells facts=output(spot) />
            <td><Remove spot /></td>
        </tr>
    }
}

/// The body several times.
#[component]
pub(super) fn Repeat(spot: Spot, depth: usize) -> impl IntoView {
    let times = move || spot.read(|block| if let Block::Repeat { times, .. } = block { Some(*times) } else { None });
    let set = move |next| {
        spot.change(|block| {
            if let Block::Repeat { times, .. } = block {
                *times = next;
            }
        })
    };
    view! {
        <tr>
            <NameCell spot depth />
            <td class="set">
                <NumberBox
                    label=Signal::derive(move || format!("Times of {}", spot.name.get()))
                    unit="times"
                    range=TIMES
                    value=Signal::derive(times)
                    on_set=set
                />
                <AddWithin spot list=Some(0) />
            </td>
            <td></td>
            <FactCells facts=output(spot) />
            <td><Remove spot /></td>
        </tr>
    }
}

/// Branches from one input, joined.
#[component]
pub(super) fn Parallel(spot: Spot, depth: usize) -> impl IntoView {
    let join = move || spot.read(|block| if let Block::Parallel { join, .. } = block { Some(*join) } else { None });
    let choose = move |id: String| {
        spot.change(|block| {
            let next = Join::ALL.into_iter().find(|(_, known)| *known == id);
            if let (Block::Parallel { join, .. }, Some((next, _))) = (block, next) {
                *join = next;
            }
        })
    };
    let options: Vec<_> = Join::ALL.into_iter().map(|(_, id)| (id.to_string(), id.to_string())).collect();
    view! {
        <tr>
            <NameCell spot depth />
            <td class="set">
                <CellSelect
                    label=Signal::derive(move || format!("Join of {}", spot.name.get()))
                    options
                    value=Signal::derive(move || join().map_or("", Join::id).to_string())
                    on_choose=choose
                />
            </td>
            <td></td>
            <FactCells facts=output(spot) />
            <td><Remove spot /></td>
        </tr>
    }
}

/// A branch of a parallel block, above the blocks that it holds.
#[component]
pub(super) fn Branch(spot: Spot, depth: usize) -> impl IntoView {
    let is_empty = move || {
        let list = |place: &Vec<usize>| {
            spot.lab.run.experiment.with(|experiment| experiment.model.list(place).is_some_and(|list| list.blocks.is_empty()))
        };
        spot.place.with_value(list)
    };
    view! {
        <tr>
            <NameCell spot depth />
            <td class="set">
                <span class="plus" class:gone=move || !is_empty()>"passes on what comes in"</span>
                <AddWithin spot list=None />
            </td>
            <td></td>
            <td></td>
            <td></td>
            <td></td>
            <td></td>
        </tr>
    }
}

/// A button that adds a layer inside: to a list of the block, or to the list that the row is of.
#[component]
fn AddWithin(spot: Spot, list: Option<usize>) -> impl IntoView {
    let add = move |_| {
        let at: Vec<usize> = spot.place.with_value(|place| place.iter().copied().chain(list).collect());
        spot.lab.change(|experiment| blocks::add_within(experiment, &at));
    };
    view! {
        <button class="btn tiny" aria-label=move || format!("Add a layer to {}", spot.name.get()) title="Add a layer" on:click=add>
            {icons::plus()}
        </button>
    }
}
