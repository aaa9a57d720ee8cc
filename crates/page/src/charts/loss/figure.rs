//! The chart with its title, its cursor and its note.

use super::chart::Chart;
use super::drawing::Drawing;
use super::lookup::value_at;
use super::scale::Scale;
use super::table::LossTable;
use crate::charts::width::width_of;
use crate::format;
use crate::state::{History, lab};
use leptos::{html, prelude::*};

/// The chart, the numbers under the pointer, and the same as a table.
#[component]
pub(crate) fn LossChart() -> impl IntoView {
    let run = lab().run;
    let picture = NodeRef::<html::Div>::new();
    let width = width_of(picture, 348.0);
    let scale = Memo::new(move |_| run.history.with(|history| Scale::of(history, width.get())));
    let (cursor, is_table) = (RwSignal::new(None), RwSignal::new(false));
    let chart = Chart { run, width, scale, cursor, is_table };
    let note = move || {
        let step = cursor.get().filter(|_| !is_table.get())?;
        Some(run.history.with(|history| note(history, &scale.get(), step, width.get())))
    };
    view! {
        <figure class="chart" id="loss-chart" data-testid="loss-chart">
            <div class="panel-head">
                <h3>"Loss"</h3>
                <span class="small">"log scale"</span>
                <button
                    class="link small end"
                    aria-pressed=move || is_table.get().to_string()
                    on:click=move |_| is_table.update(|is_table| *is_table = !*is_table)
                    prop:textContent=move || if is_table.get() { "Chart" } else { "Table" }
                ></button>
            </div>
            <div class="chart-pic" node_ref=picture>
                <LossTable history=run.history is_shown=is_table />
                <Drawing chart />
                {note}
            </div>
            <figcaption class="small">
                "How wrong the answers are: the solid line on samples never trained on, the dotted on those trained on."
            </figcaption>
        </figure>
    }
}

/// The numbers at the cursor, on the side with room.
fn note(history: &History, scale: &Scale, step: u64, width: f64) -> impl IntoView + use<> {
    let x = scale.x(step as f64);
    let auto = || "auto".to_string();
    let (left, right) = if x > width / 2.0 { (auto(), format::px(width - x + 10.0)) } else { (format::px(x + 10.0), auto()) };
    let row = |name: &'static str, loss: Option<f64>| {
        loss.map(|loss| view! { <tr><td>{name}</td><td prop:textContent=format::loss(loss)></td></tr> })
    };
    view! {
        <div class="tip" style:top="36px" style:left=left style:right=right>
            <b prop:textContent=format!("Step {}", format::thousands(step))></b>
            <table>
                <tbody>
                    {row("test", value_at(&history.test, step))}
                    {row("train", value_at(&history.train, step))}
                </tbody>
            </table>
        </div>
    }
}
