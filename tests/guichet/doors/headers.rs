//! What holds for every answer of every door: headers and places. Hosts and forwarded addresses are
//! in `faults::forwarded`.

use guichet::base::Place;
use guichet::words::brand::Logo;

use crate::doors::address;
use crate::world::upstream::offer;
use crate::world::wire::Refusing;
use crate::world::{Answer, ISSUER, PASSWORD, both};

fn assert_guarded(answer: &Answer, about: &str) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{about}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{about}");
    assert_eq!(answer.header("referrer-policy"), "no-referrer", "{about}");
    // With it WebKit shows our sign-in form under a relying party's origin.
    assert_eq!(answer.header("cross-origin-opener-policy"), "", "{about}");
    let policy = answer.header("content-security-policy");
    for needed in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(policy.contains(needed), "{about}: {policy}");
    }
    assert!(!policy.contains("unsafe"), "{about}: {policy}");
    if answer.header("content-type").starts_with("text/html") {
        assert_eq!(answer.header("cache-control"), "no-store", "{about}");
        let page = answer.page();
        assert!(page.all("style, [style]").is_empty(), "{about}: blocked by our own policy");
        // Only where our own script speaks with authenticators does anything run, and only that.
        assert!(page.all("script:not([src^='/assets/passkeys.js?v='])").is_empty(), "{about}");
        let runs = !page.all("script").is_empty();
        assert_eq!(policy.contains("; script-src 'self'; connect-src 'self'"), runs, "{about}: {policy}");
    }
}

both! {
    /// A mail can't name a page that doesn't exist.
    async fn every_place_is_answered_and_guarded(world) {
        let nobody = Refusing::new();
        let issuer = format!("http://{}", nobody.address());
        let server = world.server_with(|config| offer(config, &issuer)).await;
        let mut browser = server.signed_in("alice").await;
        // No contact finds what is behind the staff's doors.
        let staff = [server.signed_in("carole").await, server.signed_in("oscar").await];
        let nowhere = browser.get("/no-such-page").await;
        assert_eq!(nowhere.status(), 404);
        assert_guarded(&nowhere, "/no-such-page");
        for place in Place::ALL.into_iter().filter(|place| !place.is_demo()) {
            let path = address(&world, place).await;
            let mut answers = vec![browser.clone().get(&path).await, browser.clone().post(&path, &[]).await];
            for browser in &staff {
                answers.push(browser.clone().get(&path).await);
            }
            for answer in &answers {
                assert_guarded(answer, &path);
                assert!(answer.status() < 500, "{path}: {}", answer.status());
            }
            assert!(answers.iter().any(|answer| answer.status() != 404), "{path} is routed nowhere");
        }
    }
}

both! {
    /// The operator's logo may lie elsewhere, and nothing else may come from there.
    async fn a_logo_that_lies_elsewhere_is_admitted_as_a_picture(world) {
        let logo = "https://www.example.com/logo.svg";
        let branded = world.server_with(|config| config.brand.logo = Some(Logo::parse(logo).unwrap())).await;
        let page = branded.browser().get("/login").await;
        assert!(page.text().contains(logo));
        assert!(page.header("content-security-policy").contains("img-src 'self' https://www.example.com data:;"));
        assert_eq!(page.header("content-security-policy").matches("www.example.com").count(), 1);
    }
}

both! {
    async fn refusals_and_errors_are_guarded_too(world) {
        for (path, status) in [
            ("/oauth2/authorize", 400),
            ("/oauth2/authorize?client_id=%00", 400),
            ("/oauth2/userinfo", 401),
            ("/account/sessions/end", 405),
            ("/login?interaction=not-an-interaction", 400),
            ("/%2e%2e/%2e%2e/etc/passwd", 404),
            ("/assets/..%2f..%2fCargo.toml", 404),
        ] {
            let answer = world.browser().get(path).await;
            assert_eq!(answer.status(), status, "{path}");
            assert_guarded(&answer, path);
        }
        let answer = world.browser().sign_in("eve", PASSWORD).await;
        assert_eq!(answer.status(), 403);
        assert_guarded(&answer, "a refusal");
        let answer = world.client("portal").token(&[]).await;
        assert_guarded(&answer, "the token endpoint");
    }
}

both! {
    async fn the_documents_of_discovery_name_only_endpoints_that_answer(world) {
        let mut browser = world.browser();
        let [openid, server] = [
            browser.get("/.well-known/openid-configuration").await,
            browser.get("/.well-known/oauth-authorization-server").await,
        ];
        assert_eq!((openid.status(), server.status()), (200, 200));
        let document = openid.json();
        assert_eq!(document["issuer"], ISSUER);
        assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));
        assert_eq!(document["response_types_supported"], serde_json::json!(["code"]));
        assert!(document["id_token_signing_alg_values_supported"].as_array().unwrap().contains(&"RS256".into()));
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
        for (name, value) in document.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let path = value.as_str().unwrap().strip_prefix(ISSUER).unwrap();
                let answers = [browser.get(path).await.status(), browser.post(path, &[]).await.status()];
                assert!(answers.iter().any(|status| ![404, 405].contains(status)), "{name}: {answers:?}");
            }
        }
        let keys = browser.get("/oauth2/jwks").await.json();
        for key in keys["keys"].as_array().unwrap() {
            assert!(key["kid"].is_string() && key["alg"].is_string() && key["use"] == "sig", "{key}");
            for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(key.get(private).is_none(), "{private} of a private key is published");
            }
        }
    }
}
