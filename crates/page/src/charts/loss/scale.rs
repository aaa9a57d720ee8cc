//! Scales of the loss chart: losses on a logarithmic axis, steps on a plain one.

use crate::format::{at, thousands};
use crate::state::History;
use descent_spec::number::shortest;

/// Edges of the plot inside the picture.
pub(crate) const LEFT: f64 = 38.0;
pub(crate) const RIGHT: f64 = 56.0;
pub(crate) const TOP: f64 = 10.0;
pub(crate) const BOTTOM: f64 = 26.0;
/// Height of the picture.
pub(crate) const HEIGHT: f64 = 160.0;

/// The least loss that is drawn.
const FLOOR: f64 = 1e-6;

/// What the axes span.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    last_step: f64,
    width: f64,
}

impl Scale {
    /// Spans the finite losses, down to a tick of 1 or 3 times a power of ten.
    pub(crate) fn of(history: &History, width: f64) -> Self {
        let losses = || history.train.iter().chain(&history.test).map(|p| p.1).filter(|l| l.is_finite() && *l > 0.0);
        // Below a millionth nothing is left to learn, and a line that fell to 0 would flatten the
        // rest.
        let least = losses().fold(f64::INFINITY, f64::min).max(FLOOR);
        let most = losses().fold(0.0, f64::max).min(1e12);
        let (low, high) = if most > 0.0 { (tick_below(least), tick_above(most)) } else { (0.03, 1.0) };
        let high = if high / low < 9.0 { tick_above(low * 9.0) } else { high };
        let last = history.train.last().into_iter().chain(history.test.last()).map(|p| p.0).max().unwrap_or(0);
        Self { low: low.log10(), high: high.log10(), last_step: nice(last.max(100) as f64), width }
    }

    pub(crate) fn x(&self, step: f64) -> f64 {
        LEFT + step / self.last_step * (self.width - LEFT - RIGHT)
    }

    pub(crate) fn y(&self, loss: f64) -> f64 {
        let loss = if loss.is_finite() { loss.max(FLOOR).log10() } else { self.high };
        let share = ((loss - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)
    }

    /// The step under a place.
    pub(crate) fn step_at(&self, x: f64) -> f64 {
        (x - LEFT) / (self.width - LEFT - RIGHT) * self.last_step
    }

    /// Losses to name: 1 and 3 times powers of ten, or powers alone, or every second or third.
    pub(crate) fn loss_ticks(&self) -> Vec<f64> {
        let (low, high) = (self.low.floor() as i32, self.high.ceil() as i32);
        let every = ((high - low) / 5 + 1) as usize;
        let mut ticks = Vec::new();
        for exponent in (low..=high).step_by(every) {
            ticks.push(10f64.powi(exponent));
            if every == 1 && self.high - self.low < 3.2 {
                ticks.push(3.0 * 10f64.powi(exponent));
            }
        }
        ticks.retain(|tick| tick.log10() >= self.low - 1e-9 && tick.log10() <= self.high + 1e-9);
        ticks
    }

    /// Four steps to name, and 0.
    pub(crate) fn step_ticks(&self) -> [f64; 5] {
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| share * self.last_step)
    }

    /// Where the names of two lines stand, behind their last finite losses: not over each other,
    /// nor over a cross at the top. A line that has only begun has no name yet.
    pub(crate) fn names(&self, lines: [&[(u64, f64)]; 2], has_cross: bool) -> [Option<[f64; 2]>; 2] {
        let end = |line: &[(u64, f64)]| {
            let last = line.iter().skip(1).rev().find(|p| p.1.is_finite())?;
            Some([self.x(last.0 as f64), self.y(last.1)])
        };
        let ends = lines.map(end);
        let shift = match ends {
            [Some([_, first]), Some([_, second])] if (first - second).abs() < 13.0 => {
                if first <= second {
                    -7.0
                } else {
                    7.0
                }
            }
            _ => 0.0,
        };
        let top = if has_cross { TOP + 22.0 } else { 0.0 };
        let name = |end: Option<[f64; 2]>, shift: f64| end.map(|[x, y]| [x + 7.0, y.max(top).min(HEIGHT - BOTTOM - 8.0) + 4.0 + shift]);
        [name(ends[0], shift), name(ends[1], -shift)]
    }

    /// A line as an SVG path; it breaks where a loss is not finite.
    pub(crate) fn path(&self, line: &[(u64, f64)]) -> String {
        let mut path = String::with_capacity(line.len() * 12);
        let mut is_open = false;
        for &(step, loss) in line {
            if loss.is_finite() {
                path.push_str(if is_open { "L" } else { "M" });
                path.push_str(&at(self.x(step as f64)));
                path.push(' ');
                path.push_str(&at(self.y(loss)));
            }
            is_open = loss.is_finite();
        }
        path
    }
}

fn tick_below(loss: f64) -> f64 {
    let power = 10f64.powf(loss.log10().floor());
    if loss >= 3.0 * power { 3.0 * power } else { power }
}

fn tick_above(loss: f64) -> f64 {
    let power = 10f64.powf(loss.log10().floor());
    if loss <= power {
        power
    } else if loss <= 3.0 * power {
        3.0 * power
    } else {
        10.0 * power
    }
}

/// A tick's name: `0.03`, `1e-5`, `1e4`.
pub(crate) fn loss_name(loss: f64) -> String {
    if (0.0009..9_000.0).contains(&loss) {
        brief_tick(loss)
    } else {
        format!("{}e{}", lead(loss) as u8, loss.log10().floor() as i32).replace('-', "−")
    }
}

fn lead(loss: f64) -> f64 {
    (loss / 10f64.powf(loss.log10().floor())).round()
}

/// Without the dust of its binary form.
fn brief_tick(loss: f64) -> String {
    let decimals = (-loss.log10().floor()).max(0.0) as usize;
    format!("{loss:.decimals$}")
}

/// A step's name under its tick: `2,000`, `40k`, `1.5M`.
pub(crate) fn step_name(step: f64) -> String {
    if step >= 1e6 {
        shortest(step / 1e6) + "M"
    } else if step >= 1e4 {
        shortest(step / 1e3) + "k"
    } else {
        thousands(step as u64)
    }
}

/// The next of 1, 2, 4, 6, 8 times a power of ten, which a quarter divides well.
fn nice(last: f64) -> f64 {
    let power = 10f64.powf(last.log10().floor());
    [1.0, 2.0, 4.0, 6.0, 8.0, 10.0].iter().map(|factor| factor * power).find(|&n| n >= last).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(losses: &[f64]) -> Scale {
        Scale::of(&History { train: Vec::new(), test: (0..).zip(losses.iter().copied()).collect() }, 348.0)
    }

    #[test]
    fn every_loss_lies_inside_the_picture() {
        for losses in [vec![], vec![0.5], vec![0.7, 0.02, 1e-9], vec![3.0, f64::INFINITY, f64::NAN], vec![0.0], vec![1e300, 1e-300]] {
            let scale = scale(&losses);
            for &loss in &losses {
                let y = scale.y(loss);
                assert!((TOP..=HEIGHT - BOTTOM).contains(&y), "{losses:?}: {loss} lies at {y}");
            }
            assert!(!scale.loss_ticks().is_empty(), "{losses:?} have no tick");
        }
    }

    #[test]
    fn a_step_lies_where_the_pointer_finds_it() {
        let scale = scale(&[1.0; 700]);
        assert_eq!(scale.step_ticks(), [0.0, 200.0, 400.0, 600.0, 800.0]);
        assert!((scale.step_at(scale.x(350.0)) - 350.0).abs() < 1e-9);
    }

    #[test]
    fn a_line_breaks_where_a_loss_is_not_finite() {
        let path = scale(&[1.0, 0.5, f64::NAN, 0.5]).path(&[(0, 1.0), (1, 0.5), (2, f64::NAN), (3, 0.5)]);
        assert_eq!(path.chars().filter(char::is_ascii_alphabetic).collect::<String>(), "MLM");
    }

    #[test]
    fn names_do_not_lie_over_each_other() {
        let (test, train) = ([(0, 1.0), (100, 0.100)], [(0, 1.0), (100, 0.101)]);
        let scale = Scale::of(&History { train: train.into(), test: test.into() }, 348.0);
        let [Some([_, below]), Some([_, above])] = scale.names([&test, &train], false) else { panic!("both lines have ends") };
        assert!(below - above >= 13.0, "{above} and {below}");
        assert_eq!(scale.names([&test[..1], &[]], false), [None, None]);
    }

    #[test]
    fn ticks_have_short_names() {
        assert_eq!([2e3, 4e4, 1.5e6].map(step_name), ["2,000", "40k", "1.5M"]);
        assert_eq!([0.03, 1.0, 30.0, 3e-5, 1e4].map(loss_name), ["0.03", "1", "30", "3e−5", "1e4"]);
    }
}
