//! Small parts of the page: controls, icons and the strip of notices.
//!
//! A control shows the value that it is given and hands on what a visitor chooses. It knows no run,
//! and after each choice it goes back to the value that holds then: a choice that was refused does
//! not stay on it.

pub(crate) mod icons;

mod checkbox;
mod files;
mod notices;
mod segmented;
mod select;
mod slider;

pub(crate) use checkbox::Checkbox;
pub(crate) use files::Files;
pub(crate) use notices::Notices;
pub(crate) use segmented::{Segmented, check_radio};
pub(crate) use select::{CellSelect, Options, Select};
pub(crate) use slider::Slider;
