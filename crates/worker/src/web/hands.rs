//! Does the work that the machine asks for: holds the session, the samples, the GPU and the copy
//! that is measured.

use super::gpus::Gpus;
use super::port::{self, Inbox};
use super::source::Source;
use super::{bench, session};
use crate::core;
use crate::core::{Broken, Divergence, FIRST_PART_FLOPS, Facts, Measured, Outcome, Progress, Report, Work};
use descent::data::Loaded;
use descent::exec::{Backend, ExecError};
use descent::train::clock::now_ms;
use descent::train::trial::{StepCost, Trial};
use descent::train::{FrameRequest, Parts, RestoreError, Session, Snapshot};
use descent_protocol::DeviceKind;
use descent_spec::Experiment;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use web_sys::File;

/// What the work is done with.
pub(super) struct Hands {
    inbox: Inbox,
    source: Source,
    gpus: Gpus,
    /// Files that the page has sent, oldest first.
    files: VecDeque<Vec<File>>,
    data: Option<Rc<Loaded>>,
    session: Option<Session>,
    /// The device of the session.
    device: DeviceKind,
    trial: Option<Rc<RefCell<Prepared>>>,
}

/// A copy of the run that is prepared in the background.
enum Prepared {
    Awaited,
    Ready(Box<Trial>),
    Failed,
}

impl Hands {
    /// Asks for the GPU in the background.
    pub(super) fn new(inbox: Inbox) -> Self {
        Self {
            inbox,
            source: Source::new(port::scope().name()),
            gpus: Gpus::ask(),
            files: VecDeque::new(),
            data: None,
            session: None,
            device: DeviceKind::Cpu,
            trial: None,
        }
    }

    /// What has changed by itself.
    pub(super) fn facts(&self) -> Facts {
        let trial = match self.trial.as_ref().map(|trial| trial.borrow()).as_deref() {
            None | Some(Prepared::Failed) => core::TrialState::Absent,
            Some(Prepared::Awaited) => core::TrialState::Preparing,
            Some(Prepared::Ready(_)) => core::TrialState::Ready,
        };
        Facts { gpu: self.gpus.fact(), trial }
    }

    /// Keeps files until the machine asks for them.
    pub(super) fn bring(&mut self, files: Vec<File>) {
        self.files.push_back(files);
    }

    /// Breaks what a test wants to see mended.
    #[cfg(feature = "faults")]
    pub(super) fn break_down(&self, fault: descent_protocol::Fault) {
        use descent_protocol::Fault;
        match fault {
            Fault::Trap => panic!("a test asked for it"),
            Fault::Hang => loop {
                std::hint::spin_loop();
            },
            Fault::LoseDevice => {
                if let Some(device) = self.gpus.device() {
                    device.destroy();
                }
            }
        }
    }

    /// Does a piece of work.
    pub(super) async fn perform(&mut self, work: Work) -> Report {
        let began_ms = now_ms();
        // What waits for a device may take long and is no reason to give the worker up.
        let outcome = port::patiently(port::DEVICE_PATIENCE_MS, self.outcome(work)).await.unwrap_or_else(|error| {
            let is_lost = matches!(error, ExecError::DeviceLost(_));
            Outcome::Broken(Broken { is_lost, text: error.to_string() })
        });
        Report { began_ms, ended_ms: now_ms(), outcome }
    }

    /// What becomes of a piece of work; an error is one of the session's device.
    async fn outcome(&mut self, work: Work) -> Result<Outcome, ExecError> {
        match work {
            Work::Wait { ms } => self.inbox.wait(ms).await,
            Work::Load { experiment } => {
                // First free the memory of the run that is over.
                (self.session, self.trial) = (None, None);
                return Ok(Outcome::Loaded(self.source.load(&experiment).await.map(|data| self.data = Some(data))));
            }
            Work::TakeFiles { experiment } => {
                let files = self.files.pop_front().unwrap_or_default();
                return Ok(Outcome::FilesTaken(self.source.take(files, &experiment).await));
            }
            Work::AskGpu => self.gpus.ask_again(),
            Work::Open { experiment, device } => {
                let backend = self.backend(device);
                let opened = session::open(&experiment, &self.data(), backend, &parts(&self.inbox, FIRST_PART_FLOPS)).await;
                return Ok(Outcome::Opened(opened.map(|(session, opened)| {
                    (self.session, self.device) = (Some(session), device);
                    Box::new(opened)
                })));
            }
            Work::Restore { snapshot } => return self.restore(&snapshot),
            Work::Reset => self.session().reset()?,
            Work::SetLearningRate { learning_rate } => self.session().set_learning_rate(learning_rate)?,
            Work::Thaw => self.session().thaw()?,
            Work::Train { steps, part_flops } => return self.train(steps, part_flops).await,
            Work::Save => return Ok(Outcome::Saved(Rc::new(self.session().snapshot().await?.to_bytes()))),
            Work::Draw { request, part_flops } => {
                let request = FrameRequest { inspected: request.inspected, drawing: request.drawing };
                let (inbox, parts) = (self.inbox.clone(), parts(&self.inbox, part_flops));
                let picture = inbox.unless_urgent(self.session().frame(&request, &parts)).await.transpose()?;
                return Ok(picture.map_or(Outcome::Done, |picture| Outcome::Drawn(session::picture(picture))));
            }
            Work::Evaluate { part_flops } => {
                let (inbox, device, parts) = (self.inbox.clone(), self.device, parts(&self.inbox, part_flops));
                let evaluation = inbox.unless_urgent(session::evaluate(self.session(), device, &parts)).await.transpose()?;
                return Ok(Outcome::Evaluated(evaluation));
            }
            Work::PrepareTrial { experiment, device } => self.prepare_trial(experiment, device),
            Work::MeasureTrial => return Ok(self.measure_trial().await.map_or(Outcome::Done, Outcome::Measured)),
            Work::DropTrial => self.trial = None,
            Work::Bench(bench) => return Ok(Outcome::Benched(bench::measure(&self.inbox, &bench).await.json())),
            Work::GiveUp { why } => panic!("{why}"),
        }
        Ok(Outcome::Done)
    }

    fn session(&mut self) -> &mut Session {
        self.session.as_mut().expect("the machine asks only for what it has opened")
    }

    fn data(&self) -> Rc<Loaded> {
        self.data.clone().expect("the machine loads samples first")
    }

    /// What computes a session; `None` if the GPU has gone.
    fn backend(&self, device: DeviceKind) -> Option<Backend> {
        match device {
            DeviceKind::Cpu => Some(Backend::Cpu),
            DeviceKind::Gpu => self.gpus.device().map(Backend::Gpu),
        }
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<Outcome, ExecError> {
        let snapshot = match Snapshot::from_bytes(bytes) {
            Ok(snapshot) => snapshot,
            Err(error) => return Ok(Outcome::Restored(Err(error.to_string()))),
        };
        match self.session().restore(&snapshot) {
            Ok(()) => Ok(Outcome::Restored(Ok(snapshot.step()))),
            Err(RestoreError::Snapshot(error)) => Ok(Outcome::Restored(Err(error.to_string()))),
            Err(RestoreError::Exec(error)) => Err(error),
        }
    }

    async fn train(&mut self, steps: u32, part_flops: u64) -> Result<Outcome, ExecError> {
        let yields_loss = self.data().samples.classes > 0;
        let (inbox, parts) = (self.inbox.clone(), parts(&self.inbox, part_flops));
        let session = self.session();
        if steps > 1 {
            session.run(steps).await?;
        } else if inbox.unless_urgent(session.step(&parts)).await.transpose()?.is_none() {
            return Ok(Outcome::Done);
        }
        let progress = session.progress().await?;
        Ok(Outcome::Trained(Progress {
            step: progress.step,
            epoch: progress.epoch,
            // 2-D sets are evaluated on all they are trained on, which is the better figure.
            train_loss: progress.train_loss.filter(|_| yields_loss),
            divergence: progress.divergence.map(|found| Divergence { step: found.step, cause: found.cause.to_string() }),
        }))
    }

    /// Builds a copy of the run and warms it up, in the background.
    fn prepare_trial(&mut self, experiment: Experiment, device: DeviceKind) {
        let Some(backend) = self.backend(device) else {
            self.trial = None;
            return;
        };
        let slot = Rc::new(RefCell::new(Prepared::Awaited));
        self.trial = Some(slot.clone());
        let (data, parts) = (self.data(), parts(&self.inbox, FIRST_PART_FLOPS));
        wasm_bindgen_futures::spawn_local(async move {
            let prepared = async {
                let mut trial = Trial::new(&experiment, &data, &backend).ok()?;
                trial.warm_up(&parts).await.ok()?;
                Some(trial)
            };
            let prepared = prepared.await.map_or(Prepared::Failed, |trial| Prepared::Ready(Box::new(trial)));
            *slot.borrow_mut() = prepared;
        });
    }

    /// What the copy costs; `Some(None)` if it cannot be measured, `None` if the visitor asked for
    /// something meanwhile.
    async fn measure_trial(&mut self) -> Option<Option<Measured>> {
        let Some(slot) = self.trial.clone() else { return Some(None) };
        let Prepared::Ready(mut trial) = slot.replace(Prepared::Awaited) else { return Some(None) };
        let parts = parts(&self.inbox, FIRST_PART_FLOPS);
        let cost = self.inbox.unless_urgent(trial.measure(&parts)).await;
        slot.replace(Prepared::Ready(trial));
        let measured = |cost: StepCost| Measured {
            is_doubtful: cost.is_doubtful(),
            cost: descent_protocol::StepCost { ms: cost.step_ms, steps: cost.steps },
        };
        cost.map(|cost| cost.ok().map(measured))
    }
}

/// Work in parts of so many floating-point operations, between which messages of the page come in.
fn parts(inbox: &Inbox, flops: u64) -> Parts<impl AsyncFn() + use<>> {
    let inbox = inbox.clone();
    let breathe = async move || inbox.breathe().await;
    Parts { flops, breathe }
}
