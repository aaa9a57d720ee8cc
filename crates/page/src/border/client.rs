//! The page's end of the border: posts commands, hands on events, and replaces a worker that died.

use super::worker::{Queue, RunningWorker};
use super::worker_files::{WorkerFiles, worker_files};
use crate::clock::now_ms;
use descent_protocol::{Addressed, CheckedRun, Command, Event, NoticeKind, RunId, Start, Supervisor, Verdict, message};
use descent_spec::number::thousands;
use descent_spec::{Experiment, View, quote};
use futures_channel::oneshot;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use leptos::prelude::{IntervalHandle, set_interval_with_handle};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{File, MessageEvent};

/// How often silence is looked for.
const TICK: Duration = Duration::from_millis(500);
/// The page was loaded before a new build was put up, its worker after.
const OTHER_BUILD: &str = "This page and the part of it that trains are of different versions. Reload the page.";
/// The longest text of a browser's error that is shown, in characters.
const LONGEST_ERROR: usize = 120;
const NO_WORKERS: &str = "This browser does not let the page start a worker. Nothing can be trained without one.";

/// A worker and what keeps it alive. Clones share it; it ends with the last of them.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Rc<Shared>,
}

struct Shared {
    on_event: Box<dyn Fn(Addressed<Event>)>,
    state: RefCell<State>,
    ticker: Cell<Option<IntervalHandle>>,
}

struct State {
    supervisor: Supervisor,
    worker: WorkerState,
    /// The last snapshot read back or opened, and the files chosen: what a restart needs beside
    /// commands.
    snapshot: Option<ArrayBuffer>,
    files: Vec<File>,
    /// Saved runs about which the worker was asked.
    checks: Vec<Check>,
    next_check: u32,
}

enum WorkerState {
    /// After the last strike, or where its files are missing, until the visitor asks for something.
    Gone,
    /// Its files are on their way; what is posted waits.
    Awaited(Queue),
    Running(RunningWorker),
}

/// A saved run about which the worker was asked.
struct Check {
    id: u32,
    bytes: ArrayBuffer,
    answer: oneshot::Sender<Result<CheckedRun, String>>,
}

impl Client {
    /// Starts a worker; `on_event` gets each event. A worker that cannot be started or fails for
    /// good is an [`Event::Failed`].
    pub(crate) fn start(on_event: impl Fn(Addressed<Event>) + 'static) -> Self {
        let state = State {
            supervisor: Supervisor::new(now_ms()),
            worker: WorkerState::Gone,
            snapshot: None,
            files: Vec::new(),
            checks: Vec::new(),
            next_check: 0,
        };
        let shared = Rc::new(Shared { on_event: Box::new(on_event), state: RefCell::new(state), ticker: Cell::new(None) });
        let client = Self { shared };
        client.start_worker();
        let weak = Rc::downgrade(&client.shared);
        let tick = move || upgraded(&weak, Self::tick);
        // Fails only where there are no timers, and then silence is not noticed.
        client.shared.ticker.set(set_interval_with_handle(tick, TICK).ok());
        client
    }

    /// Sends a command.
    pub(crate) fn send(&self, command: Addressed<Command>) {
        let is_build = matches!(command.message, Command::Build { .. });
        let is_fresh = self.revive();
        let mut state = self.shared.state.borrow_mut();
        // A run that takes the place of another spares a fresh worker that one.
        if is_fresh && !is_build {
            state.recover();
        }
        state.supervisor.sent(&command);
        if is_fresh && is_build {
            state.recover();
        } else {
            state.post(&command);
        }
    }

    /// Builds a run that goes on from a snapshot of a step.
    pub(crate) fn build_from(&self, run: RunId, experiment: Experiment, view: View, step: u64, snapshot: ArrayBuffer) {
        self.shared.state.borrow_mut().snapshot = Some(snapshot);
        self.send(Addressed { run, message: Command::Build { experiment, view, start: Start::Snapshot { step } } });
    }

    /// Sends the files of a data set.
    pub(crate) fn send_files(&self, run: RunId, files: Vec<File>) {
        self.shared.state.borrow_mut().files = files;
        self.send(Addressed { run, message: Command::Files });
    }

    /// Asks the worker whether a run can go on from bytes that may come from anywhere.
    ///
    /// # Errors
    /// Why not, as the end of a sentence.
    pub(crate) async fn check(&self, run: RunId, bytes: &ArrayBuffer) -> Result<CheckedRun, String> {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut state = self.shared.state.borrow_mut();
            let id = state.next_check;
            state.next_check += 1;
            state.checks.push(Check { id, bytes: bytes.clone(), answer });
            id
        };
        self.send(Addressed { run, message: Command::Check { id } });
        answered.await.unwrap_or_else(|_| Err("the part of the page that trains stopped while it read it".into()))
    }

    /// The last saved step of the present run, and its snapshot.
    pub(crate) fn saved(&self) -> Option<(u64, ArrayBuffer)> {
        let state = self.shared.state.borrow();
        state.supervisor.saved_step().zip(state.snapshot.clone())
    }

    /// Starts a worker again after the last strike, and says whether that was necessary.
    fn revive(&self) -> bool {
        let is_gone = matches!(self.shared.state.borrow().worker, WorkerState::Gone);
        if is_gone {
            self.start_worker();
        }
        is_gone
    }

    fn tick(&self) {
        let is_silent = {
            let mut state = self.shared.state.borrow_mut();
            state.supervisor.tick(now_ms()) && matches!(state.worker, WorkerState::Running(_))
        };
        if is_silent {
            self.replace("it stopped answering");
        }
    }

    /// Ends the worker and starts another where the last snapshot was taken.
    fn replace(&self, why: &str) {
        let (verdict, saved) = {
            let mut state = self.shared.state.borrow_mut();
            state.end_worker();
            (state.supervisor.strike(now_ms()), state.supervisor.saved_step())
        };
        let from = saved.map_or("the beginning".into(), |step| format!("step {}", thousands(step)));
        match verdict {
            Verdict::Restart => {
                self.start_worker();
                self.shared.state.borrow_mut().recover();
                let text = format!("The part of the page that trains was started again, because {why}. The run goes on from {from}.");
                self.tell(Event::Notice { kind: NoticeKind::WorkerRestarted, text });
            }
            Verdict::GiveUp => {
                let text = format!("Training failed three times in a minute, last because {why}. Play tries again from {from}.");
                self.tell(Event::Failed { text });
            }
        }
    }

    /// Ends the worker; starting another would change nothing.
    fn give_up(&self, text: &str) {
        self.shared.state.borrow_mut().end_worker();
        self.tell(Event::Failed { text: text.into() });
    }

    /// Starts a worker as soon as its files are here.
    fn start_worker(&self) {
        self.shared.state.borrow_mut().worker = WorkerState::Awaited(Queue::new());
        let weak = Rc::downgrade(&self.shared);
        leptos::task::spawn_local(async move {
            let files = worker_files().await;
            upgraded(&weak, |client| match files {
                Ok(files) => client.run_worker(&files),
                Err(text) => client.give_up(&text),
            });
        });
    }

    fn run_worker(&self, files: &WorkerFiles) {
        let mut state = self.shared.state.borrow_mut();
        let WorkerState::Awaited(queue) = &mut state.worker else { return };
        let queue = std::mem::take(queue);
        let (hearing, failing) = (Rc::downgrade(&self.shared), Rc::downgrade(&self.shared));
        let started = RunningWorker::start(
            files,
            queue,
            move |message| upgraded(&hearing, |client| client.receive(&message)),
            move |error| upgraded(&failing, |client| client.replace(&met_error(&error))),
        );
        if let Ok(worker) = started {
            state.supervisor.started(now_ms());
            state.worker = WorkerState::Running(worker);
        } else {
            drop(state);
            self.give_up(NO_WORKERS);
        }
    }

    fn receive(&self, message: &MessageEvent) {
        let parts = Array::from(&message.data());
        let Some(event) = message::from_bytes::<Event>(&Uint8Array::new(&parts.get(0)).to_vec()) else {
            return self.give_up(OTHER_BUILD);
        };
        {
            let mut state = self.shared.state.borrow_mut();
            if state.supervisor.is_outdated(&event) {
                return;
            }
            state.supervisor.heard(&event, now_ms());
            match (&event.message, &mut state.worker) {
                (Event::Booted, WorkerState::Running(worker)) => worker.booted(),
                (Event::Saved { .. }, _) => state.snapshot = parts.get(1).dyn_into().ok(),
                _ => {}
            }
        }
        match event.message {
            Event::Failed { text } => self.replace(&text),
            Event::Checked { id, result } => self.answer(id, result),
            _ => (self.shared.on_event)(event),
        }
    }

    fn answer(&self, id: u32, result: Result<CheckedRun, String>) {
        let mut state = self.shared.state.borrow_mut();
        if let Some(place) = state.checks.iter().position(|check| check.id == id) {
            // Whoever asked may have gone.
            let _ = state.checks.remove(place).answer.send(result);
        }
    }

    /// Reports what the client itself has to say.
    fn tell(&self, event: Event) {
        let run = self.shared.state.borrow().supervisor.run();
        (self.shared.on_event)(Addressed { run, message: event });
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(ticker) = self.ticker.get() {
            ticker.clear();
        }
    }
}

impl State {
    /// Brings a fresh worker to where the last one was saved.
    fn recover(&mut self) {
        for command in self.supervisor.recovery() {
            self.post(&command);
        }
    }

    /// Ends the worker. It leaves questions unanswered.
    fn end_worker(&mut self) {
        self.worker = WorkerState::Gone;
        self.checks.clear();
    }

    fn post(&mut self, command: &Addressed<Command>) {
        let message = Array::of1(&Uint8Array::from(message::to_bytes(command).as_slice()));
        let transfer = Array::new();
        match &command.message {
            Command::Build { start: Start::Snapshot { .. }, .. } => {
                if let Some(snapshot) = &self.snapshot {
                    attach(snapshot, &message, &transfer);
                }
            }
            Command::Check { id } => {
                if let Some(check) = self.checks.iter().find(|check| check.id == *id) {
                    attach(&check.bytes, &message, &transfer);
                }
            }
            Command::Files => {
                for file in &self.files {
                    message.push(file);
                }
            }
            _ => {}
        }
        match &mut self.worker {
            WorkerState::Gone => {}
            WorkerState::Awaited(queue) => queue.push((message, transfer)),
            WorkerState::Running(worker) => worker.post(message, transfer),
        }
    }
}

/// Attaches a copy: what is handed over is gone from here.
fn attach(bytes: &ArrayBuffer, message: &Array, transfer: &Array) {
    let copy = bytes.slice(0);
    message.push(&copy);
    transfer.push(&copy);
}

/// Why a worker failed whose own words are not known.
fn met_error(text: &str) -> String {
    if text.is_empty() { "it met an error".into() } else { format!("it met an error ({})", quote(text, LONGEST_ERROR)) }
}

/// Acts on a client that is still there.
fn upgraded(shared: &Weak<Shared>, act: impl FnOnce(&Client)) {
    if let Some(shared) = shared.upgrade() {
        act(&Client { shared });
    }
}
