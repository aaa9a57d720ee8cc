//! Views that stand alone, for pages that embed them and for programs (`/?w=NAME`).

mod bench;
mod decision_map;

pub(crate) use bench::Bench;
pub(crate) use decision_map::DecisionMapWidget;
