//! When another device is asked for after a loss.

/// The pauses before each request: a browser whose GPU process has died needs a while to start
/// another.
const PAUSES_MS: [f64; 4] = [0.0, 250.0, 750.0, 3_000.0];

/// The attempts to get a GPU back, at least 0, 250 ms, 1 s and 4 s after the loss.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Recovery {
    attempt: usize,
    due_ms: f64,
}

impl Recovery {
    /// Of a device that was lost now.
    pub(super) fn new(now_ms: f64) -> Self {
        Self { attempt: 0, due_ms: now_ms }
    }

    /// How long it is until a device may be asked for.
    pub(super) fn left_ms(&self, now_ms: f64) -> f64 {
        self.due_ms - now_ms
    }

    /// Whether there is another attempt after one that has failed.
    pub(super) fn failed(&mut self, now_ms: f64) -> bool {
        self.attempt += 1;
        let pause = PAUSES_MS.get(self.attempt);
        self.due_ms = now_ms + pause.copied().unwrap_or_default();
        pause.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_four_attempts_further_and_further_apart() {
        let mut recovery = Recovery::new(10.0);
        let mut asked = vec![10.0];
        while recovery.failed(asked[asked.len() - 1]) {
            asked.push(asked[asked.len() - 1] + recovery.left_ms(asked[asked.len() - 1]));
        }
        assert_eq!(asked, [10.0, 260.0, 1_010.0, 4_010.0]);
    }
}
