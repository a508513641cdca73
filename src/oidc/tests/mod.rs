//! The doors together, through the router: one person, one confidential and one public relying party.

mod world;

use axum::http::{Request, StatusCode};

use crate::base::actor::Who;
use crate::base::{Actor, Life};
use crate::store;

use world::{ASKED, VERIFIER, World, claims};

#[tokio::test]
async fn a_remembered_person_is_answered_at_once_and_the_tokens_say_who_they_are() {
    for mut world in World::each().await {
        world.sign_in().await;
        world.consent("openid email company rights").await;
        let answer = world.authorize("").await;
        assert_eq!(
            (answer.parameter("state").as_deref(), answer.parameter("iss").as_deref()),
            (Some("s 1"), Some("http://localhost:8080"))
        );
        let code = answer.parameter("code").unwrap();
        let wrong = world.redeem(&code, &"w".repeat(43)).await;
        assert_eq!((wrong.status, wrong.json()["error"].as_str()), (StatusCode::BAD_REQUEST, Some("invalid_grant")));
        let redeemed = world.redeem(&code, VERIFIER).await;
        assert_eq!(
            (redeemed.status, redeemed.header("cache-control"), redeemed.header("pragma")),
            (StatusCode::OK, "no-store", "no-cache")
        );
        let tokens = redeemed.json();
        assert_eq!(
            (tokens["scope"].as_str(), tokens["expires_in"].as_i64()),
            (Some("openid email company rights"), Some(300))
        );
        let (id, access) = (claims(&tokens["id_token"]), claims(&tokens["access_token"]));
        assert_eq!(
            (id["aud"].as_str(), id["nonce"].as_str(), id.get("auth_time"), id.get("email")),
            (Some("web"), Some("n"), None, None)
        );
        assert_eq!(
            (access["aud"].as_str(), access["client_id"].as_str()),
            (Some("http://localhost:8080"), Some("web"))
        );
        let info = world.userinfo(&tokens["access_token"]).await.json();
        assert_eq!((info["email"].as_str(), info.get("name")), (Some("alice@durand.example"), None));
        for claims in [&id, &access, &info] {
            assert_eq!(
                (claims["company"]["ref"].as_str(), claims["access_profile"].as_str()),
                (Some("C-1"), Some("limited"))
            );
            assert_eq!(
                (&claims["roles"], &claims["entitlements"]),
                (&serde_json::json!(["tickets"]), &serde_json::json!([]))
            );
        }
        assert_eq!(
            world.userinfo(&tokens["id_token"]).await.status,
            StatusCode::UNAUTHORIZED,
            "an ID token opens nothing"
        );
        assert_eq!(world.redeem(&code, VERIFIER).await.json()["error"], "invalid_grant");
        let ended = world.userinfo(&tokens["access_token"]).await;
        assert_eq!(
            (ended.status, ended.header("www-authenticate").contains("invalid_token")),
            (StatusCode::UNAUTHORIZED, true),
            "a replay ends all"
        );
    }
}

#[tokio::test]
async fn each_step_leads_back_to_the_dispatcher() {
    for mut world in World::each().await {
        let login = world.authorize("").await.location();
        assert_eq!(login.path(), "/login");
        let interaction = format!("/oauth2/authorize?{}", login.query().unwrap());
        world.sign_in().await;
        let consent = world.get(&interaction).await.location();
        assert_eq!(consent.path(), "/login/consent");
        let page = world.get(&format!("{}?{}", consent.path(), consent.query().unwrap())).await;
        assert!(
            page.body.contains("consent-allow")
                && page.header("content-security-policy").contains("https://web.example"),
            "{}",
            page.body
        );
        world.consent("openid email company rights").await;
        let answer = world.get(&interaction).await;
        assert!(
            answer.parameter("code").is_some() && answer.location().as_str().starts_with("https://web.example/cb?")
        );
        world.app.clock.advance(Life::minutes(2));
        assert_eq!(world.get(&interaction).await.status, StatusCode::BAD_REQUEST, "answered and gone");
    }
}

#[tokio::test]
async fn a_form_from_another_site_is_taken_up_by_the_browser_that_follows() {
    for mut world in World::each().await {
        world.sign_in().await;
        world.consent("openid email company rights").await;
        let cookies = std::mem::take(&mut world.cookies);
        let posted = world.post("/oauth2/authorize", ASKED.to_owned()).await;
        assert_eq!((posted.status, posted.headers.contains_key("set-cookie")), (StatusCode::SEE_OTHER, false));
        let interaction = format!("{}?{}", posted.location().path(), posted.location().query().unwrap());
        world.cookies = cookies;
        assert!(world.get(&interaction).await.parameter("code").is_some());
        world.cookies = vec![("guichet_browser", "another-browser-of-the-tests".to_owned())];
        assert_eq!(world.get(&interaction).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn prompt_and_max_age_are_honoured_and_none_never_shows_a_page() {
    for mut world in World::each().await {
        assert_eq!(world.authorize("&prompt=none").await.parameter("error").as_deref(), Some("login_required"));
        world.sign_in().await;
        assert_eq!(world.authorize("&prompt=none").await.parameter("error").as_deref(), Some("consent_required"));
        world.consent("openid email company rights").await;
        assert!(world.authorize("&prompt=none").await.parameter("code").is_some());
        for (again, page) in [("&prompt=login", "/login"), ("&max_age=0", "/reauthenticate")] {
            world.app.clock.advance(Life::seconds(5));
            let login = world.authorize(again).await.location();
            assert_eq!(login.path(), page, "{again}");
            world.app.clock.advance(Life::seconds(5));
            world.sign_in().await;
            assert!(
                world.get(&format!("/oauth2/authorize?{}", login.query().unwrap())).await.parameter("code").is_some(),
                "{again}"
            );
        }
        let code = world.authorize("&max_age=3600").await.parameter("code").unwrap();
        let tokens = world.redeem(&code, VERIFIER).await.json();
        assert!(claims(&tokens["id_token"])["auth_time"].is_i64());
    }
}

#[tokio::test]
async fn nothing_outlives_the_access_it_hangs_from() {
    for mut world in World::each().await {
        let tokens = world.tokens().await;
        let code = world.authorize("").await.parameter("code").unwrap();
        assert_eq!(world.userinfo(&tokens["access_token"]).await.status, StatusCode::OK);
        let by = Actor::of(Who::Operator);
        world
            .app
            .act(by, async |tx| store::execute!(tx.db, "update companies set blocked_at = $1", tx.now))
            .await
            .unwrap();
        assert_eq!(world.userinfo(&tokens["access_token"]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(world.redeem(&code, VERIFIER).await.json()["error"], "invalid_grant");
        assert_eq!(world.authorize("&prompt=none").await.parameter("error").as_deref(), Some("access_denied"));
    }
}

#[tokio::test]
async fn a_sign_out_asks_unless_the_hint_fits_and_returns_to_registered_addresses_only() {
    for mut world in World::each().await {
        let tokens = world.tokens().await;
        let asked = world.get("/oauth2/logout?post_logout_redirect_uri=https://web.example/bye&state=x").await;
        assert!(asked.body.contains("logout-confirm"), "{}", asked.body);
        let hinted = format!(
            "/oauth2/logout?id_token_hint={}&state=x&post_logout_redirect_uri=",
            tokens["id_token"].as_str().unwrap()
        );
        let left = world.get(&format!("{hinted}https://web.example/bye")).await;
        assert_eq!(left.location().as_str(), "https://web.example/bye?state=x");
        assert!(left.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(world.userinfo(&tokens["access_token"]).await.status, StatusCode::UNAUTHORIZED);
        let elsewhere = world.get(&format!("{hinted}https://evil.example/")).await;
        assert!(elsewhere.status == StatusCode::OK && elsewhere.body.contains("logged-out-title"));
    }
}

#[tokio::test]
async fn what_anybody_may_read_is_cached_and_scripts_are_let_in_by_origin() {
    for world in World::each().await {
        let metadata = world.get("/.well-known/openid-configuration").await;
        assert_eq!(metadata.body, world.get("/.well-known/oauth-authorization-server").await.body);
        assert_eq!(
            (metadata.json()["issuer"].as_str(), metadata.header("cache-control")),
            (Some("http://localhost:8080"), "public, max-age=300")
        );
        assert_eq!(world.get("/oauth2/jwks").await.json()["keys"].as_array().unwrap().len(), 2);
        for (origin, admitted) in
            [("https://spa.example", "https://spa.example"), ("https://evil.example", ""), ("null", "")]
        {
            let preflight = Request::options("/oauth2/token")
                .header("origin", origin)
                .header("access-control-request-method", "POST");
            let answer = world.send(preflight, String::new()).await;
            assert_eq!(
                (answer.status, answer.header("access-control-allow-origin")),
                (StatusCode::NO_CONTENT, admitted)
            );
        }
        let plain =
            world.send(Request::post("/oauth2/token").header("authorization", "Basic eDp5"), "{}".to_owned()).await;
        assert_eq!(
            (plain.status, plain.json()["error"].as_str(), plain.header("cache-control")),
            (StatusCode::BAD_REQUEST, Some("invalid_request"), "no-store")
        );
        let unknown = world.post("/oauth2/token", "grant_type=password&client_id=spa".to_owned()).await;
        assert_eq!(unknown.json()["error"], "unsupported_grant_type");
        assert_eq!(world.get("/oauth2/userinfo").await.header("www-authenticate"), "Bearer realm=\"guichet\"");
    }
}
