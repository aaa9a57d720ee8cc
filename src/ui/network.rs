//! The network of a 2-D set, drawn in columns: each unit with its own map, each weight as a line.

use super::edit;
use super::lab::{Lab, lab};
use super::layout::{Layout, UNIT};
use super::live::live;
use super::tip::{Subject, Tip, unit_name};
use super::{icons, layout, paint, size};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, HtmlElement, KeyboardEvent};

/// The picture, its steppers and what the pointer or the keyboard rests on.
#[component]
pub(super) fn Network() -> impl IntoView {
    let lab = lab();
    let node = NodeRef::<leptos::html::Figure>::new();
    let width = size::width_of(node, 700.0);
    let subject = RwSignal::new(None::<Subject>);
    let layout = Memo::new(move |_| {
        let features = lab.read(|e| e.features);
        match lab.built.get() {
            Some(built) if built.layers.iter().all(|l| l.shape.len() == 1) => Arc::new(Layout::of(&built, features, width.get())),
            _ => Arc::default(),
        }
    });
    Effect::new(move |_| {
        layout.track();
        lab.frame.track();
        if let Some(figure) = node.get() {
            layout.with_untracked(|layout| draw(lab, layout, &figure));
        }
    });
    let caption = move || {
        layout::read(layout, |layout| match layout.columns.as_slice() {
            [inputs, hidden @ .., output] => {
                let widths: Vec<String> = hidden.iter().map(|c| c.units.to_string()).collect();
                let hidden =
                    if widths.is_empty() { "no hidden layer".into() } else { format!("hidden layers of {} units", widths.join(", ")) };
                format!(
                    "The network: {} inputs, {hidden}, {} output. Use the arrow keys to move between units.",
                    inputs.units, output.units
                )
            }
            _ => "The network is being built.".into(),
        })
    };
    view! {
        <figure class="net" class:is-tall=move || layout::read(layout, |l| l.is_tall) data-testid="network" id="network" node_ref=node role="group" aria-label=caption
            on:mouseleave=move |_| subject.set(None)
            on:keydown=move |event| move_focus(&event, layout, subject)
        >
            {live(move || layout::read(layout, |layout| headers(lab, layout)))}
            <div class="net-pic" style:height=move || layout::read(layout, |l| format!("{}px", l.height))>
                {live(move || layout::read(layout, |layout| links(layout, subject)))}
                {live(move || layout::read(layout, |layout| units(layout, subject)))}
                <Tip layout=layout subject=subject />
            </div>
            <figcaption class="small">
                "Each square shows what a unit answers over the plane. Lines are weights: blue positive, orange and dashed negative."
            </figcaption>
        </figure>
    }
    .into_any()
}

/// Above each column: what it is and how many units it has.
fn headers(lab: Lab, layout: &Layout) -> Vec<AnyView> {
    let last = layout.columns.len().saturating_sub(1);
    let header = |column: usize| {
        let layer = &layout.columns[column];
        let (units, shown) = (layer.units, layer.shown());
        let (x, y) = if layout.is_tall { (0.0, layout.at[column][0][1] - 34.0) } else { (layout.column_x(column), 0.0) };
        let detail = if shown < units { format!("{}, {shown} shown", layer.detail) } else { layer.detail.clone() };
        let resize = move |up: bool| {
            lab.change(|e| {
                if let Some(layer) = e.layers.get_mut(column - 1) {
                    edit::resize(layer, up)
                }
            })
        };
        let name = match column {
            0 => Some("Inputs"),
            _ if column == last => Some("Output"),
            _ => layer.title.as_deref(),
        };
        let title = match name {
            Some(name) => view! { <b>{name.to_string()}</b> }.into_any(),
            None => view! {
                <span class="steps">
                    <button class="btn tiny" aria-label=format!("Fewer units in layer {column}") on:click=move |_| resize(false)>{icons::minus()}</button>
                    <span>{units}" units"</span>
                    <button class="btn tiny" aria-label=format!("More units in layer {column}") on:click=move |_| resize(true)>{icons::plus()}</button>
                </span>
            }
            .into_any(),
        };
        view! { <div class="net-col" style:left=format!("{x}px") style:top=format!("{y}px")>{title}<span class="small">{detail}</span></div> }.into_any()
    };
    (0..layout.columns.len()).map(header).collect()
}

/// The lines of the weights, and wider ones that take the pointer.
fn links(layout: &Layout, subject: RwSignal<Option<Subject>>) -> AnyView {
    let lines = layout.links();
    let hits = lines.clone();
    let view_box = format!("0 0 {} {}", layout.width.max(1.0), layout.height.max(1.0));
    let line = |link: &[usize; 3]| {
        let [column, from, to] = *link;
        let is_dim = move || subject.get().is_some_and(|s| !s.touches(column, from, to));
        view! { <path class="w" class:dim=is_dim d=layout.path(column, from, to) /> }.into_any()
    };
    let hit = |link: [usize; 3]| {
        let [column, from, to] = link;
        let show = move |_| subject.set(Some(Subject::Weight { column, from, to }));
        view! { <path class="hit" d=layout.path(column, from, to) on:mouseenter=show /> }.into_any()
    };
    view! {
        <svg class="lines-svg" viewBox=view_box aria-hidden="true">
            {lines.iter().map(line).collect_view()}
            {hits.into_iter().filter(|&[column, from, to]| layout.weight(column, from, to).is_some()).map(hit).collect_view()}
        </svg>
    }
    .into_any()
}

/// The units, each a button that can be reached by the arrow keys.
fn units(layout: &Layout, subject: RwSignal<Option<Subject>>) -> Vec<AnyView> {
    let mut views = Vec::new();
    for (column, units) in layout.at.iter().enumerate() {
        for (unit, at) in units.iter().enumerate() {
            let this = Subject::Unit { column, unit };
            let name = unit_name(layout, column, unit);
            let is_on = move || subject.get() == Some(this);
            let label = (column == 0).then(|| view! { <span class="in-name" aria-hidden="true">{name.clone()}</span> });
            let bias = layout.bias(column, unit).map(|_| view! { <span class="bias"></span> });
            views.push(
                view! {
                    <button
                        class="u"
                        class:is-on=is_on
                        data-column=column
                        data-unit=unit
                        tabindex=if column == 0 && unit == 0 { "0" } else { "-1" }
                        aria-label=name.clone()
                        aria-describedby="net-tip"
                        style:left=format!("{}px", at[0])
                        style:top=format!("{}px", at[1])
                        on:mouseenter=move |_| subject.set(Some(this))
                        on:focus=move |_| subject.set(Some(this))
                        on:blur=move |_| subject.set(None)
                    >
                        <canvas class="unit-map" width="1" height="1"></canvas>
                        {bias}
                        {label}
                    </button>
                }
                .into_any(),
            );
        }
    }
    views
}

/// Paints the maps and sets the lines as the last frame has them.
fn draw(lab: Lab, layout: &Layout, figure: &Element) {
    let Some(frame) = lab.frame.get_untracked() else { return };
    let maps = &frame.arrays[1];
    let params = frame.floats(2);
    let pixels = frame.unit_size * frame.unit_size;
    for button in elements(figure, ".u") {
        let index = |name: &str| button.get_attribute(name).and_then(|text| text.parse::<usize>().ok());
        let (Some(column), Some(unit)) = (index("data-column"), index("data-unit")) else { continue };
        let Some(place) = layout.columns.get(column) else { continue };
        let start = (place.first_map + unit) * pixels;
        let canvas = button.first_element_child().and_then(|c| c.dyn_into::<HtmlCanvasElement>().ok());
        if let (Some(canvas), Some(map)) = (canvas, maps.get(start..start + pixels)) {
            paint::put(&canvas, &paint::signed(map, false), frame.unit_size, frame.unit_size);
        }
        let bias = layout.bias(column, unit).and_then(|i| params.get(i));
        if let (Some(&bias), Ok(Some(disc))) = (bias, button.query_selector(".bias")) {
            disc.set_class_name(if bias < 0.0 { "bias n" } else { "bias p" });
        }
    }
    for (line, [column, from, to]) in elements(figure, ".w").into_iter().zip(layout.links()) {
        let weight = layout.weight(column, from, to).and_then(|index| params.get(index).copied());
        let size = weight.map_or(0.0, |w| f64::from(w.abs()));
        // Attributes of a path; they fail only for malformed names.
        let _ = line.class_list().toggle_with_force("n", weight.is_some_and(|w| w < 0.0));
        let _ = line.class_list().toggle_with_force("p", weight.is_some_and(|w| w >= 0.0));
        let _ = line.set_attribute("stroke-width", &format!("{:.2}", 0.8 + 1.05 * size.min(3.5)));
        let _ = line.set_attribute("stroke-opacity", &format!("{:.2}", 0.42 + 0.5 * (size / 2.0).min(1.0)));
    }
}

/// The elements below one that match a selector, in the order of the document.
fn elements(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(list) = root.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.get(i)?.dyn_into::<Element>().ok()).collect()
}

/// Arrow keys go from unit to unit, Escape closes the tip.
fn move_focus(event: &KeyboardEvent, layout: Memo<Arc<Layout>>, subject: RwSignal<Option<Subject>>) {
    let Some(Subject::Unit { column, unit }) = subject.get_untracked() else { return };
    let is_tall = layout.with_untracked(|l| l.is_tall);
    let (across, along) = match event.key().as_str() {
        "ArrowRight" => (1, 0),
        "ArrowLeft" => (-1, 0),
        "ArrowDown" => (0, 1),
        "ArrowUp" => (0, -1),
        "Escape" => return subject.set(None),
        _ => return,
    };
    event.prevent_default();
    let (columns, units) = if is_tall { (along, across) } else { (across, along) };
    let next = layout.with_untracked(|layout| {
        let column = column.saturating_add_signed(columns).min(layout.columns.len() - 1);
        let unit = unit.saturating_add_signed(units).min(layout.columns[column].shown() - 1);
        (column, unit)
    });
    let selector = format!("#network .u[data-column=\"{}\"][data-unit=\"{}\"]", next.0, next.1);
    if let Ok(Some(element)) = document().query_selector(&selector)
        && let Ok(button) = element.dyn_into::<HtmlElement>()
    {
        // Refused only where the element is not shown.
        let _ = button.focus();
    }
}

/// Half a unit, for the tip beside it.
pub(super) const HALF_UNIT: f64 = UNIT / 2.0;
