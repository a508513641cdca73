//! `response_mode=form_post` (OAuth 2.0 Form Post Response Mode): codes and errors,
//! with or without a script.

use crate::world::{Answer, Ask, Code, ISSUER, PASSWORD, RelyingParty, STATE, VERIFIER, both};

const CALLBACK: &str = "http://localhost:8090/callback";

fn asked(portal: &RelyingParty) -> Ask {
    portal.ask().with("response_mode", "form_post")
}

/// The fields of a form-post answer, which must be one.
fn fields(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(
        (answer.status(), answer.header("cache-control")),
        (200, "no-store"),
        "{:?} {}",
        answer.location(),
        answer.text()
    );
    let form = answer.page().form_of("#form-post-submit");
    assert!(form.posts && form.action == CALLBACK, "{form:?}");
    form.fields
}

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn error(answer: &Answer) -> String {
    let fields = fields(answer);
    assert_eq!(
        fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["error", "error_description", "state", "iss"]
    );
    assert_eq!(fields[2..], pairs(&[("state", STATE), ("iss", ISSUER)]));
    fields[0].1.clone()
}

both! {
    /// The mode is kept over sign-in and consent, and markup in `state` stays text.
    async fn the_code_comes_in_a_form_with_the_exact_state_and_who_says_so(world) {
        let portal = world.client("portal");
        let mut browser = world.browser();
        browser.open(&asked(&portal).path()).await;
        let answer = browser.give_password("alice", PASSWORD).await;
        let page = browser.follow(answer).await;
        assert!(page.shows("consent-allow"), "{}", page.text());
        let allowed = browser.submit("consent-allow", &[]).await;
        let answer = browser.follow(allowed).await;
        let fields = fields(&answer);
        assert_eq!((fields[0].0.as_str(), fields.len()), ("code", 3));
        assert_eq!(fields[1..], pairs(&[("state", STATE), ("iss", ISSUER)]));
        assert!(!answer.text().contains("<state>"));
        let code = Code {
            secret: fields[0].1.clone(),
            verifier: Some(VERIFIER.to_owned()),
            redirect_uri: CALLBACK.to_owned(),
        };
        let tokens = portal.tokens(&code).await;
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200);
    }
}

both! {
    async fn state_and_nonce_at_the_bound_come_whole_in_the_form_and_one_byte_more_is_refused(world) {
        let portal = world.client("portal");
        let (state, nonce) = ("<é>\"".repeat(400), "n".repeat(2000));
        let ask = asked(&portal).with("state", &state).with("nonce", &nonce);
        let mut browser = world.browser();
        browser.open(&ask.path()).await;
        let answer = browser.give_password("alice", PASSWORD).await;
        browser.follow(answer).await;
        let allowed = browser.submit("consent-allow", &[]).await;
        let told = fields(&browser.follow(allowed).await);
        assert_eq!(told[1..], pairs(&[("state", &state), ("iss", ISSUER)]));
        let code =
            Code { secret: told[0].1.clone(), verifier: Some(VERIFIER.to_owned()), redirect_uri: CALLBACK.to_owned() };
        assert_eq!(portal.tokens(&code).await.id_claims()["nonce"], nonce.as_str());

        let long = fields(&browser.get(&ask.with("state", &format!("{state}x")).path()).await);
        assert_eq!(
            long.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["error", "error_description", "iss"]
        );
        assert_eq!(long[0].1, "invalid_request");
        let long = asked(&portal).with("nonce", &format!("{nonce}n"));
        assert_eq!(error(&browser.get(&long.path()).await), "invalid_request");
    }
}

both! {
    async fn errors_come_in_a_form_too(world) {
        let portal = world.client("portal");
        for (ask, expected) in [
            (asked(&portal).with("prompt", "none"), "login_required"),
            (asked(&portal).with("scope", "quantum"), "invalid_scope"),
            (asked(&portal).with("response_type", "token"), "unsupported_response_type"),
            (asked(&portal).with("prompt", "none login"), "invalid_request"),
            (asked(&portal).and("nonce", "again"), "invalid_request"),
            (asked(&portal).with("request", "e30.e30."), "request_not_supported"),
        ] {
            assert_eq!(error(&world.browser().get(&ask.path()).await), expected, "{}", ask.path());
            let mut browser = world.browser();
            let parked = browser.post("/oauth2/authorize", &ask.fields()).await;
            assert_eq!(error(&browser.follow(parked).await), expected, "POST {}", ask.path());
        }
        let mut browser = world.signed_in("alice").await;
        browser.open(&asked(&portal).path()).await;
        let denied = browser.submit("consent-deny", &[]).await;
        assert_eq!(error(&browser.follow(denied).await), "access_denied");
        let nowhere = browser.get(&asked(&portal).with("redirect_uri", "https://evil.example/").path()).await;
        assert!(nowhere.status() == 400 && nowhere.shows("error-title"));
    }
}

both! {
    /// No inline script anywhere; this one page may run a file of ours and post to the relying party. Where
    /// passkeys are taken the script that speaks with authenticators runs, and nothing else (`headers`).
    async fn the_page_runs_one_script_of_ours_and_no_other_page_runs_it(world) {
        let portal = world.client("portal");
        let answer = world.browser().get(&asked(&portal).with("prompt", "none").path()).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("form-action 'self' http://localhost:8090;") && policy.ends_with("script-src 'self'"),
            "{policy}"
        );
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let source = answer.page().attribute("script", "src");
        assert!(source.starts_with("/assets/form_post.js?v="), "{source}");
        assert_eq!(answer.page().texts("script"), [""]);
        let script = world.browser().get(&source).await;
        assert_eq!((script.status(), script.header("content-type")), (200, "text/javascript; charset=utf-8"));
        for path in ["/login", "/", &portal.ask().path(), "/oauth2/logout"] {
            assert!(!world.browser().open(path).await.text().contains("form_post.js"), "{path}");
        }
        for path in ["/", "/oauth2/logout"] {
            let page = world.browser().open(path).await;
            assert!(
                !page.header("content-security-policy").contains("script-src") && !page.text().contains("<script"),
                "{path}"
            );
        }
    }
}

both! {
    async fn the_page_speaks_the_readers_language(world) {
        let portal = world.client("portal");
        for (preferred, locales, title) in
            [("en", "", "One moment"), ("fr", "", "Un instant"), ("en", "fr-CA", "Un instant")]
        {
            let ask = asked(&portal).with("prompt", "none").with("ui_locales", locales);
            let answer = world.browser().with("accept-language", preferred).get(&ask.path()).await;
            assert!(answer.text().contains(title), "{preferred} {locales}");
        }
    }
}

both! {
    async fn query_is_the_other_mode_and_there_is_no_third(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let ask = portal.ask().with("response_mode", "query");
        let answer = portal.arrive(&mut browser, &ask).await;
        portal.code(&ask, &answer);
        for mode in ["fragment", "form_post.jwt", "query.jwt", "web_message", "FORM_POST"] {
            let answer = browser.get(&portal.ask().with("response_mode", mode).path()).await;
            assert_eq!(portal.error(&answer), "invalid_request", "{mode}");
        }
    }
}

both! {
    /// Browsers rewrite line breaks in forms: the state would not come back exactly.
    async fn a_state_that_a_form_would_change_is_refused(world) {
        let ask = asked(&world.client("portal")).with("state", "a\nb");
        let fields = fields(&world.browser().get(&ask.path()).await);
        assert_eq!(fields[0], ("error".to_owned(), "invalid_request".to_owned()));
        assert!(!fields.iter().any(|(name, _)| name == "state"));
    }
}

both! {
    async fn a_program_on_a_device_has_no_web_address_to_post_to_but_loopback(world) {
        let native = world.client("demo-native");
        let ask = native
            .ask()
            .with("response_mode", "form_post")
            .with("prompt", "none")
            .with("redirect_uri", "http://127.0.0.1:4711/callback");
        let answer = world.browser().get(&ask.path()).await;
        assert_eq!(answer.page().form_of("#form-post-submit").action, "http://127.0.0.1:4711/callback");
        assert!(answer.header("content-security-policy").contains("http://127.0.0.1:4711;"));
    }
}
