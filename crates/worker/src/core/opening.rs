//! How a run gets onto a device: when it is built, when it moves, and after a loss.
//!
//! ```text
//! build                  Place ─► Open ─► Restore (if from a snapshot) ─► ready or paused
//! another device Save ─► Place ─► Open ─► Restore ─► the run goes on
//! loss        Pause ─► Answer ─► Open ─► Restore ─► as above
//!               ▲────────┴─────────┴────────┘ if one fails, 4 times; then Open on the CPU
//! ```
//!
//! A GPU may be lost while a run trains, while it moves, or while it is built: wherever that
//! happens, the same attempts follow.

use super::placement::{NO_ANSWER, STAYED_AWAY, depends_on_gpu, place};
use super::recovery::Recovery;
use super::run::{Placement, Run};
use super::say;
use super::schedule::IDLE_MS;
use super::work::{Broken, Gpu, OpenError, OpenFault, Opened, Snapshot, Work};
use super::{Machine, Phase};
use descent_protocol::{DeviceKind, Event, NoticeKind, RunState};
use descent_spec::{DeviceChoice, Experiment};

/// How often the answer to a request for a GPU is looked for.
const LOOK_MS: i32 = 5;

/// A run on its way to a device.
pub(super) struct Opening {
    is_new: bool,
    stage: Stage,
    /// The GPU that failed, before it was on its way or since.
    loss: Option<Loss>,
}

/// A device that did not do what it was asked to.
struct Loss {
    broken: Broken,
    /// Where the run stood.
    at: u64,
    recovery: Recovery,
}

/// What is done next.
enum Stage {
    /// Read a snapshot back.
    Save,
    /// Find out on which device.
    Place,
    /// Wait until a fresh GPU may be asked for.
    Pause,
    /// Wait for the browser's answer.
    Answer,
    /// Build the session.
    Open { device: DeviceKind, why: String },
    /// Bring it to where it was.
    Restore { snapshot: Snapshot },
    /// It cannot be brought back.
    GiveUp { why: String },
}

impl Opening {
    /// The samples of a run are here.
    pub(super) fn build() -> Self {
        Self { is_new: true, stage: Stage::Place, loss: None }
    }

    /// The visitor wants the run on another device.
    pub(super) fn move_run() -> Self {
        Self { is_new: false, stage: Stage::Save, loss: None }
    }

    /// The device failed at a step. `last` is the recovery before this one, if the run has not been
    /// saved since.
    fn fail(&mut self, broken: Broken, at: u64, choice: DeviceChoice, last: Option<Recovery>, now_ms: f64) {
        let is_lost = broken.is_lost;
        let is_lost_again = self.loss.is_some() || last.is_some();
        let why = if choice == DeviceChoice::Cpu { place(choice, 0, Gpu::Absent).1.into() } else { say::gpu_failed(&broken.text) };
        self.loss.get_or_insert_with(|| Loss { broken, at, recovery: last.unwrap_or_else(|| Recovery::new(now_ms)) });
        if choice == DeviceChoice::Cpu || !is_lost {
            self.stage = Stage::Open { device: DeviceKind::Cpu, why };
        } else if is_lost_again {
            self.retry(now_ms);
        } else {
            self.stage = Stage::Pause;
        }
    }

    /// Takes another attempt to get a GPU, or the CPU.
    fn retry(&mut self, now_ms: f64) {
        let Some(loss) = &mut self.loss else { return };
        self.stage =
            if loss.recovery.failed(now_ms) { Stage::Pause } else { Stage::Open { device: DeviceKind::Cpu, why: STAYED_AWAY.into() } };
    }

    /// The next piece of work, as far as it does not depend on anything else; `Err` says why the
    /// run cannot be built.
    fn next(&mut self, now_ms: f64, experiment: &Experiment, choice: DeviceChoice, gpu: Gpu) -> Result<Work, String> {
        loop {
            match &self.stage {
                Stage::Save => return Ok(Work::Save),
                Stage::Place => {
                    let flops = experiment.cost().map_err(|error| error.to_string())?.step_flops;
                    match gpu {
                        Gpu::Asked { .. } if depends_on_gpu(choice, flops) => return Ok(Work::Wait { ms: LOOK_MS }),
                        Gpu::Lost if depends_on_gpu(choice, flops) => {
                            let broken = Broken { is_lost: true, text: say::LOST.into() };
                            self.fail(broken, 0, choice, None, now_ms);
                        }
                        _ => {
                            let (device, why) = place(choice, flops, gpu);
                            self.stage = Stage::Open { device, why: why.into() };
                        }
                    }
                }
                Stage::Pause => {
                    let left_ms = self.loss.as_ref().map_or(0.0, |loss| loss.recovery.left_ms(now_ms));
                    if left_ms > 0.0 {
                        return Ok(Work::Wait { ms: (left_ms.ceil() as i32).min(IDLE_MS) });
                    }
                    self.stage = Stage::Answer;
                    return Ok(Work::AskGpu);
                }
                Stage::Answer => match gpu {
                    Gpu::Asked { .. } => return Ok(Work::Wait { ms: LOOK_MS }),
                    Gpu::Found { .. } => self.stage = Stage::Open { device: DeviceKind::Gpu, why: say::CAME_BACK.into() },
                    Gpu::Silent => self.stage = Stage::Open { device: DeviceKind::Cpu, why: NO_ANSWER.into() },
                    Gpu::Absent | Gpu::Insecure | Gpu::Lost | Gpu::Gone => self.retry(now_ms),
                },
                Stage::Open { device, .. } => return Ok(Work::Open { experiment: experiment.clone(), device: *device }),
                Stage::Restore { snapshot } => return Ok(Work::Restore { snapshot: snapshot.clone() }),
                Stage::GiveUp { why } => return Ok(Work::GiveUp { why: why.clone() }),
            }
        }
    }
}

impl Machine {
    /// The next piece of work of a run on its way to a device.
    pub(super) fn next_of_opening(&mut self, now_ms: f64) -> Work {
        let (Phase::Opening(opening), Some(experiment)) = (&mut self.phase, &self.experiment) else {
            unreachable!("the machine is in this phase and was asked to build something")
        };
        match opening.next(now_ms, experiment, self.view.device, self.facts.gpu) {
            Ok(work) => work,
            Err(text) => {
                self.cannot_open(text);
                Work::Wait { ms: 0 }
            }
        }
    }

    /// A snapshot was read back. Where a Reset waits, the page has forgotten the run's snapshots
    /// and is told of no other.
    pub(super) fn saved(&mut self, snapshot: Snapshot, now_ms: f64) {
        let is_reset_awaited = self.is_reset_awaited();
        let Some(run) = &mut self.run else { return };
        run.save(snapshot.clone(), now_ms);
        if !is_reset_awaited {
            // No page shows a saved step beyond the one at which the run is.
            run.report(now_ms, &mut self.out);
            self.out.saved(run.step(), snapshot);
        }
        if let Phase::Opening(opening) = &mut self.phase {
            opening.stage = Stage::Place;
        }
    }

    /// There is a session, or not.
    pub(super) fn opened(&mut self, result: Result<Box<Opened>, OpenError>, now_ms: f64) {
        let is_reset_awaited = self.is_reset_awaited();
        let Phase::Opening(opening) = &mut self.phase else { return };
        let Stage::Open { device, why } = &mut opening.stage else { return };
        let (device, why) = (*device, std::mem::take(why));
        let opened = match result {
            Ok(opened) => opened,
            Err(error) => return self.not_opened(device, error, now_ms),
        };
        let placement = Placement { device, name: opened.device_name.clone(), why };
        let snapshot = match &mut self.run {
            Some(run) if !opening.is_new => {
                run.moved(placement);
                let saved = run.saved.as_ref().filter(|_| !is_reset_awaited).map(|(_, snapshot)| snapshot.clone());
                if saved.is_none() {
                    run.went_to(0, now_ms, &mut self.out);
                }
                saved
            }
            run => {
                run.insert(introduce(*opened, placement, &mut self.out)).announce(self.facts.gpu, &mut self.out);
                self.start.clone().filter(|_| !is_reset_awaited)
            }
        };
        match snapshot {
            Some(snapshot) => opening.stage = Stage::Restore { snapshot },
            None => self.arrive(),
        }
    }

    fn not_opened(&mut self, device: DeviceKind, error: OpenError, now_ms: f64) {
        let at = self.run.as_ref().map_or(0, Run::step);
        let Phase::Opening(opening) = &mut self.phase else { return };
        let OpenError { fault, text } = error;
        match (device, fault) {
            (DeviceKind::Gpu, OpenFault::Lost) => {
                let broken = Broken { is_lost: true, text };
                opening.fail(broken, at, self.view.device, None, now_ms);
            }
            (DeviceKind::Gpu, _) if opening.loss.is_some() => opening.retry(now_ms),
            (DeviceKind::Gpu, OpenFault::Refused) => {
                self.out.notice(NoticeKind::NoWebgpu, say::not_taken_notice(&text));
                opening.stage = Stage::Open { device: DeviceKind::Cpu, why: say::not_taken(&text) };
            }
            (DeviceKind::Cpu, _) if opening.loss.is_some() => opening.stage = Stage::GiveUp { why: text },
            _ => self.cannot_open(text),
        }
    }

    /// The experiment cannot be built: a run that was there stays where it is.
    fn cannot_open(&mut self, text: String) {
        if self.run.is_some() {
            self.out.notice(NoticeKind::Experiment, text);
            self.arrive();
        } else {
            self.refuse(NoticeKind::Experiment, text);
        }
    }

    /// The session stands where the snapshot was taken; if the snapshot is not for it, the run
    /// begins again.
    pub(super) fn restored(&mut self, result: Result<u64, String>, now_ms: f64) {
        let is_reset_awaited = self.is_reset_awaited();
        let Phase::Opening(opening) = &mut self.phase else { return };
        let Stage::Restore { snapshot } = &opening.stage else { return };
        let (Some(run), Some(experiment)) = (&mut self.run, &self.experiment) else { return };
        match result {
            // The session is about to go there.
            Ok(_) if is_reset_awaited => run.went_to(0, now_ms, &mut self.out),
            Ok(step) => run.woke(step, snapshot.clone(), now_ms, experiment.learning_rate, &mut self.out),
            Err(text) => {
                self.out.notice(NoticeKind::SavedRun, say::not_restored(&text));
                run.reset(now_ms, &mut self.out);
            }
        }
        self.arrive();
    }

    /// The run is where it was to go.
    fn arrive(&mut self) {
        let is_reset_awaited = self.is_reset_awaited();
        let Phase::Opening(Opening { is_new, loss, .. }) = std::mem::replace(&mut self.phase, Phase::Running) else { return };
        let (Some(run), out) = (&mut self.run, &mut self.out) else { return };
        if let Some(Loss { broken, at, recovery }) = loss {
            run.last_recovery = Some(recovery);
            let at = Some(at).filter(|_| !is_new);
            out.notice(NoticeKind::DeviceLost, say::device_lost_notice(&broken, at, run.step(), &run.placement.name));
        }
        if is_new {
            self.start = None;
            run.set_state(if run.step() == 0 { RunState::Ready } else { RunState::Paused }, out);
        } else {
            run.announce(self.facts.gpu, out);
            if !is_reset_awaited {
                run.repeat_state(out);
            }
        }
    }

    /// The session's device did not do something: the run goes on elsewhere, from the last saved
    /// step.
    pub(super) fn broken(&mut self, broken: Broken, now_ms: f64) {
        // Suppress the notice of a missing WebGPU: this GPU existed and was lost, and that is said.
        self.has_told_of_absence = true;
        let Some(run) = &mut self.run else { return };
        let (at, last, choice) = (run.step(), run.last_recovery.take(), self.view.device);
        match &mut self.phase {
            Phase::Opening(opening) if run.placement.device == DeviceKind::Cpu && !matches!(opening.stage, Stage::Save) => {
                opening.stage = Stage::GiveUp { why: format!("the run could not be brought back: {}", broken.text) };
            }
            Phase::Opening(opening) => opening.fail(broken, at, choice, last, now_ms),
            phase => {
                let mut opening = Opening { is_new: false, stage: Stage::Place, loss: None };
                opening.fail(broken, at, choice, last, now_ms);
                *phase = Phase::Opening(opening);
            }
        }
    }
}

/// A run that was built, and what is told of it.
fn introduce(opened: Opened, placement: Placement, out: &mut say::Outbox) -> Run {
    let run = Run::new(&opened, placement);
    let Opened { train_rows, test_rows, program, samples, .. } = opened;
    out.say(Event::Built { train_rows, test_rows, program });
    out.say(Event::Samples(samples));
    run
}
