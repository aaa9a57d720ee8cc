//! The page's Content-Security-Policy binds the worker too, and nothing is asked of the network
//! after load.

use crate::PAGE;
use crate::browser::{Browser, Graphics};
use serde_json::json;

#[test]
fn eval_and_foreign_fetches_are_refused_inside_a_worker() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    // Started as the page starts its own: a classic worker from a blob.
    page.evaluate(
        "const text = `(async () => { let e, f; try { eval('1'); e = 'allowed' } catch (error) { e = error.name } \
         try { await fetch('http://127.0.0.2:9/'); f = 'allowed' } catch (error) { f = error.name } \
         try { await fetch('data:text/plain,x'); f += ' allowed' } catch (error) { f += ' ' + error.name } \
         postMessage(e + ' ' + f) })()`; \
         const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))); \
         worker.onmessage = event => { document.title = event.data };",
    );
    let told = page.wait("the worker's answer", 20, |page| {
        page.evaluate("return document.title").as_str().filter(|title| title.contains("Error")).map(String::from)
    });
    assert_eq!(told, "EvalError TypeError TypeError");
    let console = page.console("SEVERE").join("\n");
    assert!(console.contains("Content Security Policy"), "refused for another reason: {console}");
}

#[test]
fn the_pages_worker_is_started_from_a_blob() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    let targets = page.devtools("Target.getTargets", json!({ "filter": [{}] })).expect("the targets");
    let workers: Vec<&str> = targets["targetInfos"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|target| target["type"] == "worker")
        .filter_map(|target| target["url"].as_str())
        .collect();
    assert_eq!(workers.len(), 1, "{workers:?}");
    assert!(workers[0].starts_with("blob:"), "{workers:?} does not inherit the page's policy");
}

#[test]
fn nothing_is_asked_of_the_network_after_load() {
    let page = Browser::start(PAGE, Graphics::None);
    page.open_ready("");
    let names = "return performance.getEntriesByType('resource').map(entry => entry.name)";
    let origin = page.evaluate("return location.origin");
    let origin = origin.as_str().expect("an origin").to_string();
    let before = page.evaluate(names);
    for name in before.as_array().into_iter().flatten().filter_map(|name| name.as_str()) {
        assert!(name.starts_with(&origin) || name.starts_with(&format!("blob:{origin}")), "{name} is foreign");
    }
    page.click("play");
    page.wait_for_step(50.0, 30);
    page.click("pause");
    page.wait_for_state("paused", 10);
    assert_eq!(page.evaluate(names), before, "training asked for something");
    page.assert_no_errors();
}
