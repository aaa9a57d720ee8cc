//! The width of an element, followed while the page changes.

use js_sys::Array;
use leptos::html::ElementType;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver, ResizeObserverEntry};

/// What watches an element, and what it calls. The browser holds neither, so both are kept.
struct Watch {
    observer: ResizeObserver,
    _measure: Closure<dyn Fn(Array)>,
}

/// The element's width in CSS pixels; `initial` until it is known.
pub(crate) fn width_of<E>(element: NodeRef<E>, initial: f64) -> Signal<f64>
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + AsRef<Element> + 'static,
{
    let width = RwSignal::new(initial);
    let watch = StoredValue::new_local(None::<Watch>);
    let stop = move || {
        if let Some(Some(watch)) = watch.try_update_value(Option::take) {
            watch.observer.disconnect();
        }
    };
    Effect::new(move |_| {
        stop();
        if let Some(element) = element.get() {
            watch.set_value(observe(element.as_ref(), move |now| {
                if (now - width.get_untracked()).abs() >= 0.5 {
                    width.set(now);
                }
            }));
        }
    });
    on_cleanup(stop);
    width.into()
}

/// Tells the element's width now and whenever it changes. `None` in a browser without
/// `ResizeObserver`.
fn observe(element: &Element, tell: impl Fn(f64) + 'static) -> Option<Watch> {
    let measure = Closure::<dyn Fn(Array)>::new(move |entries: Array| {
        let width = entries.get(0).unchecked_into::<ResizeObserverEntry>().target().get_bounding_client_rect().width();
        // An element that is not shown has no width.
        if width > 0.0 {
            tell(width);
        }
    });
    let observer = ResizeObserver::new(measure.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(Watch { observer, _measure: measure })
}
