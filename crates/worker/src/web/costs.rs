//! Measures, once a run trains, what a step costs on each device.

use super::{Service, port};
use descent::train::Place;
use descent::train::clock::now_ms;
use descent::train::cost::{Cost, Trial};
use descent_protocol::{DeviceKind, Event};
use std::cell::RefCell;
use std::rc::Rc;

/// The device in use is measured by the training itself, once it has trained this long or taken [`OWN_STEPS`].
const OWN_MS: f64 = 100.0;
/// At a few steps a picture a small network would take minutes to fill the time; after so many steps the coarse clock of browsers (0.1 ms a slice)
/// has averaged out.
const OWN_STEPS: u64 = 500;

/// The cost is said again once it rests on so many times as many steps.
const NEWS_FACTOR: u64 = 8;

/// How long the run goes on before a doubtful cost is measured again.
const AGAIN_MS: f64 = 2_000.0;

/// What is known of a run's costs.
#[derive(Default)]
pub(super) struct Costs {
    cpu: Option<Cost>,
    gpu: Option<Cost>,
    other: Other,
}

/// How far the measurement of the other device is.
#[derive(Default)]
enum Other {
    #[default]
    Wanted,
    /// A copy of the run is compiled for a device in the background.
    Preparing(DeviceKind, Rc<RefCell<Option<Trial>>>),
    /// Measured at this time, but the cost is doubtful: it is measured again when the run has gone on for a while.
    Doubted { on: DeviceKind, trial: Box<Trial>, cost: Cost, since_ms: f64 },
    /// Measured, or cannot be.
    Done,
}

impl Costs {
    fn of(&mut self, device: DeviceKind) -> &mut Option<Cost> {
        match device {
            DeviceKind::Cpu => &mut self.cpu,
            DeviceKind::Gpu => &mut self.gpu,
        }
    }
}

impl Service {
    /// Takes the next step of measuring. Only the measurement itself holds the run up.
    pub(super) async fn measure_costs(&mut self) {
        let Some(run) = &mut self.run else { return };
        let (spent_ms, steps) = run.spent;
        if !run.is_training() || (spent_ms < OWN_MS && steps < OWN_STEPS) {
            return;
        }
        let own = Cost { step_ms: spent_ms / steps as f64, steps: u32::try_from(steps).unwrap_or(u32::MAX) };
        let device = run.placed.device;
        let slot = run.costs.of(device);
        // The first steps of all also warm up; what more of them say is worth saying again.
        let is_news = slot.is_none_or(|said| u64::from(said.steps) * NEWS_FACTOR <= steps);
        if is_news {
            *slot = Some(own);
        }
        let mut measured = None;
        match std::mem::take(&mut run.costs.other) {
            Other::Wanted => {
                let gpu = if device == DeviceKind::Cpu { self.gpus.answer() } else { Some(None) };
                run.costs.other = match (device, gpu) {
                    (DeviceKind::Cpu, None) => Other::Wanted,
                    (DeviceKind::Cpu, Some(None)) => Other::Done,
                    (DeviceKind::Cpu, Some(Some(device))) => Other::Preparing(DeviceKind::Gpu, prepare(run, Place::Gpu(device))),
                    (DeviceKind::Gpu, _) => Other::Preparing(DeviceKind::Cpu, prepare(run, Place::Cpu)),
                };
            }
            Other::Preparing(other, prepared) => {
                let ready = prepared.borrow_mut().take();
                match ready {
                    None if Rc::strong_count(&prepared) > 1 => run.costs.other = Other::Preparing(other, prepared),
                    None => run.costs.other = Other::Done,
                    Some(mut trial) => match port::patiently(trial.measure()).await {
                        Ok(cost) if cost.is_doubtful() => {
                            run.costs.other = Other::Doubted { on: other, trial: Box::new(trial), cost, since_ms: now_ms() };
                        }
                        cost => measured = Some((other, cost.ok())),
                    },
                }
            }
            Other::Doubted { on, mut trial, cost, since_ms } if now_ms() - since_ms >= AGAIN_MS => {
                let again = port::patiently(trial.measure()).await.ok();
                measured = Some((on, again.map(|again| if again.step_ms < cost.step_ms { again } else { cost })));
            }
            doubted @ Other::Doubted { .. } => run.costs.other = doubted,
            Other::Done => run.costs.other = Other::Done,
        }
        if let Some((measured_on, cost)) = measured {
            run.costs.other = Other::Done;
            // The run may have moved there meanwhile, and then measures that device itself.
            if measured_on != device {
                *run.costs.of(measured_on) = cost;
            }
        }
        if is_news || measured.is_some() {
            let Costs { cpu, gpu, .. } = run.costs;
            let steps = [cpu, gpu].iter().flatten().map(|cost| cost.steps).min().unwrap_or_default();
            let [cpu_ms, gpu_ms] = [cpu, gpu].map(|cost| cost.map(|cost| cost.step_ms));
            let is_emulated = self.gpus.answer().flatten().is_some_and(|device| device.is_software());
            port::post(&Event::Costs { run: run.id, cpu_ms, gpu_ms, steps, is_emulated });
        }
    }
}

/// Builds a copy of the run and warms it up; the place stays empty if that fails.
fn prepare(run: &super::run::Run, place: Place) -> Rc<RefCell<Option<Trial>>> {
    let slot = Rc::new(RefCell::new(None));
    let (target, experiment, data) = (slot.clone(), run.experiment.clone(), run.data.clone());
    wasm_bindgen_futures::spawn_local(async move {
        let Ok(mut trial) = Trial::new(&experiment, &data, &place) else { return };
        if trial.warm_up().await.is_ok() {
            *target.borrow_mut() = Some(trial);
        }
    });
    slot
}
