//! Gets the samples of an experiment: has them made, fetches their files from beside the page, or
//! takes those a visitor has brought.

use super::port;
use crate::core::{Brought, check_files, shown_name};
use descent::data::{self, Loaded, Request};
use descent_spec::{Dataset, Experiment};
use js_sys::{ArrayBuffer, Uint8Array};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, Response};

/// Where samples come from, and those at hand.
pub(super) struct Source {
    /// Address of the page's folder.
    folder: String,
    /// The last ones, and what they were made for.
    last: Option<(Request, Rc<Loaded>)>,
    /// The files of the last set from beside the page: another share of it needs no connection.
    fetched: Vec<(&'static str, Vec<u8>)>,
    /// What a visitor brought.
    brought: Option<Brought<Rc<Loaded>>>,
}

impl Source {
    /// Fetches from `folder`, an address that ends in a slash.
    pub(super) fn new(folder: String) -> Self {
        Self { folder, last: None, fetched: Vec::new(), brought: None }
    }

    /// The samples of an experiment.
    ///
    /// # Errors
    /// What to tell the visitor.
    pub(super) async fn load(&mut self, experiment: &Experiment) -> Result<Rc<Loaded>, String> {
        if let Some(data) = self.brought.as_mut().and_then(|brought| brought.give(experiment.dataset)) {
            return Ok(data.clone());
        }
        let request = Request::of(experiment);
        if let Some((_, data)) = self.last.as_ref().filter(|(known, _)| *known == request) {
            return Ok(data.clone());
        }
        let entry = experiment.dataset.entry();
        if !self.fetched.iter().map(|(address, _)| address).eq(entry.files) {
            self.fetched.clear();
            for &address in entry.files {
                let bytes = port::patiently(port::DOWNLOAD_PATIENCE_MS, self.fetch(address)).await;
                let missing = || format!("The files of {} are not beside this page (no {address}). {}", entry.title, entry.source);
                self.fetched.push((address, bytes.ok_or_else(missing)?));
                port::post_alive();
            }
        }
        // A set with a fixed split is made once.
        let files = if entry.has_fixed_split { std::mem::take(&mut self.fetched) } else { self.fetched.clone() };
        let files = files.into_iter().map(|(address, bytes)| (address.to_owned(), bytes)).collect();
        let data = Rc::new(data::load(&request, files).map_err(|error| error.to_string())?);
        self.last = Some((request, data.clone()));
        Ok(data)
    }

    /// What lies at an address beside the page.
    async fn fetch(&self, address: &str) -> Option<Vec<u8>> {
        let request = port::scope().fetch_with_str(&format!("{}{address}", self.folder));
        let response: Response = JsFuture::from(request).await.ok()?.unchecked_into();
        let kind = response.headers().get("content-type").ok().flatten().unwrap_or_default();
        // A server of single-page applications answers with the page where there is nothing.
        if !response.ok() || kind.starts_with("text/html") {
            return None;
        }
        let buffer: ArrayBuffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?.unchecked_into();
        Some(Uint8Array::new(&buffer).to_vec())
    }

    /// Takes the files that a visitor has brought for the set of `experiment`.
    ///
    /// # Errors
    /// What to tell the visitor.
    pub(super) async fn take(&mut self, files: Vec<File>, experiment: &Experiment) -> Result<(), String> {
        check_files(&files.iter().map(|file| (file.name(), file.size())).collect::<Vec<_>>())?;
        let mut parts = Vec::new();
        for file in files {
            let name = shown_name(&file.name());
            let buffer = port::patiently(port::DEVICE_PATIENCE_MS, JsFuture::from(file.array_buffer())).await;
            let buffer = buffer.map_err(|_| format!("{name} could not be read. Choose it again."))?;
            parts.push((name, Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>()).to_vec()));
            port::post_alive();
        }
        // Any set from files: they have the same form.
        let request = Request { dataset: Dataset::Mnist, ..Request::of(experiment) };
        let data = data::load(&request, parts).map_err(|error| error.to_string())?;
        self.brought = Some(Brought::new(experiment.dataset, Rc::new(data)));
        Ok(())
    }
}
