//! One worker of the browser, from its start to its end.
//!
//! It starts from a blob, so that it inherits the page's Content-Security-Policy (a worker loaded by
//! its address does not) and runs in sandboxed frames. The blob is the script that `wasm-bindgen`
//! wrote for it; the compiled program is the first message. Both come from
//! [`worker_files`](super::worker_files). Its name is the address of the page's folder, from which
//! it fetches data.

use super::worker_files::{WorkerFiles, page_folder};
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions};

/// Messages and their transfer lists that wait until a worker listens: what is sent before is lost.
pub(super) type Queue = Vec<(Array, Array)>;

/// A worker that runs. It ends when this is dropped, and is not heard any more.
pub(super) struct RunningWorker {
    worker: Worker,
    /// `None` once it listens.
    queue: Option<Queue>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl RunningWorker {
    /// Starts a worker for which messages wait. `on_error` gets the browser's text.
    ///
    /// # Errors
    /// What the browser throws where a page may not start workers.
    pub(super) fn start(
        files: &WorkerFiles,
        queue: Queue,
        on_message: impl Fn(MessageEvent) + 'static,
        on_error: impl Fn(String) + 'static,
    ) -> Result<Self, JsValue> {
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(on_message);
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |error: ErrorEvent| on_error(error.message()));
        let options = WorkerOptions::new();
        options.set_name(&page_folder());
        let worker = Worker::new_with_options(&files.script, &options)?;
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.post_message(&files.program)?;
        Ok(Self { worker, queue: Some(queue), _on_message: on_message, _on_error: on_error })
    }

    /// It listens: posts what has waited.
    pub(super) fn booted(&mut self) {
        for (message, transfer) in self.queue.take().unwrap_or_default() {
            self.post(message, transfer);
        }
    }

    /// Posts a message as soon as it listens. What `transfer` lists is handed over.
    pub(super) fn post(&mut self, message: Array, transfer: Array) {
        match &mut self.queue {
            Some(queue) => queue.push((message, transfer)),
            None => self.worker.post_message_with_transfer(&message, &transfer).expect("buffers are handed over once"),
        }
    }
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        // What it has sent already must not reach closures that are gone.
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
