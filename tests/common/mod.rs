//! What several suites share. Each suite uses a part of it.
#![allow(dead_code, unreachable_pub, reason = "each suite compiles all of this and uses a part")]

pub mod executed;
pub mod fingerprints;
pub mod following;
pub mod golden;
pub mod golden_excerpt;
pub mod golden_file;
pub mod golden_graphs;
pub mod golden_links;
pub mod golden_ops;
pub mod golden_train;
pub mod interpreter;
pub mod machine;
pub mod random_models;
pub mod training;
