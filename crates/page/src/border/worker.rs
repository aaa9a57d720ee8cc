//! One worker of the browser, from its start to its end.
//!
//! It starts from a classic blob that imports the loader, so that it inherits the page's
//! Content-Security-Policy (a worker loaded by its address does not) and runs in sandboxed frames.
//! Its name is the address of the page's folder, from which it fetches data.

use js_sys::Array;
use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker, WorkerOptions};

/// A worker that runs. It ends when this is dropped, and is not heard any more.
pub(super) struct RunningWorker {
    worker: Worker,
    /// The address of its first script, until it listens.
    bootstrap: Option<String>,
    /// Messages and their transfer lists that wait until it listens: what is sent before is lost.
    queue: Vec<(Array, Array)>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl RunningWorker {
    /// Starts a worker.
    ///
    /// # Errors
    /// What the browser throws where a page may not start workers.
    pub(super) fn start(on_message: impl Fn(MessageEvent) + 'static, on_error: impl Fn() + 'static) -> Result<Self, JsValue> {
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(on_message);
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |_: ErrorEvent| on_error());
        let options = WorkerOptions::new();
        options.set_name(&page_folder());
        let bootstrap = bootstrap_url()?;
        let worker = Worker::new_with_options(&bootstrap, &options).inspect_err(|_| release(&bootstrap))?;
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, bootstrap: Some(bootstrap), queue: Vec::new(), _on_message: on_message, _on_error: on_error })
    }

    /// It listens: posts what has waited.
    pub(super) fn booted(&mut self) {
        self.release_bootstrap();
        for (message, transfer) in std::mem::take(&mut self.queue) {
            self.post(message, transfer);
        }
    }

    /// Posts a message as soon as it listens. What `transfer` lists is handed over.
    pub(super) fn post(&mut self, message: Array, transfer: Array) {
        if self.bootstrap.is_some() {
            self.queue.push((message, transfer));
        } else {
            self.worker.post_message_with_transfer(&message, &transfer).expect("buffers are handed over once");
        }
    }

    fn release_bootstrap(&mut self) {
        if let Some(bootstrap) = self.bootstrap.take() {
            release(&bootstrap);
        }
    }
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        // What it has sent already must not reach closures that are gone.
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
        self.release_bootstrap();
    }
}

/// A classic script that imports the loader of this build. An import that fails is thrown, so that
/// the page hears of it.
fn bootstrap_url() -> Result<String, JsValue> {
    let build = document().query_selector("meta[name=build]").ok().flatten();
    let build = build.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
    let loader = js_sys::JSON::stringify(&format!("{}worker_loader.js?v={build}", page_folder()).into())?;
    let text = format!("import({loader}).catch(error => setTimeout(() => {{ throw error; }}));");
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &kind)?)
}

/// Gives a script's address back.
fn release(bootstrap: &str) {
    // Nothing depends on it: an address that is not given back costs a few bytes.
    let _ = Url::revoke_object_url(bootstrap);
}

/// The address of the folder in which the page lies, with its last slash.
fn page_folder() -> String {
    let location = window().location().href().expect("a page has an address");
    let path = location.split(['?', '#']).next().unwrap_or_default();
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"))
}
