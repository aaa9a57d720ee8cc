//! What the address asks for: the playground, or one of its views alone.

#[cfg(feature = "faults")]
mod faults;
mod header;
mod panic;
mod playground;

use crate::state::address;
use crate::widgets::Widget;
use leptos::prelude::*;
use playground::Playground;

/// Draws the page into the document and starts its worker.
pub fn mount() {
    panic::set_hook();
    leptos::mount::mount_to_body(|| match address::query("w") {
        Some(name) if name != "playground" => view! { <Widget name /> }.into_any(),
        _ => view! { <Playground /> }.into_any(),
    });
}
