//! Buttons that break the worker, for tests of its recovery (feature `faults`).

use super::lab::lab;
use crate::worker::protocol::{Command, Fault};
use leptos::prelude::*;

/// One button for each fault.
#[component]
pub(super) fn Faults() -> impl IntoView {
    let lab = lab();
    let faults = [(Fault::Trap, "fault-trap"), (Fault::Hang, "fault-hang"), (Fault::LoseDevice, "fault-lose-device")];
    let button = move |(fault, id): (Fault, &'static str)| {
        view! { <button class="btn" type="button" data-testid=id on:click=move |_| lab.send(Command::Fault { fault })>{id}</button> }
    };
    view! { <p>{faults.map(button).into_iter().collect_view()}</p> }
}
