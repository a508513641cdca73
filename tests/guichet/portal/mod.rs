//! The sample portal in real Chromium: each person sees exactly what their profile allows (R-RGT-1, R-RGT-6, R-DIR-6,
//! R-DIR-3).

pub mod chromium;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use thirtyfour::prelude::*;

use crate::world::wire::{ANY_PORT, issuer_in};
use crate::world::{PASSWORD, left_out, login};
use chromium::Chromium;

/// The running example: the provider with its demonstration, and the portal.
struct Example {
    child: Child,
    provider: String,
    portal: String,
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Example {
    /// Where cargo puts it, beside the program.
    fn program() -> PathBuf {
        Path::new(env!("CARGO_BIN_EXE_guichet")).parent().unwrap().join("examples/portal")
    }

    /// Starts it and waits for the line that says where the portal is.
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(Self::program())
            .args(["--listen", ANY_PORT, "--portal-listen", ANY_PORT])
            .arg("--data")
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            told += &line;
            told.push('\n');
            if let Some((portal, _)) =
                line.strip_prefix("The portal is at ").and_then(|rest| rest.split_once("/. Stop"))
            {
                assert!(told.contains("alice@durand.example"), "who can sign in isn't told: {told}");
                let provider = issuer_in(&told).unwrap().to_owned();
                return Self { child, provider, portal: portal.to_owned() };
            }
        }
        panic!("the example ended, {:?}: {told}", child.wait());
    }
}

/// What somebody sees of a list: the references of its rows, or why not.
#[derive(Debug, PartialEq, Eq)]
enum Sees {
    Rows(BTreeSet<String>),
    Refusal,
}

fn rows(references: &[&str]) -> Sees {
    Sees::Rows(references.iter().map(|reference| (*reference).to_owned()).collect())
}

/// Somebody at the portal.
struct Visit<'a> {
    browser: &'a WebDriver,
    example: &'a Example,
}

impl Visit<'_> {
    async fn open(&self, path: &str) -> WebDriverResult<()> {
        self.browser.goto(format!("{}{path}", self.example.portal)).await
    }

    /// Presses what the page shows, or will show in a moment.
    async fn press(&self, id: &str) -> WebDriverResult<()> {
        self.browser.query(By::Id(id)).and_clickable().first().await?.click().await
    }

    /// Waits for one of these ids and says which it was.
    async fn arrive<'i>(&self, ids: &[&'i str]) -> WebDriverResult<&'i str> {
        let any: Vec<String> = ids.iter().map(|id| format!("#{id}")).collect();
        let found = self.browser.query(By::Css(any.join(", "))).first().await;
        let Ok(found) = found else {
            panic!("none of {ids:?} at {}: {}", self.browser.current_url().await?, self.browser.source().await?)
        };
        let id = found.id().await?.unwrap_or_default();
        Ok(ids.iter().find(|known| **known == id).expect("the id was asked for"))
    }

    /// From the portal's home to the page that the right password leads to.
    async fn sign_in(&self, who: &str) -> WebDriverResult<()> {
        self.open("/").await?;
        self.press("portal-sign-in").await?;
        self.arrive(&["login-username"]).await?;
        self.browser.find(By::Id("login-username")).await?.send_keys(login(who)).await?;
        self.browser.find(By::Id("login-password")).await?.send_keys(PASSWORD).await?;
        self.press("login-submit").await
    }

    async fn has(&self, id: &str) -> WebDriverResult<bool> {
        Ok(!self.browser.find_all(By::Id(id)).await?.is_empty())
    }

    async fn consent(&self) -> WebDriverResult<()> {
        if self.arrive(&["consent-allow", "portal-sign-out"]).await? == "consent-allow" {
            self.press("consent-allow").await?;
        }
        self.arrive(&["portal-sign-out"]).await.map(drop)
    }

    async fn list(&self, path: &str) -> WebDriverResult<Sees> {
        self.open(path).await?;
        if self.has("error-title").await? {
            return Ok(Sees::Refusal);
        }
        let mut references = BTreeSet::new();
        for row in self.browser.find_all(By::Css("[data-ref]")).await? {
            references.extend(row.attr("data-ref").await?);
        }
        Ok(Sees::Rows(references))
    }

    /// Whether the orders show any amount of money.
    async fn sees_amounts(&self) -> WebDriverResult<bool> {
        self.open("/orders").await?;
        Ok(self.browser.source().await?.contains('€'))
    }

    /// Signs out at the portal, which ends the session at the provider too.
    async fn sign_out(&self) -> WebDriverResult<()> {
        self.open("/").await?;
        self.press("portal-sign-out").await?;
        if self.arrive(&["logout-confirm", "portal-sign-in"]).await? == "logout-confirm" {
            self.press("logout-confirm").await?;
        }
        self.arrive(&["portal-sign-in"]).await?;
        self.open("/orders").await?;
        self.arrive(&["login-username"]).await?;
        self.browser.goto(format!("{}/account", self.example.provider)).await?;
        self.arrive(&["login-username"]).await.map(drop)
    }
}

const PARIS: [&str; 7] = ["JF-104260", "JF-104301", "JF-104350", "JF-104377", "JF-104420", "JF-104471", "JF-104512"];
const LYON: [&str; 6] = ["JF-104233", "JF-104287", "JF-104322", "JF-104391", "JF-104466", "JF-104498"];
const PETIT: [&str; 12] = [
    "JF-104275",
    "JF-104294",
    "JF-104311",
    "JF-104339",
    "JF-104365",
    "JF-104384",
    "JF-104409",
    "JF-104431",
    "JF-104455",
    "JF-104468",
    "JF-104489",
    "JF-104507",
];
const DURAND_INVOICES: [&str; 9] =
    ["A-220041", "A-220057", "F-220208", "F-220251", "F-220252", "F-220297", "F-220298", "F-220341", "F-220342"];
const PETIT_INVOICES: [&str; 5] = ["A-220052", "F-220212", "F-220256", "F-220301", "F-220345"];

async fn alice_sees_everything(visit: &Visit<'_>) -> WebDriverResult<()> {
    visit.sign_in("alice").await?;
    visit.consent().await?;
    assert_eq!(visit.list("/orders").await?, rows(&[&PARIS[..], &LYON[..]].concat()));
    assert!(visit.sees_amounts().await?);
    assert_eq!(visit.list("/invoices").await?, rows(&DURAND_INVOICES));
    assert!(matches!(visit.list("/certificates").await?, Sees::Rows(rows) if !rows.is_empty()));
    visit.sign_out().await
}

async fn bruno_sees_lyon_without_amounts_and_no_invoices(visit: &Visit<'_>) -> WebDriverResult<()> {
    visit.sign_in("bruno").await?;
    visit.consent().await?;
    assert_eq!(visit.list("/orders").await?, rows(&LYON));
    assert!(!visit.sees_amounts().await?);
    for hidden in ["/invoices", "/certificates", "/invoices/F-220342.pdf"] {
        assert_eq!(visit.list(hidden).await?, Sees::Refusal, "{hidden}");
    }
    assert_eq!(visit.list(&format!("/orders/{}", PARIS[0])).await?, Sees::Refusal, "an order of another branch");
    visit.sign_out().await
}

async fn chloe_sees_invoices_and_nothing_else(visit: &Visit<'_>) -> WebDriverResult<()> {
    visit.sign_in("chloe").await?;
    visit.consent().await?;
    assert_eq!(visit.list("/invoices").await?, rows(&DURAND_INVOICES));
    for hidden in ["/orders", "/tickets", "/certificates"] {
        assert_eq!(visit.list(hidden).await?, Sees::Refusal, "{hidden}");
    }
    assert_eq!(
        visit.list(&format!("/invoices/{}.pdf", PETIT_INVOICES[0])).await?,
        Sees::Refusal,
        "another company's invoice"
    );
    visit.sign_out().await
}

async fn ines_is_asked_which_company_and_sees_that_one(visit: &Visit<'_>) -> WebDriverResult<()> {
    for (company, orders, invoices) in
        [("C-1001", Sees::Refusal, rows(&DURAND_INVOICES)), ("C-1002", rows(&PETIT), rows(&PETIT_INVOICES))]
    {
        visit.sign_in("ines").await?;
        visit.arrive(&["company-choice"]).await?;
        visit.browser.find(By::Css(format!("#company-choice button[value='{company}']"))).await?.click().await?;
        visit.consent().await?;
        assert_eq!(visit.list("/orders").await?, orders, "{company}");
        assert_eq!(visit.list("/invoices").await?, invoices, "{company}");
        visit.sign_out().await?;
    }
    Ok(())
}

/// Back-channel logout: the portal hears of what happened at the provider, and asks nobody.
async fn a_session_ended_at_the_provider_is_over_at_the_portal(visit: &Visit<'_>) -> WebDriverResult<()> {
    visit.sign_in("alice").await?;
    visit.consent().await?;
    visit.browser.goto(format!("{}/account", visit.example.provider)).await?;
    visit.press("sign-out").await?;
    visit.arrive(&["logged-out-title"]).await?;
    // Each look is a page that is asked for; nothing says when the portal was told.
    let told = async {
        loop {
            visit.open("/").await?;
            if visit.has("portal-sign-in").await? {
                return Ok(());
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), told).await.expect("the portal wasn't told")
}

async fn eve_is_told_why_she_is_refused(visit: &Visit<'_>) -> WebDriverResult<()> {
    visit.sign_in("eve").await?;
    visit.arrive(&["error-title"]).await?;
    let unmet = visit.browser.find_all(By::Css("#standing [data-met='false']")).await?;
    assert_eq!(unmet.len(), 1);
    assert_eq!(unmet[0].attr("data-condition").await?.as_deref(), Some("contact-listed"));
    assert_eq!(visit.list("/orders").await?, rows(&[]));
    visit.arrive(&["login-username"]).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_chromium_each_person_sees_at_the_portal_exactly_what_their_profile_allows() {
    if !Example::program().exists() {
        return left_out("the portal in a browser: its example isn't built (cargo build --example portal)");
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(chromium) = Chromium::start(folder.path()).await else { return };
    let example = Example::start(&folder.path().join("demo"));
    let visit = Visit { browser: &chromium.browser, example: &example };
    let walked = async {
        alice_sees_everything(&visit).await?;
        bruno_sees_lyon_without_amounts_and_no_invoices(&visit).await?;
        chloe_sees_invoices_and_nothing_else(&visit).await?;
        ines_is_asked_which_company_and_sees_that_one(&visit).await?;
        a_session_ended_at_the_provider_is_over_at_the_portal(&visit).await?;
        eve_is_told_why_she_is_refused(&visit).await
    };
    walked.await.unwrap();
    chromium.quit().await;
}
