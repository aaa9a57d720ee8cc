//! A square to draw in, and what the network answers to it while it trains.

use super::bars::Bars;
use super::drawing::Drawing;
use super::images::largest;
use super::latest::{name_of, with_answers, with_shown};
use super::{canvas, paint};
use crate::format;
use crate::state::{Lab, lab};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::{html, prelude::*};

/// How dark the keyboard's pen is: a grey pixel that is not part of the drawing.
const PEN: u8 = 110;

/// What a visitor draws with. Each change is sent to be answered.
#[derive(Clone, Copy)]
struct Desk {
    lab: Lab,
    drawing: RwSignal<Drawing>,
    /// The pixel under the keyboard's pen.
    cursor: RwSignal<Option<[usize; 2]>>,
    canvas: NodeRef<html::Canvas>,
}

impl Desk {
    fn change(self, edit: impl FnOnce(&mut Drawing)) {
        self.drawing.update(edit);
        self.lab.draw(self.drawing.with_untracked(Drawing::centred));
    }

    /// Takes all ink away.
    fn clear(self) {
        self.change(|drawing| *drawing = Drawing::new([drawing.rows, drawing.cols]));
    }

    /// The pointer begins a stroke.
    fn press(self, event: &PointerEvent) {
        let Some(canvas) = self.canvas.get_untracked() else { return };
        event.prevent_default();
        // Without capture a stroke ends at the edge, no worse.
        let _ = canvas.set_pointer_capture(event.pointer_id());
        // Refused only where it is not shown.
        let _ = canvas.focus();
        self.cursor.set(None);
        self.drawing.update(Drawing::lift);
        self.stroke(event);
    }

    /// The pointer goes on with a stroke.
    fn stroke(self, event: &PointerEvent) {
        let Some(canvas) = self.canvas.get_untracked() else { return };
        let rect = canvas.get_bounding_client_rect();
        let to = [(f64::from(event.client_x()) - rect.left()) / rect.width(), (f64::from(event.client_y()) - rect.top()) / rect.height()];
        self.change(|drawing| drawing.stroke(to));
    }

    /// Draws without a pointer.
    fn key(self, event: &KeyboardEvent) {
        let cursor = self.cursor.get_untracked();
        let (middle, moved) = self.drawing.with_untracked(|drawing| (drawing.middle(), drawing.moved(cursor, &event.key())));
        let here = cursor.unwrap_or(middle);
        let next = match event.key().as_str() {
            " " => {
                self.change(|drawing| drawing.dot_on(here));
                here
            }
            "Delete" | "Backspace" => {
                self.clear();
                here
            }
            _ => match moved {
                Some(next) => next,
                None => return,
            },
        };
        event.prevent_default();
        self.cursor.set(Some(next));
    }
}

/// The square, its Clear button and the answer's bars.
#[component]
pub(crate) fn DrawSquare() -> impl IntoView {
    let lab = lab();
    let desk = Desk { lab, drawing: RwSignal::new(Drawing::default()), cursor: RwSignal::new(None), canvas: NodeRef::new() };
    // Each build brings its samples, and its worker knows no drawing yet: what fits is sent again.
    Effect::new(move |_| {
        if let Some(size) = with_shown(lab.run, |shown| shown.size) {
            desk.change(|drawing| drawing.fit(size));
        }
    });
    let probs = Memo::new(move |_| {
        if desk.drawing.with(Drawing::is_empty) {
            return Vec::new();
        }
        with_answers(lab.run, |images| images.drawn.clone()).unwrap_or_default()
    });
    let said = move || match probs.with(|probs| largest(probs)) {
        Some((class, prob)) => {
            format!("The network says {} with probability {}.", name_of(lab.run, class), format::fixed(f64::from(prob), 2))
        }
        None => "Draw in the square; the network answers at once and changes its mind while it trains.".into(),
    };
    view! {
        <figure class="draw">
            <div class="panel-head">
                <h3>"Draw one yourself"</h3>
                <button class="btn edge small-btn end" data-testid="draw-clear" on:click=move |_| desk.clear()>
                    "Clear"
                </button>
            </div>
            <div class="draw-row">
                <div class="draw-box">
                    <Square desk />
                </div>
                <Bars run=lab.run probs=probs />
            </div>
            <figcaption class="small" data-testid="draw-answer" prop:textContent=said></figcaption>
        </figure>
    }
}

/// The square.
#[component]
fn Square(desk: Desk) -> impl IntoView {
    Effect::new(move |_| {
        let Some(canvas) = desk.canvas.get() else { return };
        desk.drawing.with(|drawing| {
            let mut pixels = paint::ink(&drawing.pixels);
            if let Some([row, col]) = desk.cursor.get()
                && let Some(opacity) = pixels.get_mut((row * drawing.cols + col) * 4 + 3)
            {
                *opacity = PEN.max(*opacity);
            }
            canvas::put(&canvas, &pixels, drawing.cols, drawing.rows);
        });
    });
    let go_on = move |event: PointerEvent| {
        if event.buttons() & 1 == 1 {
            desk.stroke(&event);
        }
    };
    view! {
        <canvas
            class="ink-img"
            id="draw"
            data-testid="draw"
            width="8"
            height="8"
            tabindex="0"
            role="application"
            aria-label="Square to draw in. Arrow keys move the pen, Space draws, Delete clears."
            node_ref=desk.canvas
            on:pointerdown=move |event| desk.press(&event)
            on:pointermove=go_on
            on:keydown=move |event| desk.key(&event)
            on:blur=move |_| desk.cursor.set(None)
        ></canvas>
    }
}
