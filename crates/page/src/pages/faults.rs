//! Buttons that break the worker, for tests of its recovery (feature `faults`).

use super::element::{El, html};
use super::lab::lab;
use descent_protocol::{Command, Fault};

/// One button for each fault.
pub(crate) fn faults() -> El {
    let lab = lab();
    let faults = [(Fault::Trap, "fault-trap"), (Fault::Hang, "fault-hang"), (Fault::LoseDevice, "fault-lose-device")];
    let button = |(fault, id)| {
        html("button").class("btn").set("type", "button").test_id(id).on_click(move || lab.send(Command::Fault { fault })).text(id)
    };
    html("p").children(faults.map(button))
}
