//! Buttons that break the page or its worker, so that their recovery is tested (feature `faults`).

use crate::state::lab;
use descent_protocol::{Command, Fault};
use leptos::prelude::*;

/// One button for each fault.
#[component]
pub(super) fn Faults() -> impl IntoView {
    let lab = lab();
    let faults = [(Fault::Trap, "fault-trap"), (Fault::Hang, "fault-hang"), (Fault::LoseDevice, "fault-lose-device")];
    let button = |(fault, id): (Fault, &'static str)| {
        view! {
            <button class="btn" type="button" data-testid=id on:click=move |_| lab.send(Command::Fault(fault))>{id}</button>
        }
    };
    view! {
        <p>
            {faults.map(button).collect_view()}
            <button class="btn" type="button" data-testid="fault-page-panic" on:click=|_| panic!("a fault for a test")>
                "fault-page-panic"
            </button>
        </p>
    }
}
