//! The worker's loop: what the page asks for goes to the [`Machine`], the work that it decides on
//! is done, what it says is posted.
//!
//! One task does everything in turn, so no state is shared. Nothing is decided here.

mod bench;
mod gpus;
mod hands;
mod port;
mod session;
mod source;

use crate::core::{Machine, Work};
use descent::train::clock::now_ms;
use descent_protocol::{Command, Event};
use hands::Hands;
use port::{Inbox, Message};

/// Starts the worker. Its name is the address of the page's folder.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let text = info.payload_as_str().and_then(|text| text.lines().next()).unwrap_or("no reason given");
        port::post(Event::Failed { text: format!("it met an error ({text})") });
    }));
    let inbox = Inbox::listen();
    port::post(Event::Booted);
    wasm_bindgen_futures::spawn_local(serve(inbox));
}

async fn serve(inbox: Inbox) {
    let mut machine = Machine::new();
    let mut hands = Hands::new(inbox.clone());
    loop {
        hear(&inbox, &mut machine, &mut hands);
        machine.observe(hands.facts(), now_ms());
        let work = machine.next(now_ms());
        post_said(&mut machine);
        let is_wait = matches!(work, Work::Wait { .. });
        let report = hands.perform(work).await;
        if !is_wait {
            inbox.breathe().await;
        }
        // What came meanwhile is heard first: after a Reset, the page is told nothing of before it.
        hear(&inbox, &mut machine, &mut hands);
        machine.finish(report);
        post_said(&mut machine);
        port::post_alive();
    }
}

/// Hands everything that waits in the inbox to the machine.
fn hear(inbox: &Inbox, machine: &mut Machine, hands: &mut Hands) {
    while let Some(Message { command, snapshot, files }) = inbox.next() {
        match command.message {
            Command::Files => hands.bring(files),
            #[cfg(feature = "faults")]
            Command::Fault(fault) => hands.break_down(fault),
            _ => {}
        }
        machine.hear(command, snapshot);
        port::address_to(machine.run());
    }
}

fn post_said(machine: &mut Machine) {
    for said in machine.said() {
        port::post_message(&said.message, said.snapshot.as_ref().map(|bytes| bytes.as_slice()));
    }
}
