//! GPUs and workers that die at random instants: no saved step is lost, no false reason is given,
//! and the run goes on. What was tried and how long it took is printed, for BENCHMARKS.md.

use crate::browser::{Browser, Graphics};
use crate::{PAGE, PAGE_WITH_FAULTS};
use descent::spec::random::{Rng, Stream};
use serde_json::{Value, json};

/// What is true in none of these runs; the last, where there is a GPU.
const FALSE_REASONS: [&str; 4] = ["does not take this network", "secure context", "does not answer", "offers no WebGPU"];
const DIGITS: &str = "#v=2&dataset=digits&model=mlp&level=all&speed=max&device=";

/// How often is tried: `usual`, or `long` in the long suites.
fn tries(usual: u32, long: u32) -> u32 {
    if std::env::var_os("LONG_TESTS").is_some() { long } else { usual }
}

/// A time up to `most` seconds.
fn up_to(rng: &mut Rng, most: f64) -> f64 {
    most * f64::from(rng.below(1_000)) / 1_000.0
}

fn saved_step(page: &Browser) -> f64 {
    page.number("saved-step").unwrap_or(0.0)
}

/// The page's clock.
fn now_ms(page: &Browser) -> f64 {
    page.evaluate("return performance.now()").as_f64().expect("a number")
}

/// Waits until there is a run, and presses Play if it is held.
fn train(page: &Browser) {
    let state = |page: &Browser| page.attribute("status", "data-state").filter(|state| state != "loading");
    if page.wait("a run", 60, state) != "training" {
        press_play(page);
    }
}

/// Presses Play, unless the run trains by now: a Play that was pressed before has come to its turn,
/// or a change has not yet.
fn press_play(page: &Browser) {
    page.evaluate("document.querySelector('[data-testid=play]')?.click()");
}

/// Has the run train, and hides what was told.
fn train_and_hide(page: &Browser) {
    train(page);
    page.evaluate("document.querySelectorAll('[data-testid=notice-hide]').forEach(button => button.click())");
}

/// Waits until a run goes on that was broken when `saved` was its last saved step, and returns what
/// the page told of it.
fn goes_on(page: &Browser, what: &str, saved: f64, has_notice: bool, false_reasons: &[&str]) -> String {
    let told = |page: &Browser| {
        let text =
            page.evaluate("return [...document.querySelectorAll('[data-testid=notice]')].map(notice => notice.textContent).join(' ')");
        text.as_str().map(String::from)
    };
    if has_notice {
        page.wait(&format!("a word about {what}"), 60, |page| told(page).filter(|text| !text.is_empty()));
    }
    train(page);
    let step = page.wait("a step count", 30, |page| page.number("step-count"));
    assert!(step >= saved, "{what}: step {step}, but {saved} was saved");
    page.wait_for_step(step + 1.0, 60);
    let text = told(page).unwrap_or_default();
    for reason in false_reasons {
        assert!(!text.contains(*reason), "{what}: {text}");
    }
    text
}

/// Prints the middle and the end of a list of times.
fn print_times(what: &str, mut times_ms: Vec<f64>) {
    times_ms.sort_by(f64::total_cmp);
    let at = |share: f64| times_ms.get(((times_ms.len() as f64 * share) as usize).min(times_ms.len().saturating_sub(1))).copied();
    println!("{what}: n {}, p50 {:?} ms, p99 {:?} ms", times_ms.len(), at(0.5).map(f64::round), at(0.99).map(f64::round));
}

#[test]
fn no_saved_step_is_lost_however_often_the_gpu_dies() {
    let page = Browser::start(PAGE_WITH_FAULTS, Graphics::WebGpu);
    page.open_ready(&format!("{DIGITS}gpu"));
    let mut rng = Rng::new(1, Stream::Sample, 0);
    let mut times_ms = Vec::new();
    let mut tried = [0; 3];
    let on_gpu = |page: &Browser| page.attribute("device-name", "data-device").filter(|device| device == "gpu");
    let mut stayed_away = 0;
    for _ in 0..tries(50, 500) {
        if on_gpu(&page).is_none() {
            // It was lost again in each attempt. It is offered as soon as it is back.
            stayed_away += 1;
            page.choose("device", "cpu");
            page.wait("a GPU that is offered", 60, |page| {
                page.choose("device", "gpu");
                page.pause(0.5);
                on_gpu(page)
            });
        }
        train_and_hide(&page);
        let kind = rng.below(3) as usize;
        tried[kind] += 1;
        match kind {
            0 => page.pause(up_to(&mut rng, 0.6)),
            1 => {
                page.click("new-weights");
                page.pause(up_to(&mut rng, 0.3));
                press_play(&page);
                page.pause(up_to(&mut rng, 0.5));
            }
            _ => {
                page.choose("device", "cpu");
                page.pause(up_to(&mut rng, 0.4));
                page.choose("device", "gpu");
                page.pause(up_to(&mut rng, 0.4));
            }
        }
        let (saved, began_ms) = (saved_step(&page), now_ms(&page));
        // The command itself fails, since nobody is left to answer it.
        page.devtools("Browser.crashGpuProcess", json!({})).ok();
        let what = format!("a GPU that died {}", ["in mid-run", "while the run was built", "while the run moved"][kind]);
        goes_on(&page, &what, saved, kind == 0, &FALSE_REASONS);
        // A death while the run was on its way may still be under way.
        page.pause(if kind == 0 { 0.0 } else { 0.5 });
        if kind == 0 {
            times_ms.push(now_ms(&page) - began_ms);
        }
    }
    println!(
        "GPU deaths: {} in mid-run, {} while built, {} while moved; 0 saved steps lost, {stayed_away} went on with the CPU",
        tried[0], tried[1], tried[2]
    );
    print_times("from death in mid-run to the next step", times_ms);
}

/// What a GPU process takes to come back by itself, for comparison with the times above.
#[test]
#[ignore = "a measurement, run alone: cargo test --release --test end_to_end -- --ignored --nocapture bare"]
fn a_bare_page_gets_its_gpu_back() {
    let page = Browser::start(PAGE, Graphics::WebGpu);
    page.open("?w=none");
    page.wait("the page", 30, |page| Some(page.text("unknown-widget")).filter(|text| !text.is_empty()));
    let ask = "const began = performance.now(); for (;;) { try { const adapter = await navigator.gpu.requestAdapter(); \
               await adapter.requestDevice(); return performance.now() - began } catch { await new Promise(next => setTimeout(next, 10)) } }";
    let times_ms = (0..30).map(|_| {
        page.evaluate(ask);
        page.devtools("Browser.crashGpuProcess", json!({})).ok();
        page.evaluate(ask).as_f64().expect("a time")
    });
    print_times("from death to a fresh device, bare", times_ms.collect());
}

#[test]
fn no_saved_step_is_lost_however_often_the_worker_dies() {
    let page = Browser::start(PAGE_WITH_FAULTS, Graphics::None);
    page.open_ready(&format!("{DIGITS}cpu"));
    let mut rng = Rng::new(2, Stream::Sample, 0);
    let (mut times_ms, mut hangs) = (Vec::new(), 0);
    let n = tries(20, 200);
    for _ in 0..n {
        train_and_hide(&page);
        if rng.below(4) == 0 {
            page.click("new-weights");
            page.pause(up_to(&mut rng, 0.2));
            press_play(&page);
        }
        page.pause(up_to(&mut rng, 0.5));
        let (saved, began_ms) = (saved_step(&page), now_ms(&page));
        let is_hang = rng.below(10) == 0;
        page.click(if is_hang { "fault-hang" } else { "fault-trap" });
        let text = goes_on(&page, "a worker that died", saved, true, &FALSE_REASONS[..3]);
        // The third in a minute waits for Play.
        if is_hang {
            hangs += 1;
        } else if !text.contains("three times") {
            times_ms.push(now_ms(&page) - began_ms);
        }
    }
    println!("worker deaths: {} by a trap, {hangs} by silence; 0 saved steps lost", n - hangs);
    print_times("from a trap to the next step", times_ms);
}

/// Links that somebody mangled, one after another into the same page.
#[test]
fn mangled_links_break_nothing() {
    const LINKS: [&str; 5] = [
        "v=2&dataset=digits&model=cnn&device=cpu&level=all&speed=max",
        "v=2&dataset=spiral&layers=dense:8:tanh,res(dense:8:relu,norm),dropout:0.2&optimizer=adamw&rate=0.003&batch=32&goal=testLoss<0.1",
        "v=2&dataset=strokes&layers=conv:8x3:relu,pool:2,repeat:2(conv:8x3:relu),globalmean&schedule=cosine&clip=norm:1",
        "activation=tanh&batchSize=10&dataset=circle&learningRate=0.03&noise=0&networkShape=4,2&seed=0.83411&percTrainData=50&x=true&y=true",
        "v=2&dataset=reg-gauss&model=playground&noise=20&share=70&draw=7&evaluate-every=10",
    ];
    const PIECES: [&str; 16] =
        ["&", "=", ",", ":", "(", ")", "%00", "%", "-1", "1e999", "99999999999", "&&=", "v=3", "\u{202e}", "<script>", "layers="];
    // Chromium ignores most of many changes of an address.
    let page = Browser::start_with(PAGE, Graphics::None, &["--disable-ipc-flooding-protection"]);
    page.open_ready("#v=2&dataset=circle&device=cpu");
    let mut rng = Rng::new(3, Stream::Sample, 0);
    let mut left = tries(400, 20_000);
    while left > 0 {
        let links: Vec<Value> = (0..left.min(200))
            .map(|_| {
                let mut link: Vec<char> = LINKS[rng.below(5) as usize].chars().collect();
                for _ in 0..=rng.below(4) {
                    let at = rng.below(link.len() as u32 + 1) as usize;
                    let end = link.len().min(at + rng.below(6) as usize);
                    link.splice(at..end, PIECES[rng.below(16) as usize].chars().filter(|_| rng.below(3) > 0).collect::<Vec<_>>());
                }
                link.into_iter().collect::<String>().into()
            })
            .collect();
        left -= links.len() as u32;
        // A link that is written as it stood before changes nothing, and no event comes.
        page.evaluate(&format!(
            "for (const link of {}) {{ await new Promise(next => {{ onhashchange = next; location.hash = link; setTimeout(next, 20); }}); }}",
            Value::from(links)
        ));
        assert_eq!(page.text("page-panic"), "", "the page stopped");
    }
    page.evaluate("location.hash = 'v=2&dataset=xor&device=cpu'");
    page.wait("the last link", 60, |page| page.attribute("dataset", "data-value").filter(|dataset| dataset == "xor"));
    page.wait_for_state("ready", 60);
    page.click("play");
    page.wait_for_step(10.0, 30);
    page.assert_no_errors();
}
