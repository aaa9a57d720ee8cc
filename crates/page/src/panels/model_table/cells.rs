//! What the rows share: the block that a row is about, and cells that show and change it.

use crate::choices::{activation_title, activations, owned};
use crate::edit::blocks::{self, Facts};
use crate::format::thousands;
use crate::names::block_name;
use crate::parts::{CellSelect, icons};
use crate::state::{Lab, lab};
use descent_spec::model::{Extent, Outline, Place};
use descent_spec::{Activation, Block};
use leptos::prelude::*;

/// The block of a row.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) lab: Lab,
    pub(super) place: StoredValue<Place>,
    /// The chosen model, written out.
    outline: Memo<Option<Outline>>,
    /// What it is called: `residual 1, layer 2`.
    pub(super) name: Memo<String>,
}

impl Spot {
    pub(super) fn new(place: Place, outline: Memo<Option<Outline>>) -> Self {
        let (lab, place) = (lab(), StoredValue::new(place));
        let name = Memo::new(move |_| place.with_value(|place| lab.run.experiment.with(|experiment| block_name(&experiment.model, place))));
        Self { lab, place, outline, name }
    }

    /// Reads the block as it is now, followed; `None` in a row that is about to go.
    pub(super) fn read<T>(self, read: impl FnOnce(&Block) -> Option<T>) -> Option<T> {
        self.place.with_value(|place| self.lab.run.experiment.with(|experiment| experiment.model.block(place).and_then(read)))
    }

    /// Changes the block.
    pub(super) fn change(self, edit: impl FnOnce(&mut Block)) {
        self.lab.change(|experiment| {
            if let Some(block) = self.place.with_value(|place| experiment.model.block_mut(place)) {
                edit(block);
            }
        });
    }

    /// What comes in and out and what it costs, followed.
    pub(super) fn facts(self) -> Option<Facts> {
        let of = |place: &Place| {
            self.outline
                .with(|outline| self.lab.run.experiment.with_untracked(|experiment| Facts::of(&experiment.model, outline.as_ref()?, place)))
        };
        self.place.with_value(of)
    }
}

/// What comes out, and of what is counted by itself its parameters and multiply-adds.
pub(super) type Shown = Option<(Extent, Option<(u64, u64)>)>;

/// What comes out of a block, and what it costs.
#[component]
pub(super) fn FactCells(#[prop(into)] facts: Signal<Shown>) -> impl IntoView {
    fn count(number: u64) -> String {
        if number == 0 { "–".into() } else { thousands(number) }
    }
    let shape = move || {
        let extent = facts.with(|facts| facts.map(|(extent, _)| extent.shape()));
        extent.map(|shape| shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")).unwrap_or_default()
    };
    let cost =
        move |part: fn((u64, u64)) -> u64| facts.with(|facts| facts.and_then(|(_, cost)| cost).map(part)).map(count).unwrap_or_default();
    view! {
        <td prop:textContent=shape></td>
        <td class="num" prop:textContent=move || cost(|(params, _)| params)></td>
        <td class="num" prop:textContent=move || cost(|(_, multiply_adds)| multiply_adds)></td>
    }
}

/// A select of activations.
#[component]
pub(super) fn ActivationSelect(
    spot: Spot,
    #[prop(into)] chosen: Signal<Option<Activation>>,
    #[prop(into)] on_choose: Callback<Activation>,
) -> impl IntoView {
    let choose = move |id: String| {
        if let Some(next) = Activation::from_id(&id) {
            on_choose.run(next);
        }
    };
    view! {
        <CellSelect
            label=move || format!("Activation of {}: {}", spot.name.get(), chosen.get().map_or("", activation_title))
            options=owned(activations())
            value=move || chosen.get().map_or("", Activation::id).to_string()
            on_choose=choose
        />
    }
}

/// A whole number with its name behind it.
#[component]
pub(super) fn NumberBox(
    #[prop(into)] label: Signal<String>,
    unit: &'static str,
    /// Least and most.
    range: (usize, usize),
    #[prop(into)] value: Signal<Option<usize>>,
    #[prop(into)] on_set: Callback<usize>,
) -> impl IntoView {
    let (least, most) = range;
    let text = move || value.get().map(|number| number.to_string()).unwrap_or_default();
    let set = move |event: web_sys::Event| {
        if let Ok(next) = event_target_value(&event).parse::<usize>() {
            on_set.run(next.clamp(least, most));
        }
        // What was refused or lay outside must not stay in the box.
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&untrack(text));
    };
    view! {
        <label class="num-in">
            <input
                class="ctl cell"
                type="number"
                min=least.to_string()
                max=most.to_string()
                aria-label=label
                prop:value=text
                on:change=set
            />
            <span aria-hidden="true">{unit}</span>
        </label>
    }
}

/// Takes the block out.
#[component]
pub(super) fn Remove(spot: Spot) -> impl IntoView {
    let remove = move |_| spot.lab.change(|experiment| spot.place.with_value(|place| blocks::remove(&mut experiment.model, place)));
    view! {
        <button class="btn tiny" aria-label=move || format!("Remove {}", spot.name.get()) title="Remove" on:click=remove>
            {icons::cross()}
        </button>
    }
}
