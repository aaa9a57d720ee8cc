//! The two files of the worker: its script and its program. They are fetched once a visit and kept,
//! so that a worker that dies is replaced without a connection and without compiling again.

use js_sys::{Array, ArrayBuffer, Promise, WebAssembly};
use leptos::prelude::{document, window};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Blob, BlobPropertyBag, RequestInit, Response, Url};

const SCRIPT: &str = "worker.js";
const PROGRAM: &str = "worker_bg.wasm";
/// A file that takes longer counts as missing: a browser may never say that a connection is gone.
/// Enough for both at 100 kbit/s.
const DOWNLOAD_MS: u32 = 120_000;
/// Hands the program to the script, as `wasm-bindgen` documents it. What goes wrong is thrown, so
/// that the page hears of it.
const START: &str = "onmessage = event => wasm_bindgen({ module_or_path: event.data }).catch(error => setTimeout(() => { throw error; }));";

/// What a worker is started with. Clones are the same files.
#[derive(Clone)]
pub(super) struct WorkerFiles {
    /// The address of the script, for as long as the page lives.
    pub(super) script: String,
    /// The compiled program.
    pub(super) program: WebAssembly::Module,
}

thread_local! {
    static FILES: RefCell<Option<WorkerFiles>> = const { RefCell::new(None) };
}

/// The worker's files, fetched unless they are here.
///
/// # Errors
/// What to tell the visitor.
pub(super) async fn worker_files() -> Result<WorkerFiles, String> {
    if let Some(files) = FILES.with_borrow(Clone::clone) {
        return Ok(files);
    }
    // Both are under way before one is awaited.
    let (script, program) = (fetch(SCRIPT), fetch(PROGRAM));
    let script = text(found(script, SCRIPT).await?).await.map_err(|_| not_fetched(SCRIPT))?;
    let program = compile(found(program, PROGRAM).await?).await.map_err(|_| damaged(PROGRAM))?;
    let script = blob_address(&script).map_err(|_| damaged(SCRIPT))?;
    let files = WorkerFiles { script, program };
    FILES.set(Some(files.clone()));
    Ok(files)
}

/// Asks for a file of this build.
fn fetch(name: &str) -> Promise {
    let build = document().query_selector("meta[name=build]").ok().flatten();
    let build = build.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
    let options = RequestInit::new();
    options.set_signal(Some(&AbortSignal::timeout_with_u32(DOWNLOAD_MS)));
    window().fetch_with_str_and_init(&format!("{}{name}?v={build}", page_folder()), &options)
}

/// The answer, if the file is there.
async fn found(answer: Promise, name: &str) -> Result<Response, String> {
    let response: Response = JsFuture::from(answer).await.map_err(|_| not_fetched(name))?.unchecked_into();
    // A server of single-page applications answers with the page where there is nothing.
    if !response.ok() || media_type(&response).starts_with("text/html") {
        return Err(format!(
            "Nothing can be trained, because {name}, a part of this page, is not beside it. Put all files of the page there."
        ));
    }
    Ok(response)
}

async fn text(response: Response) -> Result<String, JsValue> {
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}

/// Compiles while the file arrives, where the server calls it what it is.
async fn compile(response: Response) -> Result<WebAssembly::Module, JsValue> {
    let module = if media_type(&response).starts_with("application/wasm") {
        WebAssembly::compile_streaming(&Promise::resolve(&JsValue::from(response)))
    } else {
        let bytes: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.unchecked_into();
        WebAssembly::compile(&bytes)
    };
    Ok(JsFuture::from(module).await?.unchecked_into())
}

fn media_type(response: &Response) -> String {
    response.headers().get("content-type").ok().flatten().unwrap_or_default()
}

fn blob_address(script: &str) -> Result<String, JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let parts = Array::of2(&script.into(), &format!("\n{START}").into());
    Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&parts, &kind)?)
}

fn not_fetched(name: &str) -> String {
    let advice = if window().origin() == "null" {
        "A page in a sandboxed frame needs the header Access-Control-Allow-Origin: * on its files."
    } else {
        "Check the connection and press Play."
    };
    format!("Nothing can be trained yet, because {name}, a part of this page, could not be fetched. {advice}")
}

fn damaged(name: &str) -> String {
    format!("Nothing can be trained, because {name}, a part of this page, is damaged or cut off. Load the page again.")
}

/// The address of the folder in which the page lies, with its last slash.
pub(super) fn page_folder() -> String {
    let location = window().location().href().expect("a page has an address");
    let path = location.split(['?', '#']).next().unwrap_or_default();
    path.rsplit_once('/').map_or_else(String::new, |(folder, _)| format!("{folder}/"))
}
