//! The table, with a row for the output.

use super::cells::{FactCells, Spot};
use super::holders::{Branch, Parallel, Repeat, Residual};
use super::layer::LayerRow;
use super::rows::{Row, RowKind, rows};
use crate::names::site_detail;
use crate::state::lab;
use descent_spec::model::Outline;
use leptos::prelude::*;

/// The table of the model that is chosen; it may be ahead of the one that is built.
#[component]
pub(crate) fn ModelTable() -> impl IntoView {
    let experiment = lab().run.experiment;
    let all = Memo::new(move |_| experiment.with(|experiment| rows(&experiment.model)));
    let outline = Memo::new(move |_| experiment.with(|experiment| experiment.outline().ok()));
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label="Layers">
            <table class="list layers" data-testid="layers">
                <Head />
                <tbody>
                    <For each=move || all.get() key=Row::clone let:row>
                        {row_view(row, outline)}
                    </For>
                    <Output outline />
                </tbody>
            </table>
        </div>
    }
}

/// A row is that of its place: what stands in it follows the block that is there.
fn row_view(row: Row, outline: Memo<Option<Outline>>) -> AnyView {
    let Row { kind, place, depth } = row;
    let spot = Spot::new(place, outline);
    match kind {
        RowKind::Layer => view! { <LayerRow spot depth /> }.into_any(),
        RowKind::Residual => view! { <Residual spot depth /> }.into_any(),
        RowKind::Repeat => view! { <Repeat spot depth /> }.into_any(),
        RowKind::Parallel => view! { <Parallel spot depth /> }.into_any(),
        RowKind::Branch => view! { <Branch spot depth /> }.into_any(),
    }
}

/// The names of the columns.
#[component]
fn Head() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th>"Layer"</th>
                <th>"Settings"</th>
                <th>"Activation"</th>
                <th>"Output"</th>
                <th class="num">"Parameters"</th>
                <th class="num" title="Multiply-adds for one sample">"Mult.-adds"</th>
                <th><span class="hidden-text">"Remove"</span></th>
            </tr>
        </thead>
    }
}

/// The output layer, which follows from the data.
#[component]
fn Output(outline: Memo<Option<Outline>>) -> impl IntoView {
    let detail = move || outline.with(|outline| outline.as_ref().map(|outline| site_detail(outline.last())).unwrap_or_default());
    let facts = Memo::new(move |_| {
        outline.with(|outline| {
            let last = outline.as_ref()?.last();
            Some((last.extent, Some((last.params(), last.multiply_adds))))
        })
    });
    view! {
        <tr>
            <td>"Output"</td>
            <td></td>
            <td prop:textContent=detail></td>
            <FactCells facts />
            <td></td>
        </tr>
    }
}
