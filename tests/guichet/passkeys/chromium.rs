//! Passkeys in real Chromium with its virtual authenticator, in both languages and both widths. `GALLERY=some/folder`
//! also keeps pictures.

use guichet::base::Clock;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::PAGE;
use crate::portal::chromium::Chromium;
use crate::second_factor::chromium::Visit;
use crate::world::wire::Demonstration;

/// A device with a reader for fingerprints, as chromedriver plays it.
struct Device {
    url: String,
}

impl Device {
    async fn plug_in(browser: &WebDriver) -> Self {
        let session = format!("{}session/{}/webauthn/authenticator", browser.server_url(), browser.session_id());
        let kind = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserConsenting": true, "isUserVerified": true,
        });
        let id = post(&session, &kind).await;
        Self { url: format!("{session}/{}", id.as_str().unwrap()) }
    }

    /// Whose finger is on the reader: the owner's, or somebody else's.
    async fn recognise(&self, owner: bool) {
        post(&format!("{}/uv", self.url), &json!({ "isUserVerified": owner })).await;
    }

    async fn unplug(self) {
        assert!(reqwest::Client::new().delete(&self.url).send().await.unwrap().status().is_success());
    }
}

async fn post(url: &str, body: &Value) -> Value {
    let answer = reqwest::Client::new().post(url).json(body).send().await.unwrap();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{url}: {body}");
    serde_json::from_str::<Value>(&body).unwrap()["value"].clone()
}

/// A person at a browser, whose pictures are kept where somebody wants to see them.
struct Walk<'a> {
    visit: Visit<'a>,
    name: String,
}

impl Walk<'_> {
    async fn picture(&self, what: &str) -> WebDriverResult<()> {
        self.visit.fits().await?;
        let Some(folder) = std::env::var_os("GALLERY") else { return Ok(()) };
        let folder = std::path::Path::new(&folder);
        std::fs::create_dir_all(folder).unwrap();
        self.visit.browser.screenshot(&folder.join(format!("passkey-{what}.{}.png", self.name))).await
    }

    async fn add(&self) -> WebDriverResult<()> {
        self.visit.open(PAGE).await?;
        self.picture("none").await?;
        self.visit.press("passkey-add").await?;
        self.visit.arrive(&["recovery-codes"]).await?;
        self.visit.press("recovery-codes-kept").await?;
        self.visit.arrive(&["passkeys"]).await?;
        self.picture("one").await?;
        // The same device again: the browser knows, and the page says so.
        self.visit.press("passkey-add").await?;
        self.told().await?;
        self.picture("known").await?;
        self.visit.browser.find(By::Css("#passkeys summary")).await?.click().await?;
        self.picture("change").await
    }

    /// Waits until the page says what went wrong, where screen readers hear it.
    async fn told(&self) -> WebDriverResult<String> {
        let alert =
            self.visit.browser.query(By::Css("form[data-challenge] [role=alert]")).with_filter(said).first().await?;
        alert.text().await
    }
}

async fn said(element: WebElement) -> WebDriverResult<bool> {
    Ok(!element.text().await?.is_empty())
}

async fn walk(walk: &Walk<'_>, who: &str) -> WebDriverResult<()> {
    let visit = &walk.visit;
    let device = Device::plug_in(visit.browser).await;
    visit.give_password(who).await?;
    visit.arrive(&["sign-out"]).await?;
    walk.add().await?;
    visit.sign_out().await?;

    device.recognise(false).await;
    visit.open("/login").await?;
    visit.press("passkey-submit").await?;
    walk.told().await?;
    walk.picture("cancelled").await?;
    device.recognise(true).await;
    visit.press("passkey-submit").await?;
    visit.arrive(&["sign-out"]).await?;
    visit.sign_out().await?;

    device.recognise(false).await;
    visit.give_password(who).await?;
    visit.arrive(&["recovery-code"]).await?;
    walk.picture("second-step").await?;
    device.recognise(true).await;
    visit.press("passkey-submit").await?;
    visit.arrive(&["sign-out"]).await?;
    visit.sign_out().await?;
    device.unplug().await;

    // Another device: what it brings opens nothing here.
    let stranger = Device::plug_in(visit.browser).await;
    visit.open("/login").await?;
    walk.picture("sign-in").await?;
    visit.press("passkey-submit").await?;
    walk.told().await?;
    stranger.unplug().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_chromium_a_passkey_is_added_signs_in_and_takes_the_second_step_in_both_languages_and_widths() {
    let folder = tempfile::tempdir().unwrap();
    let Some(chromium) = Chromium::start(folder.path()).await else { return };
    let demonstration = Demonstration::start(&[]);
    let clock = Clock::movable();
    let walked = async {
        for (language, width, who) in [("fr", 1280, "carl"), ("en", 375, "bruno")] {
            let visit = Visit { browser: &chromium.browser, home: &demonstration.issuer, clock: &clock };
            visit.browser.set_window_rect(0, 0, width, 1000).await?;
            visit.open("/login").await?;
            visit.press(&format!("language-{language}")).await?;
            visit.arrive(&["login-submit"]).await?;
            walk(&Walk { visit, name: format!("{language}-{width}") }, who).await?;
        }
        Ok::<_, WebDriverError>(())
    };
    walked.await.unwrap();
    chromium.quit().await;
}
