//! The losses as a table.

use super::lookup::{table_steps, value_at};
use crate::format;
use crate::state::History;
use leptos::prelude::*;

/// At most twelve rows over the whole run.
#[component]
pub(super) fn LossTable(history: RwSignal<History>, is_shown: RwSignal<bool>) -> impl IntoView {
    view! {
        <div class="table-pic" class:gone=move || !is_shown.get() tabindex="0" role="region" aria-label="Losses">
            <Show when=move || is_shown.get()>
                <table class="list">
                    <thead>
                        <tr>
                            <th>"Step"</th>
                            <th class="num">"Test loss"</th>
                            <th class="num">"Train loss"</th>
                        </tr>
                    </thead>
                    <tbody>{move || history.with(rows)}</tbody>
                </table>
            </Show>
        </div>
    }
}

fn rows(history: &History) -> impl IntoView + use<> {
    let loss = |loss: Option<f64>| loss.map_or_else(|| "–".to_string(), format::loss);
    let row = |step: u64| {
        view! {
            <tr>
                <th scope="row" prop:textContent=format::thousands(step)></th>
                <td class="num" prop:textContent=loss(value_at(&history.test, step))></td>
                <td class="num" prop:textContent=loss(value_at(&history.train, step))></td>
            </tr>
        }
    };
    table_steps(history).into_iter().map(row).collect_view()
}
