//! The network of a 2-D set, drawn in columns: each unit with its own map, each weight as a line.

use super::edit;
use super::element::{El, distinct, follow, html, svg};
use super::format::{px, thousands};
use super::lab::{Lab, lab};
use super::layout::{Column, Layout, UNIT};
use super::reports::Frame;
use super::tip::{Subject, tip, unit_name};
use super::watched::Watched;
use super::{icons, paint, size};
use descent_spec::number::shortest;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlCanvasElement, HtmlElement, KeyboardEvent};

/// The picture, its steppers and what the pointer or the keyboard rests on.
pub(crate) fn network() -> El {
    let lab = lab();
    let figure = html("figure").class("net").named("network").set("role", "group");
    let width = size::width_of(&figure, 700.0);
    let subject = Watched::new(None::<Subject>);
    let layout = distinct(move || {
        let features = lab.experiment.with(|e| e.features);
        lab.built.with(|built| match built {
            Some(built) if built.layers.iter().all(|l| l.shape.len() == 1) => Layout::of(built, features, width.get()),
            _ => Layout::default(),
        })
    });
    // Only other columns rebuild what is above them, so that its buttons stay under the pointer while numbers change.
    let columns = distinct(move || layout.with(are_sizable));
    let headers = move || columns.get().chars().enumerate().map(|(column, mark)| header(lab, layout, column, mark == SIZABLE)).collect();
    let picture = html("div")
        .class("net-pic")
        .style_from("height", move || layout.with(|l| px(l.height)))
        .parts(move || vec![layout.with(|l| links(l, subject))])
        .parts(move || layout.with(|l| units(l, subject)))
        .child(tip(layout, subject));
    let note = "Each square shows what a unit answers over the plane. Lines are weights: blue positive, orange and dashed negative.";
    let figure = figure
        .class_if("is-tall", move || layout.with(|l| l.is_tall))
        .set_from("aria-label", move || layout.with(caption))
        .on("mouseleave", move |_: Event| subject.set(None))
        .on("keydown", move |event| move_focus(&event, layout, subject))
        .parts(headers)
        .child(picture)
        .child(html("figcaption").class("small").text(note));
    // After the parts, whose elements it paints.
    let painted = figure.element().clone();
    follow(move || {
        lab.frame.with(|frame| {
            if let Some(frame) = frame {
                layout.with(|l| draw(frame, l, &painted));
            }
        });
    });
    figure
}

/// The network in words.
fn caption(layout: &Layout) -> String {
    let [inputs, hidden @ .., output] = layout.columns.as_slice() else { return "The network is being built.".into() };
    let widths: Vec<String> = hidden.iter().map(|c| c.units.to_string()).collect();
    let hidden = if widths.is_empty() { "no hidden layer".into() } else { format!("hidden layers of {} units", widths.join(", ")) };
    format!("The network: {} inputs, {hidden}, {} output. Use the arrow keys to move between units.", inputs.units, output.units)
}

/// Marks a column whose number of units can be changed above it.
const SIZABLE: char = '+';

/// A mark for each column.
fn are_sizable(layout: &Layout) -> String {
    let last = layout.columns.len().saturating_sub(1);
    let is_sizable = |(i, column): (usize, &Column)| i > 0 && i < last && column.title.is_none();
    layout.columns.iter().enumerate().map(|column| if is_sizable(column) { SIZABLE } else { '-' }).collect()
}

/// Above a column: what it is and how many units it has.
fn header(lab: Lab, layout: Watched<Layout>, column: usize, is_sizable: bool) -> El {
    let from = move |text: fn(&Layout, usize, &Column) -> String| {
        layout.with(|l| l.columns.get(column).map(|c| text(l, column, c)).unwrap_or_default())
    };
    let left = move || from(|l, column, _| px(if l.is_tall { 0.0 } else { l.column_x(column) }));
    let top = move || from(|l, column, _| px(if l.is_tall { l.at[column][0][1] - 34.0 } else { 0.0 }));
    let detail = move || from(|_, _, c| if c.shown() < c.units { format!("{}, {} shown", c.detail, c.shown()) } else { c.detail.clone() });
    let name = move || {
        from(|l, column, c| match column {
            0 => "Inputs".into(),
            _ if column + 1 == l.columns.len() => "Output".into(),
            _ => c.title.clone().unwrap_or_default(),
        })
    };
    let title = if is_sizable {
        html("span")
            .class("steps")
            .child(stepper(lab, column, false))
            .child(html("span").text_from(move || from(|_, _, c| format!("{} units", thousands(c.units as u64)))))
            .child(stepper(lab, column, true))
    } else {
        html("b").text_from(name)
    };
    html("div")
        .class("net-col")
        .style_from("left", left)
        .style_from("top", top)
        .child(title)
        .child(html("span").class("small").text_from(detail))
}

/// A button for more or fewer units in a column.
fn stepper(lab: Lab, column: usize, up: bool) -> El {
    let resize = move || {
        lab.change(|e| {
            if let Some(layer) = e.layers.get_mut(column - 1) {
                edit::resize(layer, up)
            }
        })
    };
    let label = format!("{} units in layer {column}", if up { "More" } else { "Fewer" });
    html("button").class("btn tiny").set("aria-label", &label).on_click(resize).child(if up { icons::plus() } else { icons::minus() })
}

/// The lines of the weights, and wider ones that take the pointer.
fn links(layout: &Layout, subject: Watched<Option<Subject>>) -> El {
    let lines = layout.links();
    let line = |&[column, from, to]: &[usize; 3]| {
        let is_dim = move || subject.get().is_some_and(|s| !s.touches(column, from, to));
        svg("path").class("w").class_if("dim", is_dim).set("d", &layout.path(column, from, to))
    };
    let hit = |&[column, from, to]: &[usize; 3]| {
        let show = move |_: Event| subject.set(Some(Subject::Weight { column, from, to }));
        svg("path").class("hit").set("d", &layout.path(column, from, to)).on("mouseenter", show)
    };
    let has_weight = |&&[column, from, to]: &&[usize; 3]| layout.weight(column, from, to).is_some();
    svg("svg")
        .class("lines-svg")
        .set("viewBox", &format!("0 0 {} {}", shortest(layout.width.max(1.0)), shortest(layout.height.max(1.0))))
        .set("aria-hidden", "true")
        .children(lines.iter().map(line))
        .children(lines.iter().filter(has_weight).map(hit))
}

/// The units, each a button that can be reached by the arrow keys.
fn units(layout: &Layout, subject: Watched<Option<Subject>>) -> Vec<El> {
    let at = layout.at.iter().enumerate();
    at.flat_map(|(column, units)| (0..units.len()).map(move |index| unit(layout, column, index, subject))).collect()
}

/// One of them.
fn unit(layout: &Layout, column: usize, unit: usize, subject: Watched<Option<Subject>>) -> El {
    let this = Subject::Unit { column, unit };
    let [left, top] = layout.at[column][unit];
    let show = move |_: Event| subject.set(Some(this));
    let name = unit_name(layout, column, unit);
    let label = (column == 0).then(|| html("span").class("in-name").set("aria-hidden", "true").text(&name));
    html("button")
        .class("u")
        .class_if("is-on", move || subject.get() == Some(this))
        .number("data-column", column as f64)
        .number("data-unit", unit as f64)
        .set("tabindex", if column == 0 && unit == 0 { "0" } else { "-1" })
        .set("aria-label", &name)
        .set("aria-describedby", "net-tip")
        .style("left", &px(left))
        .style("top", &px(top))
        .on("mouseenter", show)
        .on("focus", show)
        .on("blur", move |_: Event| subject.set(None))
        .child(html("canvas").class("unit-map").set("width", "1").set("height", "1"))
        .children(layout.bias(column, unit).map(|_| html("span").class("bias")))
        .children(label)
}

/// Paints the maps and sets the lines as a frame has them.
fn draw(frame: &Frame, layout: &Layout, figure: &Element) {
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
fn move_focus(event: &KeyboardEvent, layout: Watched<Layout>, subject: Watched<Option<Subject>>) {
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
pub(crate) const HALF_UNIT: f64 = UNIT / 2.0;
