//! The pictures of a run: what the network answers, what it looks like, and how its losses fell.
//!
//! Turns a [`Scene`](crate::state::Scene), samples and figures into canvas pixels and SVG. It sends nothing but what a picture is clicked for.
