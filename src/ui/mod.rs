//! The page: what a visitor sees of an [`crate::experiment::Experiment`] and of the run that it defines.
//!
//! Turns [`crate::worker::protocol::Event`]s into signals and signals into views; what a visitor does goes up as
//! [`crate::worker::protocol::Command`]s. It holds no training state of its own and knows no graph, no program and no device: it draws what the
//! worker last reported.

#![allow(unreachable_pub, reason = "`#[component]` makes the properties of a component `pub` whatever the component is")]

mod app;
mod bench;
mod chart;
mod chart_scale;
mod choices;
mod controls;
mod costs;
mod data_panel;
mod decision_map;
mod draw;
mod edit;
#[cfg(feature = "faults")]
mod faults;
mod format;
mod icons;
mod images;
mod intro;
mod lab;
mod layer_table;
mod layout;
mod links;
mod live;
mod model_panel;
mod network;
mod notices;
mod paint;
mod points;
mod readers;
mod receive;
mod reports;
mod result_panel;
mod samples;
mod settings;
mod size;
mod thumbnails;
mod tip;
mod transport;

pub use app::mount;
