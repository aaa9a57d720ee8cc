//! What the network answers at every point of the plane, and the samples it is asked about.

use super::lab::lab;
use super::live::live;
use super::reports::Samples;
use super::{edit, format, paint, points};
use crate::experiment::Level;
use leptos::prelude::*;

const SIDE: f32 = 360.0;

/// The map, its axes, its legend and what of it is shown.
#[component]
pub(super) fn DecisionMap() -> impl IntoView {
    let lab = lab();
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    Effect::new(move |_| {
        let (Some(frame), Some(canvas)) = (lab.frame.get(), canvas.get()) else { return };
        let is_two_coloured = lab.read(|e| e.discretize);
        paint::put(&canvas, &paint::signed(&frame.arrays[0], is_two_coloured), frame.size, frame.size);
    });
    let samples = move |is_test: bool| {
        let samples = lab.samples.get();
        let Some(Samples::Points { points, train }) = samples.as_deref() else { return Vec::new() };
        let (training, test) = points.split_at((*train).min(points.len()));
        let drawn = points::paths(if is_test { test } else { training }, SIDE, 3.4);
        let view = |(is_positive, quarter, path): (bool, u8, String)| {
            let opacity = if is_test { 1.0 } else { f64::from(quarter) / 4.0 };
            view! { <path class="pt" class:p=is_positive class:n=!is_positive class:test=is_test fill-opacity=opacity d=path /> }.into_any()
        };
        drawn.into_iter().map(view).collect::<Vec<_>>()
    };
    let label = move || {
        let metrics = lab.metrics.get();
        let set = lab.read(|e| e.dataset.entry().title);
        let at = format::thousands(metrics.step);
        match metrics.test_accuracy {
            Some((accuracy, _)) => {
                format!(
                    "Map of the network's answer over {set} after step {at}; {} % of the test points are right.",
                    format::fixed(accuracy * 100.0, 1)
                )
            }
            None => format!("Map of the network's answer over {set} at step {at}."),
        }
    };
    let show_test = move || lab.read(|e| e.show_test);
    let discretize = move || lab.read(|e| e.discretize);
    view! {
        <figure class="map-block">
            <div class="map">
                <div class="ay" aria-hidden="true"><span>"6"</span><span>"0"</span><span>"−6"</span></div>
                <div class="m" id="decision-map" data-testid="decision-map" data-step=move || lab.frame.get().map_or(0, |f| f.step) role="img" aria-label=label>
                    <canvas node_ref=canvas width="1" height="1"></canvas>
                    <svg viewBox="0 0 360 360" aria-hidden="true">
                        {live(move || samples(false))}
                        {live(move || if show_test() { samples(true) } else { Vec::new() })}
                    </svg>
                </div>
                <div class="ax" aria-hidden="true"><span>"−6"</span><span>"0"</span><span>"6"</span></div>
            </div>
            <div class="legend" aria-hidden="true">
                <svg viewBox="0 0 14 14"><path class="pt n" d="M7 1.500l5.500 5.500-5.500 5.500L1.500 7z" /></svg>"−1"
                <span class="ramp"></span>
                "+1"<svg viewBox="0 0 14 14"><circle class="pt p" cx="7" cy="7" r="4.600" /></svg>
            </div>
            <figcaption class="small">"Points are the data, the ground is the network's answer."</figcaption>
            <div class="opts" class:gone=move || lab.level() == Level::Simple>
                <label class="check">
                    <input type="checkbox" id="show-test" data-testid="show-test" prop:checked=show_test
                        on:change=move |event| lab.change(|e| e.show_test = event_target_checked(&event)) />
                    "Test points"
                </label>
                <label class="check">
                    <input type="checkbox" id="discretize" data-testid="discretize" prop:checked=discretize
                        on:change=move |event| lab.change(|e| e.discretize = event_target_checked(&event)) />
                    "Two colours only"
                </label>
                <button class="link small end" data-testid="regenerate" title="Draw other points from another seed"
                    on:click=move |_| lab.change(edit::next_seed)>"New points"</button>
            </div>
        </figure>
    }
    .into_any()
}
