//! What the network answers at every point of the plane, and the samples it is asked about.

use super::{canvas, paint, points};
use crate::edit;
use crate::format;
use crate::parts::Checkbox;
use crate::state::{Lab, Run, lab};
use descent_protocol::{Picture, Points, Samples};
use descent_spec::Level;
use leptos::{html, prelude::*};

/// Side of the drawing of the points, in its own units.
const SIDE: f64 = 360.0;

/// The map, its axes, its legend and what of it is shown.
#[component]
pub(crate) fn DecisionMap() -> impl IntoView {
    let lab = lab();
    view! {
        <figure class="map-block">
            <div class="map">
                <div class="ay" aria-hidden="true"><span>"6"</span><span>"0"</span><span>"−6"</span></div>
                <Plane run=lab.run />
                <div class="ax" aria-hidden="true"><span>"−6"</span><span>"0"</span><span>"6"</span></div>
            </div>
            <Legend />
            <figcaption class="small">"Points are the data, the ground is the network's answer."</figcaption>
            <Options lab />
        </figure>
    }
}

/// The ground and the points on it.
#[component]
fn Plane(run: Run) -> impl IntoView {
    let ground = NodeRef::<html::Canvas>::new();
    let is_two_coloured = Memo::new(move |_| run.view.with(|view| view.discretize));
    Effect::new(move |_| {
        let (Some(ground), Some(frame)) = (ground.get(), run.scene.with(|scene| scene.frame.clone())) else { return };
        if let Picture::Maps(maps) = &frame.picture {
            canvas::put(&ground, &paint::signed(&maps.output, is_two_coloured.get()), maps.size, maps.size);
        }
    });
    let has_test = Memo::new(move |_| run.view.with(|view| view.show_test));
    let step = move || run.scene.with(|scene| scene.frame.as_ref().map_or(0, |frame| frame.step));
    view! {
        <div class="m" id="decision-map" data-testid="decision-map" data-step=move || step().to_string() role="img" aria-label=move || label(run)>
            <canvas width="1" height="1" node_ref=ground></canvas>
            <svg viewBox="0 0 360 360" aria-hidden="true">
                {move || marks(run, false)}
                {move || has_test.get().then(|| marks(run, true))}
            </svg>
        </div>
    }
}

/// The points of the training set or of the test set.
fn marks(run: Run, is_test: bool) -> impl IntoView + use<> {
    let samples = run.samples.get();
    let points = match samples.as_deref() {
        Some(Samples::Points(Points { points, train })) => {
            let (training, test) = points.split_at((*train).min(points.len()));
            if is_test { test } else { training }
        }
        _ => &[],
    };
    let path = |marks: points::Marks| {
        let class = match (marks.is_positive, is_test) {
            (true, false) => "pt p",
            (false, false) => "pt n",
            (true, true) => "pt p test",
            (false, true) => "pt n test",
        };
        view! { <path class=class fill-opacity=if is_test { 1.0 } else { marks.opacity } d=marks.path></path> }
    };
    points::marks(points, SIDE, 3.4).into_iter().map(path).collect_view()
}

/// The map in words.
fn label(run: Run) -> String {
    let (step, accuracy) = run.metrics.with(|metrics| (format::thousands(metrics.step), metrics.test_accuracy));
    let set = run.experiment.with(|experiment| experiment.dataset.entry().title);
    match accuracy {
        Some(accuracy) => {
            let share = format::fixed(accuracy.value * 100.0, 1);
            format!("Map of the network's answer over {set} after step {step}; {share} % of the test points are right.")
        }
        None => format!("Map of the network's answer over {set} at step {step}."),
    }
}

/// What the shapes and colours stand for.
#[component]
fn Legend() -> impl IntoView {
    view! {
        <div class="legend" aria-hidden="true">
            <svg viewBox="0 0 14 14"><path class="pt n" d="M7 1.500l5.500 5.500-5.500 5.500L1.500 7z"></path></svg>
            "−1"
            <span class="ramp"></span>
            "+1"
            <svg viewBox="0 0 14 14"><circle class="pt p" cx="7" cy="7" r="4.600"></circle></svg>
        </div>
    }
}

/// What of the map is shown.
#[component]
fn Options(lab: Lab) -> impl IntoView {
    let view = lab.run.view;
    let has_test = Signal::derive(move || view.with(|view| view.show_test));
    let is_two_coloured = Signal::derive(move || view.with(|view| view.discretize));
    let show_test = move |is_on| lab.change_view(|view| view.show_test = is_on);
    let discretize = move |is_on| lab.change_view(|view| view.discretize = is_on);
    view! {
        <div class="opts" class:gone=move || lab.level() == Level::Simple>
            <Checkbox id="show-test" label="Test points" is_checked=has_test on_check=show_test />
            <Checkbox id="discretize" label="Two colours only" is_checked=is_two_coloured on_check=discretize />
            <button
                class="link small end"
                data-testid="regenerate"
                title="Draw other points from another seed"
                on:click=move |_| lab.change(edit::next_seed)
            >
                "New points"
            </button>
        </div>
    }
}
