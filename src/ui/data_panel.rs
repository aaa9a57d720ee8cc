//! What is learned: the data sets as pictures, and how they are cut.

use super::choices::is_image;
use super::controls::Slider;
use super::edit;
use super::lab::{Lab, lab};
use super::live::live;
use super::reports::{PageState, Samples};
use super::thumbnails::thumbnail;
use crate::experiment::Dataset;
use leptos::prelude::*;
use web_sys::{DragEvent, FileList};

const NOISE: [f64; 11] = [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0];
const SHARE: [f64; 9] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0];
const BATCH: [f64; 15] = [1.0, 2.0, 4.0, 8.0, 10.0, 16.0, 20.0, 24.0, 30.0, 32.0, 64.0, 100.0, 128.0, 256.0, 512.0];

/// The panel.
#[component]
pub(super) fn DataPanel() -> impl IntoView {
    let lab = lab();
    let dataset = Memo::new(move |_| lab.read(|e| e.dataset));
    let counts = move || {
        let (train, test) = lab.run_of(|b| b.as_ref().map_or((0, 0), |b| (b.train_rows, b.test_rows)));
        let unit = match lab.shown(|s| matches!(s.as_deref(), Some(Samples::Images { .. }))) {
            true => "images",
            false => "points",
        };
        if train == 0 {
            "–".to_string()
        } else {
            format!("{} + {} {unit}", super::format::thousands(train as u64), super::format::thousands(test as u64))
        }
    };
    let is_fixed = move || matches!(dataset.get(), Dataset::Strokes | Dataset::Mnist | Dataset::FashionMnist);
    view! {
        <section class="panel data" aria-labelledby="h-data">
            <div class="panel-head"><h2 id="h-data">"Data"</h2><span class="small end" title="trained on + tested on">{counts}</span></div>
            <div class="panel-body">
                <div class="sets" role="radiogroup" aria-label="Data set" id="dataset" data-testid="dataset" data-value=move || dataset.get().id()>
                    {Dataset::ALL.iter().map(|&set| card(lab, set, dataset)).collect_view()}
                </div>
                <p class="small about">{live(move || dataset.get().entry().description)}</p>
                <p class="small credit" class:gone=move || dataset.get().is_2d()>{live(move || dataset.get().entry().credit)}</p>
                <div class="data-ctl lv-more">
                    <div class="sliders">
                        <Slider id="noise" label="Noise" values=&NOISE unit="" value=Signal::derive(move || lab.read(|e| e.noise)) disabled=Signal::derive(move || is_image(dataset.get()))
                            on_choose=Callback::new(move |v| lab.change(|e| e.noise = v)) />
                        <Slider id="ratio" label="Training share" values=&SHARE unit=" %" value=Signal::derive(move || lab.read(|e| e.train_percent)) disabled=Signal::derive(is_fixed)
                            on_choose=Callback::new(move |v| lab.change(|e| e.train_percent = v)) />
                        <Slider id="batch" label="Batch size" values=&BATCH unit="" value=Signal::derive(move || lab.read(|e| e.batch_size as f64)) disabled=false
                            on_choose=Callback::new(move |v| lab.change(|e| e.batch_size = v as usize)) />
                    </div>
                </div>
                <Drop lab=lab />
            </div>
        </section>
    }
    .into_any()
}

/// One data set: a radio button with a picture.
fn card(lab: Lab, set: Dataset, dataset: Memo<Dataset>) -> AnyView {
    view! {
        <label>
            <input type="radio" name="dataset" value=set.id() prop:checked=move || dataset.get() == set on:change=move |_| lab.change(|e| edit::choose_dataset(e, set)) />
            <span class="pic">{thumbnail(set)}</span>
            {short_title(set)}
        </label>
    }
    .into_any()
}

/// Its name where room is short.
fn short_title(set: Dataset) -> &'static str {
    match set {
        Dataset::Xor => "Xor",
        Dataset::Gauss => "Bells",
        _ => set.entry().title,
    }
}

/// Whether it is read from files that a visitor brings.
fn is_from_files(dataset: Dataset) -> bool {
    !dataset.entry().source.is_empty()
}

/// Takes MNIST's files by drop or by the file picker, and says where they come from.
#[component]
fn Drop(lab: Lab) -> impl IntoView {
    let dataset = move || lab.read(|e| e.dataset);
    let is_over = RwSignal::new(false);
    let given = RwSignal::new(0);
    // Files for a set that is not shown change nothing that can be seen, so the page says what to do with them.
    let hint = move || given.get() > 0 && !is_from_files(dataset());
    let take = move |files: Option<FileList>| {
        let files: Vec<_> = files.map(|list| (0..list.length()).filter_map(|i| list.get(i)).collect()).unwrap_or_default();
        if files.is_empty() {
            return;
        }
        given.set(files.len());
        lab.send_files(files);
    };
    // The whole page takes them: one that missed would leave it and show the file.
    let _ = window_event_listener(leptos::ev::drop, move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    });
    let _ = window_event_listener(leptos::ev::dragover, move |event: DragEvent| event.prevent_default());
    let picked = move |event: leptos::ev::Event| take(event_target::<web_sys::HtmlInputElement>(&event).files());
    view! {
        <div class="drop-block" class:lv-more=move || !is_from_files(dataset())>
            <label class="drop" class:over=is_over on:dragenter=move |_| is_over.set(true) on:dragleave=move |_| is_over.set(false)>
                <input class="hidden-text" type="file" multiple=true id="files" data-testid="files" accept=".gz,.idx,.idx1-ubyte,.idx3-ubyte,application/gzip,application/octet-stream" on:change=picked />
                <span>"Drop or choose the files of MNIST or Fashion-MNIST"</span>
            </label>
            <p class="small" class:gone=move || !hint()>"Choose MNIST or Fashion to train on what these files hold."</p>
            <p class="small" class:gone=move || !is_from_files(dataset()) || lab.doing(|&state| state != PageState::Failed)>
                {live(move || dataset().entry().source)}" Whoever serves this page can put them beside it: "<code>"./play --data DIR"</code>"."
            </p>
        </div>
    }
    .into_any()
}
