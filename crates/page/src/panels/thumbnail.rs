//! Pictures of the data sets to choose from.

use crate::charts::{canvas, paint, points};
use descent_spec::Dataset;
use descent_spec::thumbnail::Thumbnail;
use leptos::html::Canvas;
use leptos::prelude::*;

/// A picture of a data set, without noise.
pub(super) fn thumbnail(dataset: Dataset) -> AnyView {
    match dataset.thumbnail() {
        Thumbnail::Points(all) => {
            // A third of them show the shape; all would be a blot.
            let few: Vec<[f32; 3]> = all.iter().step_by(3).map(|point| [point.x as f32, point.y as f32, point.label as f32]).collect();
            plane(&few)
        }
        Thumbnail::Images { size, images } => tiles(size, &images),
    }
}

/// Points in the plane.
fn plane(all: &[[f32; 3]]) -> AnyView {
    let marks = points::marks(all, 64.0, 1.7).into_iter().map(|marks| {
        let class = if marks.is_positive { "dot-p" } else { "dot-n" };
        view! { <path class=class fill-opacity=marks.opacity.to_string() d=marks.path /> }
    });
    view! {
        <svg viewBox="0 0 64 64" aria-hidden="true">
            {marks.collect_view()}
        </svg>
    }
    .into_any()
}

/// Four images in a square.
fn tiles([rows, cols]: [usize; 2], images: &[Vec<u8>]) -> AnyView {
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
    let canvas = NodeRef::<Canvas>::new();
    canvas.on_load(move |canvas| canvas::put(&canvas, &paint::ink(&shades), width, height));
    view! { <canvas node_ref=canvas class="ink-img" aria-hidden="true"></canvas> }.into_any()
}
