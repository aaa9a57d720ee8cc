//! The 2-D sets of TensorFlow Playground, point for point as its links make them.
//!
//! Turns a set's name and a seed into points, split in training and test part. It knows no memory
//! layout and no loss.

use crate::catalog::Dataset;
use crate::seedrandom::SeedRandom;
use std::f64::consts::{PI, TAU};

/// Points of a classification set, both classes together.
const CLASSIFIED: usize = 500;
/// Points of a regression set.
const MEASURED: usize = 1200;

/// A point of a 2-D set.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// From left to right, about -6 to 6.
    pub x: f64,
    /// From bottom to top, about -6 to 6.
    pub y: f64,
    /// -1 or 1, or a measured value between about -1 and 1.
    pub label: f64,
}

/// A 2-D set, shuffled.
#[derive(Clone, Debug)]
pub struct Points {
    /// All points, those to train on first.
    pub points: Vec<Point>,
    /// How many are trained on.
    pub train_rows: usize,
    /// The generator as the points left it: TensorFlow Playground draws the initial weights from
    /// it.
    pub random: SeedRandom,
}

/// Draws, shuffles and splits a 2-D set.
///
/// `noise` is a share (0.5 for 50 %) of the jitter; labels are those of the jittered points,
/// positions are not jittered (spirals excepted, and the bells, where it widens them). The first
/// `floor(n · train_percent / 100)` points are trained on. `None` for other sets.
pub fn points(dataset: Dataset, noise: f64, train_percent: f64, seed: &str) -> Option<Points> {
    let mut random = SeedRandom::new(seed);
    let mut points = match dataset {
        Dataset::Circle => circle(&mut random, noise),
        Dataset::Xor => xor(&mut random, noise),
        Dataset::Gauss => gauss(&mut random, noise),
        Dataset::Spiral => spiral(&mut random, noise),
        Dataset::RegPlane => measured(&mut random, noise, |x, y| (x + y) / 10.0),
        Dataset::RegGauss => measured(&mut random, noise, bells),
        Dataset::Digits | Dataset::Strokes | Dataset::Mnist | Dataset::FashionMnist => return None,
    };
    for left in (1..=points.len()).rev() {
        let taken = (random.uniform() * left as f64) as usize;
        points.swap(left - 1, taken);
    }
    // `as` saturates, so that an old link's odd percentage gives an empty part and no fault.
    let train_rows = ((points.len() as f64 * train_percent / 100.0).floor() as usize).min(points.len());
    Some(Points { points, train_rows, random })
}

/// A disc of label 1 in a ring of label -1.
fn circle(random: &mut SeedRandom, noise: f64) -> Vec<Point> {
    const RADIUS: f64 = 5.0;
    let ranges = [(0.0, RADIUS * 0.5), (RADIUS * 0.7, RADIUS)];
    let mut points = Vec::with_capacity(CLASSIFIED);
    for (low, high) in ranges {
        for _ in 0..CLASSIFIED / 2 {
            let r = random.between(low, high);
            let angle = random.between(0.0, TAU);
            let (x, y) = (r * libm::sin(angle), r * libm::cos(angle));
            let jittered_x = x + random.between(-RADIUS, RADIUS) * noise;
            let jittered_y = y + random.between(-RADIUS, RADIUS) * noise;
            points.push(Point { x, y, label: sign(distance(jittered_x, jittered_y) < RADIUS * 0.5) });
        }
    }
    points
}

/// Quadrants: label 1 where the coordinates have one sign, with a gap along the axes.
fn xor(random: &mut SeedRandom, noise: f64) -> Vec<Point> {
    const PADDING: f64 = 0.3;
    let coordinate = |random: &mut SeedRandom| {
        let value = random.between(-5.0, 5.0);
        if value > 0.0 { value + PADDING } else { value - PADDING }
    };
    let point = |random: &mut SeedRandom| {
        let (x, y) = (coordinate(random), coordinate(random));
        let jittered_x = x + random.between(-5.0, 5.0) * noise;
        let jittered_y = y + random.between(-5.0, 5.0) * noise;
        Point { x, y, label: sign(jittered_x * jittered_y >= 0.0) }
    };
    (0..CLASSIFIED).map(|_| point(random)).collect()
}

/// A bell at (2, 2) and one at (-2, -2), of variance 0.5 without noise and 4 at a noise of 0.5.
fn gauss(random: &mut SeedRandom, noise: f64) -> Vec<Point> {
    let variance = 0.5 + 7.0 * noise;
    let mut points = Vec::with_capacity(CLASSIFIED);
    for label in [1.0, -1.0] {
        for _ in 0..CLASSIFIED / 2 {
            let x = random.normal(2.0 * label, variance);
            let y = random.normal(2.0 * label, variance);
            points.push(Point { x, y, label });
        }
    }
    points
}

/// Two spirals of 1.75 turns, half a turn apart.
fn spiral(random: &mut SeedRandom, noise: f64) -> Vec<Point> {
    let n = CLASSIFIED / 2;
    let mut points = Vec::with_capacity(CLASSIFIED);
    for (start, label) in [(0.0, 1.0), (PI, -1.0)] {
        for i in 0..n {
            let r = i as f64 / n as f64 * 5.0;
            let t = 1.75 * i as f64 / n as f64 * 2.0 * PI + start;
            let x = r * libm::sin(t) + random.between(-1.0, 1.0) * noise;
            let y = r * libm::cos(t) + random.between(-1.0, 1.0) * noise;
            points.push(Point { x, y, label });
        }
    }
    points
}

/// Points of a square and what is measured there.
fn measured(random: &mut SeedRandom, noise: f64, value: fn(f64, f64) -> f64) -> Vec<Point> {
    const RADIUS: f64 = 6.0;
    let point = |random: &mut SeedRandom| {
        let (x, y) = (random.between(-RADIUS, RADIUS), random.between(-RADIUS, RADIUS));
        let jittered_x = x + random.between(-RADIUS, RADIUS) * noise;
        let jittered_y = y + random.between(-RADIUS, RADIUS) * noise;
        Point { x, y, label: value(jittered_x, jittered_y) }
    };
    (0..MEASURED).map(|_| point(random)).collect()
}

/// Six cones of alternating sign and radius 2; where two overlap the larger counts, of equals the
/// first.
fn bells(x: f64, y: f64) -> f64 {
    const CENTRES: [(f64, f64, f64); 6] =
        [(-4.0, 2.5, 1.0), (0.0, 2.5, -1.0), (4.0, 2.5, 1.0), (-4.0, -2.5, -1.0), (0.0, -2.5, 1.0), (4.0, -2.5, -1.0)];
    CENTRES.iter().fold(0.0, |label: f64, (cx, cy, sign)| {
        let height = sign * (1.0 - distance(x - cx, y - cy) / 2.0).max(0.0);
        if height.abs() > label.abs() { height } else { label }
    })
}

fn distance(dx: f64, dy: f64) -> f64 {
    (dx * dx + dy * dy).sqrt()
}

fn sign(is_positive: bool) -> f64 {
    if is_positive { 1.0 } else { -1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section "golden vectors" of the original engine: set, noise, seed, a training point, the
    /// first initial weights.
    #[test]
    fn points_and_the_numbers_after_them_are_those_of_the_original() {
        let cases = [
            (Dataset::Circle, 0.0, "0.59704", [0.24014491222149606, 0.46035893207186385, 1.0], 0.013961340352000695),
            (Dataset::Spiral, 0.15, "0.65451", [-3.4642150134756364, 1.5646101294599382, -1.0], -0.43632173790120093),
            (Dataset::Gauss, 0.25, "0.61489", [-1.1542838484081799, -1.6010898388553265, -1.0], 0.025005479075377757),
            (Dataset::Xor, 0.0, "0.5", [-1.3516197422476608, -4.480323599407508, 1.0], 0.15073031362995037),
            (Dataset::RegGauss, 0.1, "0.27079", [-4.066271283063674, -1.0767340892362913, -0.23435271615600528], 0.33876900120883446),
        ];
        for (dataset, noise, seed, want, weight) in cases {
            let mut set = points(dataset, noise, 50.0, seed).expect("a 2-D set");
            let got = set.points[0];
            for (got, want) in [got.x, got.y, got.label].iter().zip(want) {
                assert!((got - want).abs() <= 1e-14, "{dataset:?}: {got} is not {want}");
            }
            let got = set.random.uniform() - 0.5;
            assert!((got - weight).abs() <= 1e-15, "{dataset:?}: first weight {got} is not {weight}");
        }
    }

    #[test]
    fn a_share_beyond_all_points_trains_on_all() {
        let rows = |percent| points(Dataset::Xor, 0.0, percent, "1").expect("a 2-D set").train_rows;
        assert_eq!([rows(30.0), rows(-5.0), rows(900.0), rows(f64::NAN)], [150, 0, 500, 0]);
    }
}
