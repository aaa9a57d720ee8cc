//! A square to draw in, and what the network answers to it while it trains.

use super::element::{El, distinct, follow, html};
use super::lab::{Lab, lab};
use super::reports::Samples;
use super::samples::{class_name, largest};
use super::watched::Watched;
use super::{format, paint};
use js_sys::Uint8Array;
use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent};

/// The drawing in the size of the data set's images, and the pen.
#[derive(Clone, Default)]
struct Drawing {
    rows: usize,
    cols: usize,
    pixels: Vec<u8>,
    pen: Option<[f64; 2]>,
}

impl Drawing {
    fn is_empty(&self) -> bool {
        self.pixels.iter().all(|&p| p == 0)
    }

    /// A stroke from the pen's last place to `to`, both in shares of the side.
    fn stroke(&mut self, to: [f64; 2]) {
        let from = self.pen.unwrap_or(to);
        let side = self.rows.max(self.cols) as f64;
        let dots = ((to[0] - from[0]).hypot(to[1] - from[1]) * side * 3.0).ceil().max(1.0) as usize;
        for i in 1..=dots {
            let share = i as f64 / dots as f64;
            self.dot([from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]);
        }
        self.pen = Some(to);
    }

    /// A soft dot, about as thick as the strokes of the data sets: a tenth of the side.
    fn dot(&mut self, at: [f64; 2]) {
        let radius = self.rows as f64 * 0.055 + 0.25;
        for row in 0..self.rows {
            for col in 0..self.cols {
                let dx = col as f64 + 0.5 - at[0] * self.cols as f64;
                let dy = row as f64 + 0.5 - at[1] * self.rows as f64;
                let ink = ((radius + 0.5 - dx.hypot(dy)) * 255.0).clamp(0.0, 255.0) as u8;
                let pixel = &mut self.pixels[row * self.cols + col];
                *pixel = (*pixel).max(ink);
            }
        }
    }

    /// Moved so that its ink is centred, as the digits of the data sets are.
    fn centred(&self) -> Vec<u8> {
        let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
        for (i, &ink) in self.pixels.iter().enumerate() {
            sum += f64::from(ink);
            x += f64::from(ink) * (i % self.cols) as f64;
            y += f64::from(ink) * (i / self.cols) as f64;
        }
        if sum == 0.0 {
            return Vec::new();
        }
        let right = ((self.cols as f64 - 1.0) / 2.0 - x / sum).round() as isize;
        let down = ((self.rows as f64 - 1.0) / 2.0 - y / sum).round() as isize;
        let mut moved = vec![0; self.pixels.len()];
        for (i, &ink) in self.pixels.iter().enumerate() {
            let (row, col) = ((i / self.cols) as isize + down, (i % self.cols) as isize + right);
            if (0..self.rows as isize).contains(&row) && (0..self.cols as isize).contains(&col) {
                moved[row as usize * self.cols + col as usize] = ink;
            }
        }
        moved
    }
}

/// The square, its Clear button and the answer's bars.
pub(crate) fn draw_square() -> El {
    let lab = lab();
    let drawing = Watched::new(Drawing::default());
    follow(move || {
        lab.samples.with(|samples| {
            if let Some(Samples::Images { rows, cols, .. }) = samples.as_ref() {
                drawing.set(Drawing { rows: *rows, cols: *cols, pixels: vec![0; rows * cols], pen: None });
            }
        });
    });
    let probs = move || {
        if drawing.with(Drawing::is_empty) {
            return Vec::new();
        }
        lab.frame.with(|frame| frame.as_ref().map(|f| f.floats(2)).unwrap_or_default())
    };
    let said = move || match largest(&probs()) {
        Some((class, prob)) => {
            format!("The network says {} with probability {}.", class_name(lab, class), format::fixed(f64::from(prob), 2))
        }
        None => "Draw in the square; the network answers at once and changes its mind while it trains.".into(),
    };
    let clear = html("button").class("btn edge small-btn end").test_id("draw-clear").on_click(move || clear(lab, drawing)).text("Clear");
    let square = html("div").class("draw-box").child(square(lab, drawing));
    html("figure")
        .class("draw")
        .child(html("div").class("panel-head").child(html("h3").text("Draw one yourself")).child(clear))
        .child(html("div").class("draw-row").child(square).child(bars(probs)))
        .child(html("figcaption").class("small").test_id("draw-answer").text_from(said))
}

/// The square.
fn square(lab: Lab, drawing: Watched<Drawing>) -> El {
    let cursor = Watched::new(None::<[usize; 2]>);
    let touch = move |event: &PointerEvent| {
        let rect = event_target::<HtmlCanvasElement>(event).get_bounding_client_rect();
        let to = [(f64::from(event.client_x()) - rect.left()) / rect.width(), (f64::from(event.client_y()) - rect.top()) / rect.height()];
        drawing.update(|d| d.stroke(to));
        send(lab, drawing);
    };
    let down = move |event: PointerEvent| {
        event.prevent_default();
        let canvas: HtmlCanvasElement = event_target(&event);
        // Without capture a stroke ends at the edge, no worse.
        let _ = canvas.set_pointer_capture(event.pointer_id());
        // Refused only where it is not shown.
        let _ = canvas.focus();
        cursor.set(None);
        drawing.update(|d| d.pen = None);
        touch(&event);
    };
    let moved = move |event: PointerEvent| {
        if event.buttons() & 1 == 1 {
            touch(&event);
        }
    };
    let canvas = html("canvas")
        .class("ink-img")
        .named("draw")
        .set("width", "8")
        .set("height", "8")
        .set("tabindex", "0")
        .set("role", "application")
        .set("aria-label", "Square to draw in. Arrow keys move the pen, Space draws, Delete clears.")
        .on("pointerdown", down)
        .on("pointermove", moved)
        .on("keydown", move |event: KeyboardEvent| by_key(lab, drawing, cursor, &event))
        .on("blur", move |_: web_sys::Event| cursor.set(None));
    let node: HtmlCanvasElement = canvas.node();
    follow(move || {
        drawing.with(|d| {
            let mut pixels = paint::ink(&d.pixels);
            if let Some([row, col]) = cursor.get() {
                // The keyboard's pen: a grey pixel that is not part of the drawing.
                if let Some(opacity) = pixels.get_mut((row * d.cols + col) * 4 + 3) {
                    *opacity = 110.max(*opacity);
                }
            }
            paint::put(&node, &pixels, d.cols, d.rows);
        });
    });
    canvas
}

/// Probabilities of the classes as bars; the longest in ink.
pub(crate) fn bars(probs: impl Fn() -> Vec<f32> + 'static) -> El {
    let lab = lab();
    let shown = Watched::new(Vec::new());
    follow(move || shown.set(probs()));
    let count = distinct(move || {
        lab.samples.with(|samples| match samples.as_ref() {
            Some(Samples::Images { classes, .. }) => classes.len(),
            _ => 0,
        })
    });
    let label = move || match largest(&shown.get()) {
        Some((class, prob)) => format!("{} with probability {}", class_name(lab, class), format::fixed(f64::from(prob), 2)),
        None => "No answer yet".into(),
    };
    let rows = move || (0..count.get()).flat_map(|class| bar(lab, shown, class)).collect();
    html("div").class("probs").set("role", "img").set_from("aria-label", label).parts(rows)
}

/// The name of a class, its bar and its probability.
fn bar(lab: Lab, probs: Watched<Vec<f32>>, class: usize) -> [El; 3] {
    let prob = move || probs.get().get(class).copied();
    let is_top = move || largest(&probs.get()).is_some_and(|(top, _)| top == class);
    let text = move || prob().map_or_else(|| "–".to_string(), |p| format::fixed(f64::from(p), 2));
    [
        html("span").class_if("top", is_top).text_from(move || class_name(lab, class)),
        html("i").class_if("top", is_top).style_from("--v", move || format::percent(f64::from(prob().unwrap_or(0.0)))),
        html("span").class_if("top", is_top).text_from(text),
    ]
}

/// Takes all ink away.
fn clear(lab: Lab, drawing: Watched<Drawing>) {
    drawing.update(|d| {
        d.pixels.fill(0);
        d.pen = None;
    });
    send(lab, drawing);
}

/// Sends what is drawn, centred.
fn send(lab: Lab, drawing: Watched<Drawing>) {
    let pixels = drawing.with_untracked(Drawing::centred);
    lab.draw(Uint8Array::from(pixels.as_slice()).buffer());
}

/// Draws without a pointer.
fn by_key(lab: Lab, drawing: Watched<Drawing>, cursor: Watched<Option<[usize; 2]>>, event: &KeyboardEvent) {
    let (rows, cols) = drawing.with_untracked(|d| (d.rows, d.cols));
    if rows == 0 {
        return;
    }
    let [row, col] = cursor.get_untracked().unwrap_or([rows / 2, cols / 2]);
    let next = match event.key().as_str() {
        "ArrowUp" => [row.saturating_sub(1), col],
        "ArrowDown" => [(row + 1).min(rows - 1), col],
        "ArrowLeft" => [row, col.saturating_sub(1)],
        "ArrowRight" => [row, (col + 1).min(cols - 1)],
        " " => {
            drawing.update(|d| d.dot([(col as f64 + 0.5) / cols as f64, (row as f64 + 0.5) / rows as f64]));
            send(lab, drawing);
            [row, col]
        }
        "Delete" | "Backspace" => {
            clear(lab, drawing);
            [row, col]
        }
        _ => return,
    };
    event.prevent_default();
    cursor.set(Some(next));
}
