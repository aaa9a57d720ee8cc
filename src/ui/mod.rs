//! The page: what a visitor sees of an [`crate::experiment::Experiment`] and of the run that it defines.
//!
//! Turns [`crate::worker::protocol::Event`]s into signals and signals into elements; what a visitor does goes up as
//! [`crate::worker::protocol::Command`]s. It holds no training state of its own and knows no graph, no program and no device: it draws what the
//! worker last reported.

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
mod element;
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
mod model_panel;
mod network;
mod notices;
mod paint;
mod points;
mod receive;
mod reports;
mod result_panel;
mod samples;
mod settings;
mod size;
mod thumbnails;
mod tip;
mod transport;
mod watched;

pub use app::mount;
