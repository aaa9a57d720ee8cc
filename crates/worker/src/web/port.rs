//! The worker's side of the border: commands in, events out, and how its one thread gives way.
//!
//! A message is a JavaScript array: a `Uint8Array` with the bytes of an [`Addressed`] value, then
//! what is attached to it. Attached are a snapshot's `ArrayBuffer`, by transfer, or the `File`s of
//! [`Command::Files`].

use crate::core::Snapshot;
use descent::train::clock::now_ms;
use descent_protocol::{Addressed, Command, Event, RunId, message};
use js_sys::{Array, ArrayBuffer, Function, Promise, Uint8Array};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, File, MessageChannel, MessageEvent};

/// After this long without a word, the page is told that the worker lives: it is promised a word
/// every 250 ms, and gives the worker up after 5 s or more without one.
const ALIVE_MS: f64 = 150.0;
/// How often a worker that waits for something outside looks up.
const LOOK_MS: i32 = 80;
/// How long the worker says that it lives while it waits for one thing that a device or the disk
/// does. After that it is silent, and the page's patience begins to run.
pub(super) const DEVICE_PATIENCE_MS: f64 = 60_000.0;
/// The same for the download of a file. The largest has 10 MB: enough at 0.3 Mbit/s.
pub(super) const DOWNLOAD_PATIENCE_MS: f64 = 300_000.0;

/// A command and what came with it.
pub(super) struct Message {
    pub(super) command: Addressed<Command>,
    pub(super) snapshot: Option<Snapshot>,
    pub(super) files: Vec<File>,
}

/// What the page has sent and nobody has read.
#[derive(Clone)]
pub(super) struct Inbox {
    waiting: Rc<RefCell<VecDeque<Message>>>,
    /// Ends the present [`Inbox::wait`].
    wake: Rc<RefCell<Option<Function>>>,
    /// Wakes what is done [`Inbox::unless_urgent`].
    interested: Rc<RefCell<Option<Waker>>>,
    /// Ends each [`Inbox::breathe`] under way, when the message to itself has come.
    breathing: Rc<RefCell<Vec<Function>>>,
    channel: MessageChannel,
}

impl Inbox {
    /// Listens to the page from now on.
    pub(super) fn listen() -> Self {
        let channel = MessageChannel::new().expect("workers have message channels");
        let inbox = Self { waiting: Rc::default(), wake: Rc::default(), interested: Rc::default(), breathing: Rc::default(), channel };
        let breathing = inbox.breathing.clone();
        let on_breath = Closure::<dyn Fn()>::new(move || wake_all(breathing.take()));
        inbox.channel.port1().set_onmessage(Some(on_breath.as_ref().unchecked_ref()));
        on_breath.forget(); // It breathes for the life of the worker.
        let receiver = inbox.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| receiver.receive(&message.data()));
        scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget(); // It listens for the life of the worker.
        inbox
    }

    fn receive(&self, data: &JsValue) {
        let parts = Array::from(data);
        let Some(command) = message::from_bytes(&Uint8Array::new(&parts.get(0)).to_vec()) else {
            return post(Event::Failed { text: "the page is of another build; reload it".into() });
        };
        let mut message = Message { command, snapshot: None, files: Vec::new() };
        for part in parts.iter().skip(1) {
            match part.dyn_into::<ArrayBuffer>() {
                Ok(buffer) => message.snapshot = Some(Rc::new(Uint8Array::new(&buffer).to_vec())),
                Err(other) => message.files.push(other.unchecked_into()),
            }
        }
        self.waiting.borrow_mut().push_back(message);
        wake_all(self.wake.take());
        if let Some(waker) = self.interested.borrow_mut().take() {
            waker.wake();
        }
    }

    /// The oldest message.
    pub(super) fn next(&self) -> Option<Message> {
        self.waiting.borrow_mut().pop_front()
    }

    /// Whether something waits that cannot wait: all but questions about pictures and settings of
    /// the next step.
    pub(super) fn is_urgent(&self) -> bool {
        let is_patient = |command: &Command| {
            use Command::{Draw, Inspect, LearningRate, Speed, WantFrame};
            matches!(command, WantFrame | Draw { .. } | Inspect { .. } | Speed { .. } | LearningRate { .. })
        };
        self.waiting.borrow().iter().any(|message| !is_patient(&message.command.message))
    }

    /// Does something unless the visitor asks for something that cannot wait; `None` if it was
    /// given up. It is dropped then wherever it waits.
    pub(super) async fn unless_urgent<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        poll_fn(|context| {
            if self.is_urgent() {
                return Poll::Ready(None);
            }
            *self.interested.borrow_mut() = Some(context.waker().clone());
            work.as_mut().poll(context).map(Some)
        })
        .await
    }

    /// Gives way to whatever else waits for this thread, messages of the page above all. A timer
    /// would be clamped to 4 ms, and a promise alone never lets a message in.
    pub(super) async fn breathe(&self) {
        post_alive();
        BREATHED_MS.set(now_ms());
        let turn = Promise::new(&mut |resolve, _| {
            let mut breathing = self.breathing.borrow_mut();
            breathing.push(resolve);
            if let [_] = breathing[..] {
                self.channel.port2().post_message(&JsValue::NULL).expect("null can be posted");
            }
        });
        finish(turn).await;
    }

    /// Waits for a message, but no longer than `limit_ms`.
    pub(super) async fn wait(&self, limit_ms: i32) {
        if !self.waiting.borrow().is_empty() {
            return;
        }
        let turn = Promise::new(&mut |resolve, _| {
            start_timer(&resolve, limit_ms);
            *self.wake.borrow_mut() = Some(resolve);
        });
        finish(turn).await;
    }
}

/// Ends waits.
fn wake_all(resolve: impl IntoIterator<Item = Function>) {
    for resolve in resolve {
        // A promise's resolve function does not throw.
        let _ = resolve.call0(&JsValue::NULL);
    }
}

async fn sleep(ms: i32) {
    finish(Promise::new(&mut |resolve, _| start_timer(&resolve, ms))).await;
}

/// Waits for something outside this thread and tells the page meanwhile that the worker lives, but
/// no longer than `patience_ms` at a time: work in parts begins a new time with each breath.
pub(super) async fn patiently<T>(patience_ms: f64, wait: impl Future<Output = T>) -> T {
    let is_over = Rc::new(Cell::new(false));
    let watched = is_over.clone();
    BREATHED_MS.set(now_ms());
    wasm_bindgen_futures::spawn_local(async move {
        while !watched.get() && now_ms() - BREATHED_MS.get() < patience_ms {
            sleep(LOOK_MS).await;
            post_alive();
        }
    });
    let outcome = wait.await;
    is_over.set(true);
    outcome
}

fn start_timer(then: &Function, ms: i32) {
    scope().set_timeout_with_callback_and_timeout_and_arguments_0(then, ms).expect("workers have timers");
}

async fn finish(promise: Promise) {
    JsFuture::from(promise).await.expect("nothing rejects this promise");
}

thread_local! {
    /// The run last asked for. Kept here for the panic hook.
    static RUN: Cell<RunId> = const { Cell::new(RunId(0)) };
    static POSTED_MS: Cell<f64> = const { Cell::new(0.0) };
    /// When the worker last had nothing to wait for.
    static BREATHED_MS: Cell<f64> = const { Cell::new(0.0) };
}

/// What the worker says of itself belongs to this run from now on.
pub(super) fn address_to(run: RunId) {
    RUN.set(run);
}

/// Sends what the worker says of itself.
pub(super) fn post(event: Event) {
    post_message(&Addressed { run: RUN.get(), message: event }, None);
}

/// Sends an event and hands over what is attached to it.
pub(super) fn post_message(message: &Addressed<Event>, attached: Option<&[u8]>) {
    let bytes = Uint8Array::from(message::to_bytes(message).as_slice());
    let transfer = Array::of1(&bytes.buffer());
    let parts = Array::of1(&bytes);
    if let Some(attached) = attached {
        let buffer = Uint8Array::from(attached).buffer();
        parts.push(&buffer);
        transfer.push(&buffer);
    }
    scope().post_message_with_transfer(&parts, &transfer).expect("fresh buffers can be handed over");
    POSTED_MS.set(now_ms());
}

/// Tells the page that the worker lives, unless it has been told so lately.
pub(super) fn post_alive() {
    if now_ms() - POSTED_MS.get() >= ALIVE_MS {
        post(Event::Alive);
    }
}

/// What this worker is.
pub(super) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
