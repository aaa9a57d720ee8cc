//! The width of an element, followed while the page changes.

use super::element::El;
use super::watched::Watched;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::ResizeObserver;

/// The element's width in CSS pixels; `initial` until it is known.
pub(super) fn width_of(element: &El, initial: f64) -> Watched<f64> {
    let width = Watched::new(initial);
    let watched = element.element().clone();
    let measure = move || {
        let now = watched.get_bounding_client_rect().width();
        // An element that has left the page has no width, and its signal is gone.
        if now > 0.0 && (now - width.get_untracked()).abs() >= 0.5 {
            width.set(now);
        }
    };
    // The browser frees it with the observer, and that with the element.
    let measure = Closure::<dyn Fn()>::new(measure).into_js_value();
    if let Ok(observer) = ResizeObserver::new(measure.unchecked_ref()) {
        // Measures first when the element comes into the document.
        observer.observe(element.element());
    }
    width
}
