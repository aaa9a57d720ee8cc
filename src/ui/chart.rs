//! The loss over the steps.

use super::chart_scale::{BOTTOM, HEIGHT, LEFT, RIGHT, Scale, TOP, loss_name};
use super::format;
use super::lab::lab;
use super::live::live;
use super::reports::History;
use super::size;
use leptos::prelude::*;

/// The chart, the numbers under the pointer, and the same as a table.
#[component]
pub(super) fn LossChart() -> impl IntoView {
    let lab = lab();
    let node = NodeRef::<leptos::html::Div>::new();
    let width = size::width_of(node, 348.0);
    let cursor = RwSignal::new(None::<u64>);
    let is_table = RwSignal::new(false);
    let scale = Memo::new(move |_| lab.past(|history| Scale::of(history, width.get())));
    let label = move || {
        let metrics = lab.metrics.get();
        let said = |name: &str, loss: Option<(f64, u64)>| {
            loss.map_or_else(String::new, |(loss, _)| format!(" {name} loss {}.", format::loss(loss)))
        };
        format!(
            "Loss against step, logarithmic, step {}.{}{} Left and right move along it.",
            format::thousands(metrics.step),
            said("Test", metrics.test_loss),
            said("Training", metrics.train_loss)
        )
    };
    let point = move |event: web_sys::PointerEvent| {
        let step = scale.with(|s| s.step_at(f64::from(event.offset_x())));
        cursor.set(lab.history.with_untracked(|history| nearest(history, step)));
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            "Escape" => return cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        cursor.set(lab.history.with_untracked(|history| neighbour(history, cursor.get_untracked(), by)));
    };
    view! {
        <figure class="chart" id="loss-chart" data-testid="loss-chart">
            <div class="panel-head">
                <h3>"Loss"</h3>
                <span class="small">"log scale"</span>
                <button class="link small end" aria-pressed=move || is_table.get().to_string() on:click=move |_| is_table.update(|t| *t = !*t)>
                    {live(move || if is_table.get() { "Chart" } else { "Table" })}
                </button>
            </div>
            <div class="chart-pic" node_ref=node>
                <div class="table-pic" class:gone=move || !is_table.get() tabindex="0" role="region" aria-label="Losses">
                    {live(move || is_table.get().then(|| lab.past(|h| table(h))))}
                </div>
                <svg class:gone=move || is_table.get() viewBox=move || format!("0 0 {} {HEIGHT}", width.get()) role="img" aria-label=label tabindex="0"
                    on:pointermove=point on:pointerleave=move |_| cursor.set(None) on:keydown=key on:blur=move |_| cursor.set(None)>
                    {live(move || scale.with(axes))}
                    <path class="train" d=move || lab.past(|h| scale.with(|s| s.path(&h.train))) />
                    <path class="test" d=move || lab.past(|h| scale.with(|s| s.path(&h.test))) />
                    {live(move || lab.past(|h| scale.with(|s| ends(h, s))))}
                    {live(move || cursor.get().map(|step| lab.past(|h| scale.with(|s| marks(h, s, step)))))}
                    {live(move || lab.past(|h| h.test.len().max(h.train.len()) <= 1).then(|| view! {
                        <text class="blank" x=(width.get() - RIGHT + LEFT) / 2.0 y=TOP + 0.42 * (HEIGHT - BOTTOM - TOP) + 4.0 text-anchor="middle">"The loss is drawn here, every step"</text>
                    }))}
                </svg>
                {live(move || cursor.get().filter(|_| !is_table.get()).map(|step| lab.past(|h| scale.with(|s| note(h, s, step, width.get())))))}
            </div>
            <figcaption class="small">"How wrong the answers are: the solid line on samples never trained on, the dotted on those trained on."</figcaption>
        </figure>
    }
    .into_any()
}

/// Lines and names of both axes.
fn axes(scale: &Scale) -> AnyView {
    let right = scale.x(scale.step_ticks()[4]);
    let losses = scale.loss_ticks().into_iter().map(|loss| {
        let y = scale.y(loss);
        let name = loss_name(loss);
        view! {
            <line class="grid" x1=LEFT x2=right y1=y y2=y />
            <text x=LEFT - 7.0 y=y + 4.0 text-anchor="end">{name}</text>
        }
        .into_any()
    });
    let steps = scale.step_ticks().into_iter().map(|step| {
        let x = scale.x(step);
        let base = HEIGHT - BOTTOM;
        view! {
            <line class="axis" x1=x x2=x y1=base y2=base + 4.0 />
            <text x=x y=base + 18.0 text-anchor="middle">{short(step)}</text>
        }
        .into_any()
    });
    view! {
        {losses.collect_view()}
        {steps.collect_view()}
        <text x=right + 24.0 y=HEIGHT - BOTTOM + 18.0 text-anchor="start">"step"</text>
    }
    .into_any()
}

/// `2,000`, `40k`, `1.5M`: what fits under a tick.
fn short(step: f64) -> String {
    if step >= 1e6 {
        format!("{}M", step / 1e6)
    } else if step >= 1e4 {
        format!("{}k", step / 1e3)
    } else {
        format::thousands(step as u64)
    }
}

/// The names at the ends of the lines, and a cross where a loss is not finite.
fn ends(history: &History, scale: &Scale) -> AnyView {
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
    let name = |at: Option<(f64, f64)>, text: &'static str, class: &'static str, shift: f64| {
        at.map(|(x, y)| view! { <text class=class x=x + 7.0 y=y.max(top) + 4.0 + shift>{text}</text> })
    };
    let bad = bad.map(|step| {
        let x = scale.x(step as f64);
        view! {
            <path class="bad" d=format!("M{:.1} {}l8 8m0 -8l-8 8", x - 4.0, TOP - 4.0) />
            <text class="bad" x=x + 9.0 y=TOP + 4.0>"∞ at "{format::thousands(step)}</text>
        }
    });
    view! { {name(test, "test", "strong", shift)} {name(train, "train", "", -shift)} {bad} }.into_any()
}

/// The cursor's line and dots.
fn marks(history: &History, scale: &Scale, step: u64) -> AnyView {
    let x = scale.x(step as f64);
    let dot = |loss: Option<f64>| loss.filter(|l| l.is_finite()).map(|loss| view! { <circle class="dot" cx=x cy=scale.y(loss) r="3.5" /> });
    view! {
        <line class="cursor" x1=x x2=x y1=TOP y2=HEIGHT - BOTTOM />
        {dot(at(&history.test, step))}
        {dot(at(&history.train, step))}
    }
    .into_any()
}

/// The numbers at the cursor, on the side with room.
fn note(history: &History, scale: &Scale, step: u64, width: f64) -> AnyView {
    let x = scale.x(step as f64);
    let is_right = x > width / 2.0;
    let row = |name: &'static str, loss: Option<f64>| loss.map(|loss| view! { <tr><td>{name}</td><td>{format::loss(loss)}</td></tr> });
    view! {
        <div
            class="tip"
            style:top="36px"
            style:left=if is_right { "auto".to_string() } else { format!("{}px", x + 10.0) }
            style:right=if is_right { format!("{}px", width - x + 10.0) } else { "auto".to_string() }
        >
            <b>"Step "{format::thousands(step)}</b>
            <table><tbody>{row("test", at(&history.test, step))}{row("train", at(&history.train, step))}</tbody></table>
        </div>
    }
    .into_any()
}

/// At most twelve rows over the whole run.
fn table(history: &History) -> AnyView {
    let line = if history.test.is_empty() { &history.train } else { &history.test };
    let every = line.len().div_ceil(12).max(1);
    let rows = line.iter().rev().step_by(every).map(|&(step, _)| {
        let cell = |loss: Option<f64>| loss.map_or_else(|| "–".to_string(), format::loss);
        view! {
            <tr>
                <th scope="row">{format::thousands(step)}</th>
                <td class="num">{cell(at(&history.test, step))}</td>
                <td class="num">{cell(at(&history.train, step))}</td>
            </tr>
        }
    });
    view! {
        <table class="list">
            <thead><tr><th>"Step"</th><th class="num">"Test loss"</th><th class="num">"Train loss"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
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
