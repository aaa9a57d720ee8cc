//! The page's icons, 16 × 16, in the colour of the text beside them. Screen readers skip them.

use leptos::prelude::*;

/// A filled shape.
fn filled(d: &'static str) -> AnyView {
    view! {
        <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d=d fill="currentColor" />
        </svg>
    }
    .into_any()
}

/// A drawn line.
fn stroked(d: &'static str) -> AnyView {
    view! {
        <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d=d fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
    .into_any()
}

pub(crate) fn play() -> AnyView {
    filled("M4.5 2.6v10.8L13.5 8z")
}

pub(crate) fn pause() -> AnyView {
    filled("M4 3h3v10H4zM9 3h3v10H9z")
}

pub(crate) fn step() -> AnyView {
    filled("M3 3v10l7-5zM11 3h2v10h-2z")
}

pub(crate) fn reset() -> AnyView {
    stroked("M3.2 6.2A5.2 5.2 0 1 1 3 9.4M3 2.5v4h4")
}

pub(crate) fn dice() -> AnyView {
    stroked(
        "M4.8 2.2h6.4a2.6 2.6 0 0 1 2.6 2.6v6.4a2.6 2.6 0 0 1-2.6 2.6H4.8a2.6 2.6 0 0 1-2.6-2.6V4.8a2.6 2.6 0 0 1 2.6-2.6M5.6 5.6h0M10.4 10.4h0M10.4 5.6h0M5.6 10.4h0",
    )
}

pub(crate) fn share() -> AnyView {
    stroked(
        "M6.7 9.3a2.9 2.9 0 0 0 4.1 0l2.1-2.1a2.9 2.9 0 0 0-4.1-4.1l-.8.8M9.3 6.7a2.9 2.9 0 0 0-4.1 0L3.1 8.8a2.9 2.9 0 0 0 4.1 4.1l.8-.8",
    )
}

pub(crate) fn theme() -> AnyView {
    view! {
        <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 2a6 6 0 1 0 0 12z" fill="currentColor" />
            <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.3" />
        </svg>
    }
    .into_any()
}

pub(crate) fn plus() -> AnyView {
    stroked("M8 3v10M3 8h10")
}

pub(crate) fn minus() -> AnyView {
    stroked("M3 8h10")
}

pub(crate) fn cross() -> AnyView {
    stroked("M4 4l8 8M12 4l-8 8")
}

/// A mark for a notice: `i` in a circle.
pub(crate) fn information() -> AnyView {
    stroked("M8 1.4a6.6 6.6 0 1 1 0 13.2a6.6 6.6 0 1 1 0-13.2M8 7.2v4M8 4.7v.2")
}

/// A mark for trouble: a cross in a circle.
pub(crate) fn trouble() -> AnyView {
    stroked("M8 1.4a6.6 6.6 0 1 1 0 13.2a6.6 6.6 0 1 1 0-13.2M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6")
}

/// The sign of the project: a valley with a ball at its bottom.
pub(crate) fn brand() -> AnyView {
    view! {
        <svg viewBox="0 0 26 26" aria-hidden="true">
            <path d="M2.5 5C7 24 19 24 23.5 5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
            <circle class="ball" cx="13" cy="18.5" r="4.6" stroke-width="2" />
        </svg>
    }
    .into_any()
}
