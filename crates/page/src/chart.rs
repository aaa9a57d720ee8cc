//! The loss over the steps.

use super::chart_scale::{BOTTOM, HEIGHT, LEFT, RIGHT, Scale, TOP, loss_name};
use super::element::{El, distinct, html, svg};
use super::format;
use super::lab::{Lab, lab};
use super::reports::History;
use super::size;
use super::watched::Watched;
use descent_spec::number::shortest;
use web_sys::{Event, KeyboardEvent, PointerEvent};

/// What the parts of the chart share.
#[derive(Clone, Copy)]
struct Chart {
    lab: Lab,
    width: Watched<f64>,
    scale: Watched<Scale>,
    /// The step under the pointer.
    cursor: Watched<Option<u64>>,
    is_table: Watched<bool>,
}

/// The chart, the numbers under the pointer, and the same as a table.
pub(crate) fn loss_chart() -> El {
    let lab = lab();
    let picture = html("div").class("chart-pic");
    let width = size::width_of(&picture, 348.0);
    let scale = distinct(move || lab.history.with(|history| Scale::of(history, width.get())));
    let (cursor, is_table) = (Watched::new(None), Watched::new(false));
    let chart = Chart { lab, width, scale, cursor, is_table };
    let switch = html("button")
        .class("link small end")
        .set_from("aria-pressed", move || is_table.get().to_string())
        .on_click(move || is_table.update(|t| *t = !*t))
        .text_from(move || if is_table.get() { "Chart".into() } else { "Table".into() });
    let losses = html("div")
        .class("table-pic")
        .class_if("gone", move || !is_table.get())
        .set("tabindex", "0")
        .set("role", "region")
        .set("aria-label", "Losses")
        .parts(move || if is_table.get() { vec![lab.history.with(table)] } else { Vec::new() });
    let noted = move || {
        let step = cursor.get().filter(|_| !is_table.get());
        step.map(|step| lab.history.with(|h| note(h, &scale.get(), step, width.get()))).into_iter().collect()
    };
    let said = "How wrong the answers are: the solid line on samples never trained on, the dotted on those trained on.";
    html("figure")
        .class("chart")
        .named("loss-chart")
        .child(
            html("div")
                .class("panel-head")
                .child(html("h3").text("Loss"))
                .child(html("span").class("small").text("log scale"))
                .child(switch),
        )
        .child(picture.child(losses).child(drawing(chart)).parts(noted))
        .child(html("figcaption").class("small").text(said))
}

/// Axes, lines and the cursor.
fn drawing(chart: Chart) -> El {
    let Chart { lab, width, scale, cursor, is_table } = chart;
    let leave = move |_: Event| cursor.set(None);
    let point = move |event: PointerEvent| {
        let step = scale.get_untracked().step_at(f64::from(event.offset_x()));
        cursor.set(lab.history.with_untracked(|h| nearest(h, step)));
    };
    let key = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            "Escape" => return cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        cursor.set(lab.history.with_untracked(|h| neighbour(h, cursor.get_untracked(), by)));
    };
    let marked = move || cursor.get().map_or_else(Vec::new, |step| lab.history.with(|h| marks(h, &scale.get(), step)));
    let blank = move || if lab.history.with(|h| h.test.len().max(h.train.len()) <= 1) { vec![blank(width.get())] } else { Vec::new() };
    svg("svg")
        .class_if("gone", move || is_table.get())
        .set_from("viewBox", move || format!("0 0 {} {}", shortest(width.get()), shortest(HEIGHT)))
        .set("role", "img")
        .set_from("aria-label", move || label(lab))
        .set("tabindex", "0")
        .on("pointermove", point)
        .on("pointerleave", leave)
        .on("keydown", key)
        .on("blur", leave)
        .parts(move || axes(&scale.get()))
        .child(svg("path").class("train").set_from("d", move || lab.history.with(|h| scale.get().path(&h.train))))
        .child(svg("path").class("test").set_from("d", move || lab.history.with(|h| scale.get().path(&h.test))))
        .parts(move || lab.history.with(|h| ends(h, &scale.get())))
        .parts(marked)
        .parts(blank)
}

/// The drawing in words.
fn label(lab: Lab) -> String {
    let said =
        |name: &str, loss: Option<(f64, u64)>| loss.map_or_else(String::new, |(loss, _)| format!(" {name} loss {}.", format::loss(loss)));
    lab.metrics.with(|m| {
        format!(
            "Loss against step, logarithmic, step {}.{}{} Left and right move along it.",
            format::thousands(m.step),
            said("Test", m.test_loss),
            said("Training", m.train_loss)
        )
    })
}

/// A straight line.
fn line(class: &str, [x1, x2]: [f64; 2], [y1, y2]: [f64; 2]) -> El {
    svg("line").class(class).number("x1", x1).number("x2", x2).number("y1", y1).number("y2", y2)
}

/// A text at a place.
fn words(x: f64, y: f64, text: &str) -> El {
    svg("text").number("x", x).number("y", y).text(text)
}

/// What stands where the lines will be.
fn blank(width: f64) -> El {
    let (x, y) = ((width - RIGHT + LEFT) / 2.0, TOP + 0.42 * (HEIGHT - BOTTOM - TOP) + 4.0);
    words(x, y, "The loss is drawn here, every step").class("blank").set("text-anchor", "middle")
}

/// Lines and names of both axes.
fn axes(scale: &Scale) -> Vec<El> {
    let right = scale.x(scale.step_ticks()[4]);
    let base = HEIGHT - BOTTOM;
    let losses = scale.loss_ticks().into_iter().flat_map(|loss| {
        let y = scale.y(loss);
        let name = words(LEFT - 7.0, y + 4.0, &loss_name(loss)).set("text-anchor", "end");
        [line("grid", [LEFT, right], [y, y]), name]
    });
    let steps = scale.step_ticks().into_iter().flat_map(|step| {
        let x = scale.x(step);
        let name = words(x, base + 18.0, &short(step)).set("text-anchor", "middle");
        [line("axis", [x, x], [base, base + 4.0]), name]
    });
    let name = words(right + 24.0, base + 18.0, "step").set("text-anchor", "start");
    losses.chain(steps).chain([name]).collect()
}

/// `2,000`, `40k`, `1.5M`: what fits under a tick.
fn short(step: f64) -> String {
    if step >= 1e6 {
        shortest(step / 1e6) + "M"
    } else if step >= 1e4 {
        shortest(step / 1e3) + "k"
    } else {
        format::thousands(step as u64)
    }
}

/// The names at the ends of the lines, and a cross where a loss is not finite.
fn ends(history: &History, scale: &Scale) -> Vec<El> {
    let end = |line: &[(u64, f64)]| {
        line.iter().skip(1).rev().find(|p| p.1.is_finite()).map(|&(step, loss)| (scale.x(step as f64), scale.y(loss)))
    };
    let (test, train) = (end(&history.test), end(&history.train));
    // The names must not lie over each other, nor over the cross at the top.
    let shift = match (test, train) {
        (Some(test), Some(train)) if (test.1 - train.1).abs() < 13.0 => {
            if test.1 <= train.1 {
                -7.0
            } else {
                7.0
            }
        }
        _ => 0.0,
    };
    let bad = history.train.iter().chain(&history.test).find(|p| !p.1.is_finite()).map(|p| p.0);
    let top = if bad.is_some() { TOP + 22.0 } else { 0.0 };
    let name = |at: Option<(f64, f64)>, text: &str, class: &str, shift: f64| {
        at.map(|(x, y)| words(x + 7.0, y.max(top).min(HEIGHT - BOTTOM - 8.0) + 4.0 + shift, text).class(class))
    };
    let cross = bad.into_iter().flat_map(|step| {
        let x = scale.x(step as f64);
        let cross = svg("path").class("bad").set("d", &format!("M{} {}l8 8m0 -8l-8 8", format::at(x - 4.0), format::at(TOP - 4.0)));
        [cross, words(x + 9.0, TOP + 4.0, &format!("∞ at {}", format::thousands(step))).class("bad")]
    });
    name(test, "test", "strong", shift).into_iter().chain(name(train, "train", "", -shift)).chain(cross).collect()
}

/// The cursor's line and dots.
fn marks(history: &History, scale: &Scale, step: u64) -> Vec<El> {
    let x = scale.x(step as f64);
    let losses = [at(&history.test, step), at(&history.train, step)].into_iter().flatten().filter(|loss| loss.is_finite());
    let dots = losses.map(|loss| svg("circle").class("dot").number("cx", x).number("cy", scale.y(loss)).set("r", "3.5"));
    [line("cursor", [x, x], [TOP, HEIGHT - BOTTOM])].into_iter().chain(dots).collect()
}

/// The numbers at the cursor, on the side with room.
fn note(history: &History, scale: &Scale, step: u64, width: f64) -> El {
    let x = scale.x(step as f64);
    let (side, other, room) = if x > width / 2.0 { ("right", "left", width - x) } else { ("left", "right", x) };
    let row = |name: &str, loss: Option<f64>| {
        loss.map(|loss| html("tr").child(html("td").text(name)).child(html("td").text(&format::loss(loss))))
    };
    let rows = html("tbody").children(row("test", at(&history.test, step))).children(row("train", at(&history.train, step)));
    html("div")
        .class("tip")
        .style("top", "36px")
        .style(side, &format::px(room + 10.0))
        .style(other, "auto")
        .child(html("b").text(&format!("Step {}", format::thousands(step))))
        .child(html("table").child(rows))
}

/// At most twelve rows over the whole run.
fn table(history: &History) -> El {
    let line = if history.test.is_empty() { &history.train } else { &history.test };
    let every = line.len().div_ceil(12).max(1);
    let loss = |loss: Option<f64>| html("td").class("num").text(&loss.map_or_else(|| "–".to_string(), format::loss));
    let rows = line.iter().rev().step_by(every).map(|&(step, _)| {
        html("tr")
            .child(html("th").set("scope", "row").text(&format::thousands(step)))
            .child(loss(at(&history.test, step)))
            .child(loss(at(&history.train, step)))
    });
    let head = html("tr")
        .child(html("th").text("Step"))
        .child(html("th").class("num").text("Test loss"))
        .child(html("th").class("num").text("Train loss"));
    html("table").class("list").child(html("thead").child(head)).child(html("tbody").children(rows))
}

/// The value of a line at a step, or just before it.
fn at(line: &[(u64, f64)], step: u64) -> Option<f64> {
    let after = line.partition_point(|p| p.0 <= step);
    line.get(after.checked_sub(1)?).map(|p| p.1)
}

/// The steps that have a value.
fn steps(history: &History) -> &[(u64, f64)] {
    if history.test.len() >= history.train.len() { &history.test } else { &history.train }
}

/// The step with a value that is nearest.
fn nearest(history: &History, step: f64) -> Option<u64> {
    let distance = |p: &(u64, f64)| (p.0 as f64 - step).abs();
    steps(history).iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).map(|p| p.0)
}

/// The step before or after another; the last one to begin with.
fn neighbour(history: &History, step: Option<u64>, by: isize) -> Option<u64> {
    let line = steps(history);
    let last = line.len().checked_sub(1)?;
    let index = step.map_or(last, |step| line.partition_point(|p| p.0 < step).saturating_add_signed(by).min(last));
    Some(line[index].0)
}
