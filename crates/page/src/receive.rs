//! What an [`Event`] changes on the page.

use super::format;
use super::lab::Lab;
use super::reports::{Built, Costs, Device, Frame, PageState, Samples};
use descent_protocol::{Command, Event, Metrics, NoticeKind, RunId, RunState};
use js_sys::{ArrayBuffer, Float32Array, Uint8Array};

/// The chart keeps at most so many points of a line; then every other one goes.
const MAX_POINTS: usize = 1200;

impl Lab {
    /// Takes in an event; what belongs to an earlier run is dropped.
    pub(crate) fn receive(self, event: Event, arrays: Vec<ArrayBuffer>) {
        match event {
            // A worker that took over was not asked for pictures yet.
            Event::Booted => self.ask_again(),
            Event::Alive | Event::Bench { .. } => {}
            Event::Built { run, layers, params, train_rows, test_rows, program, .. } if self.is_current(run) => {
                self.built.set(Some(Built { layers, params, train_rows, test_rows, program }));
                // What was asked for while there was no run went nowhere, and what files there were to bring are here.
                self.ask_again();
                self.dismiss(NoticeKind::File);
            }
            Event::Data { run, train_points, image, classes } if self.is_current(run) => {
                self.take_samples(train_points, image, classes, &arrays)
            }
            Event::State { run, state, step } if self.is_current(run) => self.take_state(state, step),
            Event::Metrics(metrics) if self.is_current(metrics.run) => self.take_metrics(metrics),
            Event::Frame { run, step, size, unit_size } => {
                if self.is_current(run) {
                    let array = |i: usize| arrays.get(i).map(bytes).unwrap_or_default();
                    self.frame.set(Some(Frame { step, size, unit_size, arrays: [array(0), array(1), array(2)] }));
                }
                self.frame_came();
            }
            Event::Device { run, kind, name, why, has_gpu } if self.is_current(run) => {
                self.device.set(Some(Device { kind, name, why, has_gpu }));
            }
            Event::Costs { run, cpu_ms, gpu_ms, steps, is_emulated } if self.is_current(run) => {
                self.costs.set(Costs { cpu_ms, gpu_ms, steps, is_emulated });
            }
            Event::Saved { run, step } if self.is_current(run) => self.saved_step.set(Some(step)),
            Event::Notice { kind, text } => self.notify(kind, text),
            Event::Failed { text } => {
                self.state.set(PageState::Failed);
                self.notify(NoticeKind::WorkerRestarted, text);
            }
            // What is left belongs to a run that is over.
            Event::Built { .. } | Event::Data { .. } | Event::State { .. } | Event::Metrics(_) => {}
            Event::Device { .. } | Event::Costs { .. } | Event::Saved { .. } => {}
        }
    }

    fn is_current(self, run: RunId) -> bool {
        self.run.get_untracked() == run
    }

    fn take_samples(self, train: usize, [rows, cols]: [usize; 2], classes: Vec<String>, arrays: &[ArrayBuffer]) {
        let Some(first) = arrays.first() else { return };
        let samples = if rows == 0 {
            let numbers = Float32Array::new(first).to_vec();
            Samples::Points { points: numbers.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect(), train }
        } else {
            let labels = arrays.get(1).map(bytes).unwrap_or_default();
            self.send(Command::Inspect { sample: self.inspected.get_untracked() });
            Samples::Images { rows, cols, pixels: bytes(first), labels, classes }
        };
        self.samples.set(Some(samples));
    }

    fn take_state(self, state: RunState, step: u64) {
        let page = match state {
            RunState::Ready => PageState::Ready,
            RunState::Training => PageState::Training,
            RunState::Paused => PageState::Paused,
            RunState::Diverged => PageState::Diverged,
            RunState::Failed => PageState::Failed,
        };
        self.state.set(page);
        self.metrics.update(|m| m.step = step);
        if page == PageState::Diverged && !self.notices.with_untracked(|all| all.iter().any(|n| n.kind == NoticeKind::Diverged)) {
            self.notify(
                NoticeKind::Diverged,
                format!("Training diverged at step {}. The last good weights are kept.", format::thousands(step)),
            );
        }
        self.want_frame();
    }

    fn take_metrics(self, mut metrics: Metrics) {
        // A run that pauses keeps the rates that it had.
        if metrics.steps_per_second == 0.0 {
            let last = self.metrics.get_untracked();
            metrics.steps_per_second = last.steps_per_second;
            metrics.samples_per_second = last.samples_per_second;
        }
        self.history.update(|history| {
            // After a fault the run goes on from the saved step: what came later is not its past any more.
            push(&mut history.train, metrics.train_loss, metrics.step);
            push(&mut history.test, metrics.test_loss, metrics.step);
        });
        self.metrics.set(metrics);
    }
}

fn push(line: &mut Vec<(u64, f64)>, value: Option<(f64, u64)>, now: u64) {
    while line.last().is_some_and(|last| last.0 > now) {
        line.pop();
    }
    let Some((value, step)) = value else { return };
    match line.last_mut() {
        Some(last) if last.0 == step => last.1 = value,
        Some(last) if last.0 > step => {}
        _ => line.push((step, value)),
    }
    if line.len() > MAX_POINTS {
        let mut index = 0;
        line.retain(|_| {
            index += 1;
            index % 2 == 1
        });
    }
}

/// The bytes of a buffer.
fn bytes(buffer: &ArrayBuffer) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}
