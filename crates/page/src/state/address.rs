//! The link in the address.

use descent_spec::link::{self, Link};
use leptos::prelude::window;
use wasm_bindgen::JsValue;

/// The link in the address, and what of it could not be read.
pub(crate) fn read() -> (Link, Vec<String>) {
    let hash = window().location().hash().unwrap_or_default();
    let (link, notices) = link::read(&hash);
    (link, notices.iter().map(ToString::to_string).collect())
}

/// Puts a link into the address without a new entry in the history.
pub(crate) fn write(link: &Link) {
    let hash = format!("#{}", link::write(link));
    if let Ok(history) = window().history() {
        // A sandboxed frame may refuse; the page works without.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&hash));
    }
}

/// The value of a name in the address's query.
pub(crate) fn query(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Copies the address; false where the browser has no clipboard or refuses.
pub(crate) async fn copy() -> bool {
    let navigator = window().navigator();
    // Absent on pages without TLS, where `clipboard()` would trap on its first use.
    let has_clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|c| !c.is_undefined());
    let Ok(href) = window().location().href() else { return false };
    has_clipboard && wasm_bindgen_futures::JsFuture::from(navigator.clipboard().write_text(&href)).await.is_ok()
}
