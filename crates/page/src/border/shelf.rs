//! Runs that the browser keeps between visits, one for each link, in its cache storage.
//!
//! That is missing on pages without TLS and in frames without an origin of their own, and it may be
//! full or forbidden. Then nothing is kept, and nothing else changes.

use js_sys::{Array, ArrayBuffer, Promise};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, Response};

/// The name of the cache.
const CACHE: &str = "descent-runs";
/// Of more runs than this the one goes that was kept first.
const MOST_RUNS: u32 = 8;
/// A longer run is not kept.
pub(crate) const MOST_BYTES: u32 = 8 << 20;

/// Keeps a run under a link, in the place of an earlier one of that link.
///
/// # Errors
/// The browser's, also where it has no such storage.
pub(crate) async fn put(link: &str, bytes: &ArrayBuffer) -> Result<(), JsValue> {
    let cache = cache().await?;
    let response = Response::new_with_opt_buffer_source(Some(bytes))?;
    settled(cache.put_with_str(&address(link), &response)).await?;
    let keys: Array = settled(cache.keys()).await?.unchecked_into();
    for key in keys.slice(0, keys.length().saturating_sub(MOST_RUNS)).iter() {
        settled(cache.delete_with_request(key.unchecked_ref())).await?;
    }
    Ok(())
}

/// The run that is kept under a link.
///
/// # Errors
/// As of [`put`], or if there is none.
pub(crate) async fn get(link: &str) -> Result<ArrayBuffer, JsValue> {
    let found: Response = settled(cache().await?.match_with_str(&address(link))).await?.dyn_into()?;
    settled(found.array_buffer()?).await?.dyn_into()
}

/// Throws away what is kept under a link.
///
/// # Errors
/// As of [`put`].
pub(crate) async fn forget(link: &str) -> Result<(), JsValue> {
    settled(cache().await?.delete_with_str(&address(link))).await.map(drop)
}

async fn cache() -> Result<Cache, JsValue> {
    let storage = window().caches()?;
    // Absent on pages without TLS, where `open` would trap.
    if storage.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    settled(storage.open(CACHE)).await?.dyn_into()
}

/// A cache files what it has by address. Nothing is ever asked of this one. Links are written in
/// characters that an address may have.
fn address(link: &str) -> String {
    format!("kept-run?{link}")
}

async fn settled(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}
