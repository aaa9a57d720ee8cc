//! A run as a file: what is saved to the visitor's disk, and what is opened from there.

use super::{Lab, Phase, address};
use crate::format::thousands;
use descent_protocol::NoticeKind;
use descent_spec::snapshot::MAX_BYTES;
use descent_spec::{Experiment, link, quote};
use js_sys::{Array, ArrayBuffer};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, HtmlAnchorElement, Url};

/// How the name of a saved run's file ends.
pub(crate) const EXTENSION: &str = ".safetensors";
/// The longest name of a file that is shown whole, in characters.
const LONGEST_NAME: usize = 60;
/// How long the browser may take to begin with a download.
const DOWNLOAD_TIME: Duration = Duration::from_secs(60);

impl Lab {
    /// Hands the visitor the last saved step as a file.
    pub(crate) fn save_run(self) {
        self.dismiss(NoticeKind::SavedRun);
        let Some((step, bytes)) = self.client.get_value().and_then(|client| client.saved()) else { return };
        let dataset = self.sent.with_value(|experiment| experiment.dataset.id());
        if download(&format!("descent-{dataset}-step-{step}{EXTENSION}"), &bytes).is_err() {
            self.notify(NoticeKind::SavedRun, "The run was not saved: this browser lets the page write no file.".into());
        }
    }

    /// Opens the one run among files; of several none.
    pub(crate) fn open_runs(self, files: Vec<File>) {
        match <[File; 1]>::try_from(files) {
            Ok([file]) => self.open_run(file),
            Err(none) if none.is_empty() => {}
            Err(several) => {
                let text = format!("{} saved runs came at once, and none was opened. Choose one of them.", several.len());
                self.notify(NoticeKind::SavedRun, text);
            }
        }
    }

    /// Goes on from a file that a visitor has chosen. One that cannot be used changes nothing, nor
    /// does one that is read only after the visitor has done something else with the run.
    pub(crate) fn open_run(self, file: File) {
        self.dismiss(NoticeKind::SavedRun);
        let (run, opened) = (self.id.get_value(), self.opened.get_value() + 1);
        self.opened.set_value(opened);
        leptos::task::spawn_local(async move {
            let result = match read(&file).await {
                Ok(bytes) => self.checked(bytes).await,
                Err(why) => Err(why),
            };
            if (self.id.try_get_value(), self.opened.try_get_value()) != (Some(run), Some(opened)) {
                return;
            }
            match result {
                Ok((experiment, step, bytes)) => self.go_on(experiment, step, bytes),
                Err(why) => {
                    let name = Some(quote(&file.name(), LONGEST_NAME)).filter(|name| !name.is_empty());
                    let name = name.unwrap_or_else(|| "The file".into());
                    self.notify(NoticeKind::SavedRun, format!("{name} was not opened: {why}."));
                }
            }
        });
    }

    /// The experiment, the step and the bytes of what claims to be a saved run. The worker judges it,
    /// so that only the worker carries the format.
    pub(super) async fn checked(self, bytes: ArrayBuffer) -> Result<(Experiment, u64, ArrayBuffer), String> {
        let client = self.client.try_get_value().flatten().ok_or("the page is being left")?;
        let run = client.check(self.id.get_value(), &bytes).await?;
        let (link, _) = link::read(&run.link);
        Ok((link.experiment, run.step, bytes))
    }

    /// Builds a saved run in the place of the present one.
    pub(super) fn go_on(self, experiment: Experiment, step: u64, bytes: ArrayBuffer) {
        self.run.experiment.set(experiment);
        address::write(&self.run.link());
        let experiment = self.begin_run();
        self.run.saved_step.set(Some(step));
        if let Some(client) = self.client.get_value() {
            client.build_from(self.id.get_value(), experiment, self.run.view.get_untracked(), step, bytes);
        }
        self.look_for_kept();
        self.ask_again();
    }

    /// Whether there is a saved step, followed.
    pub(crate) fn has_saved(self) -> bool {
        self.run.saved_step.get().is_some() && self.run.phase.get() != Phase::Loading
    }
}

/// Whether a file is called as saved runs are.
pub(crate) fn is_saved_run(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(EXTENSION)
}

/// The bytes of what is to be a saved run.
async fn read(file: &File) -> Result<ArrayBuffer, String> {
    if file.size() > MAX_BYTES as f64 {
        return Err(format!("it has {} bytes, and no saved run has more than {}", thousands(file.size() as u64), thousands(MAX_BYTES)));
    }
    let buffer = JsFuture::from(file.array_buffer()).await.ok().and_then(|buffer| buffer.dyn_into::<ArrayBuffer>().ok());
    buffer.ok_or_else(|| "the browser could not read it".into())
}

/// Has the browser write a file.
fn download(name: &str, bytes: &ArrayBuffer) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(&Blob::new_with_buffer_source_sequence(&Array::of1(bytes))?)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The address is good until it is taken back, which must not be before the browser has looked.
    set_timeout(move || drop(Url::revoke_object_url(&url)), DOWNLOAD_TIME);
    Ok(())
}
