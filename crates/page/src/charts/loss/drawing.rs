//! Axes, lines and the cursor, as SVG.

use super::chart::Chart;
use super::lookup::{first_bad, value_at};
use super::scale::{BOTTOM, HEIGHT, LEFT, RIGHT, Scale, TOP, loss_name, step_name};
use crate::format;
use crate::state::{History, Run};
use descent_protocol::Figure;
use leptos::prelude::*;

/// The chart itself. It takes the focus: arrow keys move its cursor.
#[component]
pub(super) fn Drawing(chart: Chart) -> impl IntoView {
    let Chart { run, width, scale, cursor, is_table } = chart;
    let history = run.history;
    let is_blank = Memo::new(move |_| history.with(|h| h.test.len().max(h.train.len()) <= 1));
    let marked = move || cursor.get().map(|step| history.with(|history| marks(history, &scale.get(), step)));
    view! {
        <svg
            class:gone=move || is_table.get()
            viewBox=move || format!("0 0 {} {HEIGHT}", width.get())
            role="img"
            aria-label=move || label(run)
            tabindex="0"
            on:pointermove=move |event| chart.point(&event)
            on:pointerleave=move |_| cursor.set(None)
            on:keydown=move |event| chart.press(&event)
            on:blur=move |_| cursor.set(None)
        >
            {move || axes(&scale.get())}
            <path class="train" d=move || history.with(|history| scale.get().path(&history.train)) />
            <path class="test" d=move || history.with(|history| scale.get().path(&history.test)) />
            {move || history.with(|history| ends(history, &scale.get()))}
            {marked}
            {move || is_blank.get().then(|| blank(width.get()))}
        </svg>
    }
}

/// The drawing in words.
fn label(run: Run) -> String {
    let said =
        |name: &str, loss: Option<Figure>| loss.map_or_else(String::new, |loss| format!(" {name} loss {}.", format::loss(loss.value)));
    run.metrics.with(|m| {
        format!(
            "Loss against step, logarithmic, step {}.{}{} Left and right move along it.",
            format::thousands(m.step),
            said("Test", m.test_loss),
            said("Training", m.train_loss)
        )
    })
}

/// A text at a place. Its anchor is the point of the text that lies there.
fn words(x: f64, y: f64, anchor: Option<&'static str>, class: Option<&'static str>, text: String) -> impl IntoView + use<> {
    view! { <text x=x y=y text-anchor=anchor class=class prop:textContent=text></text> }
}

/// What stands where the lines will be.
fn blank(width: f64) -> impl IntoView + use<> {
    let (x, y) = ((width - RIGHT + LEFT) / 2.0, TOP + 0.42 * (HEIGHT - BOTTOM - TOP) + 4.0);
    words(x, y, Some("middle"), Some("blank"), "The loss is drawn here, every step".into())
}

/// Lines and names of both axes.
fn axes(scale: &Scale) -> impl IntoView + use<> {
    let [left, .., right] = scale.step_ticks().map(|step| scale.x(step));
    let base = HEIGHT - BOTTOM;
    let loss = |loss: f64| {
        let y = scale.y(loss);
        view! {
            <line class="grid" x1=left x2=right y1=y y2=y />
            {words(LEFT - 7.0, y + 4.0, Some("end"), None, loss_name(loss))}
        }
    };
    let step = |step: f64| {
        let x = scale.x(step);
        view! {
            <line class="axis" x1=x x2=x y1=base y2=base + 4.0 />
            {words(x, base + 18.0, Some("middle"), None, step_name(step))}
        }
    };
    view! {
        {scale.loss_ticks().into_iter().map(loss).collect_view()}
        {scale.step_ticks().map(step).into_iter().collect_view()}
        {words(right + 24.0, base + 18.0, Some("start"), None, "step".into())}
    }
}

/// The names at the ends of the lines, and a cross where a loss is not finite.
fn ends(history: &History, scale: &Scale) -> impl IntoView + use<> {
    let bad = first_bad(history);
    let [test, train] = scale.names([&history.test, &history.train], bad.is_some());
    let cross = bad.map(|step| {
        let x = scale.x(step as f64);
        view! {
            <path class="bad" d=format!("M{} {}l8 8m0 -8l-8 8", format::at(x - 4.0), format::at(TOP - 4.0)) />
            {words(x + 9.0, TOP + 4.0, None, Some("bad"), format!("∞ at {}", format::thousands(step)))}
        }
    });
    view! {
        {test.map(|[x, y]| words(x, y, None, Some("strong"), "test".into()))}
        {train.map(|[x, y]| words(x, y, None, None, "train".into()))}
        {cross}
    }
}

/// The cursor's line and dots.
fn marks(history: &History, scale: &Scale, step: u64) -> impl IntoView + use<> {
    let x = scale.x(step as f64);
    let losses = [value_at(&history.test, step), value_at(&history.train, step)].into_iter().flatten().filter(|loss| loss.is_finite());
    let dots = losses.map(|loss| view! { <circle class="dot" cx=x cy=scale.y(loss) r="3.5" /> }).collect_view();
    view! {
        <line class="cursor" x1=x x2=x y1=TOP y2=HEIGHT - BOTTOM />
        {dots}
    }
}
