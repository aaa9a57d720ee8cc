//! A headless Chromium with the built page in it, driven as a visitor would: by what is on the
//! page, found by its `data-testid`.

use descent_serve::Server;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;
use tokio::runtime::Runtime;

/// What the browser may compute with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Graphics {
    /// WebGPU on SwiftShader, and a browser that starts its GPU process again however often it
    /// dies.
    WebGpu,
    /// WebGPU on SwiftShader, and a browser that refuses a page whose GPU process died.
    FragileWebGpu,
    /// No GPU at all.
    None,
}

impl Graphics {
    fn arguments(self) -> &'static [&'static str] {
        const SWIFT_SHADER: [&str; 7] = [
            "--enable-unsafe-webgpu",
            "--use-webgpu-adapter=swiftshader",
            "--enable-features=Vulkan",
            "--use-vulkan=swiftshader",
            "--use-angle=swiftshader",
            "--disable-gpu-process-crash-limit",
            "--disable-domain-blocking-for-3d-apis",
        ];
        match self {
            Self::WebGpu => &SWIFT_SHADER,
            Self::FragileWebGpu => &SWIFT_SHADER[..5],
            Self::None => &["--disable-gpu"],
        }
    }
}

/// One browser at a time: two would share the machine's cores and make every wait longer than its
/// limit.
static TURN: Mutex<()> = Mutex::new(());

/// A running browser and the server it loads the page from. Both end with it.
pub(crate) struct Browser {
    runtime: Runtime,
    driver: Option<WebDriver>,
    _chromedriver: Chromedriver,
    address: String,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// Serves `folder` and starts a browser with nothing loaded.
    pub(crate) fn start(folder: &str, graphics: Graphics) -> Self {
        Self::start_with(folder, graphics, &[])
    }

    /// The same with more arguments of the browser.
    #[expect(clippy::disallowed_methods, reason = "a native program: it has threads")]
    pub(crate) fn start_with(folder: &str, graphics: Graphics, more: &[&'static str]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let server =
            Server::bind(folder.clone(), 0).unwrap_or_else(|error| panic!("{} is not built ({error}): run ./test", folder.display()));
        let address = server.address();
        std::thread::spawn(|| server.run());

        let (chromedriver, port) = Chromedriver::start();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut arguments = vec![
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--window-size=1440,900",
        ];
        arguments.extend(graphics.arguments().iter().chain(more));
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in arguments {
            capabilities.add_arg(argument).expect("a browser argument");
        }
        capabilities.set("goog:loggingPrefs", json!({ "browser": "ALL" })).expect("a log level");
        let driver = runtime.block_on(WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities)).expect("a browser session");
        Self { runtime, driver: Some(driver), _chromedriver: chromedriver, address, _turn: turn }
    }

    fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("the driver lives as long as the browser")
    }

    /// Loads the page anew at what follows its address, such as `#v=2&dataset=digits`.
    pub(crate) fn open(&self, rest: &str) {
        let page = format!("{}/{rest}", self.address);
        self.runtime.block_on(async {
            // A new fragment alone would not load the page again.
            self.driver().goto("about:blank").await.expect("a blank page");
            self.driver().goto(page).await.expect("the page loads");
        });
    }

    /// Loads the page and waits until it can be played.
    pub(crate) fn open_ready(&self, rest: &str) {
        self.open(rest);
        self.wait_for_state("ready", 60);
    }

    /// What follows is about the first frame of the page.
    pub(crate) fn enter_frame(&self) {
        self.runtime.block_on(self.driver().enter_frame(0)).expect("the page has a frame");
    }

    fn find(&self, test_id: &str) -> Option<WebElement> {
        self.runtime.block_on(self.driver().find(By::Css(format!("[data-testid='{test_id}']")))).ok()
    }

    /// An attribute of an element; none where either is missing.
    pub(crate) fn attribute(&self, test_id: &str, name: &str) -> Option<String> {
        let element = self.find(test_id)?;
        self.runtime.block_on(element.attr(name)).ok()?
    }

    /// The number an element shows; none while it is unknown.
    pub(crate) fn number(&self, test_id: &str) -> Option<f64> {
        self.attribute(test_id, "data-value")?.parse().ok()
    }

    /// What a person reads in an element.
    pub(crate) fn text(&self, test_id: &str) -> String {
        let Some(element) = self.find(test_id) else { return String::new() };
        self.runtime.block_on(element.text()).unwrap_or_default()
    }

    /// Clicks an element.
    pub(crate) fn click(&self, test_id: &str) {
        let element = self.find(test_id).unwrap_or_else(|| panic!("no {test_id} to click; {}", self.summary()));
        if let Err(error) = self.runtime.block_on(element.click()) {
            panic!("{test_id} cannot be clicked: {error}; {}", self.summary());
        }
    }

    /// Takes a choice of a `<select>` or of a group of radio inputs.
    pub(crate) fn choose(&self, test_id: &str, value: &str) {
        // A radio input may be hidden behind the picture or word that labels it.
        let path = format!(
            "//*[@data-testid='{test_id}']//option[@value='{value}'] | //*[@data-testid='{test_id}']//label[.//input[@value='{value}']] | \
             //*[@data-testid='{test_id}']//label[@for=//input[@value='{value}']/@id] | \
             //*[@data-testid='{test_id}']//input[@value='{value}'][not(ancestor::label)]"
        );
        let clicked = self.runtime.block_on(async { self.driver().find(By::XPath(path)).await?.click().await });
        if let Err(error) = clicked {
            panic!("{test_id} does not offer {value}: {error}; {}", self.summary());
        }
    }

    /// Sends keys to whatever has the focus.
    pub(crate) fn press(&self, keys: impl Into<TypingData>) {
        let typed = self.runtime.block_on(self.driver().action_chain().send_keys(keys).perform());
        typed.expect("keys can be sent");
    }

    /// The `data-testid` of the element that has the focus, if it has one.
    pub(crate) fn focused(&self) -> Option<String> {
        self.runtime.block_on(async { self.driver().active_element().await?.attr("data-testid").await }).ok()?
    }

    /// Hands a file to a file input.
    pub(crate) fn upload(&self, test_id: &str, paths: &[&Path]) {
        let input = self.find(test_id).unwrap_or_else(|| panic!("no {test_id}; {}", self.summary()));
        let names: Vec<_> = paths.iter().map(|path| path.to_str().expect("a path in UTF-8")).collect();
        self.runtime.block_on(input.send_keys(names.join("\n"))).expect("the input takes files");
    }

    /// Runs one line of script in the page and returns its value.
    pub(crate) fn evaluate(&self, script: &str) -> Value {
        let returned = self.runtime.block_on(self.driver().execute(script, Vec::new())).expect("the script runs");
        returned.json().clone()
    }

    /// Sends a command of Chromium's developer tools.
    pub(crate) fn devtools(&self, command: &str, parameters: Value) -> WebDriverResult<Value> {
        self.runtime.block_on(self.driver().cdp().send_raw(command, parameters))
    }

    /// Sets the size of what is seen, the colour scheme that is preferred, and one more media
    /// feature with its value.
    pub(crate) fn show_as(&self, width: u32, height: u32, is_dark: bool, feature: Option<(&str, &str)>) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).expect("the size can be set");
        let scheme = if is_dark { "dark" } else { "light" };
        let features = [("prefers-color-scheme", scheme)].into_iter().chain(feature);
        let features: Vec<_> = features.map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).expect("the scheme can be set");
    }

    /// Writes what is seen to a PNG file.
    pub(crate) fn screenshot(&self, path: &Path) {
        self.runtime.block_on(self.driver().screenshot(path)).expect("a screenshot");
    }

    /// Asks every 50 ms until there is an answer, and fails after `limit_s` seconds with what the
    /// page says by then.
    pub(crate) fn wait<T>(&self, what: &str, limit_s: u64, mut ask: impl FnMut(&Self) -> Option<T>) -> T {
        let start = now();
        loop {
            if let Some(answer) = ask(self) {
                return answer;
            }
            if start.elapsed() > Duration::from_secs(limit_s) {
                panic!("waited {limit_s} s for {what}; {}", self.summary());
            }
            self.pause(0.05);
        }
    }

    /// Lets time pass.
    pub(crate) fn pause(&self, seconds: f64) {
        self.runtime.block_on(async { tokio::time::sleep(Duration::from_secs_f64(seconds)).await });
    }

    /// Waits until `status` shows a state.
    pub(crate) fn wait_for_state(&self, state: &str, limit_s: u64) {
        self.wait(&format!("the state {state}"), limit_s, |page| {
            (page.attribute("status", "data-state").as_deref() == Some(state)).then_some(())
        });
    }

    /// Waits for a notice of a kind and returns its text.
    pub(crate) fn wait_for_notice(&self, kind: &str, limit_s: u64) -> String {
        let path = format!("[data-testid='notice'][data-kind='{kind}']");
        self.wait(&format!("the notice {kind}"), limit_s, |page| {
            let text = page.runtime.block_on(async { page.driver().find(By::Css(path.as_str())).await?.text().await });
            text.ok().filter(|text| !text.trim().is_empty())
        })
    }

    /// Waits until at least so many steps were taken.
    pub(crate) fn wait_for_step(&self, step: f64, limit_s: u64) -> f64 {
        self.wait(&format!("step {step}"), limit_s, |page| page.number("step-count").filter(|count| *count >= step))
    }

    /// What the browser's console holds since it was last asked, a line an entry.
    pub(crate) fn console(&self, level: &str) -> Vec<String> {
        let entries = self.runtime.block_on(self.driver().browser_log()).expect("the console can be read");
        entries.into_iter().filter(|entry| entry.level == level).map(|entry| entry.message).collect()
    }

    /// Fails if the console holds an error.
    pub(crate) fn assert_no_errors(&self) {
        assert_eq!(self.console("SEVERE"), Vec::<String>::new(), "errors in the console");
    }

    /// What the page says, for a failed wait.
    fn summary(&self) -> String {
        format!(
            "status {:?}, step {:?}, accuracy {:?}, device {:?}, notice {:?}, console {:?}",
            self.attribute("status", "data-state"),
            self.number("step-count"),
            self.number("accuracy-test"),
            self.text("device-name"),
            self.text("notice"),
            self.console("SEVERE"),
        )
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // Chromium ends with its session, not with chromedriver.
            self.runtime.block_on(driver.quit()).ok();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a native program: it has a clock")]
fn now() -> Instant {
    Instant::now()
}

/// A running chromedriver, which ends with this even if no session comes of it.
struct Chromedriver(Child);

impl Chromedriver {
    /// Starts it on a free port, which it prints. It ends at once where another program has the
    /// IPv6 port of that number, so it is started again then.
    fn start() -> (Self, u16) {
        let mut said = Vec::new();
        for _ in 0..5 {
            match Self::once() {
                Ok(started) => return started,
                Err(lines) => said.extend(lines),
            }
        }
        panic!("chromedriver started on no port. It printed:\n{}", said.join("\n"))
    }

    /// The program and its port, or what it printed instead.
    fn once() -> Result<(Self, u16), Vec<String>> {
        let program = std::env::var("CHROMEDRIVER").unwrap_or("chromedriver".into());
        let child = Command::new(&program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("{program} does not start ({error}): run ./test, which installs it"));
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let driver = Self(child);
        let mut said = Vec::new();
        for line in output.lines().map_while(Result::ok) {
            let port = line.split("started successfully on port ").nth(1);
            if let Some(port) = port.and_then(|port| port.trim_end_matches('.').parse().ok()) {
                return Ok((driver, port));
            }
            said.push(line);
        }
        Err(said)
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
