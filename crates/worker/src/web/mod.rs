//! The worker: obeys the page's commands and trains in between.
//!
//! Turns [`Command`]s into a [`descent::train::Session`]'s work and its results into [`Event`]s. One task does everything in turn, so no state
//! is ever shared: it looks at the inbox, trains a little, reports what is due, gives way, and begins again.

mod bench;
mod costs;
mod gpus;
mod job;
mod placing;
mod port;
mod run;
mod source;

use descent::exec::ExecError;
use descent::train::Snapshot;
use descent_protocol::{Command, Event, NoticeKind, RunId, RunState};
use descent_spec::{Dataset, Experiment};
use gpus::Gpus;
use port::{Inbox, Message};
use run::Run;
use source::Source;
use web_sys::File;

/// How long the worker waits for a command while nothing is to be done.
const IDLE_MS: i32 = 200;

/// Starts the worker. Its name is the address of the page's folder.
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let text = info.payload_as_str().and_then(|text| text.lines().next()).unwrap_or("no reason given");
        port::post(&Event::Failed { text: format!("it met an error ({text})") });
    }));
    let inbox = Inbox::listen();
    port::post(&Event::Booted);
    let service =
        Service { inbox, source: Source::new(port::scope().name()), gpus: Gpus::ask(), has_told_of_absence: false, asked: None, run: None };
    wasm_bindgen_futures::spawn_local(service.serve());
}

struct Service {
    inbox: Inbox,
    source: Source,
    gpus: Gpus,
    has_told_of_absence: bool,
    /// What the page last asked to build.
    asked: Option<(RunId, Experiment)>,
    run: Option<Run>,
}

impl Service {
    async fn serve(mut self) {
        loop {
            while let Some(message) = self.inbox.next() {
                self.obey(message).await;
            }
            let is_busy = match &mut self.run {
                Some(run) => run.work(&self.inbox).await,
                None => Ok(false),
            };
            match is_busy {
                Ok(true) if self.run.as_ref().is_some_and(Run::is_held) => self.inbox.wait(10).await,
                Ok(true) => self.inbox.breathe().await,
                Ok(false) => self.inbox.wait(IDLE_MS).await,
                Err(error) => self.recover(error).await,
            }
            self.tell_of_absence();
            self.measure_costs().await;
            port::post_alive();
        }
    }

    async fn obey(&mut self, message: Message) {
        let Message { command, arrays, files } = message;
        match command {
            Command::Build { run, experiment, has_snapshot } => {
                let snapshot = arrays.into_iter().next().filter(|_| has_snapshot);
                self.build(run, experiment, snapshot).await;
            }
            Command::Files => self.take(files).await,
            Command::Bench { case, backend, budget_ms, steps } => bench::answer(&self.inbox, &case, &backend, budget_ms, steps).await,
            Command::Device { device } => {
                if let Err(error) = self.change_device(device).await {
                    self.recover(error).await;
                }
            }
            #[cfg(feature = "faults")]
            Command::Fault { fault } => self.fail(fault),
            command => {
                let outcome = self.run.as_mut().map_or(Ok(()), |run| change(run, command, arrays));
                if let Err(error) = outcome {
                    self.recover(error).await;
                }
            }
        }
    }

    /// Breaks what a test wants to see mended.
    #[cfg(feature = "faults")]
    fn fail(&self, fault: descent_protocol::Fault) {
        use descent_protocol::Fault;
        match fault {
            Fault::Trap => panic!("a test asked for it"),
            Fault::Hang => loop {
                std::hint::spin_loop();
            },
            Fault::LoseDevice => {
                if let Some(Some(device)) = self.gpus.answer() {
                    device.destroy();
                }
            }
        }
    }

    /// Builds what the page asks for, from its beginning or from a snapshot.
    async fn build(&mut self, id: RunId, experiment: Experiment, bytes: Option<Vec<u8>>) {
        self.asked = Some((id, experiment.clone()));
        self.run = None;
        let data = match self.source.load(&experiment).await {
            Ok(data) => data,
            Err(text) => return refuse(id, NoticeKind::File, text),
        };
        let placed = match self.placed(&experiment, &data).await {
            Ok(placed) => placed,
            Err(error) => return refuse(id, NoticeKind::Experiment, error.to_string()),
        };
        let mut run = Run::new(id, experiment, data, placed);
        run.introduce();
        run.placed.announce(id, self.gpus.may_exist());
        match bytes.map(|bytes| Snapshot::from_bytes(&bytes)) {
            Some(Ok(snapshot)) => {
                if let Err(error) = run.wake(snapshot) {
                    return refuse(id, NoticeKind::Experiment, error.to_string());
                }
            }
            Some(Err(error)) => port::post(&Event::Notice { kind: NoticeKind::WorkerRestarted, text: error.to_string() }),
            None => {}
        }
        let state = if run.step() == 0 { RunState::Ready } else { RunState::Paused };
        run.set_state(state);
        self.run = Some(run);
    }

    /// Takes files, and builds the run again if they are for it.
    async fn take(&mut self, files: Vec<File>) {
        let Some((run, experiment)) = self.asked.clone() else { return };
        match self.source.take(files, &experiment).await {
            Ok(()) if matches!(experiment.dataset, Dataset::Mnist | Dataset::FashionMnist) => self.build(run, experiment, None).await,
            Ok(()) => {}
            Err(text) => port::post(&Event::Notice { kind: NoticeKind::File, text }),
        }
    }
}

/// Does what concerns only the run.
fn change(run: &mut Run, command: Command, arrays: Vec<Vec<u8>>) -> Result<(), ExecError> {
    match command {
        Command::Play => run.play()?,
        Command::Pause => run.pause(),
        Command::Step { steps } => run.take_steps(steps)?,
        Command::Reset => run.reset()?,
        Command::Speed { speed } => run.experiment.speed = speed,
        Command::LearningRate { learning_rate } => run.set_learning_rate(learning_rate)?,
        Command::WantFrame => run.wants_frame = true,
        Command::Draw => {
            run.view.drawing = arrays.into_iter().next().filter(|pixels| !pixels.is_empty());
            run.redraw();
        }
        Command::Inspect { sample } => {
            run.view.inspected = Some(sample);
            run.redraw();
        }
        Command::Build { .. } | Command::Files | Command::Device { .. } | Command::Bench { .. } | Command::Fault { .. } => {}
    }
    Ok(())
}

/// Says why a run cannot be built.
fn refuse(run: RunId, kind: NoticeKind, text: String) {
    port::post(&Event::Notice { kind, text });
    port::post(&Event::State { run, state: RunState::Failed, step: 0 });
}
