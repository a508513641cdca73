//! An authenticator app on somebody's phone, and what people do with it.

use guichet::account::factor::Seed;
use guichet::base::{Clock, Life};
use guichet::demo;

use super::{Answer, Browser, PASSWORD, Server, login};

/// An app that knows one seed and what time it is.
#[derive(Clone)]
pub struct Authenticator {
    seed: Seed,
    clock: Clock,
}

impl Authenticator {
    /// The app that shares this seed.
    pub fn with(server: &Server, seed: &str) -> Self {
        Self { seed: Seed::parse(seed).unwrap(), clock: server.app.clock.clone() }
    }

    /// The app of somebody who has one in the demonstration.
    pub fn of(server: &Server, who: &str) -> Self {
        let persona = demo::personas().unwrap().into_iter().find(|persona| persona.login == login(who)).unwrap();
        Self::with(server, &persona.seed.unwrap())
    }

    /// The app that was told the seed of that page.
    pub fn told_by(server: &Server, page: &Answer) -> Self {
        Self::with(server, &page.page().text("#totp-secret"))
    }

    /// The code shown now.
    pub fn code(&self) -> String {
        self.seed.code(self.clock.now()).unwrap()
    }

    /// The code that was shown a while ago.
    pub fn code_before(&self, ago: &str) -> String {
        self.seed.code(self.clock.now() - Life::parse(ago).unwrap()).unwrap()
    }

    /// Six digits that are no code around now.
    pub fn wrong_code(&self) -> String {
        let near: Vec<String> =
            (-2..=2).map(|off| self.seed.code(self.clock.now() + Life::seconds(off * 30)).unwrap()).collect();
        (0..10).map(|digit| digit.to_string().repeat(6)).find(|code| !near.contains(code)).unwrap()
    }
}

impl Browser {
    /// Fills in the second step shown.
    pub async fn give_code(&mut self, code: &str) -> Answer {
        self.submit("totp-submit", &[("code", code)]).await
    }

    /// From the sign-in page through the second step.
    pub async fn sign_in_twice(&mut self, who: &str, app: &Authenticator) -> Answer {
        let answer = self.sign_in(who, PASSWORD).await;
        let page = self.follow(answer).await;
        assert!(page.shows("totp-submit"), "no second step: {:?} {}", page.location(), page.text());
        self.give_code(&app.code()).await
    }

    /// Switches two-step sign-in on; the app, and the recovery codes shown once.
    pub async fn enrol(&mut self, server: &Server) -> (Authenticator, Vec<String>) {
        let page = self.open("/account/security/totp").await;
        let app = Authenticator::told_by(server, &page);
        let answer = self.submit("totp-enable", &[("code", &app.code())]).await;
        (app, recovery_codes(&answer))
    }
}

/// The recovery codes that a page shows.
pub fn recovery_codes(page: &Answer) -> Vec<String> {
    assert!(page.shows("recovery-codes"), "{:?} {}", page.location(), page.text());
    page.page().texts("code")
}
