//! The layers as a table in which each can be changed.

use super::choices::{activation_title, activations, is_image, owned};
use super::edit;
use super::format::thousands;
use super::icons;
use super::lab::{Lab, lab};
use super::live::live;
use crate::nn::{Activation, Layer};
use leptos::prelude::*;

/// The kinds of layer a visitor can choose from.
const KINDS: [(&str, &str); 7] = [
    ("dense", "Dense"),
    ("conv", "Convolve"),
    ("max-pool", "Max pool"),
    ("avg-pool", "Mean pool"),
    ("global-avg-pool", "Mean of a map"),
    ("batch-norm", "Batch norm"),
    ("dropout", "Dropout"),
];

fn kind(layer: Layer) -> &'static str {
    match layer {
        Layer::Dense { .. } => "dense",
        Layer::Conv { .. } => "conv",
        Layer::MaxPool { .. } => "max-pool",
        Layer::AvgPool { .. } => "avg-pool",
        Layer::GlobalAvgPool => "global-avg-pool",
        Layer::BatchNorm { .. } => "batch-norm",
        Layer::Dropout { .. } => "dropout",
    }
}

/// A layer of that kind with usual settings.
fn of_kind(kind: &str, activation: Activation) -> Layer {
    match kind {
        "conv" => Layer::Conv { channels: 8, kernel: 3, stride: 1, is_same: true, activation },
        "max-pool" => Layer::MaxPool { size: 2 },
        "avg-pool" => Layer::AvgPool { size: 2 },
        "global-avg-pool" => Layer::GlobalAvgPool,
        "batch-norm" => Layer::BatchNorm { activation },
        "dropout" => Layer::Dropout { percent: 25 },
        _ => Layer::Dense { units: 16, activation },
    }
}

/// The table, with a row to add a layer.
#[component]
pub(super) fn LayerTable() -> impl IntoView {
    let lab = lab();
    // Only what is edited rebuilds the rows, so that a control keeps the focus while numbers change.
    let layers = Memo::new(move |_| lab.read(|e| (e.layers.clone(), is_image(e.dataset))));
    let rows = move || {
        let (layers, has_images) = layers.get();
        (0..layers.len()).map(|index| row(lab, index, layers[index], has_images)).collect_view()
    };
    let output = move || cells(lab, lab.run_of(|b| b.as_ref().map_or(0, |b| b.layers.len())).saturating_sub(1));
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label="Layers">
            <table class="list layers" data-testid="layers">
                <thead><tr><th>"Layer"</th><th>"Settings"</th><th>"Activation"</th><th>"Output"</th><th class="num">"Parameters"</th><th class="num" title="Multiply-adds for one sample">"Mult.-adds"</th><th><span class="hidden-text">"Remove"</span></th></tr></thead>
                <tbody>
                    {rows}
                    <tr><td>"Output"</td><td></td><td>{live(move || lab.run_of(|b| b.as_ref().and_then(|b| b.layers.last().map(|l| l.detail.clone()))))}</td>{output}<td></td></tr>
                </tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Shape, parameters and multiplications, as the worker built them.
fn cells(lab: Lab, index: usize) -> AnyView {
    let info = move || lab.run_of(|b| b.as_ref().and_then(|b| b.layers.get(index).cloned()));
    let shape = move || info().map(|l| l.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × "));
    let count = |n: usize| if n == 0 { "–".to_string() } else { thousands(n as u64) };
    view! {
        <td>{shape}</td>
        <td class="num">{live(move || info().map(|l| count(l.params)))}</td>
        <td class="num">{live(move || info().map(|l| count(l.multiplications)))}</td>
    }
    .into_any()
}

/// One hidden layer.
fn row(lab: Lab, index: usize, layer: Layer, has_images: bool) -> AnyView {
    let edit = move |change: &dyn Fn(&mut Layer)| {
        lab.change(|e| {
            if let Some(layer) = e.layers.get_mut(index) {
                change(layer)
            }
        })
    };
    let number = index + 1;
    let fits = |id: &str| has_images || matches!(id, "dense" | "batch-norm" | "dropout");
    let kinds = KINDS
        .iter()
        .filter(|k| fits(k.0))
        .map(|&(id, title)| view! { <option value=id selected=id == kind(layer)>{title}</option> })
        .collect_view();
    let choose_kind = move |event| {
        let id = event_target_value(&event);
        lab.change(|e| {
            let activation = edit::common_activation(e);
            if let Some(layer) = e.layers.get_mut(index) {
                *layer = of_kind(&id, activation);
            }
        });
    };
    let activation = edit::activation(layer).map(|chosen| {
        let options = owned(activations()).into_iter().map(|(id, title)| {
            let is_chosen = id == chosen.id();
            view! { <option value=id selected=is_chosen>{title}</option> }
        });
        let choose = move |event| {
            if let Some(next) = Activation::from_id(&event_target_value(&event)) {
                edit(&|layer| edit::set_activation(layer, next));
            }
        };
        view! { <select class="ctl cell" aria-label=format!("Activation of layer {number}: {}", activation_title(chosen)) on:change=choose>{options.collect_view()}</select> }
    });
    let remove = move |_| {
        lab.change(|e| {
            if index < e.layers.len() {
                e.layers.remove(index);
            }
        })
    };
    view! {
        <tr>
            <td><select class="ctl cell" aria-label=format!("Kind of layer {number}") on:change=choose_kind>{kinds}</select></td>
            <td class="set">{settings(lab, index, layer)}</td>
            <td>{activation}</td>
            {cells(lab, index)}
            <td><button class="btn tiny" aria-label=format!("Remove layer {number}") title="Remove" on:click=remove>{icons::cross()}</button></td>
        </tr>
    }
    .into_any()
}

/// The numbers of a layer.
fn settings(lab: Lab, index: usize, layer: Layer) -> AnyView {
    let n = index + 1;
    match layer {
        Layer::Dense { units, .. } => number(lab, index, format!("Units of layer {n}"), "units", units, [1, 1024], |l, v| {
            if let Layer::Dense { units, .. } = l {
                *units = v
            }
        }),
        Layer::Conv { channels, kernel, stride, is_same, .. } => {
            let same = move |event| {
                let checked = event_target_checked(&event);
                lab.change(|e| {
                    if let Some(Layer::Conv { is_same, .. }) = e.layers.get_mut(index) {
                        *is_same = checked
                    }
                });
            };
            view! {
                {number(lab, index, format!("Maps of layer {n}"), "maps", channels, [1, 64], |l, v| if let Layer::Conv { channels, .. } = l { *channels = v })}
                {number(lab, index, format!("Kernel of layer {n}"), "kernel", kernel, [1, 7], |l, v| if let Layer::Conv { kernel, .. } = l { *kernel = v })}
                {number(lab, index, format!("Stride of layer {n}"), "stride", stride, [1, 4], |l, v| if let Layer::Conv { stride, .. } = l { *stride = v })}
                <label class="check"><input type="checkbox" prop:checked=is_same on:change=same />"padded"</label>
            }
            .into_any()
        }
        Layer::MaxPool { size } => number(lab, index, format!("Window of layer {n}"), "window", size, [2, 7], |l, v| {
            if let Layer::MaxPool { size } = l {
                *size = v
            }
        }),
        Layer::AvgPool { size } => number(lab, index, format!("Window of layer {n}"), "window", size, [2, 7], |l, v| {
            if let Layer::AvgPool { size } = l {
                *size = v
            }
        }),
        Layer::Dropout { percent } => {
            number(lab, index, format!("Per cent dropped by layer {n}"), "%", usize::from(percent), [0, 90], |l, v| {
                if let Layer::Dropout { percent } = l {
                    *percent = v as u8
                }
            })
        }
        Layer::GlobalAvgPool | Layer::BatchNorm { .. } => ().into_any(),
    }
}

/// A number of a layer, with its name behind it.
fn number(
    lab: Lab,
    index: usize,
    label: String,
    unit: &'static str,
    value: usize,
    [low, high]: [usize; 2],
    set: fn(&mut Layer, usize),
) -> AnyView {
    let change = move |event| {
        if let Ok(next) = event_target_value(&event).parse::<usize>() {
            lab.change(|e| {
                if let Some(layer) = e.layers.get_mut(index) {
                    set(layer, next.clamp(low, high))
                }
            });
        }
        // A change that was refused must not stay in the box; one that was made fills it anew.
        event_target::<web_sys::HtmlInputElement>(&event).set_value(&value.to_string());
    };
    view! { <label class="num-in"><input class="ctl cell" type="number" min=low max=high value=value aria-label=label on:change=change /><span aria-hidden="true">{unit}</span></label> }.into_any()
}
