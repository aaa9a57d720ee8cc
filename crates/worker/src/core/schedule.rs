//! What a run has to do beside training, and when.

use super::job::Job;
use descent_protocol::FRAME_MS;

/// Between two reports of figures.
const REPORT_MS: f64 = 100.0;
/// Between two saved snapshots. With the time that one takes it is still less than a second.
const SAVE_MS: f64 = 900.0;
/// How long the worker waits for a command while nothing is to be done. The page expects a word
/// four times a second.
pub(super) const IDLE_MS: i32 = 200;

/// When each thing was last done.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    /// When figures were reported.
    pub(super) reported_ms: f64,
    /// When a snapshot was read back.
    pub(super) saved_ms: f64,
    /// The pictures.
    pub(super) drawing: Job,
    /// The evaluations.
    pub(super) evaluation: Job,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) step: u64,
    /// Whether the last snapshot holds all that there is to lose.
    pub(super) is_saved: bool,
    pub(super) is_training: bool,
    /// Whether something depends on the figures of this step.
    pub(super) is_judged: bool,
    pub(super) wants_frame: bool,
}

/// What is to be done before training goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Due {
    Save,
    Draw,
    Evaluate,
}

impl Schedule {
    /// What is due now. A run that does not train is saved and evaluated at once, and so is a step
    /// on whose figures something depends.
    pub(super) fn due(&self, now_ms: f64, run: Standing) -> Option<Due> {
        if run.is_judged && !self.evaluation.is_done(run.step) {
            Some(Due::Evaluate)
        } else if !run.is_saved && (!run.is_training || now_ms - self.saved_ms >= SAVE_MS) {
            Some(Due::Save)
        } else if self.is_frame_wanted(run) && now_ms >= self.frame_due_ms(run) {
            Some(Due::Draw)
        } else if !self.evaluation.is_done(run.step) && (!run.is_training || now_ms >= self.evaluation.due_ms(REPORT_MS)) {
            Some(Due::Evaluate)
        } else {
            None
        }
    }

    fn frame_due_ms(&self, run: Standing) -> f64 {
        if run.is_training { self.drawing.due_ms(FRAME_MS) } else { self.drawing.idle_due_ms(FRAME_MS) }
    }

    fn is_frame_wanted(&self, run: Standing) -> bool {
        run.wants_frame && !self.drawing.is_done(run.step)
    }

    /// Whether figures are to be reported.
    pub(super) fn is_report_due(&self, now_ms: f64) -> bool {
        now_ms - self.reported_ms >= REPORT_MS
    }

    /// How long to wait where nothing is due; the next steps of a run that trains are in `left_ms`.
    pub(super) fn wait_ms(&self, now_ms: f64, run: Standing, left_ms: f64) -> i32 {
        let longest = if run.is_training { (left_ms.ceil() as i32).clamp(1, IDLE_MS) } else { IDLE_MS };
        if self.is_frame_wanted(run) { ((self.frame_due_ms(run) - now_ms).ceil() as i32).clamp(1, longest) } else { longest }
    }

    /// Everything shown is of another step now.
    pub(super) fn went_elsewhere(&mut self) {
        self.drawing.outdated();
        self.evaluation.outdated();
    }

    /// The run is on another device, where everything takes another time.
    pub(super) fn moved(&mut self) {
        (self.drawing, self.evaluation) = (Job::default(), Job::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAINING: Standing = Standing { step: 10, is_saved: false, is_training: true, is_judged: false, wants_frame: false };

    #[test]
    fn a_run_that_trains_is_saved_now_and_then_and_one_that_is_held_at_once() {
        let mut schedule = Schedule { saved_ms: 5_000.0, ..Schedule::default() };
        schedule.evaluation.done(10, 4_999.0, 5_000.0);
        assert_eq!(schedule.due(5_899.0, TRAINING), None);
        assert_eq!(schedule.due(5_900.0, TRAINING), Some(Due::Save));
        assert_eq!(schedule.due(5_001.0, Standing { is_training: false, ..TRAINING }), Some(Due::Save));
        assert_eq!(schedule.due(9_000.0, Standing { is_saved: true, ..TRAINING }), None);
    }

    #[test]
    fn a_picture_is_drawn_once_a_step_and_15_times_a_second() {
        let mut schedule = Schedule { saved_ms: 1_000.0, ..Schedule::default() };
        schedule.evaluation.done(10, 999.0, 1_000.0);
        schedule.drawing.done(9, 999.0, 1_000.0);
        let run = Standing { wants_frame: true, ..TRAINING };
        assert_eq!(schedule.due(1_065.0, run), None);
        assert_eq!(schedule.due(1_066.0, run), Some(Due::Draw));
        schedule.drawing.done(10, 1_066.0, 1_067.0);
        assert_eq!(schedule.due(1_500.0, run), None);
    }

    #[test]
    fn the_worker_waits_no_longer_than_until_the_next_picture() {
        let mut schedule = Schedule::default();
        schedule.drawing.done(9, 999.0, 1_000.0);
        let paused = Standing { is_training: false, wants_frame: true, ..TRAINING };
        assert_eq!(schedule.wait_ms(1_016.0, paused, 0.0), 50);
        assert_eq!(schedule.wait_ms(1_016.0, TRAINING, 12.3), 13);
        assert_eq!(schedule.wait_ms(1_016.0, Standing { wants_frame: false, ..paused }, 0.0), IDLE_MS);
    }
}
