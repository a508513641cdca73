//! Forms that only our own pages can send: a token bound to the browser, and the browser's word on
//! where the form stood.

use crate::world::{Answer, Browser, PASSWORD, World, both, login};

/// A form with everything that would make it work, and how to see whether it did.
struct Attack {
    path: &'static str,
    fields: Vec<(String, String)>,
    /// The token of its own page.
    token: String,
}

/// The browser of a person in the middle of everything, and each form it could send.
async fn forms(world: &World) -> (Browser, Vec<Attack>) {
    let portal = world.client("portal");
    let mut browser = world.signed_in("alice").await;
    portal.authorize(&mut browser).await;
    let mut page = browser.get("/account/security").await.page().forms();
    browser.open(&world.client("demo-web").ask().with("prompt", "consent").path()).await;
    page.extend(browser.page_forms());
    let mut attacks: Vec<Attack> = Vec::new();
    for (path, needed) in [
        ("/logout", ""),
        ("/account/sessions/end", "session"),
        ("/account/consents/withdraw", "consent"),
        ("/login/consent", "decision"),
    ] {
        let form = page.iter().find(|form| {
            form.action == path && (needed.is_empty() || form.fields.iter().any(|(name, _)| name == needed))
        });
        let form = form.unwrap_or_else(|| panic!("no page shows the form to {path}"));
        let fields = form.fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
        attacks.push(Attack { path, fields, token: form.field("csrf").to_owned() });
    }
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let (password, company) =
        (vec![field("username", &login("bruno")), field("password", PASSWORD)], vec![field("company", "C-1001")]);
    for (path, fields) in [("/login", password), ("/login/company", company)] {
        attacks.push(Attack { path, fields, token: browser.csrf() });
    }
    (browser, attacks)
}

async fn send(browser: &Browser, attack: &Attack, csrf: Option<&str>) -> Answer {
    let mut fields: Vec<_> = attack.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend(csrf.map(|csrf| ("csrf", csrf)));
    browser.clone().post(attack.path, &fields).await
}

/// What a form could change: the session, its sessions and consents, and how many rows the audit trail has.
async fn state(browser: &Browser) -> (u16, usize, usize) {
    let answer = browser.clone().get("/account/security").await;
    let forms = answer.page().forms();
    let count = |path: &str| forms.iter().filter(|form| form.action == path).count();
    (answer.status(), count("/account/sessions/end"), count("/account/consents/withdraw"))
}

async fn assert_refused(browser: &Browser, attack: &Attack, (csrf, why): (Option<&str>, &str)) {
    let before = state(browser).await;
    let answer = send(browser, attack, csrf).await;
    assert_eq!(answer.status(), 403, "{} {why}: {:?}", attack.path, answer.location());
    assert!(answer.cookie("guichet_session").is_none(), "{} {why}", attack.path);
    assert_eq!(state(browser).await, before, "{} {why}", attack.path);
}

both! {
    async fn no_form_is_taken_without_the_token_of_this_very_browser(world) {
        let (browser, attacks) = forms(&world).await;
        let mut stranger = world.browser();
        stranger.get("/login").await;
        let foreign = stranger.csrf();
        for attack in &attacks {
            assert_refused(&browser, attack, (None, "without token")).await;
            assert_refused(&browser, attack, (Some(""), "with an empty token")).await;
            assert_refused(&browser, attack, (Some("AAAA"), "with a made-up token")).await;
            assert_refused(&browser, attack, (Some(&foreign), "with another browser's token")).await;
        }
    }
}

both! {
    async fn no_form_is_taken_from_another_site_even_with_the_right_token(world) {
        let (browser, attacks) = forms(&world).await;
        for attack in &attacks {
            for (header, value) in [
                ("origin", "https://evil.example"),
                ("origin", "http://localhost:8090"),
                ("origin", "http://localhost:8080.evil.example"),
                ("sec-fetch-site", "cross-site"),
            ] {
                let elsewhere = browser.clone().with(header, value);
                assert_refused(&elsewhere, attack, (Some(&attack.token), value)).await;
            }
        }
    }
}

both! {
    /// The same requests with nothing wrong about them: otherwise the refusals above would prove nothing.
    async fn the_same_forms_are_taken_from_our_own_pages(world) {
        let count = forms(&world).await.1.len();
        for at in 0..count {
            let (browser, attacks) = forms(&world).await;
            let browser = browser.with("origin", "http://localhost:8080").with("sec-fetch-site", "same-origin");
            let answer = send(&browser, &attacks[at], Some(&attacks[at].token)).await;
            assert_eq!(answer.status(), 303, "{}: {}", attacks[at].path, answer.text());
            assert_ne!(answer.header("location"), "/login", "{}", attacks[at].path);
        }
    }
}

both! {
    async fn a_token_sent_twice_is_none(world) {
        let mut browser = world.browser();
        browser.get("/login").await;
        let csrf = browser.csrf();
        let name = login("alice");
        let fields =
            [("csrf", csrf.as_str()), ("csrf", csrf.as_str()), ("username", name.as_str()), ("password", PASSWORD)];
        assert_eq!(browser.post("/login", &fields).await.status(), 403);
    }
}

both! {
    async fn every_form_of_every_page_carries_the_token_when_it_posts(world) {
        let mut browser = world.signed_in("alice").await;
        let mut seen = 0;
        for path in ["/account", "/", "/login", "/oauth2/logout", "/logout", "/no-such-page"] {
            let answer = browser.get(path).await;
            if !answer.header("content-type").starts_with("text/html") {
                continue;
            }
            for form in answer.page().forms().into_iter().filter(|form| form.posts) {
                assert_eq!(
                    form.fields.iter().filter(|(name, _)| name == "csrf").count(),
                    1,
                    "{path} to {}",
                    form.action
                );
                assert!(form.action.starts_with('/'), "{path}");
                seen += 1;
            }
        }
        assert!(seen >= 3, "{seen}");
    }
}
