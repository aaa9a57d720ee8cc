//! What is learned: the data sets as pictures, and how they are cut.

use super::choices::is_image;
use super::controls::slider;
use super::edit;
use super::element::{El, html, listen};
use super::format::thousands;
use super::lab::{Lab, lab};
use super::reports::{PageState, Samples};
use super::thumbnails::thumbnail;
use super::watched::Watched;
use descent_spec::Dataset;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event, FileList, HtmlInputElement};

const NOISE: [f64; 11] = [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0];
const SHARE: [f64; 9] = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0];
const BATCH: [f64; 15] = [1.0, 2.0, 4.0, 8.0, 10.0, 16.0, 20.0, 24.0, 30.0, 32.0, 64.0, 100.0, 128.0, 256.0, 512.0];

/// The panel.
pub(crate) fn data_panel() -> El {
    let lab = lab();
    let dataset = move || lab.experiment.with(|e| e.dataset);
    let head = html("div")
        .class("panel-head")
        .child(html("h2").set("id", "h-data").text("Data"))
        .child(html("span").class("small end").set("title", "trained on + tested on").text_from(move || counts(lab)));
    let sets = html("div")
        .class("sets")
        .set("role", "radiogroup")
        .set("aria-label", "Data set")
        .named("dataset")
        .set_from("data-value", move || dataset().id().to_string())
        .children(Dataset::ALL.iter().map(|&set| card(lab, set)));
    let about = html("p").class("small about").text_from(move || dataset().entry().description.to_string());
    let credit =
        html("p").class("small credit").class_if("gone", move || dataset().is_2d()).text_from(move || dataset().entry().credit.to_string());
    let body = html("div")
        .class("panel-body")
        .child(sets)
        .child(about)
        .child(credit)
        .child(html("div").class("data-ctl lv-more").child(sliders(lab)))
        .child(drop_block(lab));
    html("section").class("panel data").set("aria-labelledby", "h-data").child(head).child(body)
}

/// How many samples it is trained and tested on.
fn counts(lab: Lab) -> String {
    let (train, test) = lab.built.with(|b| b.as_ref().map_or((0, 0), |b| (b.train_rows, b.test_rows)));
    let unit = match lab.samples.with(|s| matches!(s, Some(Samples::Images { .. }))) {
        true => "images",
        false => "points",
    };
    if train == 0 { "–".to_string() } else { format!("{} + {} {unit}", thousands(train as u64), thousands(test as u64)) }
}

/// One data set: a radio button with a picture.
fn card(lab: Lab, set: Dataset) -> El {
    let input = html("input")
        .set("type", "radio")
        .set("name", "dataset")
        .set("value", set.id())
        .checked(move || lab.experiment.with(|e| e.dataset == set))
        .on_change(move |_| lab.change(|e| edit::choose_dataset(e, set)));
    html("label").child(input).child(html("span").class("pic").child(thumbnail(set))).text(short_title(set))
}

/// How the samples are made and cut.
fn sliders(lab: Lab) -> El {
    let dataset = move || lab.experiment.with(|e| e.dataset);
    let is_fixed = move || matches!(dataset(), Dataset::Strokes | Dataset::Mnist | Dataset::FashionMnist);
    let (noise, ratio, batch) = (
        move || lab.experiment.with(|e| e.noise),
        move || lab.experiment.with(|e| e.train_percent),
        move || lab.experiment.with(|e| e.batch_size as f64),
    );
    let set_noise = move |v| lab.change(|e| e.noise = v);
    let set_ratio = move |v| lab.change(|e| e.train_percent = v);
    let set_batch = move |v| lab.change(|e| e.batch_size = v as usize);
    html("div")
        .class("sliders")
        .child(slider("noise", "Noise", &NOISE, "", noise, move || is_image(dataset()), set_noise))
        .child(slider("ratio", "Training share", &SHARE, " %", ratio, is_fixed, set_ratio))
        .child(slider("batch", "Batch size", &BATCH, "", batch, || false, set_batch))
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
fn drop_block(lab: Lab) -> El {
    let dataset = move || lab.experiment.with(|e| e.dataset);
    let is_over = Watched::new(false);
    let given = Watched::new(0);
    // Files for a set that is not shown change nothing that can be seen, so the page says what to do with them.
    let has_hint = move || given.get() > 0 && !is_from_files(dataset());
    let take = move |files: Option<FileList>| {
        let files: Vec<_> = files.map(|list| (0..list.length()).filter_map(|i| list.get(i)).collect()).unwrap_or_default();
        if files.is_empty() {
            return;
        }
        given.set(files.len());
        lab.send_files(files);
    };
    // The whole page takes them: one that missed would leave it and show the file.
    let dropped = move |event: Event| {
        event.prevent_default();
        is_over.set(false);
        take(event.unchecked_into::<DragEvent>().data_transfer().and_then(|data| data.files()));
    };
    listen(&window(), "drop", Box::new(dropped));
    listen(&window(), "dragover", Box::new(|event| event.prevent_default()));
    let input = html("input")
        .class("hidden-text")
        .set("type", "file")
        .set("multiple", "")
        .named("files")
        .set("accept", ".gz,.idx,.idx1-ubyte,.idx3-ubyte,application/gzip,application/octet-stream")
        .on("change", move |event: Event| take(event_target::<HtmlInputElement>(&event).files()));
    let label = html("label")
        .class("drop")
        .class_if("over", move || is_over.get())
        .on("dragenter", move |_: Event| is_over.set(true))
        .on("dragleave", move |_: Event| is_over.set(false))
        .child(input)
        .child(html("span").text("Drop or choose the files of MNIST or Fashion-MNIST"));
    let hint =
        html("p").class("small").class_if("gone", move || !has_hint()).text("Choose MNIST or Fashion to train on what these files hold.");
    let source = html("p")
        .class("small")
        .class_if("gone", move || !is_from_files(dataset()) || lab.state.with(|&state| state != PageState::Failed))
        .text_from(move || dataset().entry().source.to_string())
        .text(" Whoever serves this page can put them beside it: ")
        .child(html("code").text("./play --data DIR"))
        .text(".");
    html("div").class("drop-block").class_if("lv-more", move || !is_from_files(dataset())).child(label).child(hint).child(source)
}
