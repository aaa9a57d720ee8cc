//! A network for images, drawn in columns: what each layer makes of one test image.

use super::arcs::Arc;
use super::bars::Bars;
use super::canvas;
use super::images::probs;
use super::latest::{name_of, with_answers, with_shown};
use super::samples::TestImage;
use super::sheet::{ImageLayers, LayerPicture, image_layers};
use crate::state::{Run, lab};
use leptos::{html, prelude::*};

/// Up to this width in CSS pixels a layer is a row (`www/style/widths.css` turns it at the same).
const NARROW_UP_TO: f64 = 620.0;

/// The image, the layers' activations and the answer.
#[component]
pub(crate) fn ImageNetwork() -> impl IntoView {
    let run = lab().run;
    let layers =
        Memo::new(move |_| run.built(|built| image_layers(&built.experiment.model, &built.outline, is_narrow())).unwrap_or_default());
    let count = move || layers.with(|layers| layers.pictures.len());
    view! {
        <figure class="conv-block" id="network" data-testid="network">
            <div class="scroll-x" tabindex="0" role="region" aria-label="The network, layer by layer">
                <div class="conv" class:has-arcs=move || layers.with(|layers| !layers.arcs.is_empty())>
                    <Input run />
                    <For each=move || layers.with(|layers| layers.pictures.clone()) key=LayerPicture::clone let:layer>
                        <HiddenLayer run layer />
                    </For>
                    <Output run count layers />
                    <For each=move || layers.with(|layers| layers.arcs.clone()) key=|arc| *arc let:arc>
                        {arc_view(arc)}
                    </For>
                </div>
            </div>
            <figcaption class="small" prop:textContent=move || caption(run)></figcaption>
        </figure>
    }
}

fn is_narrow() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width <= NARROW_UP_TO)
}

/// The picture in words.
fn caption(run: Run) -> String {
    let truth = with_shown(run, |shown| shown.labels.get(run.inspected.get()).copied()).flatten();
    match truth {
        Some(truth) => format!(
            "From left to right: what each layer makes of one test image ({}); bluer is stronger. Choose another image among the test images.",
            name_of(run, usize::from(truth))
        ),
        None => "What each layer makes of one test image.".into(),
    }
}

/// The inspected image.
#[component]
fn Input(run: Run) -> impl IntoView {
    let size = move || with_shown(run, |shown| format!("{} × {}", shown.size[0], shown.size[1])).unwrap_or_default();
    view! {
        <div class="layer in" style=("--n", "0")>
            <header><b>"Image"</b><span prop:textContent=size></span></header>
            <div class="maps">
                <TestImage run sample=run.inspected attr:role="img" attr:aria-label="The chosen test image" />
            </div>
        </div>
    }
}

/// A layer's title and a canvas with a tile for each map.
#[component]
fn HiddenLayer(run: Run, layer: LayerPicture) -> impl IntoView {
    let LayerPicture { index, follows, title, name, about, size, start, sheet } = layer;
    let maps = NodeRef::<html::Canvas>::new();
    let [width, height] = sheet.size();
    Effect::new(move |_| {
        let Some(maps) = maps.get() else { return };
        with_answers(run, |images| {
            let values = images.activations.get(start..start + sheet.values());
            if let Some(pixels) = values.and_then(|values| sheet.paint(values)) {
                canvas::put(&maps, &pixels, width, height);
            }
        });
    });
    let label = format!("Activations of {name}, {title}");
    let more = (sheet.shown < sheet.tiles).then(|| view! { <span class="more">{format!("{} shown", sheet.shown)}</span> });
    view! {
        <div class="layer" class:anew=!follows style=("--n", index.to_string()) title=about>
            <header><b>{title}</b><span>{size}</span>{more}</header>
            <div class=if sheet.are_cells() { "maps cells" } else { "maps" }>
                <canvas
                    class="acts"
                    width=width.to_string()
                    height=height.to_string()
                    role="img"
                    aria-label=label
                    node_ref=maps
                ></canvas>
            </div>
        </div>
    }
}

/// A line from a layer to a later one, past those between. Each layer spans two tracks of the grid,
/// so that a line begins and ends in the middle of one (`www/style/pictures.css`).
fn arc_view(Arc { from, to, lane }: Arc) -> impl IntoView {
    view! {
        <span
            class="arc"
            aria-hidden="true"
            style=("--from", (2 * from + 2).to_string())
            style=("--to", (2 * to + 2).to_string())
            style=("--lane", lane.to_string())
        ></span>
    }
}

/// What the network answers to it.
#[component]
fn Output(run: Run, #[prop(into)] count: Signal<usize>, layers: Memo<ImageLayers>) -> impl IntoView {
    let size = move || {
        let classes = run.built(|built| built.outline.last().extent.channels());
        classes.map(|classes| format!("{classes} classes")).unwrap_or_default()
    };
    let answer = Signal::derive(move || {
        let answer = with_shown(run, |shown| with_answers(run, |images| probs(shown, images, run.inspected.get()).map(<[f32]>::to_vec)));
        answer.flatten().flatten().unwrap_or_default()
    });
    view! {
        <div
            class="layer out"
            class:anew=move || layers.with(|layers| !layers.output_follows)
            style=("--n", move || (count.get() + 1).to_string())
        >
            <header><b>"Answer"</b><span prop:textContent=size></span></header>
            <Bars run probs=answer />
        </div>
    }
}
