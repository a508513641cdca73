//! Chromium and its driver, as GUICHET_TEST_CHROMIUM and GUICHET_TEST_CHROMEDRIVER name them.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response};
use thirtyfour::ChromeCapabilities;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;
use thirtyfour::session::http::{Body, HttpClient};

use crate::world::left_out;

/// A browser under control.
pub struct Chromium {
    /// The browser.
    pub browser: WebDriver,
    driver: Driver,
}

struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Chromium {
    /// Starts one with a profile of its own. `None`, said loudly, where there is none.
    pub async fn start(folder: &Path) -> Option<Self> {
        let named = |name| std::env::var(name).ok();
        let (Some(chromium), Some(chromedriver)) = (named("GUICHET_TEST_CHROMIUM"), named("GUICHET_TEST_CHROMEDRIVER"))
        else {
            left_out("the portal in a browser: GUICHET_TEST_CHROMIUM and GUICHET_TEST_CHROMEDRIVER name none");
            return None;
        };
        let driver = Command::new(&chromedriver).arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut driver = Driver(driver.unwrap_or_else(|error| panic!("{chromedriver}: {error}")));
        let browser = connect(port_of(&mut driver.0), &capabilities(&chromium, folder)).await;
        browser.set_implicit_wait_timeout(Duration::ZERO).await.unwrap();
        Some(Self { browser, driver })
    }

    /// Closes it.
    pub async fn quit(self) {
        self.browser.quit().await.unwrap();
        drop(self.driver);
    }
}

fn capabilities(chromium: &str, folder: &Path) -> ChromeCapabilities {
    let mut wishes = DesiredCapabilities::chrome();
    wishes.set_binary(chromium).unwrap();
    let profile = format!("--user-data-dir={}", folder.join("chromium").display());
    // Root has no sandbox, and a container little shared memory.
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--force-prefers-reduced-motion",
        "--window-size=1280,1000",
        "--lang=fr",
        &profile,
    ] {
        wishes.add_arg(argument).unwrap();
    }
    wishes
}

/// The port that a driver says it got. What else it says is nobody's business, but must go somewhere.
fn port_of(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map_while(Result::ok);
    let told = lines.find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok());
    std::thread::spawn(move || lines.for_each(drop));
    told.expect("the driver doesn't say which port it got")
}

/// The driver answers some moments after it was started.
async fn connect(port: u16, wishes: &ChromeCapabilities) -> WebDriver {
    let url = format!("http://127.0.0.1:{port}");
    for _ in 0..500 {
        if reqwest::get(format!("{url}/status")).await.is_ok() {
            return WebDriver::builder(&url, wishes.clone())
                .client(Http(reqwest::Client::new()))
                .connect()
                .await
                .unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the driver doesn't answer at {url}");
}

/// thirtyfour over the HTTP client that the rest of the project uses.
struct Http(reqwest::Client);

#[async_trait::async_trait]
impl HttpClient for Http {
    async fn send(&self, request: Request<Body<'_>>) -> WebDriverResult<Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let mut request = self.0.request(parts.method, parts.uri.to_string()).headers(parts.headers);
        if let Body::Json(json) = body {
            request = request.json(json);
        }
        let answer = request.send().await.map_err(broken)?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        response.body(answer.bytes().await.map_err(broken)?).map_err(broken)
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(Self(reqwest::Client::new()))
    }
}

fn broken(error: impl std::fmt::Display) -> WebDriverError {
    WebDriverError::from_inner(WebDriverErrorInner::FatalError(error.to_string()))
}
