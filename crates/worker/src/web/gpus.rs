//! The GPU, asked for when the worker starts and again after a loss.

use super::port;
use crate::core::Gpu;
use descent::exec::gpu::Device;
use js_sys::Reflect;
use std::cell::RefCell;
use std::rc::Rc;

/// The last request for a GPU and its answer.
pub(super) struct Gpus {
    answer: Rc<RefCell<Answer>>,
}

enum Answer {
    Awaited,
    Found(Device),
    Absent,
}

impl Gpus {
    /// Asks in the background.
    pub(super) fn ask() -> Self {
        let gpus = Self { answer: Rc::new(RefCell::new(Answer::Awaited)) };
        gpus.ask_again();
        gpus
    }

    /// Asks for another device, from a fresh instance, in the background. The last request has been
    /// answered.
    pub(super) fn ask_again(&self) {
        *self.answer.borrow_mut() = Answer::Awaited;
        let slot = self.answer.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let answer = Device::request().await.map_or(Answer::Absent, Answer::Found);
            *slot.borrow_mut() = answer;
        });
    }

    /// The device, if there is one that works.
    pub(super) fn device(&self) -> Option<Device> {
        match &*self.answer.borrow() {
            Answer::Found(device) if !device.is_lost() => Some(device.clone()),
            _ => None,
        }
    }

    /// What the machine needs to know of it.
    pub(super) fn fact(&self) -> Gpu {
        match &*self.answer.borrow() {
            Answer::Awaited => Gpu::Asked { is_offered: is_offered() },
            Answer::Absent if !is_offered() && !port::scope().is_secure_context() => Gpu::Insecure,
            Answer::Absent => Gpu::Absent,
            Answer::Found(device) if device.is_lost() => Gpu::Lost,
            Answer::Found(device) => Gpu::Found { is_software: device.is_software() },
        }
    }
}

/// Whether the browser has WebGPU.
fn is_offered() -> bool {
    Reflect::get(&port::scope().navigator(), &"gpu".into()).is_ok_and(|gpu| !gpu.is_undefined())
}
