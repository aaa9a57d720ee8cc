//! The page's icons, 16 × 16, in the colour of the text beside them.

use leptos::prelude::*;

/// A filled shape.
fn filled(d: &'static str) -> AnyView {
    view! { <svg viewBox="0 0 16 16" aria-hidden="true"><path d=d fill="currentColor" /></svg> }.into_any()
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

pub(super) fn play() -> AnyView {
    filled("M4.5 2.6v10.8L13.5 8z")
}

pub(super) fn pause() -> AnyView {
    filled("M4 3h3v10H4zM9 3h3v10H9z")
}

pub(super) fn step() -> AnyView {
    filled("M3 3v10l7-5zM11 3h2v10h-2z")
}

pub(super) fn reset() -> AnyView {
    stroked("M3.2 6.2A5.2 5.2 0 1 1 3 9.4M3 2.5v4h4")
}

pub(super) fn dice() -> AnyView {
    stroked(
        "M4.8 2.2h6.4a2.6 2.6 0 0 1 2.6 2.6v6.4a2.6 2.6 0 0 1-2.6 2.6H4.8a2.6 2.6 0 0 1-2.6-2.6V4.800a2.6 2.6 0 0 1 2.6-2.600M5.600 5.600h0M10.400 10.400h0M10.400 5.600h0M5.600 10.400h0",
    )
}

pub(super) fn share() -> AnyView {
    stroked(
        "M6.700 9.300a2.900 2.900 0 0 0 4.100 0l2.100-2.100a2.900 2.900 0 0 0-4.100-4.100l-.800.800M9.300 6.700a2.900 2.900 0 0 0-4.100 0L3.100 8.800a2.900 2.900 0 0 0 4.100 4.100l.800-.800",
    )
}

pub(super) fn theme() -> AnyView {
    view! {
        <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 2a6 6 0 1 0 0 12z" fill="currentColor" />
            <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.3" />
        </svg>
    }
    .into_any()
}

pub(super) fn plus() -> AnyView {
    stroked("M8 3v10M3 8h10")
}

pub(super) fn minus() -> AnyView {
    stroked("M3 8h10")
}

pub(super) fn cross() -> AnyView {
    stroked("M4 4l8 8M12 4l-8 8")
}

/// A mark for a notice: `i` in a circle.
pub(super) fn information() -> AnyView {
    stroked("M8 1.400a6.600 6.600 0 1 1 0 13.200a6.600 6.600 0 1 1 0-13.200M8 7.200v4M8 4.700v.200")
}

/// A mark for trouble: a cross in a circle.
pub(super) fn trouble() -> AnyView {
    stroked("M8 1.400a6.600 6.600 0 1 1 0 13.200a6.600 6.600 0 1 1 0-13.200M5.700 5.700l4.600 4.600M10.300 5.700l-4.600 4.600")
}

/// The sign of the project: a valley with a ball at its bottom.
pub(super) fn brand() -> AnyView {
    view! {
        <svg viewBox="0 0 26 26" aria-hidden="true">
            <path d="M2.5 5C7 24 19 24 23.5 5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
            <circle class="ball" cx="13" cy="18.5" r="4.6" stroke-width="2" />
        </svg>
    }
    .into_any()
}
