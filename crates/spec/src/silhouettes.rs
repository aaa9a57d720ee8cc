//! Four pieces of clothing for the menu, drawn from outlines: Fashion-MNIST itself may be absent.

use super::strokes::SIDE;

/// Corners of an outline, in pixels; the shape is what lies inside by the even-odd rule.
type Outline = &'static [[f32; 2]];

#[rustfmt::skip]
const T_SHIRT: Outline = &[
    [9.5, 4.0], [11.5, 6.0], [14.0, 6.8], [16.5, 6.0], [18.5, 4.0], [22.5, 6.0], [26.0, 12.0], [22.5, 14.0], [20.5, 11.5],
    [20.5, 25.0], [7.5, 25.0], [7.5, 11.5], [5.5, 14.0], [2.0, 12.0], [5.5, 6.0]
];
#[rustfmt::skip]
const TROUSERS: Outline = &[
    [9.0, 2.0], [19.0, 2.0], [20.0, 10.0], [20.5, 26.0], [15.6, 26.0], [14.4, 11.0], [13.6, 11.0], [12.4, 26.0], [7.5, 26.0],
    [8.0, 10.0]
];
#[rustfmt::skip]
const BOOT: Outline = &[
    [8.5, 4.0], [15.5, 4.0], [15.5, 12.0], [17.5, 15.0], [24.0, 17.5], [25.5, 20.5], [25.5, 23.5], [14.0, 23.5], [12.5, 21.5],
    [11.5, 23.5], [8.0, 23.5]
];
#[rustfmt::skip]
const BAG: Outline = &[
    [5.0, 12.0], [9.0, 12.0], [9.0, 8.0], [11.0, 5.0], [17.0, 5.0], [19.0, 8.0], [19.0, 12.0], [17.4, 12.0], [17.4, 8.6], [16.2, 6.8],
    [11.8, 6.8], [10.6, 8.6], [10.6, 12.0], [23.0, 12.0], [25.0, 23.5], [3.0, 23.5]
];

/// The pictures, 255 for full ink.
pub(crate) fn all() -> Vec<Vec<u8>> {
    [(T_SHIRT, 210), (TROUSERS, 170), (BOOT, 235), (BAG, 190)].iter().map(|&(outline, ink)| fill(outline, ink)).collect()
}

/// The share of 4×4 points of each pixel that lies inside, times `ink`.
fn fill(outline: Outline, ink: u32) -> Vec<u8> {
    let is_inside = |x: f32, y: f32| {
        let edges = outline.iter().zip(outline.iter().cycle().skip(1));
        edges.filter(|(a, b)| (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])).count() % 2 == 1
    };
    let cover = |pixel: usize| {
        let corner = [(pixel % SIDE) as f32, (pixel / SIDE) as f32];
        let points =
            (0..16).filter(|point| is_inside(corner[0] + 0.125 + (point % 4) as f32 * 0.25, corner[1] + 0.125 + (point / 4) as f32 * 0.25));
        (points.count() as u32 * ink / 16) as u8
    };
    (0..SIDE * SIDE).map(cover).collect()
}
