//! A square to draw in, and what the network answers to it while it trains.

use super::lab::{Lab, lab};
use super::live::live;
use super::reports::Samples;
use super::samples::{class_name, largest};
use super::{format, paint};
use js_sys::Uint8Array;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

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
#[component]
pub(super) fn DrawSquare() -> impl IntoView {
    let lab = lab();
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let drawing = RwSignal::new(Drawing::default());
    let cursor = RwSignal::new(None::<[usize; 2]>);
    Effect::new(move |_| {
        if let Some(Samples::Images { rows, cols, .. }) = lab.samples.get().as_deref() {
            drawing.set(Drawing { rows: *rows, cols: *cols, pixels: vec![0; rows * cols], pen: None });
        }
    });
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        drawing.with(|d| {
            let mut pixels = paint::ink(&d.pixels);
            if let Some([row, col]) = cursor.get() {
                // The keyboard's pen: a grey pixel that is not part of the drawing.
                let at = (row * d.cols + col) * 4 + 3;
                pixels[at] = pixels[at].max(110);
            }
            paint::put(&canvas, &pixels, d.cols, d.rows);
        });
    });
    let touch = move |event: &PointerEvent| {
        let Some(canvas) = canvas.get_untracked() else { return };
        let rect = canvas.get_bounding_client_rect();
        let to = [(f64::from(event.client_x()) - rect.left()) / rect.width(), (f64::from(event.client_y()) - rect.top()) / rect.height()];
        drawing.update(|d| d.stroke(to));
        send(lab, drawing);
    };
    let down = move |event: PointerEvent| {
        event.prevent_default();
        if let Some(canvas) = canvas.get_untracked() {
            // Without capture a stroke ends at the edge, no worse.
            let _ = canvas.set_pointer_capture(event.pointer_id());
            // Refused only where it is not shown.
            let _ = canvas.focus();
        }
        cursor.set(None);
        drawing.update(|d| d.pen = None);
        touch(&event);
    };
    let moved = move |event: PointerEvent| {
        if event.buttons() & 1 == 1 {
            touch(&event);
        }
    };
    let clear = move || {
        drawing.update(|d| {
            d.pixels.fill(0);
            d.pen = None;
        });
        send(lab, drawing);
    };
    let key = move |event: KeyboardEvent| by_key(lab, drawing, cursor, &event, clear);
    let probs = move || match lab.frame.get() {
        Some(frame) if !drawing.with(Drawing::is_empty) => frame.floats(2),
        _ => Vec::new(),
    };
    let said = move || match largest(&probs()) {
        Some((class, prob)) => {
            format!("The network says {} with probability {}.", class_name(lab, class), format::fixed(f64::from(prob), 2))
        }
        None => "Draw in the square; the network answers at once and changes its mind while it trains.".into(),
    };
    view! {
        <figure class="draw">
            <div class="panel-head">
                <h3>"Draw one yourself"</h3>
                <button class="btn edge small-btn end" data-testid="draw-clear" on:click=move |_| clear()>"Clear"</button>
            </div>
            <div class="draw-row">
                <div class="draw-box">
                    <canvas
                        class="ink-img" node_ref=canvas id="draw" data-testid="draw" width="8" height="8" tabindex="0" role="application"
                        aria-label="Square to draw in. Arrow keys move the pen, Space draws, Delete clears."
                        on:pointerdown=down on:pointermove=moved on:keydown=key on:blur=move |_| cursor.set(None)
                    ></canvas>
                </div>
                <Bars probs=Signal::derive(probs) />
            </div>
            <figcaption class="small" data-testid="draw-answer">{said}</figcaption>
        </figure>
    }
    .into_any()
}

/// Probabilities of the classes as bars; the longest in ink.
#[component]
pub(super) fn Bars(#[prop(into)] probs: Signal<Vec<f32>>) -> impl IntoView {
    let lab = lab();
    let count = Memo::new(move |_| match lab.samples.get().as_deref() {
        Some(Samples::Images { classes, .. }) => classes.len(),
        _ => 0,
    });
    let row = move |class: usize| {
        let prob = move || probs.with(|p| p.get(class).copied());
        let is_top = move || probs.with(|p| largest(p).is_some_and(|(top, _)| top == class));
        view! {
            <span class:top=is_top>{class_name(lab, class)}</span>
            <i class:top=is_top style=("--v", move || format!("{}%", prob().unwrap_or(0.0) * 100.0))></i>
            <span class:top=is_top>{live(move || prob().map_or_else(|| "–".to_string(), |p| format::fixed(f64::from(p), 2)))}</span>
        }
        .into_any()
    };
    let label = move || match probs.with(|p| largest(p)) {
        Some((class, prob)) => format!("{} with probability {}", class_name(lab, class), format::fixed(f64::from(prob), 2)),
        None => "No answer yet".into(),
    };
    view! { <div class="probs" role="img" aria-label=label>{live(move || (0..count.get()).map(row).collect_view())}</div> }.into_any()
}

/// Sends what is drawn, centred.
fn send(lab: Lab, drawing: RwSignal<Drawing>) {
    let pixels = drawing.with_untracked(Drawing::centred);
    lab.draw(Uint8Array::from(pixels.as_slice()).buffer());
}

/// Draws without a pointer.
fn by_key(lab: Lab, drawing: RwSignal<Drawing>, cursor: RwSignal<Option<[usize; 2]>>, event: &KeyboardEvent, clear: impl Fn()) {
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
            clear();
            [row, col]
        }
        _ => return,
    };
    event.prevent_default();
    cursor.set(Some(next));
}
