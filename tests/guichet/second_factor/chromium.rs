//! Two-step sign-in in real Chromium, in both languages and both widths: what people see fits, and every step is one
//! they can take.

use guichet::account::factor::Seed;
use guichet::base::{Clock, Life};
use guichet::demo;
use thirtyfour::prelude::*;

use crate::portal::chromium::Chromium;
use crate::world::wire::Demonstration;
use crate::world::{PASSWORD, login};

/// Somebody with a phone at a browser.
pub struct Visit<'a> {
    pub browser: &'a WebDriver,
    pub home: &'a str,
    pub clock: &'a Clock,
}

impl Visit<'_> {
    pub async fn open(&self, path: &str) -> WebDriverResult<()> {
        self.browser.goto(format!("{}{path}", self.home)).await?;
        self.fits().await
    }

    /// Waits for one of these ids and says which it was.
    pub async fn arrive<'i>(&self, ids: &[&'i str]) -> WebDriverResult<&'i str> {
        let any: Vec<String> = ids.iter().map(|id| format!("#{id}")).collect();
        let found = self.browser.query(By::Css(any.join(", "))).first().await;
        let Ok(found) = found else {
            panic!("none of {ids:?} at {}: {}", self.browser.current_url().await?, self.browser.source().await?)
        };
        let id = found.id().await?.unwrap_or_default();
        self.fits().await?;
        Ok(ids.iter().find(|known| **known == id).expect("the id was asked for"))
    }

    /// Nothing reaches beyond the window: nobody scrolls sideways.
    pub async fn fits(&self) -> WebDriverResult<()> {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let beyond = self.browser.execute(script, Vec::new()).await?.json().as_i64();
        assert_eq!(beyond, Some(0), "at {}", self.browser.current_url().await?);
        Ok(())
    }

    pub async fn press(&self, id: &str) -> WebDriverResult<()> {
        self.browser.query(By::Id(id)).and_clickable().first().await?.click().await
    }

    pub async fn type_into(&self, id: &str, text: &str) -> WebDriverResult<()> {
        self.arrive(&[id]).await?;
        self.browser.find(By::Id(id)).await?.send_keys(text).await
    }

    async fn text(&self, id: &str) -> WebDriverResult<String> {
        self.browser.find(By::Id(id)).await?.text().await
    }

    pub async fn give_password(&self, who: &str) -> WebDriverResult<()> {
        self.open("/login").await?;
        self.type_into("login-username", &login(who)).await?;
        self.type_into("login-password", PASSWORD).await?;
        self.press("login-submit").await
    }

    pub async fn sign_out(&self) -> WebDriverResult<()> {
        self.open("/account").await?;
        self.press("sign-out").await?;
        self.arrive(&["logged-out-title"]).await.map(drop)
    }

    fn code(&self, seed: &Seed) -> String {
        seed.code(self.clock.now()).unwrap()
    }

    /// The next code is of another step.
    async fn wait_for_the_next_code(&self) {
        let answer = reqwest::Client::new()
            .post(format!("{}/dev/clock", self.home))
            .form(&[("advance", "30s")])
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success());
        self.clock.advance(Life::seconds(30));
    }
}

async fn theo_gives_the_code_of_his_app(visit: &Visit<'_>) -> WebDriverResult<()> {
    let persona = demo::personas().unwrap().into_iter().find(|persona| persona.login == login("theo")).unwrap();
    let seed = Seed::parse(&persona.seed.unwrap()).unwrap();
    visit.give_password("theo").await?;
    visit.type_into("totp-code", "000 000").await?;
    visit.press("totp-submit").await?;
    visit.arrive(&["error-title"]).await?;
    visit.type_into("totp-code", &visit.code(&seed)).await?;
    visit.press("totp-submit").await?;
    visit.arrive(&["sign-out"]).await?;
    visit.sign_out().await
}

/// Enrolment, the next sign-in with the app, one with a recovery code, and the way back.
async fn somebody_switches_it_on_uses_it_and_switches_it_off(visit: &Visit<'_>, who: &str) -> WebDriverResult<()> {
    visit.give_password(who).await?;
    visit.arrive(&["sign-out"]).await?;
    visit.open("/account/security/totp").await?;
    let seed = Seed::parse(&visit.text("totp-secret").await?).unwrap();
    let square = visit.browser.find(By::Css("svg.square")).await?.rect().await?;
    assert!(square.width >= 150.0 && (square.width - square.height).abs() < 1.0, "{square:?}");
    visit.type_into("totp-code", &visit.code(&seed)).await?;
    visit.press("totp-enable").await?;
    visit.arrive(&["recovery-codes"]).await?;
    let mut codes = Vec::new();
    for code in visit.browser.find_all(By::Css("#recovery-codes code")).await? {
        codes.push(code.text().await?);
    }
    assert_eq!(codes.len(), 10);
    visit.press("recovery-codes-kept").await?;
    visit.arrive(&["totp-enrolled"]).await?;
    visit.sign_out().await?;

    visit.wait_for_the_next_code().await;
    visit.give_password(who).await?;
    visit.type_into("totp-code", &visit.code(&seed)).await?;
    visit.press("totp-submit").await?;
    visit.arrive(&["sign-out"]).await?;
    visit.sign_out().await?;

    visit.give_password(who).await?;
    visit.type_into("recovery-code", &codes[0]).await?;
    visit.press("totp-submit").await?;
    visit.arrive(&["sign-out"]).await?;
    visit.open("/account/security/totp").await?;
    visit.press("totp-remove").await?;
    visit.arrive(&["totp-secret"]).await?;
    visit.sign_out().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_chromium_two_step_sign_in_is_switched_on_used_and_switched_off_in_both_languages_and_widths() {
    let folder = tempfile::tempdir().unwrap();
    let Some(chromium) = Chromium::start(folder.path()).await else { return };
    let demonstration = Demonstration::start(&[]);
    let clock = Clock::movable();
    let visit = Visit { browser: &chromium.browser, home: &demonstration.issuer, clock: &clock };
    let walked = async {
        for (language, width, who) in [("fr", 1280, "carl"), ("en", 360, "bruno")] {
            visit.browser.set_window_rect(0, 0, width, 1000).await?;
            visit.open("/login").await?;
            visit.press(&format!("language-{language}")).await?;
            visit.arrive(&["login-submit"]).await?;
            assert_eq!(visit.browser.find(By::Tag("html")).await?.attr("lang").await?.as_deref(), Some(language));
            theo_gives_the_code_of_his_app(&visit).await?;
            somebody_switches_it_on_uses_it_and_switches_it_off(&visit, who).await?;
            visit.wait_for_the_next_code().await;
        }
        Ok::<_, WebDriverError>(())
    };
    walked.await.unwrap();
    chromium.quit().await;
}
