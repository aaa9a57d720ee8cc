//! How long a request for a GPU may go without an answer.

use super::schedule::IDLE_MS;
use super::work::Gpu;

/// Browsers answer within a second. Drivers and policies can make them stay silent for ever.
const PATIENCE_MS: f64 = 5_000.0;

/// Watches the request that is not answered yet.
#[derive(Debug, Default)]
pub(super) struct Silence {
    lasted_ms: f64,
    looked_ms: f64,
}

impl Silence {
    /// What is to be thought of `gpu` now.
    ///
    /// A look that comes late counts as [`IDLE_MS`]: the thread was busy or the machine slept, and
    /// no answer could come in.
    pub(super) fn judge(&mut self, gpu: Gpu, now_ms: f64) -> Gpu {
        if !matches!(gpu, Gpu::Asked { .. }) {
            *self = Self::default();
            return gpu;
        }
        if self.looked_ms > 0.0 {
            self.lasted_ms += (now_ms - self.looked_ms).min(f64::from(IDLE_MS));
        }
        self.looked_ms = now_ms;
        if self.lasted_ms < PATIENCE_MS { gpu } else { Gpu::Silent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Gpu = Gpu::Asked { is_offered: true };

    #[test]
    fn a_request_is_silent_after_five_seconds_until_it_is_answered() {
        let mut silence = Silence::default();
        assert!((0..50).all(|tick| silence.judge(ASKED, 100.0 + f64::from(tick) * 100.0) == ASKED));
        assert_eq!(silence.judge(ASKED, 5_100.0), Gpu::Silent);
        assert_eq!(silence.judge(Gpu::Absent, 5_200.0), Gpu::Absent);
        assert_eq!(silence.judge(ASKED, 5_300.0), ASKED, "another request");
    }

    #[test]
    fn a_machine_that_slept_does_not_make_the_gpu_silent() {
        let mut silence = Silence::default();
        silence.judge(ASKED, 100.0);
        assert_eq!(silence.judge(ASKED, 3_600_000.0), ASKED);
    }
}
