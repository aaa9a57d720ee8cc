//! The width of an element, followed while the page changes.

use leptos::html::ElementType;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};

/// The element's width in CSS pixels; `initial` until it is known.
pub(super) fn width_of<E>(node: NodeRef<E>, initial: f64) -> Signal<f64>
where
    E: ElementType + 'static,
    E::Output: AsRef<Element> + Clone + 'static + JsCast,
{
    let width = RwSignal::new(initial);
    Effect::new(move |observed: Option<bool>| {
        let Some(element) = node.get() else { return observed.unwrap_or(false) };
        if observed == Some(true) {
            return true;
        }
        let element: Element = AsRef::<Element>::as_ref(&element).clone();
        let watched = element.clone();
        let measure = move || {
            let now = watched.get_bounding_client_rect().width();
            if now > 0.0 && (now - width.get_untracked()).abs() >= 0.5 {
                width.set(now);
            }
        };
        measure();
        let callback = Closure::<dyn Fn()>::new(measure);
        if let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) {
            observer.observe(&element);
            callback.forget(); // The element lives as long as the page.
        }
        true
    });
    width.into()
}
