//! Pictures of the data sets to choose from.

use super::element::{El, html, svg};
use super::{paint, points};
use descent_spec::Dataset;
use descent_spec::thumbnail::Thumbnail;

/// A picture of a data set, without noise.
pub(crate) fn thumbnail(dataset: Dataset) -> El {
    match dataset.thumbnail() {
        Thumbnail::Points(all) => {
            // Half of them show the shape; all would be a blot.
            let few: Vec<[f32; 3]> = all.iter().step_by(3).map(|p| [p.x as f32, p.y as f32, p.label as f32]).collect();
            plane(&few)
        }
        Thumbnail::Images { size, images } => tiles(size, &images),
    }
}

/// Points in the plane.
fn plane(points: &[[f32; 3]]) -> El {
    let path = |(is_positive, quarter, path): (bool, u8, String)| {
        svg("path").class(if is_positive { "dot-p" } else { "dot-n" }).number("fill-opacity", f64::from(quarter) / 4.0).set("d", &path)
    };
    let paths = points::paths(points, 64.0, 1.7).into_iter().map(path);
    svg("svg").set("viewBox", "0 0 64 64").set("aria-hidden", "true").children(paths)
}

/// Four images in a square.
fn tiles([rows, cols]: [usize; 2], images: &[Vec<u8>]) -> El {
    // A margin and a gap of an eighth of an image.
    let gap = (rows / 8).max(1);
    let (height, width) = (2 * rows + 3 * gap, 2 * cols + 3 * gap);
    let mut shades = vec![0; height * width];
    for (i, image) in images.iter().take(4).enumerate() {
        for (j, &shade) in image.iter().enumerate() {
            let (top, left) = (gap + i / 2 * (rows + gap), gap + i % 2 * (cols + gap));
            shades[(top + j / cols) * width + left + j % cols] = shade;
        }
    }
    let canvas = html("canvas").class("ink-img").set("aria-hidden", "true");
    paint::put(&canvas.node(), &paint::ink(&shades), width, height);
    canvas
}
