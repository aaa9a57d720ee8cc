//! The layers as a table in which each can be changed.

use super::layer_fields::{Field, kind, kinds, of_kind, padding};
use crate::choices::{activation_title, activations, is_image, owned};
use crate::edit;
use crate::format::thousands;
use crate::parts::{CellSelect, Checkbox, icons};
use crate::state::{Lab, Run, lab};
use descent_protocol::LayerReport;
use descent_spec::{Activation, Layer};
use leptos::prelude::*;

/// The table, with a row for the output.
#[component]
pub(super) fn LayerTable() -> impl IntoView {
    let run = lab().run;
    let count = Memo::new(move |_| run.experiment.with(|experiment| experiment.layers.len()));
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label="Layers">
            <table class="list layers" data-testid="layers">
                <Head />
                <tbody>
                    <For each=move || 0..count.get() key=|index| *index let:index>
                        <Row index />
                    </For>
                    <tr>
                        <td>"Output"</td>
                        <td></td>
                        <td prop:textContent=move || built(run, None, |layer| layer.detail.clone())></td>
                        <BuiltCells index=None />
                        <td></td>
                    </tr>
                </tbody>
            </table>
        </div>
    }
}

/// The names of the columns.
#[component]
fn Head() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th>"Layer"</th>
                <th>"Settings"</th>
                <th>"Activation"</th>
                <th>"Output"</th>
                <th class="num">"Parameters"</th>
                <th class="num" title="Multiply-adds for one sample">"Mult.-adds"</th>
                <th><span class="hidden-text">"Remove"</span></th>
            </tr>
        </thead>
    }
}

/// What the worker says of a layer that it built; without an index, of the last.
fn built(run: Run, index: Option<usize>, text: fn(&LayerReport) -> String) -> String {
    let layer = |layers: &[LayerReport]| index.map_or(layers.last(), |index| layers.get(index)).map(text);
    run.built(|built| layer(&built.layers)).flatten().unwrap_or_default()
}

/// Shape, parameters and multiplications, as the worker built them.
#[component]
fn BuiltCells(index: Option<usize>) -> impl IntoView {
    fn count(n: usize) -> String {
        if n == 0 { "–".into() } else { thousands(n as u64) }
    }
    fn shape(layer: &LayerReport) -> String {
        layer.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")
    }
    let run = lab().run;
    view! {
        <td prop:textContent=move || built(run, index, shape)></td>
        <td class="num" prop:textContent=move || built(run, index, |layer| count(layer.params))></td>
        <td class="num" prop:textContent=move || built(run, index, |layer| count(layer.multiplications))></td>
    }
}

/// The layer of a row as it is now; none in a row that is about to go.
fn layer(lab: Lab, index: usize) -> Option<Layer> {
    lab.run.experiment.with(|experiment| experiment.layers.get(index).copied())
}

/// Changes the layer of a row.
fn change(lab: Lab, index: usize, edit: impl FnOnce(&mut Layer)) {
    lab.change(|experiment| {
        if let Some(layer) = experiment.layers.get_mut(index) {
            edit(layer)
        }
    })
}

/// One hidden layer. The row is that of its place: what stands in it follows the layer that is
/// there.
#[component]
fn Row(index: usize) -> impl IntoView {
    let lab = lab();
    let kind = Memo::new(move |_| layer(lab, index).map_or("", kind));
    let has_activation = Memo::new(move |_| layer(lab, index).and_then(edit::activation).is_some());
    let remove = move |_| {
        lab.change(|experiment| {
            if index < experiment.layers.len() {
                experiment.layers.remove(index);
            }
        })
    };
    view! {
        <tr>
            <td><KindSelect index kind /></td>
            <td class="set"><Settings index kind /></td>
            <td>{move || has_activation.get().then(|| view! { <ActivationSelect index /> })}</td>
            <BuiltCells index=Some(index) />
            <td>
                <button class="btn tiny" aria-label=format!("Remove layer {}", index + 1) title="Remove" on:click=remove>
                    {icons::cross()}
                </button>
            </td>
        </tr>
    }
}

/// What kind of layer it is.
#[component]
fn KindSelect(index: usize, kind: Memo<&'static str>) -> impl IntoView {
    let lab = lab();
    let has_images = Memo::new(move |_| lab.run.experiment.with(|experiment| is_image(experiment.dataset)));
    let choose = move |id: String| {
        lab.change(|experiment| {
            let activation = edit::common_activation(experiment);
            if let Some(layer) = experiment.layers.get_mut(index) {
                *layer = of_kind(&id, activation);
            }
        })
    };
    view! {
        <CellSelect
            label=format!("Kind of layer {}", index + 1)
            options=move || owned(kinds(has_images.get()))
            value=move || kind.get().to_string()
            on_choose=choose
        />
    }
}

/// What follows the layer's sums.
#[component]
fn ActivationSelect(index: usize) -> impl IntoView {
    let lab = lab();
    let chosen = move || layer(lab, index).and_then(edit::activation);
    let choose = move |id: String| {
        if let Some(next) = Activation::from_id(&id) {
            change(lab, index, |layer| edit::set_activation(layer, next));
        }
    };
    view! {
        <CellSelect
            label=move || format!("Activation of layer {}: {}", index + 1, chosen().map_or("", activation_title))
            options=owned(activations())
            value=move || chosen().map_or("", Activation::id).to_string()
            on_choose=choose
        />
    }
}

/// The numbers of a layer, and a convolution's padding.
#[component]
fn Settings(index: usize, kind: Memo<&'static str>) -> impl IntoView {
    let lab = lab();
    let is_padded = move || layer(lab, index).is_some_and(|mut layer| padding(&mut layer).is_some_and(|is_on| *is_on));
    let pad = move |is_on: bool| {
        change(lab, index, |layer| {
            if let Some(padding) = padding(layer) {
                *padding = is_on
            }
        })
    };
    view! {
        <For each=move || Field::of(kind.get()) key=|field| **field let:field>
            <NumberField index field=*field />
        </For>
        {move || (kind.get() == "conv").then(|| view! { <Checkbox label="padded" is_checked=is_padded on_check=pad /> })}
    }
}

/// A number of a layer, with its name behind it.
#[component]
fn NumberField(index: usize, field: Field) -> impl IntoView {
    let lab = lab();
    let value = move || layer(lab, index).and_then(|layer| field.read(layer)).map(|n| n.to_string()).unwrap_or_default();
    let set = move |event: web_sys::Event| {
        if let Ok(next) = event_target_value(&event).parse() {
            change(lab, index, |layer| field.write(layer, next));
        }
        // What was refused or lay outside must not stay in the box.
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&untrack(value));
    };
    let (least, most) = field.range();
    view! {
        <label class="num-in">
            <input
                class="ctl cell"
                type="number"
                min=least.to_string()
                max=most.to_string()
                aria-label=format!("{} layer {}", field.label(), index + 1)
                prop:value=value
                on:change=set
            />
            <span aria-hidden="true">{field.unit()}</span>
        </label>
    }
}
