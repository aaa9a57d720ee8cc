//! What learns: the network, drawn and edited in its picture, and how it learns.

use super::choices::{FEATURES, is_image};
use super::controls::select;
use super::costs::measured_costs;
use super::edit;
use super::element::{El, distinct, html, svg};
use super::format::thousands;
use super::icons;
use super::images::image_network;
use super::lab::{Lab, lab};
use super::layer_table::layer_table;
use super::network::network;
use super::settings::settings;
use super::watched::Watched;

/// The panel.
pub(crate) fn model_panel() -> El {
    let lab = lab();
    let has_images = distinct(move || lab.experiment.with(|e| is_image(e.dataset)));
    let hidden = move || lab.experiment.with(edit::hidden_settings);
    let also_set =
        html("p").class("small only-simple").class_if("gone", move || hidden().is_empty()).text("Also set: ").text_from(hidden).text(".");
    let table =
        html("div").class_if("lv-all", move || !has_images.get()).class_if("lv-more", move || has_images.get()).child(layer_table());
    html("section")
        .class("panel model")
        .set("aria-labelledby", "h-model")
        .child(head(lab, has_images))
        .child(also_set)
        .parts(move || if has_images.get() { vec![image_network()] } else { vec![network(), inputs(lab)] })
        .child(table)
        .child(html("div").class("lv-more").child(settings()))
        .child(measured_costs())
        .child(program(lab))
}

/// The choice of model, how large it is, and buttons for more or fewer layers.
fn head(lab: Lab, has_images: Watched<bool>) -> El {
    let choose = move |id: String| lab.change(|e| edit::choose_model(e, &id));
    let model = select(
        "model",
        "Model",
        move || lab.experiment.with(edit::model_options),
        move || lab.experiment.with(|e| edit::model_id(e).to_string()),
        choose,
    );
    let params =
        move || lab.built.with(|b| b.as_ref().map_or_else(|| "–".to_string(), |b| format!("{} parameters", thousands(b.params as u64))));
    let line = |class: &str| {
        let path = svg("path").class(class).set("d", "M0 4h30").set("stroke-width", "3");
        svg("svg").class("line-key").set("viewBox", "0 0 30 8").child(path)
    };
    let legend = html("p")
        .class("legend lines lv-more")
        .class_if("gone", move || has_images.get())
        .set("aria-hidden", "true")
        .child(line("w p"))
        .text("positive")
        .child(line("w n"))
        .text("negative");
    html("div")
        .class("panel-head")
        .child(html("h2").set("id", "h-model").text("Model"))
        .child(html("div").class("model-select").child(model))
        .child(html("span").class("small").test_id("parameters").text_from(params))
        .child(legend)
        .child(layer_buttons(lab))
}

/// Fewer layers, more layers.
fn layer_buttons(lab: Lab) -> El {
    let button = |id: &str, label: &str| html("button").class("btn edge small-btn").test_id(id).set("aria-label", label);
    let pop = move || {
        lab.change(|e| {
            e.layers.pop();
        })
    };
    let remove = button("remove-layer", "Remove the last layer")
        .flag("disabled", move || lab.experiment.with(|e| e.layers.is_empty()))
        .on_click(pop)
        .child(icons::minus())
        .text("Layer");
    let add = button("add-layer", "Add a layer")
        .flag("disabled", move || lab.experiment.with(|e| e.layers.len() >= edit::MAX_LAYERS))
        .on_click(move || lab.change(edit::add_layer))
        .child(icons::plus())
        .text("Layer");
    html("span").class("end layer-btns").child(remove).child(add)
}

/// Which of the seven inputs the network is given.
fn inputs(lab: Lab) -> El {
    let chip = |(index, name): (usize, &str)| {
        let is_on = move || lab.experiment.with(|e| e.features.0 >> index & 1 == 1);
        let toggle = move || {
            lab.change(|e| {
                let next = e.features.0 ^ 1 << index;
                // A network needs an input.
                if next & 0x7f != 0 {
                    e.features.0 = next;
                }
            })
        };
        html("button")
            .class("chip")
            .test_id(&format!("feature-{index}"))
            .set_from("aria-pressed", move || is_on().to_string())
            .on_click(toggle)
            .text(name)
    };
    html("div")
        .class("feats lv-more")
        .set("role", "group")
        .set("aria-label", "Inputs")
        .child(html("span").class("small").text("Inputs"))
        .children(FEATURES.into_iter().enumerate().map(chip))
}

/// What the worker runs.
fn program(lab: Lab) -> El {
    let text = move || lab.built.with(|b| b.as_ref().map_or_else(String::new, |b| b.program.clone()));
    html("details")
        .class("lv-all program")
        .child(html("summary").text("The program: every kernel of a step, in order"))
        .child(html("pre").set("tabindex", "0").set("aria-label", "The program").text_from(text))
}
