//! Digits drawn from strokes: 28×28 images like handwriting, as many as wanted from a seed.
//!
//! Each class has a few ways to be written; a way is a list of strokes through control points. A
//! sample moves the points, bends, slants, turns, scales and shifts the figure, draws it with a pen
//! of random width and adds noise. Only `+ - * / sqrt` and [`Rng`] are used, so every machine draws
//! the same pixels, and sample `i` is the same however many are drawn.

use crate::random::{Rng, Stream};

/// Pixels of a side.
pub const SIDE: usize = 28;
/// Pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;
/// Samples that a visitor trains on.
pub const TRAIN_ROWS: usize = 10_000;
/// Samples that a visitor tests on.
pub const TEST_ROWS: usize = 2_000;
/// Test samples have numbers from here on, so that they do not depend on how many are trained on.
pub const FIRST_TEST: u32 = 1 << 31;
/// Straight pieces between two control points.
const PIECES: usize = 5;

/// One way to write a digit.
struct Way {
    /// Control points in a unit square, y down.
    points: &'static [[f32; 2]],
    /// Strokes as numbers of control points. A stroke is smooth, a corner is where one stroke ends
    /// and another begins.
    strokes: &'static [&'static [u8]],
}

/// The ways to write each class.
#[rustfmt::skip]
const WAYS: [&[Way]; 10] = [
    &[
        Way {
            points: &[
                [0.55, 0.0], [0.2, 0.14], [0.06, 0.5], [0.2, 0.87], [0.5, 1.0], [0.81, 0.86], [0.94, 0.5], [0.82, 0.13], [0.48, 0.01]
            ],
            strokes: &[&[0, 1, 2, 3, 4, 5, 6, 7, 8]],
        },
        Way {
            points: &[
                [0.3, 0.1], [0.08, 0.48], [0.22, 0.88], [0.52, 1.0], [0.84, 0.8], [0.94, 0.42], [0.72, 0.06], [0.4, 0.02], [0.24, 0.2]
            ],
            strokes: &[&[0, 1, 2, 3, 4, 5, 6, 7, 8]],
        },
    ],
    &[
        Way { points: &[[0.5, 0.0], [0.5, 0.5], [0.5, 1.0]], strokes: &[&[0, 1, 2]] },
        Way { points: &[[0.28, 0.24], [0.54, 0.0], [0.53, 0.5], [0.52, 1.0]], strokes: &[&[0, 1], &[1, 2, 3]] },
        Way {
            points: &[[0.26, 0.22], [0.52, 0.0], [0.52, 0.5], [0.52, 1.0], [0.22, 1.0], [0.82, 0.99]],
            strokes: &[&[0, 1], &[1, 2, 3], &[4, 3, 5]],
        },
    ],
    &[
        Way {
            points: &[
                [0.1, 0.24], [0.32, 0.02], [0.68, 0.03], [0.85, 0.26], [0.66, 0.56], [0.34, 0.84], [0.08, 0.98], [0.5, 0.96],
                [0.94, 0.98]
            ],
            strokes: &[&[0, 1, 2, 3, 4, 5, 6], &[6, 7, 8]],
        },
        Way {
            points: &[
                [0.14, 0.16], [0.45, 0.0], [0.78, 0.16], [0.74, 0.46], [0.46, 0.8], [0.18, 0.98], [0.05, 0.87], [0.2, 0.76], [0.5, 0.9],
                [0.76, 1.0], [0.98, 0.88]
            ],
            strokes: &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
        },
    ],
    &[
        Way {
            points: &[
                [0.14, 0.14], [0.44, 0.0], [0.8, 0.1], [0.76, 0.36], [0.38, 0.47], [0.78, 0.56], [0.9, 0.78], [0.55, 1.0], [0.08, 0.88]
            ],
            strokes: &[&[0, 1, 2, 3, 4], &[4, 5, 6, 7, 8]],
        },
        Way {
            points: &[[0.12, 0.04], [0.84, 0.02], [0.44, 0.4], [0.8, 0.5], [0.9, 0.76], [0.54, 1.0], [0.06, 0.9]],
            strokes: &[&[0, 1], &[1, 2], &[2, 3, 4, 5, 6]],
        },
    ],
    &[
        Way {
            points: &[[0.24, 0.0], [0.17, 0.28], [0.08, 0.56], [0.5, 0.58], [0.96, 0.54], [0.76, 0.04], [0.7, 0.5], [0.66, 1.0]],
            strokes: &[&[0, 1, 2], &[2, 3, 4], &[5, 6, 7]],
        },
        Way {
            points: &[[0.68, 0.0], [0.36, 0.32], [0.04, 0.66], [0.5, 0.66], [0.98, 0.64], [0.68, 0.5], [0.68, 1.0]],
            strokes: &[&[0, 1, 2], &[2, 3, 4], &[0, 5, 6]],
        },
    ],
    &[
        Way {
            points: &[
                [0.9, 0.02], [0.56, 0.04], [0.24, 0.04], [0.2, 0.24], [0.16, 0.46], [0.52, 0.36], [0.86, 0.52], [0.84, 0.82],
                [0.48, 1.0], [0.06, 0.9]
            ],
            strokes: &[&[0, 1, 2], &[2, 3, 4], &[4, 5, 6, 7, 8, 9]],
        },
        Way {
            points: &[[0.26, 0.04], [0.2, 0.42], [0.58, 0.42], [0.86, 0.66], [0.66, 0.94], [0.1, 0.96], [0.26, 0.03], [0.92, 0.0]],
            strokes: &[&[0, 1], &[1, 2, 3, 4, 5], &[6, 7]],
        },
    ],
    &[
        Way {
            points: &[
                [0.76, 0.02], [0.36, 0.2], [0.12, 0.56], [0.2, 0.9], [0.54, 1.0], [0.86, 0.82], [0.76, 0.56], [0.42, 0.52], [0.16, 0.74]
            ],
            strokes: &[&[0, 1, 2, 3, 4, 5, 6, 7, 8]],
        },
        Way {
            points: &[[0.42, 0.0], [0.2, 0.36], [0.12, 0.74], [0.4, 1.0], [0.78, 0.9], [0.8, 0.64], [0.48, 0.54], [0.2, 0.7]],
            strokes: &[&[0, 1, 2, 3, 4, 5, 6, 7]],
        },
    ],
    &[
        Way { points: &[[0.06, 0.05], [0.5, 0.06], [0.92, 0.03], [0.62, 0.46], [0.4, 1.0]], strokes: &[&[0, 1, 2], &[2, 3, 4]] },
        Way {
            points: &[[0.06, 0.06], [0.5, 0.05], [0.94, 0.03], [0.66, 0.44], [0.46, 1.0], [0.3, 0.52], [0.86, 0.48]],
            strokes: &[&[0, 1, 2], &[2, 3, 4], &[5, 6]],
        },
        Way {
            points: &[[0.04, 0.22], [0.1, 0.04], [0.5, 0.07], [0.92, 0.04], [0.66, 0.42], [0.5, 1.0]],
            strokes: &[&[0, 1], &[1, 2, 3], &[3, 4, 5]],
        },
    ],
    &[
        Way {
            points: &[
                [0.8, 0.16], [0.5, 0.0], [0.18, 0.16], [0.36, 0.42], [0.74, 0.62], [0.84, 0.86], [0.5, 1.0], [0.14, 0.86], [0.26, 0.6],
                [0.64, 0.42], [0.84, 0.14]
            ],
            strokes: &[&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
        },
        Way {
            points: &[
                [0.5, 0.46], [0.22, 0.34], [0.24, 0.1], [0.52, 0.0], [0.78, 0.12], [0.76, 0.34], [0.48, 0.46], [0.14, 0.64],
                [0.18, 0.9], [0.5, 1.0], [0.84, 0.88], [0.82, 0.62], [0.52, 0.46]
            ],
            strokes: &[&[0, 1, 2, 3, 4, 5, 6], &[6, 7, 8, 9, 10, 11, 12]],
        },
    ],
    &[
        Way {
            points: &[[0.8, 0.14], [0.5, 0.0], [0.16, 0.22], [0.3, 0.48], [0.64, 0.42], [0.84, 0.1], [0.8, 0.54], [0.7, 1.0]],
            strokes: &[&[0, 1, 2, 3, 4, 5], &[5, 6, 7]],
        },
        Way {
            points: &[
                [0.82, 0.2], [0.54, 0.0], [0.2, 0.14], [0.22, 0.42], [0.56, 0.48], [0.82, 0.22], [0.86, 0.6], [0.62, 0.96], [0.2, 0.92]
            ],
            strokes: &[&[0, 1, 2, 3, 4, 5], &[5, 6, 7, 8]],
        },
    ],
];

/// Sample `index` of a seed and its class, which is `index mod 10`.
pub fn draw(seed: u64, index: u32) -> ([u8; PIXELS], u8) {
    let class = index % 10;
    let mut random = Rng::new(seed, Stream::Sample, index);
    let mut between = |low: f32, high: f32| random.between(f64::from(low), f64::from(high)) as f32;
    let ways = WAYS[class as usize];
    let way = &ways[(between(0.0, ways.len() as f32)) as usize];
    let hand = Hand::new(&mut between);
    let mut points: Vec<[f32; 2]> = way
        .points
        .iter()
        .map(|&[x, y]| {
            let mut wobble = || (between(-1.0, 1.0) + between(-1.0, 1.0)) * hand.wobble;
            hand.draw_at([x + wobble(), y + wobble()])
        })
        .collect();
    keep_inside(&mut points, hand.half_width + 1.0);

    let mut ink = [0.0f32; PIXELS];
    for stroke in way.strokes {
        let path = smooth(&stroke.iter().map(|&at| points[usize::from(at)]).collect::<Vec<_>>());
        let (start, end) = (hand.half_width * between(0.8, 1.15), hand.half_width * between(0.7, 1.1));
        let last = (path.len() - 1) as f32;
        for (piece, ends) in path.windows(2).enumerate() {
            draw_piece(&mut ink, ends[0], ends[1], start + (end - start) * piece as f32 / last);
        }
    }

    let image = ink.map(|ink| {
        // The sum of four bytes is nearly normal: mean 510, standard deviation 148.
        let bits = random.bits();
        let pairs = (bits & 0x00ff_00ff) + (bits >> 8 & 0x00ff_00ff);
        let four = (pairs & 0xffff) + (pairs >> 16);
        let grain = (four as f32 - 510.0) / 148.0 * hand.grain;
        // `as` saturates, so that there is nothing below black or above white.
        (ink * hand.brightness * (1.0 + grain) * 255.0 + grain * 60.0) as u8
    });
    (image, class as u8)
}

/// How one sample is written.
struct Hand {
    width: f32,
    height: f32,
    slant: f32,
    turn: f32,
    bend: f32,
    centre: [f32; 2],
    wobble: f32,
    half_width: f32,
    brightness: f32,
    grain: f32,
}

impl Hand {
    fn new(between: &mut impl FnMut(f32, f32) -> f32) -> Self {
        let height = between(15.5, 21.0);
        Self {
            height,
            width: height * between(0.48, 0.95),
            slant: between(-0.12, 0.42),
            turn: between(-0.12, 0.12),
            bend: between(-0.22, 0.22),
            centre: [14.0 + between(-2.0, 2.0), 14.0 + between(-2.0, 2.0)],
            wobble: between(0.01, 0.065),
            half_width: between(0.75, 1.75),
            brightness: between(0.85, 1.1),
            grain: between(0.0, 0.22),
        }
    }

    /// From the unit square to pixels.
    fn draw_at(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (x, y) = (x - 0.5, y - 0.5);
        let x = x + self.bend * (y * y - 0.08);
        let (x, y) = (x * self.width - self.slant * y * self.height * 0.5, y * self.height);
        [self.centre[0] + x - self.turn * y, self.centre[1] + y + self.turn * x]
    }
}

/// Shifts a figure that comes nearer to a border than `margin`, which it does where it is large and
/// slanted.
fn keep_inside(points: &mut [[f32; 2]], margin: f32) {
    for axis in 0..2 {
        let low = points.iter().fold(f32::MAX, |low, point| low.min(point[axis]));
        let high = points.iter().fold(f32::MIN, |high, point| high.max(point[axis]));
        let shift = (margin - low).max(0.0) - (high - (SIDE as f32 - margin)).max(0.0);
        points.iter_mut().for_each(|point| point[axis] += shift);
    }
}

/// A curve through the points (Catmull-Rom), as a polyline.
fn smooth(points: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let last = points.len() - 1;
    let mut path = vec![points[0]];
    for at in 0..last {
        let [a, b, c, d] = [points[at.saturating_sub(1)], points[at], points[at + 1], points[(at + 2).min(last)]];
        for piece in 1..=PIECES {
            let t = piece as f32 / PIECES as f32;
            path.push(std::array::from_fn(|axis| {
                let (a, b, c, d) = (a[axis], b[axis], c[axis], d[axis]);
                let quadratic = 2.0 * a - 5.0 * b + 4.0 * c - d;
                let cubic = 3.0 * (b - c) + d - a;
                b + 0.5 * t * (c - a + t * (quadratic + t * cubic))
            }));
        }
    }
    path
}

/// Inks the pixels near a straight piece: fully within the pen's half width of it, less over the
/// pixel at its edge.
// Not inlined: a browser optimises a wasm function only after many calls, never while a call runs.
// A function with these loops alone gets there.
#[inline(never)]
fn draw_piece(ink: &mut [f32; PIXELS], from: [f32; 2], to: [f32; 2], half_width: f32) {
    let reach = half_width + 0.5;
    // `as` saturates at 0; the centre of pixel `i` lies at `i + 0.5`.
    let range = |axis: usize| {
        let low = from[axis].min(to[axis]) - reach - 0.5;
        let high = from[axis].max(to[axis]) + reach + 0.5;
        let end = (high as usize).min(SIDE);
        (low as usize).min(end)..end
    };
    let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    let inverse = 1.0 / (dx * dx + dy * dy).max(1e-6);
    let columns = range(0);
    for row in range(1) {
        let py = row as f32 + 0.5 - from[1];
        for (col, pixel) in columns.clone().zip(&mut ink[row * SIDE..][columns.clone()]) {
            let px = col as f32 + 0.5 - from[0];
            let along = share((px * dx + py * dy) * inverse);
            let [ex, ey] = [px - along * dx, py - along * dy];
            let distance = ex * ex + ey * ey;
            if distance < reach * reach {
                let cover = share(reach - distance.sqrt());
                *pixel = if cover > *pixel { cover } else { *pixel };
            }
        }
    }
}

/// The number in [0, 1]. Comparisons: `max` and `min` are calls in wasm, and these run some hundred
/// million times.
fn share(value: f32) -> f32 {
    let value = if value > 0.0 { value } else { 0.0 };
    if value < 1.0 { value } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_inked_like_handwriting_and_not_cut_off() {
        for index in 0..500 {
            let (image, class) = draw(1, index);
            let ink = image.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / 255.0;
            assert!((15.0..260.0).contains(&ink), "sample {index} ({class}) has {ink} inked pixels");
            let border: f64 =
                (0..SIDE).flat_map(|i| [i, PIXELS - 1 - i, i * SIDE, i * SIDE + SIDE - 1]).map(|at| f64::from(image[at])).sum();
            assert!(border / 255.0 < 6.0, "sample {index} ({class}) is cut off: {border}");
        }
    }
}
