//! What an [`Event`] changes on the page.

use super::report::is_of_run;
use super::{Built, Frame, Lab, Phase, Scene};
use descent_protocol::{Addressed, Command, Event, Metrics, NoticeKind, RunState, Samples};
use leptos::prelude::*;
use std::sync::Arc;

impl Lab {
    /// Takes in an event. What tells of an earlier run is dropped.
    pub(super) fn receive(self, event: Addressed<Event>) {
        if event.run != self.id.get_value() && is_of_run(&event.message) {
            return;
        }
        match event.message {
            // A worker that took over was not asked for pictures yet.
            Event::Booted => self.ask_again(),
            Event::Alive | Event::Checked { .. } | Event::Bench { .. } => {}
            Event::Notice { kind, text } => self.notify(kind, text),
            Event::Failed { text } => {
                self.run.phase.set(Phase::Failed);
                self.notify(NoticeKind::WorkerRestarted, text);
            }
            Event::Built { train_rows, test_rows, program, .. } => {
                let experiment = self.sent.get_value();
                let outline = experiment.outline().expect("the worker has built this network");
                self.take_built(Built { experiment, outline, train_rows, test_rows, program });
            }
            Event::Samples(samples) => self.take_samples(samples),
            Event::State { state, step, .. } => self.take_state(state, step),
            Event::Metrics(metrics) => self.take_metrics(metrics),
            Event::Frame { step, picture } => {
                self.run.scene.update(|scene| scene.frame = Some(Arc::new(Frame { step, picture })));
                self.frame_came();
            }
            Event::Device(device) => self.run.device.set(Some(device)),
            Event::Costs(costs) => self.run.costs.set(costs),
            Event::Goal { step } => self.run.goal_step.set(Some(step)),
            Event::Saved { step, .. } => {
                self.run.saved_step.set(Some(step));
                self.keep();
            }
        }
    }

    fn take_built(self, built: Built) {
        self.run.scene.set(Scene { built: Some(Arc::new(built)), frame: None });
        // A picture that was asked for while there was no run never came. A run that is built has
        // its files, so a notice that they are missing is out of date.
        self.ask_again();
        self.dismiss(NoticeKind::File);
    }

    fn take_samples(self, samples: Samples) {
        if matches!(samples, Samples::Images(_)) {
            self.send(Command::Inspect { sample: self.run.inspected.get_untracked() });
        }
        self.run.samples.set(Some(Arc::new(samples)));
    }

    fn take_state(self, state: RunState, step: u64) {
        if (state, step) == (RunState::Ready, 0) {
            self.run.saved_step.set(None);
        }
        self.run.phase.set(state.into());
        self.run.metrics.update(|metrics| metrics.step = step);
        self.want_frame();
    }

    fn take_metrics(self, mut metrics: Metrics) {
        // A run that pauses keeps the rates that it had.
        if metrics.steps_per_second == 0.0 {
            let last = self.run.metrics.get_untracked();
            metrics.steps_per_second = last.steps_per_second;
            metrics.samples_per_second = last.samples_per_second;
        }
        self.run.history.update(|history| history.record(&metrics));
        self.run.metrics.set(metrics);
    }
}
