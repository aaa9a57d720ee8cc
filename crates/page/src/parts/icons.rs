//! The page's icons, 16 × 16, in the colour of the text beside them.

use super::element::{El, svg};

/// A picture that says nothing to those who cannot see it.
fn picture(view_box: &str) -> El {
    svg("svg").set("viewBox", view_box).set("aria-hidden", "true")
}

/// A filled shape.
fn filled(d: &str) -> El {
    picture("0 0 16 16").child(svg("path").set("d", d).set("fill", "currentColor"))
}

/// A line in the colour of the text.
fn line(tag: &str, width: &str) -> El {
    svg(tag).set("fill", "none").set("stroke", "currentColor").set("stroke-width", width)
}

/// A drawn line.
fn stroked(d: &str) -> El {
    picture("0 0 16 16").child(line("path", "1.6").set("d", d).set("stroke-linecap", "round").set("stroke-linejoin", "round"))
}

pub(crate) fn play() -> El {
    filled("M4.5 2.6v10.8L13.5 8z")
}

pub(crate) fn pause() -> El {
    filled("M4 3h3v10H4zM9 3h3v10H9z")
}

pub(crate) fn step() -> El {
    filled("M3 3v10l7-5zM11 3h2v10h-2z")
}

pub(crate) fn reset() -> El {
    stroked("M3.2 6.2A5.2 5.2 0 1 1 3 9.4M3 2.5v4h4")
}

pub(crate) fn dice() -> El {
    stroked(
        "M4.8 2.2h6.4a2.6 2.6 0 0 1 2.6 2.6v6.4a2.6 2.6 0 0 1-2.6 2.6H4.8a2.6 2.6 0 0 1-2.6-2.6V4.800a2.6 2.6 0 0 1 2.6-2.600M5.600 5.600h0M10.400 10.400h0M10.400 5.600h0M5.600 10.400h0",
    )
}

pub(crate) fn share() -> El {
    stroked(
        "M6.700 9.300a2.900 2.900 0 0 0 4.100 0l2.100-2.100a2.900 2.900 0 0 0-4.100-4.100l-.800.800M9.300 6.700a2.900 2.900 0 0 0-4.100 0L3.100 8.800a2.900 2.900 0 0 0 4.100 4.100l.800-.800",
    )
}

pub(crate) fn theme() -> El {
    let half = svg("path").set("d", "M8 2a6 6 0 1 0 0 12z").set("fill", "currentColor");
    let circle = line("circle", "1.3").set("cx", "8").set("cy", "8").set("r", "5.6");
    picture("0 0 16 16").child(half).child(circle)
}

pub(crate) fn plus() -> El {
    stroked("M8 3v10M3 8h10")
}

pub(crate) fn minus() -> El {
    stroked("M3 8h10")
}

pub(crate) fn cross() -> El {
    stroked("M4 4l8 8M12 4l-8 8")
}

/// A mark for a notice: `i` in a circle.
pub(crate) fn information() -> El {
    stroked("M8 1.400a6.600 6.600 0 1 1 0 13.200a6.600 6.600 0 1 1 0-13.200M8 7.200v4M8 4.700v.200")
}

/// A mark for trouble: a cross in a circle.
pub(crate) fn trouble() -> El {
    stroked("M8 1.400a6.600 6.600 0 1 1 0 13.200a6.600 6.600 0 1 1 0-13.200M5.700 5.700l4.600 4.600M10.300 5.700l-4.600 4.600")
}

/// The sign of the project: a valley with a ball at its bottom.
pub(crate) fn brand() -> El {
    let valley = line("path", "2.4").set("d", "M2.5 5C7 24 19 24 23.5 5").set("stroke-linecap", "round");
    let ball = svg("circle").class("ball").set("cx", "13").set("cy", "18.5").set("r", "4.6").set("stroke-width", "2");
    picture("0 0 26 26").child(valley).child(ball)
}
