//! What changes with each frame: maps, signs of biases, lines.

use super::layout::Layout;
use super::net::Net;
use crate::charts::{canvas, paint};
use descent_protocol::Maps;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement};

/// Paints the picture again whenever a frame has come or the layout has changed, all of it in one
/// pass.
///
/// It waits for the browser's next animation frame. By then the keyed lists below the figure have
/// their elements, in the order of the layout.
pub(super) fn repaint(net: Net, figure: NodeRef<html::Figure>) {
    let pending = StoredValue::new(None::<AnimationFrameRequestHandle>);
    let cancel = move || {
        if let Some(Some(request)) = pending.try_update_value(Option::take) {
            request.cancel();
        }
    };
    Effect::new(move |_| {
        net.lab.run.scene.track();
        net.layout.track();
        let Some(figure) = figure.get() else { return };
        cancel();
        let paint = move || {
            untrack(|| net.with_maps(|maps, layout| paint_all(&figure, maps, layout)));
        };
        // Fails only where there is no window.
        pending.set_value(request_animation_frame_with_handle(paint).ok());
    });
    on_cleanup(cancel);
}

/// The pixels of one unit's map among those of a frame.
pub(super) fn unit_map<'a>(maps: &'a Maps, layout: &Layout, column: usize, unit: usize) -> Option<&'a [i8]> {
    let pixels = maps.unit_size * maps.unit_size;
    let start = layout.map(column, unit)? * pixels;
    maps.units.get(start..start + pixels)
}

/// Paints a figure whose elements stand as a layout says.
fn paint_all(figure: &Element, maps: &Maps, layout: &Layout) {
    let number = |index: Option<usize>| index.and_then(|index| maps.params.get(index).copied());
    for (map, [column, unit]) in elements(figure, ".unit-map").zip(layout.units()) {
        if let (Some(map), Some(values)) = (map.dyn_ref::<HtmlCanvasElement>(), unit_map(maps, layout, column, unit)) {
            canvas::put(map, &paint::signed(values, false), maps.unit_size, maps.unit_size);
        }
    }
    let biases = layout.units().into_iter().filter_map(|[column, unit]| layout.bias(column, unit));
    for (disc, index) in elements(figure, ".bias").zip(biases) {
        paint_sign(&disc, number(Some(index)));
    }
    for (line, link) in elements(figure, ".w").zip(layout.links()) {
        paint_line(&line, number(layout.weight(link)));
    }
}

/// The elements below one that match a selector, in the order of the document.
fn elements(root: &Element, selector: &str) -> impl Iterator<Item = Element> {
    let list = root.query_selector_all(selector).ok();
    let len = list.as_ref().map_or(0, |list| list.length());
    (0..len).filter_map(move |i| list.as_ref()?.get(i)?.dyn_into().ok())
}

/// A line's colour and dashes are the weight's sign, its width and strength the weight's size. A
/// line without a weight has no sign.
fn paint_line(line: &Element, weight: Option<f32>) {
    let (width, opacity) = weight.map_or(PASSED_ON, |weight| stroke(f64::from(weight.abs())));
    paint_sign(line, weight);
    // These fail only for malformed names.
    let _ = line.set_attribute("stroke-width", &format!("{width:.2}"));
    let _ = line.set_attribute("stroke-opacity", &format!("{opacity:.2}"));
}

/// Width in pixels and opacity of a line that passes a value on as it is.
const PASSED_ON: (f64, f64) = (1.2, 0.8);

/// Width in pixels and opacity of the line of a weight of this size: near 0 it fades, but is seen.
fn stroke(size: f64) -> (f64, f64) {
    (0.8 + 1.05 * size.min(3.5), 0.42 + 0.5 * (size / 2.0).min(1.0))
}

/// `p` for positive, `n` for negative, as `www/style/pictures.css` colours them.
fn paint_sign(element: &Element, value: Option<f32>) {
    let classes = element.class_list();
    // These fail only for malformed names.
    let _ = classes.toggle_with_force("n", value.is_some_and(|value| value < 0.0));
    let _ = classes.toggle_with_force("p", value.is_some_and(|value| value >= 0.0));
}
