//! Sign-out asked for by a relying party (OpenID Connect RP-Initiated Logout).

use url::form_urlencoded::Serializer;

use crate::world::{Answer, Browser, PASSWORD, RelyingParty, Tokens, World, both};

const HOME: &str = "http://localhost:8090/";

async fn entered(world: &World) -> (Browser, RelyingParty, Tokens) {
    let portal = world.client("portal");
    let mut browser = world.signed_in("alice").await;
    let tokens = portal.enter(&mut browser).await;
    (browser, portal, tokens)
}

fn path(parameters: &[(&str, &str)]) -> String {
    format!("/oauth2/logout?{}", Serializer::new(String::new()).extend_pairs(parameters).finish())
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.clone().get("/account").await.status() == 200
}

fn is_farewell(answer: &Answer) -> bool {
    answer.status() == 200 && answer.shows("logged-out-title") && answer.location().is_none()
}

both! {
    async fn a_hint_that_fits_the_session_signs_out_at_once_and_returns_with_the_exact_state(world) {
        let (mut browser, portal, tokens) = entered(&world).await;
        let state = "é & <b>=\"1\"";
        let answer = browser
            .get(&path(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", HOME), ("state", state)]))
            .await;
        let to = answer.location().unwrap();
        assert!(to.as_str().starts_with(HOME), "{to}");
        assert_eq!(answer.parameter("state").as_deref(), Some(state));
        assert!(answer.cookie("guichet_session").unwrap().contains("Max-Age=0"));
        assert!(!is_signed_in(&browser).await);
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
    }
}

both! {
    async fn an_expired_hint_still_says_who_asks(world) {
        let (mut browser, _, tokens) = entered(&world).await;
        world.advance("30min");
        let answer = browser.get(&path(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", HOME)])).await;
        assert_eq!(answer.header("location"), HOME);
        assert!(!is_signed_in(&browser).await);
    }
}

both! {
    /// Without a hint that fits, any site could sign the person out.
    async fn without_a_hint_that_fits_the_person_is_asked(world) {
        let (mut browser, portal, tokens) = entered(&world).await;
        let mut bruno = world.signed_in("bruno").await;
        let others = portal.enter(&mut bruno).await;
        for parameters in [
            vec![],
            vec![("post_logout_redirect_uri", HOME)],
            vec![("client_id", "portal"), ("post_logout_redirect_uri", HOME)],
            vec![("id_token_hint", others.id.as_str()), ("post_logout_redirect_uri", HOME)],
            vec![("id_token_hint", tokens.access.as_str())],
            vec![("id_token_hint", "x.y.z"), ("post_logout_redirect_uri", HOME)],
            vec![("id_token_hint", tokens.id.as_str()), ("client_id", "demo-web")],
        ] {
            let answer = browser.get(&path(&parameters)).await;
            assert!(
                answer.shows("logout-confirm") && answer.shows("logout-cancel"),
                "{parameters:?}: {}",
                answer.text()
            );
            assert!(is_signed_in(&browser).await, "{parameters:?}");
        }
        let answer = browser.submit("logout-confirm", &[]).await;
        assert!(is_farewell(&answer), "{:?} {}", answer.location(), answer.text());
        assert!(!is_signed_in(&browser).await);
    }
}

both! {
    async fn whoever_cancels_stays_signed_in(world) {
        let (mut browser, ..) = entered(&world).await;
        browser.get(&path(&[])).await;
        let answer = browser.submit("logout-cancel", &[]).await;
        assert_eq!(answer.status(), 200);
        assert!(is_signed_in(&browser).await);
    }
}

both! {
    async fn nobody_is_sent_to_an_address_that_is_not_registered_or_for_a_client_that_is_not_proven(world) {
        for (hinted, uri) in [
            (true, "http://localhost:8090"),
            (true, "http://localhost:8090/elsewhere"),
            (true, "https://evil.example/"),
            (true, "http://localhost:8090/?x"),
            (true, "http://localhost:8090@evil.example/"),
            (true, "javascript:alert(1)"),
            (true, "http://localhost:9001/"),
            (false, HOME),
        ] {
            let (mut browser, _, tokens) = entered(&world).await;
            let mut parameters = vec![("post_logout_redirect_uri", uri)];
            if hinted {
                parameters.push(("id_token_hint", &tokens.id));
            }
            let mut answer = browser.get(&path(&parameters)).await;
            if answer.shows("logout-confirm") {
                answer = browser.submit("logout-confirm", &[]).await;
            }
            assert!(is_farewell(&answer), "{uri}: {:?}", answer.location());
            assert!(!is_signed_in(&browser).await, "{uri}");
        }
    }
}

both! {
    async fn a_post_is_answered_like_a_get_and_another_sites_forged_confirmation_is_not(world) {
        let (mut browser, _, tokens) = entered(&world).await;
        let forged = browser.post("/oauth2/logout", &[("decision", "sign_out")]).await;
        assert!(forged.shows("logout-confirm"), "{}", forged.text());
        let forged = browser.post("/oauth2/logout", &[("decision", "sign_out"), ("csrf", "x")]).await;
        assert!(forged.shows("logout-confirm") && is_signed_in(&browser).await);
        let answer = browser
            .post("/oauth2/logout", &[("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", HOME)])
            .await;
        assert_eq!(answer.header("location"), HOME);
        assert!(!is_signed_in(&browser).await);
    }
}

both! {
    async fn a_cross_site_post_without_cookies_ends_the_browsers_own_session(world) {
        let (mut browser, _, tokens) = entered(&world).await;
        let fields = [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", HOME), ("state", "s")];
        let sent_on = world.browser().with("sec-fetch-site", "cross-site").post("/oauth2/logout", &fields).await;
        assert!(sent_on.cookie("guichet_browser").is_none());
        let answer = browser.follow(sent_on).await;
        assert_eq!(answer.header("location"), format!("{HOME}?state=s"));
        assert!(!is_signed_in(&browser).await);
    }
}

both! {
    async fn whoever_is_signed_out_already_is_told_so(world) {
        let mut browser = world.browser();
        assert!(is_farewell(&browser.get(&path(&[])).await));
        let repeated = browser.get("/oauth2/logout?state=1&state=2").await;
        assert_eq!((repeated.status(), repeated.location()), (400, None));
    }
}

both! {
    /// Section 3: signed out or not, whoever comes with a right request goes back; nobody has to be asked where no
    /// session ends.
    async fn without_a_session_a_proven_client_gets_the_browser_back_with_the_exact_state(world) {
        let (mut over, portal, tokens) = entered(&world).await;
        over.get("/account").await;
        over.submit("sign-out", &[]).await;
        let state = "é & <b>=\"1\"";
        let asked = |uri: &'static str| {
            [("id_token_hint", tokens.id.as_str()), ("post_logout_redirect_uri", uri), ("state", state)]
        };
        for mut browser in [over, world.browser()] {
            let answers = [browser.get(&path(&asked(HOME))).await, browser.post("/oauth2/logout", &asked(HOME)).await];
            for answer in answers {
                let answer = browser.follow(answer).await;
                assert!(answer.location().is_some_and(|to| to.as_str().starts_with(HOME)), "{:?}", answer.location());
                assert_eq!(answer.parameter("state").as_deref(), Some(state));
            }
            for uri in ["http://localhost:8090/elsewhere", "https://evil.example/", "http://localhost:9001/"] {
                assert!(is_farewell(&browser.get(&path(&asked(uri))).await), "{uri}");
            }
            let another = [&asked(HOME)[..], &[("client_id", "demo-web")]].concat();
            assert!(is_farewell(&browser.get(&path(&another)).await), "the hint is another client's");
            assert!(
                is_farewell(&browser.get(&path(&[("client_id", "portal"), ("post_logout_redirect_uri", HOME)])).await),
                "no proof of who asks"
            );
        }
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 401);
    }
}

both! {
    /// A hint of another browser's session, or of one that is over, is about the right person in the wrong place.
    async fn a_hint_of_another_session_of_the_same_person_does_not_spare_the_question(world) {
        let (_, _, elsewhere) = entered(&world).await;
        let (mut browser, portal, before) = entered(&world).await;
        browser.get("/account").await;
        browser.submit("sign-out", &[]).await;
        browser.sign_in("alice", PASSWORD).await;
        portal.enter(&mut browser).await;
        for hint in [&elsewhere.id, &before.id] {
            let answer = browser
                .get(&path(&[("id_token_hint", hint), ("post_logout_redirect_uri", HOME), ("state", "s")]))
                .await;
            assert!(answer.shows("logout-confirm") && is_signed_in(&browser).await, "{:?}", answer.location());
        }
        let answer = browser.submit("logout-confirm", &[]).await;
        assert_eq!(
            answer.header("location"),
            format!("{HOME}?state=s"),
            "the client is proven, the address registered"
        );
        assert_eq!(portal.userinfo(&elsewhere.access).await.status(), 200, "the other browser goes on");
    }
}

both! {
    async fn a_logout_hint_says_who_and_proves_nothing(world) {
        let (mut browser, ..) = entered(&world).await;
        for hint in ["alice@durand.example", "bruno@durand.example", "\"><script>"] {
            let answer = browser
                .get(&path(&[("logout_hint", hint), ("client_id", "portal"), ("post_logout_redirect_uri", HOME)]))
                .await;
            assert!(answer.shows("logout-confirm") && !answer.text().contains("<script>"), "{hint}");
        }
        assert!(is_farewell(&browser.submit("logout-confirm", &[]).await));
    }
}

both! {
    /// By GET, by POST and over the redirect that a cross-site POST takes; the person's own choice wins.
    async fn ui_locales_choose_the_language_of_the_question_and_of_the_farewell(world) {
        let lang = |answer: &Answer| answer.page().attribute("html", "lang");
        let (mut browser, ..) = entered(&world).await;
        let asked = [("ui_locales", "de fr-CA en")];
        assert_eq!(lang(&browser.get(&path(&asked)).await), "fr");
        assert_eq!(lang(&browser.post("/oauth2/logout", &asked).await), "fr");
        let sent_on = world.browser().post("/oauth2/logout", &asked).await;
        let question = browser.follow(sent_on).await;
        assert_eq!((lang(&question), question.shows("logout-confirm")), ("fr".to_owned(), true));
        let farewell = browser.submit("logout-confirm", &[]).await;
        assert_eq!((lang(&farewell), is_farewell(&farewell)), ("fr".to_owned(), true));
        let switch = farewell.page().attribute("#language-en", "href");
        browser.get(&switch).await;
        assert_eq!(lang(&browser.get(&path(&asked)).await), "en");
    }
}

both! {
    async fn what_is_no_text_or_no_form_is_refused_and_nobody_is_signed_out(world) {
        let (mut browser, _, tokens) = entered(&world).await;
        for query in [
            "state=%00",
            "state=%FF",
            "id_token_hint=%",
            &format!("id_token_hint={}&id_token_hint={}", tokens.id, tokens.id),
        ] {
            let answer = browser.get(&format!("/oauth2/logout?{query}")).await;
            assert_eq!((answer.status(), answer.location()), (400, None), "{query:.40}");
        }
        let json = axum::http::Request::post("/oauth2/logout").header("content-type", "application/json");
        let answer = browser.send(json.body(axum::body::Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status(), 400);
        assert!(is_signed_in(&browser).await);
    }
}
