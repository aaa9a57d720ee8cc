//! A network for images, drawn in columns: what each layer makes of one test image.

use super::draw::Bars;
use super::lab::{Lab, lab};
use super::live::live;
use super::paint;
use super::reports::{Built, Samples};
use super::samples::class_name;
use leptos::prelude::*;

/// At most so many maps or units of a layer are drawn.
const MAX_MAPS: usize = 16;
const MAX_CELLS: usize = 64;

/// The image, the layers' activations and the answer.
#[component]
pub(super) fn ImageNetwork() -> impl IntoView {
    let lab = lab();
    let columns = move || {
        let built = lab.built.get()?;
        let hidden = built.layers.len().saturating_sub(1);
        Some((0..hidden).map(|layer| column(lab, &built, layer)).collect_view())
    };
    let answer = move || {
        let (Some(frame), Some(samples)) = (lab.frame.get(), lab.samples.get()) else { return Vec::new() };
        let Samples::Images { classes, .. } = samples.as_ref() else { return Vec::new() };
        let n = classes.len();
        let start = lab.inspected.get() * n;
        frame.floats(0).get(start..start + n).map(<[f32]>::to_vec).unwrap_or_default()
    };
    let said = move || {
        let truth = match lab.samples.get().as_deref() {
            Some(Samples::Images { labels, .. }) => labels.get(lab.inspected.get()).map(|&l| class_name(lab, usize::from(l))),
            _ => None,
        };
        match truth {
            Some(truth) => format!(
                "From left to right: what each layer makes of one test image ({truth}); bluer is stronger. Choose another image among the test images."
            ),
            None => "What each layer makes of one test image.".to_string(),
        }
    };
    view! {
        <figure class="conv-block" id="network" data-testid="network">
            <div class="scroll-x" tabindex="0" role="region" aria-label="The network, layer by layer">
                <div class="conv">
                    {input(lab)}
                    {columns}
                    <div class="layer out">
                        <header><b>"Answer"</b><span>{live(move || lab.run_of(|b| b.as_ref().and_then(|b| b.layers.last().map(|l| format!("{} classes", l.shape.iter().product::<usize>())))))}</span></header>
                        <Bars probs=Signal::derive(answer) />
                    </div>
                </div>
            </div>
            <figcaption class="small">{said}</figcaption>
        </figure>
    }
    .into_any()
}

/// The inspected image.
fn input(lab: Lab) -> AnyView {
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    Effect::new(move |_| {
        let (Some(samples), Some(canvas)) = (lab.samples.get(), canvas.get()) else { return };
        if let Samples::Images { rows, cols, pixels, .. } = samples.as_ref() {
            let size = rows * cols;
            let start = lab.inspected.get() * size;
            if let Some(image) = pixels.get(start..start + size) {
                paint::put(&canvas, &paint::ink(image), *cols, *rows);
            }
        }
    });
    let size = move || match lab.samples.get().as_deref() {
        Some(Samples::Images { rows, cols, .. }) => format!("{rows} × {cols}"),
        _ => String::new(),
    };
    view! {
        <div class="layer in">
            <header><b>"Image"</b><span>{size}</span></header>
            <div class="maps"><canvas class="ink-img" node_ref=canvas width="8" height="8" role="img" aria-label="The chosen test image"></canvas></div>
        </div>
    }
    .into_any()
}

/// A layer's title and a canvas with a tile for each map.
fn column(lab: Lab, built: &Built, layer: usize) -> AnyView {
    let info = built.layers[layer].clone();
    let before: usize = built.layers[..layer].iter().map(|l| l.shape.iter().product::<usize>()).sum();
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let shape = info.shape.clone();
    let (tiles, rows, cols) = extent(&shape);
    let shown = tiles.min(if shape.len() == 3 { MAX_MAPS } else { MAX_CELLS });
    let across = across(shown, rows == 1 && cols == 1);
    let sheet = Sheet { tiles, shown, across, rows, cols };
    let [width, height] = sheet.size();
    Effect::new(move |_| {
        let (Some(frame), Some(canvas)) = (lab.frame.get(), canvas.get()) else { return };
        if let Some(values) = frame.arrays[1].get(before..before + tiles * rows * cols) {
            paint::put(&canvas, &sheet.paint(values), width, height);
        }
    });
    let size = match info.shape.as_slice() {
        [h, w, c] => format!("{c} × {h} × {w}"),
        other => format!("{} units", other.iter().product::<usize>()),
    };
    let more = (shown < tiles).then(|| view! { <span class="more">{format!("{shown} shown")}</span> });
    let label = format!("Activations of layer {}, {}", layer + 1, info.title);
    let name = if info.detail.is_empty() { info.title.clone() } else { format!("{}, {}", info.title, info.detail) };
    view! {
        <div class="layer" title=name>
            <header><b>{info.title.clone()}</b><span>{size}</span>{more}</header>
            <div class="maps" class:cells=rows == 1 && cols == 1><canvas class="acts" node_ref=canvas width=width height=height role="img" aria-label=label></canvas></div>
        </div>
    }
    .into_any()
}

/// How many maps and their rows and columns; units are maps of one pixel.
fn extent(shape: &[usize]) -> (usize, usize, usize) {
    match *shape {
        [h, w, c] => (c, h, w),
        _ => (shape.iter().product(), 1, 1),
    }
}

/// How many tiles stand side by side: few on a wide page, where layers do, many on a narrow one, where a layer is a row.
fn across(tiles: usize, are_cells: bool) -> usize {
    let is_narrow = window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width <= 620.0);
    match (are_cells, is_narrow) {
        (true, false) => tiles.div_ceil(16).max(1),
        (true, true) => tiles.clamp(1, 16),
        (false, true) => tiles.clamp(1, 8),
        (false, false) if tiles <= 4 => 1,
        (false, false) => 2,
    }
}

/// Maps side by side in one picture.
#[derive(Clone, Copy)]
struct Sheet {
    tiles: usize,
    shown: usize,
    across: usize,
    rows: usize,
    cols: usize,
}

impl Sheet {
    /// Each value becomes a square of so many pixels, so that the gap stays thin beside small maps.
    fn zoom(&self) -> usize {
        (32 / self.rows.max(self.cols)).max(1)
    }

    /// From one map to the next, down and across.
    fn pitch(&self) -> [usize; 2] {
        [self.rows * self.zoom() + 3, self.cols * self.zoom() + 3]
    }

    /// Width and height in pixels.
    fn size(&self) -> [usize; 2] {
        let [high, wide] = self.pitch();
        [self.across * wide - 3, self.shown.div_ceil(self.across).max(1) * high - 3]
    }

    /// Values `[rows, cols, tiles]` as pixels.
    fn paint(&self, values: &[u8]) -> Vec<u8> {
        let ([width, height], [high, wide], zoom) = (self.size(), self.pitch(), self.zoom());
        let mut pixels = vec![0; width * height * 4];
        for map in 0..self.shown {
            let (top, left) = (map / self.across * high, map % self.across * wide);
            for y in 0..self.rows * zoom {
                for x in 0..self.cols * zoom {
                    let value = values[(y / zoom * self.cols + x / zoom) * self.tiles + map];
                    let at = ((top + y) * width + left + x) * 4;
                    pixels[at..at + 4].copy_from_slice(&paint::positive(value));
                }
            }
        }
        pixels
    }
}
