//! The page's end of the border: starts the worker, posts [`Command`]s, hands on [`Event`]s, and replaces a worker that died.
//!
//! The worker starts from a classic blob that imports the loader, so that it inherits the page's Content-Security-Policy (a worker loaded by
//! its address does not) and runs in sandboxed frames. Its name is the address of the page's folder, from which it fetches data. What is sent
//! before the worker listens would be lost, so it waits for [`Event::Booted`].

use super::supervisor::{Supervisor, Verdict};
use descent_protocol::message;
use descent_protocol::{Command, Event, NoticeKind};
use descent_spec::number::thousands;
use js_sys::{Array, ArrayBuffer};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, File, MessageEvent, Url, Window, Worker, WorkerOptions};

/// How often silence is looked for.
const TICK_MS: i32 = 500;

/// A worker and what keeps it alive. Clones share it.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Rc<Shared>,
}

type OnMessage = dyn Fn(Event, Vec<ArrayBuffer>);

struct Shared {
    on_message: Box<OnMessage>,
    state: RefCell<State>,
}

struct State {
    supervisor: Supervisor,
    /// `None` after the last strike, until the visitor asks for something.
    link: Option<Link>,
    generation: u32,
    /// The last snapshot read back, the drawn digit and the files chosen: what a restart needs beside commands.
    snapshot: Option<ArrayBuffer>,
    drawing: Option<ArrayBuffer>,
    files: Vec<File>,
}

/// One worker, from its start to its end.
struct Link {
    worker: Worker,
    /// The address of its bootstrap, until it has booted.
    bootstrap: Option<String>,
    /// What waits for [`Event::Booted`].
    queue: Vec<(Array, Array)>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl Client {
    /// Starts a worker; `on_message` gets each event and the arrays it refers to.
    pub(crate) fn start(on_message: impl Fn(Event, Vec<ArrayBuffer>) + 'static) -> Self {
        let supervisor = Supervisor::new(now_ms());
        let state = State { supervisor, link: None, generation: 0, snapshot: None, drawing: None, files: Vec::new() };
        let client = Self { shared: Rc::new(Shared { on_message: Box::new(on_message), state: RefCell::new(state) }) };
        client.start_worker();
        let weak = Rc::downgrade(&client.shared);
        let tick = Closure::<dyn Fn()>::new(move || {
            if let Some(shared) = weak.upgrade() {
                Client { shared }.tick();
            }
        });
        let started = window().set_interval_with_callback_and_timeout_and_arguments_0(tick.as_ref().unchecked_ref(), TICK_MS);
        started.expect("a page has timers");
        tick.forget(); // One timer for the life of the page.
        client
    }

    /// Sends a command and hands over its arrays.
    pub(crate) fn send(&self, command: Command, arrays: Vec<ArrayBuffer>) {
        self.revive();
        let mut state = self.shared.state.borrow_mut();
        state.supervisor.sent(&command);
        if matches!(command, Command::Build { has_snapshot: true, .. }) {
            state.snapshot = arrays.first().map(|buffer| buffer.slice(0));
        }
        if command == Command::Draw {
            state.drawing = arrays.first().map(|buffer| buffer.slice(0));
        }
        state.post(&command, &arrays);
    }

    /// Sends the files of a data set.
    pub(crate) fn send_files(&self, files: Vec<File>) {
        self.revive();
        let mut state = self.shared.state.borrow_mut();
        state.supervisor.sent(&Command::Files);
        state.files = files;
        state.post_files();
    }

    /// Starts a worker again after the last strike.
    fn revive(&self) {
        if self.shared.state.borrow().link.is_none() {
            self.start_worker();
            self.shared.state.borrow_mut().recover();
        }
    }

    fn tick(&self) {
        let is_silent = {
            let mut state = self.shared.state.borrow_mut();
            state.supervisor.tick(now_ms()) && state.link.is_some()
        };
        if is_silent {
            self.replace("it stopped answering");
        }
    }

    /// Ends the worker and starts another where the last snapshot was taken.
    fn replace(&self, why: &str) {
        let (verdict, saved) = {
            let mut state = self.shared.state.borrow_mut();
            if let Some(link) = state.link.take() {
                // What it has sent already may still come, but the closures that heard it are gone.
                link.worker.set_onmessage(None);
                link.worker.set_onerror(None);
                link.worker.terminate();
            }
            (state.supervisor.strike(now_ms()), state.supervisor.saved_step())
        };
        let from = saved.map_or("the beginning".into(), |step| format!("step {}", thousands(step)));
        match verdict {
            Verdict::Restart => {
                self.start_worker();
                self.shared.state.borrow_mut().recover();
                let text = format!("The part of the page that trains was started again, because {why}. The run goes on from {from}.");
                (self.shared.on_message)(Event::Notice { kind: NoticeKind::WorkerRestarted, text }, Vec::new());
            }
            Verdict::GiveUp => {
                let text = format!("Training failed three times in a minute, last because {why}. Play tries again from {from}.");
                (self.shared.on_message)(Event::Failed { text }, Vec::new());
            }
        }
    }

    fn start_worker(&self) {
        let mut state = self.shared.state.borrow_mut();
        state.generation += 1;
        state.supervisor.started(now_ms());
        let generation = state.generation;
        let receiver = self.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| receiver.receive(generation, &message));
        let receiver = self.clone();
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |_: ErrorEvent| {
            if receiver.is_current(generation) {
                receiver.replace("it met an error");
            }
        });
        let bootstrap = bootstrap_url().expect("a page can make an address for a blob");
        let options = WorkerOptions::new();
        options.set_name(&page_folder());
        let worker = Worker::new_with_options(&bootstrap, &options).expect("a page may start workers");
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        state.link = Some(Link { worker, bootstrap: Some(bootstrap), queue: Vec::new(), _on_message: on_message, _on_error: on_error });
    }

    fn is_current(&self, generation: u32) -> bool {
        let state = self.shared.state.borrow();
        state.link.is_some() && state.generation == generation
    }

    fn receive(&self, generation: u32, message: &MessageEvent) {
        if !self.is_current(generation) {
            return;
        }
        let parts = Array::from(&message.data());
        let event: Event = message::from_bytes(&js_sys::Uint8Array::new(&parts.get(0)).to_vec());
        let arrays: Vec<ArrayBuffer> = parts.iter().skip(1).map(JsCast::unchecked_into).collect();
        {
            let mut state = self.shared.state.borrow_mut();
            state.supervisor.heard(&event, now_ms());
            match &event {
                Event::Booted => state.booted(),
                Event::Saved { .. } => state.snapshot = arrays.first().cloned(),
                _ => {}
            }
        }
        match event {
            Event::Failed { text } => self.replace(&text),
            event => (self.shared.on_message)(event, arrays),
        }
    }
}

impl State {
    fn booted(&mut self) {
        let Some(link) = &mut self.link else { return };
        if let Some(bootstrap) = link.bootstrap.take() {
            // Nothing depends on it: an address that is not given back costs a few bytes.
            let _ = Url::revoke_object_url(&bootstrap);
        }
        for (message, transfer) in std::mem::take(&mut link.queue) {
            link.deliver(&message, &transfer);
        }
    }

    /// Brings a fresh worker to where the last one was saved.
    fn recover(&mut self) {
        if !self.files.is_empty() {
            self.post_files();
        }
        for command in self.supervisor.recovery() {
            let has_snapshot = matches!(command, Command::Build { has_snapshot: true, .. });
            let arrays: Vec<ArrayBuffer> = self.snapshot.iter().filter(|_| has_snapshot).map(|buffer| buffer.slice(0)).collect();
            self.post(&command, &arrays);
            if matches!(command, Command::Build { .. })
                && let Some(drawing) = &self.drawing
            {
                let drawing = drawing.slice(0);
                self.post(&Command::Draw, &[drawing]);
            }
        }
    }

    fn post(&mut self, command: &Command, arrays: &[ArrayBuffer]) {
        let message = Array::of1(&js_sys::Uint8Array::from(message::to_bytes(command).as_slice()));
        let transfer = Array::new();
        for buffer in arrays {
            message.push(buffer);
            transfer.push(buffer);
        }
        self.deliver(message, transfer);
    }

    fn post_files(&mut self) {
        let message = Array::of1(&js_sys::Uint8Array::from(message::to_bytes(&Command::Files).as_slice()));
        for file in &self.files {
            message.push(file);
        }
        self.deliver(message, Array::new());
    }

    fn deliver(&mut self, message: Array, transfer: Array) {
        match &mut self.link {
            Some(link) if link.bootstrap.is_some() => link.queue.push((message, transfer)),
            Some(link) => link.deliver(&message, &transfer),
            None => {}
        }
    }
}

impl Link {
    fn deliver(&self, message: &Array, transfer: &Array) {
        self.worker.post_message_with_transfer(message, transfer).expect("buffers are handed over once");
    }
}

/// A classic script that imports the loader of this build. An import that fails is thrown, so that the page hears of it.
fn bootstrap_url() -> Result<String, JsValue> {
    let build = window().document().and_then(|document| document.query_selector("meta[name=build]").ok().flatten());
    let build = build.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
    let loader = js_sys::JSON::stringify(&format!("{}worker_loader.js?v={build}", page_folder()).into())?;
    let text = format!("import({loader}).catch(error => setTimeout(() => {{ throw error; }}));");
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &kind)?)
}

/// The address of the folder in which the page lies, with its last slash.
fn page_folder() -> String {
    let location = window().location().href().expect("a page has an address");
    let path = location.split(['?', '#']).next().unwrap_or_default();
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"))
}

fn window() -> Window {
    web_sys::window().expect("the client runs on a page")
}

fn now_ms() -> f64 {
    window().performance().expect("a page has a clock").now()
}
