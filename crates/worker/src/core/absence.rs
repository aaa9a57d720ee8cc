//! A GPU that was there and is not given again: when it is asked for once more.

use super::work::Gpu;

/// The pauses between two requests double from here to there.
const FIRST_PAUSE_MS: f64 = 5_000.0;
const LONGEST_PAUSE_MS: f64 = 60_000.0;

/// Remembers that there was a GPU.
#[derive(Debug)]
pub(super) struct Absence {
    was_there: bool,
    is_gone: bool,
    pause_ms: f64,
    due_ms: f64,
}

impl Absence {
    /// Nothing is known of a GPU.
    pub(super) fn new() -> Self {
        Self { was_there: false, is_gone: false, pause_ms: FIRST_PAUSE_MS, due_ms: 0.0 }
    }

    /// What is to be thought of `gpu` now. While a run is on its way to a device, the answer to its
    /// own request counts.
    pub(super) fn judge(&mut self, gpu: Gpu, is_opening: bool, now_ms: f64) -> Gpu {
        self.was_there |= matches!(gpu, Gpu::Found { .. } | Gpu::Lost);
        match gpu {
            Gpu::Found { .. } => *self = Self { was_there: true, ..Self::new() },
            Gpu::Absent if self.was_there => self.go(now_ms),
            // Nobody sees that it is asked for.
            Gpu::Asked { .. } if self.is_gone && !is_opening => {}
            Gpu::Lost if !is_opening => self.go(now_ms),
            _ => return gpu,
        }
        if self.is_gone { Gpu::Gone } else { gpu }
    }

    fn go(&mut self, now_ms: f64) {
        if !std::mem::replace(&mut self.is_gone, true) {
            self.due_ms = now_ms + self.pause_ms;
        }
    }

    /// Whether a GPU is to be asked for now.
    pub(super) fn is_to_be_asked(&mut self, gpu: Gpu, now_ms: f64) -> bool {
        let is_due = gpu == Gpu::Gone && now_ms >= self.due_ms;
        if is_due {
            self.pause_ms = (self.pause_ms * 2.0).min(LONGEST_PAUSE_MS);
            self.due_ms = now_ms + self.pause_ms;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: Gpu = Gpu::Found { is_software: false };

    #[test]
    fn a_gpu_that_went_is_asked_for_less_and_less_often_until_it_is_back() {
        let mut absence = Absence::new();
        assert_eq!(absence.judge(Gpu::Absent, false, 0.0), Gpu::Absent, "it was never there");
        assert_eq!(absence.judge(REAL, false, 0.0), REAL);
        assert_eq!(absence.judge(Gpu::Absent, false, 0.0), Gpu::Gone);
        let asked: Vec<u32> = (0..200).filter(|second| absence.is_to_be_asked(Gpu::Gone, f64::from(*second) * 1e3)).collect();
        assert_eq!(asked, [5, 15, 35, 75, 135, 195]);
        assert_eq!(absence.judge(Gpu::Asked { is_offered: true }, false, 200_000.0), Gpu::Gone);
        assert_eq!(absence.judge(REAL, false, 200_001.0), REAL);
    }
}
