//! The pictures of a run: what the network answers, what it looks like, and how its losses fell.
//!
//! Turns a [`Scene`](crate::state::Scene), samples and figures into canvas pixels and SVG. It sends
//! nothing but what a picture is clicked for. Where things stand and what they are called are plain
//! functions; the components read signals and paint.

pub(crate) mod paint;
pub(crate) mod points;

mod arcs;
mod drawing;
mod images;
mod loss;
mod network;
mod sheet;

#[cfg(target_arch = "wasm32")]
mod bars;
#[cfg(target_arch = "wasm32")]
pub(crate) mod canvas;
#[cfg(target_arch = "wasm32")]
mod decision_map;
#[cfg(target_arch = "wasm32")]
mod draw;
#[cfg(target_arch = "wasm32")]
mod image_network;
#[cfg(target_arch = "wasm32")]
mod latest;
#[cfg(target_arch = "wasm32")]
mod samples;
#[cfg(target_arch = "wasm32")]
mod width;

#[cfg(target_arch = "wasm32")]
pub(crate) use {
    decision_map::DecisionMap, draw::DrawSquare, image_network::ImageNetwork, loss::LossChart, network::Network, samples::SampleGrid,
};
