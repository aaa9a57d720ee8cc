//! The width of an element, followed while the page changes.

use super::element::El;
use super::watched::Watched;
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{ResizeObserver, ResizeObserverEntry};

/// The element's width in CSS pixels; `initial` until it is known.
pub(crate) fn width_of(element: &El, initial: f64) -> Watched<f64> {
    let width = Watched::new(initial);
    let measure = move |entries: Array| {
        let now = entries.get(0).unchecked_into::<ResizeObserverEntry>().target().get_bounding_client_rect().width();
        // An element that has left the page has no width, and its value is gone.
        if now > 0.0 && (now - width.get_untracked()).abs() >= 0.5 {
            width.set(now);
        }
    };
    // The browser frees it with the observer, and that with the element, which is why it does not hold the element itself.
    let measure = Closure::<dyn Fn(Array)>::new(measure).into_js_value();
    if let Ok(observer) = ResizeObserver::new(measure.unchecked_ref()) {
        // Measures first when the element comes into the document.
        observer.observe(element.element());
    }
    width
}
