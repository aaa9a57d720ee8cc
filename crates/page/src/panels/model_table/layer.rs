//! The row of a layer: its kind, a box for each of its fields, its activation, and what it comes
//! to. Which fields there are is the layer's own list ([`Layer::fields`]).

use super::cells::{ActivationSelect, FactCells, NumberBox, Remove, Spot};
use super::rows::{kinds, label, unit};
use crate::edit::blocks;
use crate::parts::CellSelect;
use descent_spec::layers::{Field, Value};
use descent_spec::{Block, Layer};
use leptos::prelude::*;

/// The layer of a row, followed.
fn layer(spot: Spot) -> Option<Layer> {
    spot.read(|block| if let Block::Layer(layer) = block { Some(*layer) } else { None })
}

/// One of its fields, followed.
fn field(spot: Spot, name: &str) -> Option<Field> {
    layer(spot)?.fields().into_iter().find(|field| field.name == name)
}

/// Sets one of its fields.
fn set(spot: Spot, name: &str, value: Value) {
    spot.lab.change(|experiment| spot.place.with_value(|place| blocks::set(experiment, place, name, value)));
}

/// The row.
#[component]
pub(super) fn LayerRow(spot: Spot, depth: usize) -> impl IntoView {
    let names = Memo::new(move |_| {
        let fields = layer(spot).map(|layer| layer.fields()).unwrap_or_default();
        let is_other = |field: &Field| !matches!(field.value, Value::Activation(_));
        fields.into_iter().filter(is_other).map(|field| field.name).collect::<Vec<_>>()
    });
    let activation = move || layer(spot).and_then(|layer| layer.activation());
    let has_activation = Memo::new(move |_| activation().is_some());
    let facts = Memo::new(move |_| spot.facts().map(|facts| (facts.output, Some((facts.params, facts.multiply_adds)))));
    view! {
        <tr>
            <td style=("--depth", depth.to_string())><KindSelect spot /></td>
            <td class="set">
                <For each=move || names.get() key=|name| *name let:name>
                    {field_view(spot, name)}
                </For>
            </td>
            <td>
                <Show when=move || has_activation.get()>
                    <ActivationSelect spot chosen=activation on_choose=move |next| set(spot, "activation", Value::Activation(next)) />
                </Show>
            </td>
            <FactCells facts />
            <td><Remove spot /></td>
        </tr>
    }
}

/// What kind of layer it is.
#[component]
fn KindSelect(spot: Spot) -> impl IntoView {
    let choose = move |id: String| {
        spot.lab.change(|experiment| {
            let activation = blocks::common_activation(&experiment.model);
            let usual = Layer::usual(activation).into_iter().find(|layer| layer.kind_id() == id);
            if let (Some(usual), Some(Block::Layer(layer))) = (usual, spot.place.with_value(|place| experiment.model.block_mut(place))) {
                *layer = usual;
            }
        })
    };
    view! {
        <CellSelect
            label=move || format!("Kind of {}", spot.name.get())
            options=move || kinds(spot.facts().map(|facts| facts.input), layer(spot))
            value=move || layer(spot).map_or("", |layer| layer.kind_id()).to_string()
            on_choose=choose
        />
    }
}

/// A number or a choice of a layer, which keeps its type and its range as long as it is there.
fn field_view(spot: Spot, name: &'static str) -> impl IntoView {
    let now = untrack(|| field(spot, name))?;
    let named = move || format!("{} {}", label(name), spot.name.get());
    Some(match now.value {
        Value::Number(_) => {
            let value = move || match field(spot, name)?.value {
                Value::Number(number) => Some(number),
                _ => None,
            };
            let set = move |number| set(spot, name, Value::Number(number));
            view! { <NumberBox label=Signal::derive(named) unit=unit(name) range=now.range value=Signal::derive(value) on_set=set /> }
                .into_any()
        }
        Value::Choice(_) => {
            let value = move || match field(spot, name).map(|field| field.value) {
                Some(Value::Choice(id)) => id.to_string(),
                _ => String::new(),
            };
            let choose = move |id: String| {
                if let Some(id) = now.choices.iter().find(|known| **known == id) {
                    set(spot, name, Value::Choice(id));
                }
            };
            let options: Vec<_> = now.choices.iter().map(|id| (id.to_string(), id.to_string())).collect();
            view! { <CellSelect label=Signal::derive(named) options value=Signal::derive(value) on_choose=choose /> }.into_any()
        }
        Value::Activation(_) => ().into_any(),
    })
}
