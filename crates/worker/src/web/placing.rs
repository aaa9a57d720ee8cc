//! Puts a run on a device, moves it to another, and brings it back after a loss.

use super::gpus::adapter;
use super::run::Run;
use super::{Service, port};
use descent::data::Loaded;
use descent::exec::ExecError;
use descent::exec::gpu::Device;
use descent::train::place::{Placement, depends_on_adapter, place};
use descent::train::{BuildError, Place, Session};
use descent_protocol::{DeviceKind, Event, NoticeKind, RunId};
use descent_spec::number::thousands;
use descent_spec::{DeviceChoice, Experiment};
use std::rc::Rc;

/// When another device is asked for after a loss: at once, then after these pauses.
const RETRY_MS: [i32; 4] = [0, 250, 750, 3_000];
/// Why a run is on the CPU where the visitor left the choice to the page and there is nothing to choose from.
const NO_WEBGPU: &str = "This browser has no WebGPU.";
/// The longest pause without a word to the page.
const QUIET_MS: i32 = 200;

/// A session, where it is, and why.
pub(super) struct Placed {
    pub(super) session: Session,
    pub(super) device: DeviceKind,
    name: String,
    why: String,
}

impl Placed {
    /// Tells the page where the run is computed.
    pub(super) fn announce(&self, run: RunId, has_gpu: bool) {
        port::post(&Event::Device { run, kind: self.device, name: self.name.clone(), why: self.why.clone(), has_gpu });
    }
}

impl Service {
    /// Builds a session where the experiment wants it; on the CPU where a GPU does not take it.
    pub(super) async fn placed(&mut self, experiment: &Experiment, data: &Rc<Loaded>) -> Result<Placed, BuildError> {
        let flops = experiment.cost().map_err(BuildError::Cost)?.step_flops;
        let device = if depends_on_adapter(experiment.device, flops) { self.gpus.settled().await } else { None };
        self.tell_of_absence();
        let Placement { on_gpu, mut why } = place(experiment.device, flops, device.as_ref().map(adapter));
        if experiment.device == DeviceChoice::Auto && self.gpus.is_absent() {
            why = NO_WEBGPU;
        }
        let Some(device) = device.filter(|_| on_gpu) else { return on_cpu(experiment, data, why.into()) };
        match on_gpu_session(experiment, data, &device).await {
            Ok(session) => Ok(Placed { session, device: DeviceKind::Gpu, name: device.name().into(), why: why.into() }),
            Err(BuildError::Exec(error)) => {
                let text = format!("The GPU does not take this network, so it runs on the CPU: {error}.");
                port::post(&Event::Notice { kind: NoticeKind::NoWebgpu, text });
                on_cpu(experiment, data, format!("The GPU does not take this network: {error}."))
            }
            Err(error) => Err(error),
        }
    }

    /// Says once that there is no GPU, as soon as that is known.
    pub(super) fn tell_of_absence(&mut self) {
        if self.has_told_of_absence || !self.gpus.is_absent() {
            return;
        }
        self.has_told_of_absence = true;
        let text = "This browser offers no WebGPU, so networks train on the CPU. Current versions of Chrome, Edge, Safari and Firefox have it on most machines.";
        port::post(&Event::Notice { kind: NoticeKind::NoWebgpu, text: text.into() });
        if let Some(run) = &mut self.run {
            if run.experiment.device == DeviceChoice::Auto {
                run.placed.why = NO_WEBGPU.into();
            }
            run.placed.announce(run.id, false);
        }
    }

    /// Moves the run to where the visitor wants it, with all it has learned.
    pub(super) async fn change_device(&mut self, choice: DeviceChoice) -> Result<(), ExecError> {
        let Some(mut run) = self.run.take() else { return Ok(()) };
        run.experiment.device = choice;
        if let Some((_, experiment)) = &mut self.asked {
            experiment.device = choice;
        }
        let outcome = self.carry(&mut run).await;
        run.placed.announce(run.id, self.gpus.may_exist());
        run.repeat_state();
        self.run = Some(run);
        outcome
    }

    async fn carry(&mut self, run: &mut Run) -> Result<(), ExecError> {
        run.save().await?;
        let placed = match self.placed(&run.experiment, &run.data.clone()).await {
            Ok(placed) => placed,
            Err(error) => {
                port::post(&Event::Notice { kind: NoticeKind::Experiment, text: error.to_string() });
                return Ok(());
            }
        };
        run.move_to(placed)
    }

    /// After a loss: another device, else the CPU, from the last saved step.
    pub(super) async fn recover(&mut self, error: ExecError) {
        let Some(mut run) = self.run.take() else { return };
        let lost_at = run.step();
        // From here on an absent GPU is a lost one, and that is said below.
        self.has_told_of_absence = true;
        let mut outcome = None;
        if matches!(error, ExecError::DeviceLost(_)) {
            for pause in RETRY_MS {
                for _ in 0..pause / QUIET_MS {
                    port::sleep(QUIET_MS).await;
                    port::post_alive();
                }
                let Some(device) = self.gpus.fresh().await else { continue };
                if let Ok(session) = on_gpu_session(&run.experiment, &run.data, &device).await {
                    let why = "It was lost and came back.".into();
                    outcome = Some(Placed { session, device: DeviceKind::Gpu, name: device.name().into(), why });
                    break;
                }
            }
        }
        let placed = outcome.map_or_else(
            || on_cpu(&run.experiment, &run.data, "The GPU was lost and did not come back; reload the page to try it again.".into()),
            Ok,
        );
        let moved = placed.map_err(|error| error.to_string()).and_then(|placed| {
            let name = placed.name.clone();
            run.move_to(placed).map_err(|error| error.to_string()).map(|()| name)
        });
        match moved {
            Ok(name) => {
                let text = format!(
                    "The GPU was lost at step {}. The run goes on from step {}, the last one saved, on this device: {name}.",
                    thousands(lost_at),
                    thousands(run.step())
                );
                port::post(&Event::Notice { kind: NoticeKind::DeviceLost, text });
                run.placed.announce(run.id, self.gpus.may_exist());
                run.repeat_state();
                self.run = Some(run);
            }
            // The device went again while the run was carried over: the page starts another worker, which has the snapshot.
            Err(why) => panic!("the run could not be brought back: {why}"),
        }
    }
}

fn on_cpu(experiment: &Experiment, data: &Rc<Loaded>, why: String) -> Result<Placed, BuildError> {
    let session = Session::new(experiment, data, &Place::Cpu)?;
    Ok(Placed { session, device: DeviceKind::Cpu, name: "CPU (SIMD)".into(), why })
}

/// A session on a GPU that has taken a step once: only then are its kernels compiled, and only then shows what a browser finds wrong with them.
async fn on_gpu_session(experiment: &Experiment, data: &Rc<Loaded>, device: &Device) -> Result<Session, BuildError> {
    let mut session = Session::new(experiment, data, &Place::Gpu(device.clone()))?;
    session.run(1)?;
    port::patiently(session.wait()).await?;
    session.reset()?;
    Ok(session)
}
