//! What is learned: the data sets as pictures, and how they are cut.

use super::drop_files::DropFiles;
use super::thumbnail::thumbnail;
use crate::choices::{is_image, short_title};
use crate::edit;
use crate::format::thousands;
use crate::parts::{Slider, check_radio};
use crate::state::{Run, lab};
use descent_protocol::Samples;
use descent_spec::Dataset;
use leptos::html::Div;
use leptos::prelude::*;

const NOISE: [f64; 11] = [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0];
const SHARE: [f64; 9] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0];
const BATCH: [f64; 15] = [1.0, 2.0, 4.0, 8.0, 10.0, 16.0, 20.0, 24.0, 30.0, 32.0, 64.0, 100.0, 128.0, 256.0, 512.0];

/// The panel.
#[component]
pub(crate) fn DataPanel() -> impl IntoView {
    let run = lab().run;
    let dataset = Memo::new(move |_| run.experiment.with(|experiment| experiment.dataset));
    view! {
        <section class="panel data" aria-labelledby="h-data">
            <div class="panel-head">
                <h2 id="h-data">"Data"</h2>
                <span class="small end" title="trained on + tested on" prop:textContent=move || counts(run)></span>
            </div>
            <div class="panel-body">
                <Sets dataset />
                <p class="small about" prop:textContent=move || dataset.get().entry().description></p>
                <p
                    class="small credit"
                    class:gone=move || dataset.get().is_2d()
                    prop:textContent=move || dataset.get().entry().credit
                ></p>
                <div class="data-ctl lv-more">
                    <Sliders dataset />
                </div>
                <DropFiles dataset />
            </div>
        </section>
    }
}

/// How many samples the run is trained and tested on.
fn counts(run: Run) -> String {
    let has_images = run.samples.with(|samples| matches!(samples.as_deref(), Some(Samples::Images(_))));
    let unit = if has_images { "images" } else { "points" };
    match run.built(|built| (built.train_rows as u64, built.test_rows as u64)) {
        Some((train, test)) if train > 0 => format!("{} + {} {unit}", thousands(train), thousands(test)),
        _ => "–".into(),
    }
}

/// The data sets: radio buttons with pictures.
#[component]
fn Sets(dataset: Memo<Dataset>) -> impl IntoView {
    let lab = lab();
    let group = NodeRef::<Div>::new();
    let choose = move |event: web_sys::Event| {
        if let Some(set) = Dataset::from_id(&event_target_value(&event)) {
            lab.change(|experiment| edit::choose_dataset(experiment, set));
        }
        if let Some(group) = group.get_untracked() {
            check_radio(&group, dataset.get_untracked().id());
        }
    };
    let card = move |&set: &Dataset| {
        view! {
            <label>
                <input type="radio" name="dataset" value=set.id() prop:checked=move || dataset.get() == set />
                <span class="pic">{thumbnail(set)}</span>
                {short_title(set)}
            </label>
        }
    };
    view! {
        <div
            node_ref=group
            class="sets"
            role="radiogroup"
            aria-label="Data set"
            id="dataset"
            data-testid="dataset"
            data-value=move || dataset.get().id()
            on:change=choose
        >
            {Dataset::ALL.iter().map(card).collect_view()}
        </div>
    }
}

/// How the samples are made and cut.
#[component]
fn Sliders(dataset: Memo<Dataset>) -> impl IntoView {
    let lab = lab();
    let experiment = lab.run.experiment;
    view! {
        <div class="sliders">
            <Slider
                id="noise"
                label="Noise"
                values=&NOISE
                value=move || experiment.with(|e| e.noise)
                is_off=move || is_image(dataset.get())
                on_choose=move |noise| lab.change(|e| e.noise = noise)
            />
            <Slider
                id="ratio"
                label="Training share"
                values=&SHARE
                unit=" %"
                value=move || experiment.with(|e| e.train_percent)
                is_off=move || dataset.get().entry().has_fixed_split
                on_choose=move |percent| lab.change(|e| e.train_percent = percent)
            />
            <Slider
                id="batch"
                label="Batch size"
                values=&BATCH
                value=move || experiment.with(|e| e.batch_size as f64)
                on_choose=move |size| lab.change(|e| e.batch_size = size as usize)
            />
        </div>
    }
}
