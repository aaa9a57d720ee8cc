//! The layers as a table in which each can be changed.

use super::choices::{Named, activation_title, activations, is_image};
use super::edit;
use super::element::{El, distinct, html};
use super::format::thousands;
use super::icons;
use super::lab::{Lab, lab};
use descent_protocol::LayerInfo;
use descent_spec::{Activation, Layer};

/// The kinds of layer a visitor can choose from.
const KINDS: [Named; 7] = [
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

/// The table, with a row for the output.
pub(crate) fn layer_table() -> El {
    let lab = lab();
    // Only another list of kinds rebuilds the rows, so that a control keeps the focus while numbers change.
    let kinds = distinct(move || {
        lab.experiment.with(|e| {
            let kinds: Vec<&'static str> = e.layers.iter().map(|&layer| kind(layer)).collect();
            format!("{} {}", is_image(e.dataset), kinds.join(" "))
        })
    });
    let rows = move || {
        kinds.track();
        lab.experiment.with_untracked(|e| {
            let row = |(index, &layer): (usize, &Layer)| row(lab, index, kind(layer), is_image(e.dataset));
            e.layers.iter().enumerate().map(row).collect()
        })
    };
    let output = html("tr")
        .child(html("td").text("Output"))
        .child(html("td"))
        .child(html("td").text_from(move || built(lab, None, |l| l.detail.clone())))
        .children(cells(lab, None))
        .child(html("td"));
    let table = html("table").class("list layers").test_id("layers").child(head()).child(html("tbody").parts(rows).child(output));
    html("div").class("scroll-x").set("tabindex", "0").set("role", "region").set("aria-label", "Layers").child(table)
}

/// The names of the columns.
fn head() -> El {
    let names = ["Layer", "Settings", "Activation", "Output"].map(|name| html("th").text(name));
    let multiplications = html("th").class("num").set("title", "Multiply-adds for one sample").text("Mult.-adds");
    let row = html("tr")
        .children(names)
        .child(html("th").class("num").text("Parameters"))
        .child(multiplications)
        .child(html("th").child(html("span").class("hidden-text").text("Remove")));
    html("thead").child(row)
}

/// What the worker says of a layer that it built; without an index, of the last.
fn built(lab: Lab, index: Option<usize>, text: fn(&LayerInfo) -> String) -> String {
    lab.built.with(|b| {
        let layers = b.as_ref().map_or(&[][..], |b| &b.layers);
        index.map_or(layers.last(), |index| layers.get(index)).map(text).unwrap_or_default()
    })
}

/// Shape, parameters and multiplications, as the worker built them.
fn cells(lab: Lab, index: Option<usize>) -> [El; 3] {
    fn count(n: usize) -> String {
        if n == 0 { "–".to_string() } else { thousands(n as u64) }
    }
    let cell = |text: fn(&LayerInfo) -> String| html("td").text_from(move || built(lab, index, text));
    [
        cell(|l| l.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ")),
        cell(|l| count(l.params)).class("num"),
        cell(|l| count(l.multiplications)).class("num"),
    ]
}

/// The layer of a row as it is now.
fn layer(lab: Lab, index: usize) -> Option<Layer> {
    lab.experiment.with(|e| e.layers.get(index).copied())
}

/// Changes the layer of a row.
fn change(lab: Lab, index: usize, edit: impl FnOnce(&mut Layer)) {
    lab.change(|e| {
        if let Some(layer) = e.layers.get_mut(index) {
            edit(layer)
        }
    })
}

/// One hidden layer.
fn row(lab: Lab, index: usize, kind: &'static str, has_images: bool) -> El {
    let remove = move || {
        lab.change(|e| {
            if index < e.layers.len() {
                e.layers.remove(index);
            }
        })
    };
    let remove = html("button")
        .class("btn tiny")
        .set("aria-label", &format!("Remove layer {}", index + 1))
        .set("title", "Remove")
        .on_click(remove)
        .child(icons::cross());
    let has_activation = edit::activation(of_kind(kind, Activation::Linear)).is_some();
    html("tr")
        .child(html("td").child(kind_select(lab, index, has_images)))
        .child(html("td").class("set").children(settings(lab, index, kind)))
        .child(html("td").children(has_activation.then(|| activation_select(lab, index))))
        .children(cells(lab, Some(index)))
        .child(html("td").child(remove))
}

/// A select without a name to see.
fn cell_select(options: Vec<Named>, value: impl Fn() -> &'static str + 'static) -> El {
    let option = |(id, title): Named| html("option").set("value", id).text(title);
    // The value comes after the options, of which it is one.
    html("select").class("ctl cell").children(options.into_iter().map(option)).value(move || value().to_string())
}

/// What kind of layer it is.
fn kind_select(lab: Lab, index: usize, has_images: bool) -> El {
    let fits = |kind: &Named| has_images || matches!(kind.0, "dense" | "batch-norm" | "dropout");
    let choose = move |id: String| {
        lab.change(|e| {
            let activation = edit::common_activation(e);
            if let Some(layer) = e.layers.get_mut(index) {
                *layer = of_kind(&id, activation);
            }
        })
    };
    cell_select(KINDS.into_iter().filter(fits).collect(), move || layer(lab, index).map_or("", kind))
        .set("aria-label", &format!("Kind of layer {}", index + 1))
        .on_change(choose)
}

/// What follows the layer's sums.
fn activation_select(lab: Lab, index: usize) -> El {
    let chosen = move || layer(lab, index).and_then(edit::activation);
    let choose = move |id: String| {
        if let Some(next) = Activation::from_id(&id) {
            change(lab, index, |layer| edit::set_activation(layer, next));
        }
    };
    let label = move || format!("Activation of layer {}: {}", index + 1, chosen().map_or("", activation_title));
    cell_select(activations(), move || chosen().map_or("", Activation::id)).set_from("aria-label", label).on_change(choose)
}

/// The numbers of a layer.
fn settings(lab: Lab, index: usize, kind: &str) -> Vec<El> {
    let number = |label: &str, unit, range| number(lab, index, &format!("{label} layer {}", index + 1), unit, range);
    match kind {
        "dense" => vec![number("Units of", "units", [1, 1024])],
        "conv" => vec![
            number("Maps of", "maps", [1, 64]),
            number("Kernel of", "kernel", [1, 7]),
            number("Stride of", "stride", [1, 4]),
            padded(lab, index),
        ],
        "max-pool" | "avg-pool" => vec![number("Window of", "window", [2, 7])],
        "dropout" => vec![number("Per cent dropped by", "%", [0, 90])],
        _ => Vec::new(),
    }
}

/// The number of a layer that has this name.
fn read(mut layer: Layer, name: &str) -> Option<usize> {
    match layer {
        Layer::Dropout { percent } => Some(usize::from(percent)),
        _ => number_of(&mut layer, name).copied(),
    }
}

/// Sets it.
fn write(layer: &mut Layer, name: &str, value: usize) {
    if let Layer::Dropout { percent } = layer {
        *percent = value as u8;
    } else if let Some(number) = number_of(layer, name) {
        *number = value;
    }
}

/// Where it is, by the word that stands behind its box; a dropout's is no `usize`.
fn number_of<'a>(layer: &'a mut Layer, name: &str) -> Option<&'a mut usize> {
    match (layer, name) {
        (Layer::Dense { units, .. }, "units") => Some(units),
        (Layer::Conv { channels, .. }, "maps") => Some(channels),
        (Layer::Conv { kernel, .. }, "kernel") => Some(kernel),
        (Layer::Conv { stride, .. }, "stride") => Some(stride),
        (Layer::MaxPool { size } | Layer::AvgPool { size }, "window") => Some(size),
        _ => None,
    }
}

/// A number of a layer, with its name behind it.
fn number(lab: Lab, index: usize, label: &str, name: &'static str, [low, high]: [usize; 2]) -> El {
    let value = move || layer(lab, index).and_then(|layer| read(layer, name)).map(|n| n.to_string()).unwrap_or_default();
    let set = move |text: String| {
        if let Ok(next) = text.parse::<usize>() {
            change(lab, index, |layer| write(layer, name, next.clamp(low, high)));
        }
        // Where that changed nothing, what was typed must not stay in the box.
        lab.experiment.notify();
    };
    let input = html("input")
        .class("ctl cell")
        .set("type", "number")
        .number("min", low as f64)
        .number("max", high as f64)
        .set("aria-label", label)
        .value(value)
        .on_change(set);
    html("label").class("num-in").child(input).child(html("span").set("aria-hidden", "true").text(name))
}

/// Whether a convolution keeps the size of its input.
fn padded(lab: Lab, index: usize) -> El {
    let is_padded = move || matches!(layer(lab, index), Some(Layer::Conv { is_same: true, .. }));
    let set = move |is_on: bool| {
        change(lab, index, |layer| {
            if let Layer::Conv { is_same, .. } = layer {
                *is_same = is_on
            }
        })
    };
    let input = html("input").set("type", "checkbox").on_check(set).checked(is_padded);
    html("label").class("check").child(input).text("padded")
}
