//! What a step of the run costs on each device, measured once the run trains.

use super::say::Outbox;
use super::work::{Facts, Gpu, Measured, TrialState, Work};
use descent_protocol::{Cost, Costs, DeviceKind, Event, StepCost};
use descent_spec::Experiment;

/// The device in use is measured by the training itself, once it has trained this long or taken
/// [`OWN_STEPS`].
const OWN_MS: f64 = 100.0;
/// At a few steps a picture a small network would take minutes to fill the time; after so many
/// steps the coarse clock of browsers (0.1 ms a slice) has averaged out.
const OWN_STEPS: u64 = 500;
/// The first slices on a device compile and find their length; they say nothing of what a step
/// costs.
const UNMEASURED_SLICES: u32 = 3;
/// The cost is said again once it rests on so many times as many steps.
const NEWS_FACTOR: u64 = 8;
/// How long the run goes on before a doubtful cost is measured again.
const AGAIN_MS: f64 = 2_000.0;

/// What is known of a run's costs.
#[derive(Debug, Default)]
pub(super) struct CostMeter {
    /// Slices of training on the present device, and how long and how many steps those that count
    /// took.
    slices: u32,
    spent_ms: f64,
    spent_steps: u64,
    known: Costs,
    other: Other,
}

/// How far the measurement of the other device is. It is made on a copy of the run.
#[derive(Debug, Default)]
enum Other {
    #[default]
    Wanted,
    /// The copy is compiled in the background.
    Preparing(DeviceKind),
    /// Measured at this time, but the cost is doubtful: it is measured again when the run has gone
    /// on for a while.
    Doubted { on: DeviceKind, cost: StepCost, since_ms: f64 },
    /// Measured, or cannot be: the copy can be dropped.
    Over,
    /// The copy was dropped.
    Done,
}

impl CostMeter {
    /// The run trained.
    pub(super) fn spent(&mut self, ms: f64, steps: u64) {
        self.slices += 1;
        if self.slices > UNMEASURED_SLICES {
            self.spent_ms += ms;
            self.spent_steps += steps;
        }
    }

    /// The run trains on another device from now on.
    pub(super) fn moved(&mut self) {
        (self.slices, self.spent_ms, self.spent_steps) = (0, 0.0, 0);
    }

    /// Takes the next step of measuring a run that trains on `device`. The copy is built and
    /// measured while the run waits; its kernels are compiled beside it.
    pub(super) fn next(
        &mut self,
        now_ms: f64,
        device: DeviceKind,
        facts: Facts,
        experiment: &Experiment,
        out: &mut Outbox,
    ) -> Option<Work> {
        if self.spent_steps == 0 || (self.spent_ms < OWN_MS && self.spent_steps < OWN_STEPS) {
            return None;
        }
        self.tell_own(device, facts, out);
        match &self.other {
            Other::Wanted => {
                let other = match (device, facts.gpu) {
                    (DeviceKind::Gpu, _) => DeviceKind::Cpu,
                    (DeviceKind::Cpu, Gpu::Found { .. }) => DeviceKind::Gpu,
                    (DeviceKind::Cpu, Gpu::Asked { .. }) => return None,
                    // It may still answer or come back.
                    (DeviceKind::Cpu, Gpu::Silent | Gpu::Lost | Gpu::Gone) => {
                        self.learn(DeviceKind::Gpu, Cost::Unmeasurable, facts, out);
                        return None;
                    }
                    (DeviceKind::Cpu, Gpu::Absent | Gpu::Insecure) => {
                        self.learn(DeviceKind::Gpu, Cost::Unmeasurable, facts, out);
                        self.other = Other::Done;
                        return None;
                    }
                };
                self.learn(other, Cost::Awaited, facts, out);
                self.other = Other::Preparing(other);
                Some(Work::PrepareTrial { experiment: experiment.clone(), device: other })
            }
            Other::Preparing(on) => match facts.trial {
                TrialState::Preparing => None,
                TrialState::Ready => Some(Work::MeasureTrial),
                TrialState::Absent => {
                    if *on != device {
                        self.learn(*on, Cost::Unmeasurable, facts, out);
                    }
                    self.other = Other::Over;
                    None
                }
            },
            Other::Doubted { since_ms, .. } => (now_ms - since_ms >= AGAIN_MS).then_some(Work::MeasureTrial),
            Other::Over => {
                self.other = Other::Done;
                Some(Work::DropTrial)
            }
            Other::Done => None,
        }
    }

    /// The first steps of all also warm up; what more of them say is worth saying again.
    fn tell_own(&mut self, device: DeviceKind, facts: Facts, out: &mut Outbox) {
        let said = self.known.on(device);
        if said.is_none_or(|said| u64::from(said.steps) * NEWS_FACTOR <= self.spent_steps) {
            let steps = u32::try_from(self.spent_steps).unwrap_or(u32::MAX);
            self.learn(device, Cost::Measured(StepCost { ms: self.spent_ms / self.spent_steps as f64, steps }), facts, out);
        }
    }

    /// The copy was measured, or cannot be.
    pub(super) fn measured(&mut self, measured: Option<Measured>, now_ms: f64, device: DeviceKind, facts: Facts, out: &mut Outbox) {
        let (on, cost) = match (std::mem::replace(&mut self.other, Other::Over), measured) {
            (Other::Preparing(on), Some(Measured { cost, is_doubtful: true })) => {
                self.other = Other::Doubted { on, cost, since_ms: now_ms };
                return;
            }
            (Other::Preparing(on), Some(measured)) => (on, Cost::Measured(measured.cost)),
            (Other::Preparing(on), None) => (on, Cost::Unmeasurable),
            (Other::Doubted { on, cost, .. }, Some(again)) if again.cost.ms < cost.ms => (on, Cost::Measured(again.cost)),
            (Other::Doubted { on, cost, .. }, _) => (on, Cost::Measured(cost)),
            (Other::Wanted | Other::Over | Other::Done, _) => return,
        };
        // The run may have moved there meanwhile, and then measures that device itself.
        if on != device {
            self.learn(on, cost, facts, out);
        }
    }

    /// Tells what is new about a device.
    fn learn(&mut self, device: DeviceKind, cost: Cost, facts: Facts, out: &mut Outbox) {
        let known = match device {
            DeviceKind::Cpu => &mut self.known.cpu,
            DeviceKind::Gpu => &mut self.known.gpu,
        };
        if *known != cost {
            *known = cost;
            let is_emulated = facts.gpu == Gpu::Found { is_software: true };
            out.say(Event::Costs(Costs { is_emulated, ..self.known }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts = Facts { gpu: Gpu::Found { is_software: false }, trial: TrialState::Absent };
    const READY: Facts = Facts { trial: TrialState::Ready, ..FACTS };

    /// What is said of the costs.
    fn said(out: &mut Outbox) -> Vec<Costs> {
        let known = |event| if let Event::Costs(known) = event { Some(known) } else { None };
        out.take().into_iter().filter_map(|said| known(said.message.message)).collect()
    }

    fn next(costs: &mut CostMeter, now_ms: f64, facts: Facts, out: &mut Outbox) -> Option<Work> {
        costs.next(now_ms, DeviceKind::Cpu, facts, &Experiment::first_visit(), out)
    }

    fn measured(ms: f64, is_doubtful: bool) -> Option<Measured> {
        Some(Measured { cost: StepCost { ms, steps: 1 }, is_doubtful })
    }

    /// A run on the CPU whose own cost is known.
    fn trained(out: &mut Outbox) -> CostMeter {
        let mut costs = CostMeter::default();
        for _ in 0..UNMEASURED_SLICES {
            costs.spent(1e6, 1);
        }
        costs.spent(50.0, 100);
        assert_eq!(next(&mut costs, 0.0, FACTS, out), None, "50 ms are too little");
        costs.spent(50.0, 100);
        costs
    }

    #[test]
    fn the_own_cost_says_on_how_many_steps_it_rests_and_is_said_again_at_eight_times_as_many() {
        let mut out = Outbox::default();
        let mut costs = trained(&mut out);
        assert!(matches!(next(&mut costs, 0.0, FACTS, &mut out), Some(Work::PrepareTrial { device: DeviceKind::Gpu, .. })));
        assert_eq!(said(&mut out)[0].cpu, Cost::Measured(StepCost { ms: 0.5, steps: 200 }));
        costs.spent(700.0, 1_399);
        next(&mut costs, 0.0, Facts { trial: TrialState::Preparing, ..FACTS }, &mut out);
        assert_eq!(said(&mut out), []);
        costs.spent(0.0, 1);
        next(&mut costs, 0.0, Facts { trial: TrialState::Preparing, ..FACTS }, &mut out);
        assert_eq!(said(&mut out)[0].cpu, Cost::Measured(StepCost { ms: 0.5, steps: 1_600 }));
    }

    #[test]
    fn the_other_device_is_measured_on_a_copy_that_is_then_given_up() {
        let mut out = Outbox::default();
        let mut costs = trained(&mut out);
        next(&mut costs, 0.0, FACTS, &mut out);
        assert_eq!(next(&mut costs, 1.0, READY, &mut out), Some(Work::MeasureTrial));
        said(&mut out);
        costs.measured(measured(3.0, false), 2.0, DeviceKind::Cpu, READY, &mut out);
        assert_eq!(said(&mut out)[0].gpu, Cost::Measured(StepCost { ms: 3.0, steps: 1 }));
        assert_eq!(next(&mut costs, 3.0, READY, &mut out), Some(Work::DropTrial));
        assert_eq!(next(&mut costs, 4.0, FACTS, &mut out), None);
    }

    #[test]
    fn a_doubtful_cost_is_measured_again_and_the_lower_one_believed() {
        let mut out = Outbox::default();
        let mut costs = trained(&mut out);
        next(&mut costs, 0.0, FACTS, &mut out);
        said(&mut out);
        costs.measured(measured(2_500.0, true), 2.0, DeviceKind::Cpu, READY, &mut out);
        assert_eq!(said(&mut out), []);
        assert_eq!(next(&mut costs, 2_001.0, READY, &mut out), None);
        assert_eq!(next(&mut costs, 2_002.0, READY, &mut out), Some(Work::MeasureTrial));
        costs.measured(measured(1_400.0, true), 3_000.0, DeviceKind::Cpu, READY, &mut out);
        assert_eq!(said(&mut out)[0].gpu, Cost::Measured(StepCost { ms: 1_400.0, steps: 1 }));
    }

    #[test]
    fn a_doubtful_cost_is_better_than_none() {
        let mut out = Outbox::default();
        let mut costs = trained(&mut out);
        next(&mut costs, 0.0, FACTS, &mut out);
        costs.measured(measured(2_500.0, true), 2.0, DeviceKind::Cpu, READY, &mut out);
        said(&mut out);
        costs.measured(None, 3_000.0, DeviceKind::Cpu, READY, &mut out);
        assert_eq!(said(&mut out)[0].gpu, Cost::Measured(StepCost { ms: 2_500.0, steps: 1 }));
    }

    #[test]
    fn a_copy_that_cannot_be_prepared_or_measured_ends_the_wait_for_its_cost() {
        let mut out = Outbox::default();
        let mut costs = trained(&mut out);
        next(&mut costs, 0.0, FACTS, &mut out);
        said(&mut out);
        next(&mut costs, 1.0, FACTS, &mut out);
        assert_eq!(said(&mut out)[0].gpu, Cost::Unmeasurable);
        let mut costs = trained(&mut out);
        next(&mut costs, 0.0, FACTS, &mut out);
        said(&mut out);
        costs.measured(None, 2.0, DeviceKind::Cpu, READY, &mut out);
        assert_eq!(said(&mut out)[0].gpu, Cost::Unmeasurable);
    }

    #[test]
    fn a_gpu_that_answers_late_is_measured_then() {
        let mut out = Outbox::default();
        let mut costs = trained(&mut out);
        assert_eq!(next(&mut costs, 0.0, Facts { gpu: Gpu::Silent, ..FACTS }, &mut out), None);
        assert_eq!(said(&mut out).last().map(|known| known.gpu), Some(Cost::Unmeasurable));
        assert!(matches!(next(&mut costs, 1.0, FACTS, &mut out), Some(Work::PrepareTrial { device: DeviceKind::Gpu, .. })));
        assert_eq!(said(&mut out)[0].gpu, Cost::Awaited);
    }

    #[test]
    fn where_there_is_no_gpu_nothing_is_measured() {
        let mut out = Outbox::default();
        let mut costs = trained(&mut out);
        let absent = Facts { gpu: Gpu::Absent, ..FACTS };
        assert_eq!(next(&mut costs, 0.0, absent, &mut out), None);
        assert_eq!(next(&mut costs, 0.0, FACTS, &mut out), None);
    }
}
