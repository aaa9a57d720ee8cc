//! A network for images, drawn in columns: what each layer makes of one test image.

use super::draw::bars;
use super::element::{El, follow, html};
use super::lab::{Lab, lab};
use super::paint;
use super::reports::{Built, Samples};
use super::samples::{class_name, picture};
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

/// At most so many maps or units of a layer are drawn.
const MAX_MAPS: usize = 16;
const MAX_CELLS: usize = 64;

/// The image, the layers' activations and the answer.
pub(crate) fn image_network() -> El {
    let lab = lab();
    let columns = move || {
        lab.built.with(|built| {
            let Some(built) = built else { return Vec::new() };
            let hidden = built.layers.len().saturating_sub(1);
            (0..hidden).map(|layer| column(lab, built, layer)).collect()
        })
    };
    let said = move || {
        let inspected = lab.inspected.get();
        let truth = lab.samples.with(|samples| match samples.as_ref() {
            Some(Samples::Images { labels, .. }) => labels.get(inspected).copied(),
            _ => None,
        });
        match truth {
            Some(truth) => format!(
                "From left to right: what each layer makes of one test image ({}); bluer is stronger. Choose another image among the test images.",
                class_name(lab, usize::from(truth))
            ),
            None => "What each layer makes of one test image.".to_string(),
        }
    };
    let scroll = html("div")
        .class("scroll-x")
        .set("tabindex", "0")
        .set("role", "region")
        .set("aria-label", "The network, layer by layer")
        .child(html("div").class("conv").child(input(lab)).parts(columns).child(output(lab)));
    html("figure").class("conv-block").named("network").child(scroll).child(html("figcaption").class("small").text_from(said))
}

/// The title of a layer and its size.
fn header(title: &str, size: El) -> El {
    html("header").child(html("b").text(title)).child(size)
}

/// The inspected image.
fn input(lab: Lab) -> El {
    let size = move || {
        lab.samples.with(|samples| match samples.as_ref() {
            Some(Samples::Images { rows, cols, .. }) => format!("{rows} × {cols}"),
            _ => String::new(),
        })
    };
    let image = picture(lab, move || lab.inspected.get()).set("role", "img").set("aria-label", "The chosen test image");
    html("div").class("layer in").child(header("Image", html("span").text_from(size))).child(html("div").class("maps").child(image))
}

/// What the network answers to it.
fn output(lab: Lab) -> El {
    let size = move || {
        lab.built.with(|built| {
            let last = built.as_ref().and_then(|b| b.layers.last());
            last.map(|l| format!("{} classes", l.shape.iter().product::<usize>())).unwrap_or_default()
        })
    };
    let answer = move || {
        let n = lab.samples.with(|samples| match samples.as_ref() {
            Some(Samples::Images { classes, .. }) => classes.len(),
            _ => 0,
        });
        let start = lab.inspected.get() * n;
        lab.frame.with(|frame| {
            let probs = frame.as_ref().map(|f| f.floats(0)).unwrap_or_default();
            probs.get(start..start + n).map(<[f32]>::to_vec).unwrap_or_default()
        })
    };
    html("div").class("layer out").child(header("Answer", html("span").text_from(size))).child(bars(answer))
}

/// A layer's title and a canvas with a tile for each map.
fn column(lab: Lab, built: &Built, layer: usize) -> El {
    let info = &built.layers[layer];
    let before: usize = built.layers[..layer].iter().map(|l| l.shape.iter().product::<usize>()).sum();
    let (tiles, rows, cols) = extent(&info.shape);
    let are_cells = rows == 1 && cols == 1;
    let shown = tiles.min(if info.shape.len() == 3 { MAX_MAPS } else { MAX_CELLS });
    let sheet = Sheet { tiles, shown, across: across(shown, are_cells), rows, cols };
    let [width, height] = sheet.size();
    let canvas = html("canvas")
        .class("acts")
        .number("width", width as f64)
        .number("height", height as f64)
        .set("role", "img")
        .set("aria-label", &format!("Activations of layer {}, {}", layer + 1, info.title));
    let node: HtmlCanvasElement = canvas.node();
    follow(move || {
        lab.frame.with(|frame| {
            if let Some(values) = frame.as_ref().and_then(|f| f.arrays[1].get(before..before + tiles * rows * cols)) {
                paint::put(&node, &sheet.paint(values), width, height);
            }
        });
    });
    let size = match info.shape.as_slice() {
        [h, w, c] => format!("{c} × {h} × {w}"),
        other => format!("{} units", other.iter().product::<usize>()),
    };
    let more = (shown < tiles).then(|| html("span").class("more").text(&format!("{shown} shown")));
    let name = if info.detail.is_empty() { info.title.clone() } else { format!("{}, {}", info.title, info.detail) };
    html("div")
        .class("layer")
        .set("title", &name)
        .child(header(&info.title, html("span").text(&size)).children(more))
        .child(html("div").class(if are_cells { "maps cells" } else { "maps" }).child(canvas))
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
