//! The GPU, asked for when the worker starts and again after a loss.

use super::port;
use descent::exec::gpu::Device;
use descent::train::place::Adapter;
use js_sys::Reflect;
use std::cell::RefCell;
use std::rc::Rc;

/// How often the answer to a request is looked for.
const LOOK_MS: i32 = 5;

/// What is known of the GPU. Clones share it.
#[derive(Clone)]
pub(super) struct Gpus {
    slot: Rc<RefCell<Slot>>,
}

enum Slot {
    Asked,
    Found(Device),
    Absent,
}

impl Gpus {
    /// Asks in the background.
    pub(super) fn ask() -> Self {
        let gpus = Self { slot: Rc::new(RefCell::new(Slot::Asked)) };
        gpus.ask_again();
        gpus
    }

    fn ask_again(&self) {
        *self.slot.borrow_mut() = Slot::Asked;
        let slot = self.slot.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let answer = Device::request().await;
            *slot.borrow_mut() = answer.map_or(Slot::Absent, Slot::Found);
        });
    }

    /// Whether the first request has been answered, and how; a lost device does not count.
    pub(super) fn answer(&self) -> Option<Option<Device>> {
        match &*self.slot.borrow() {
            Slot::Asked => None,
            Slot::Found(device) => Some(Some(device.clone()).filter(|device| !device.is_lost())),
            Slot::Absent => Some(None),
        }
    }

    /// Whether the browser has said that there is none.
    pub(super) fn is_absent(&self) -> bool {
        matches!(&*self.slot.borrow(), Slot::Absent)
    }

    /// A device that works, if there is one: waits for the answer, and asks again for a lost one.
    pub(super) async fn settled(&self) -> Option<Device> {
        let is_lost = matches!(&*self.slot.borrow(), Slot::Found(device) if device.is_lost());
        if is_lost {
            self.ask_again();
        }
        self.wait().await
    }

    /// Another device, from a fresh instance.
    pub(super) async fn fresh(&self) -> Option<Device> {
        self.ask_again();
        self.wait().await
    }

    async fn wait(&self) -> Option<Device> {
        loop {
            if let Some(answer) = self.answer() {
                return answer;
            }
            port::sleep(LOOK_MS).await;
            port::post_alive();
        }
    }

    /// Whether the page may offer a GPU. While the answer is awaited, what the browser can do counts.
    pub(super) fn may_exist(&self) -> bool {
        let offers = || Reflect::get(&port::scope().navigator(), &"gpu".into()).is_ok_and(|gpu| !gpu.is_undefined());
        self.answer().map_or_else(offers, |answer| answer.is_some())
    }
}

/// What the placement of a run needs to know of a device.
pub(super) fn adapter(device: &Device) -> Adapter {
    Adapter { is_software: device.is_software() }
}
