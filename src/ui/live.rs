//! What changes in a view.

use leptos::prelude::*;

/// A part of a view that follows what it reads. All of them have one type: a closure in a view would compile all of an effect's machinery once
/// more for itself.
pub(super) type Live = Box<dyn FnMut() -> AnyView + Send>;

/// Erases the type of a part that changes.
pub(super) fn live<V: IntoAny>(part: impl Fn() -> V + Send + 'static) -> Live {
    Box::new(move || part().into_any())
}
