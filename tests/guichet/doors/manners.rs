//! The manners of every route, whoever comes: which methods it takes, what it says of caches, frames and other sites'
//! scripts.

use axum::body::Body;
use axum::http::Request;
use guichet::base::Place;

use super::{Table, address, ask, assert_reviewed, methods};
use crate::world::{Answer, Browser, World, both};

/// What the columns say.
const HEADERS: [&str; 7] = ["methods", "HEAD", "OPTIONS", "preflight", "scripts of", "cache", "framing"];

async fn preflight(browser: &Browser, path: &str, origin: &str) -> Answer {
    let request = Request::builder()
        .method("OPTIONS")
        .uri(path)
        .header("origin", origin)
        .header("access-control-request-method", "POST");
    browser.clone().send(request.body(Body::empty()).unwrap()).await
}

/// Whose scripts may read what this door answers.
async fn readers(browser: &Browser, method: &str, path: &str) -> &'static str {
    let mut whose = Vec::new();
    for origin in ["http://localhost:8090", "https://evil.example"] {
        let answer = ask(&mut browser.clone().with("origin", origin), method, path).await;
        let (allowed, cookies) =
            (answer.header("access-control-allow-origin"), answer.header("access-control-allow-credentials"));
        assert!(["", "*", origin].contains(&allowed) && cookies.is_empty(), "{path}: {allowed} {cookies}");
        whose.push(allowed.to_owned());
    }
    match [whose[0].as_str(), whose[1].as_str()] {
        ["*", "*"] => "anybody",
        ["http://localhost:8090", ""] => "relying parties",
        ["", ""] => "nobody else",
        other => panic!("{path}: {other:?}"),
    }
}

fn framing(answers: &[Answer]) -> &'static str {
    let refuses = |answer: &Answer| {
        answer.header("x-frame-options") == "DENY"
            && answer.header("content-security-policy").contains("frame-ancestors 'none'")
    };
    if answers.iter().all(refuses) { "refused" } else { "ALLOWED" }
}

async fn line(world: &World, place: Place) -> Vec<String> {
    let (path, methods, browser) = (address(world, place).await, methods(world, place).await, world.browser());
    let mut answers = Vec::new();
    for method in ["HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "GET", "POST"] {
        let answer = ask(&mut browser.clone(), method, &path).await;
        assert_eq!(
            answer.status() == 405,
            !methods.iter().any(|taken| taken == method),
            "{method} {path}: {}",
            answer.status()
        );
        assert!(answer.status() < 500 && answer.header("x-content-type-options") == "nosniff", "{method} {path}");
        if answer.status() == 405 {
            let mut said: Vec<_> = answer.header("allow").split(',').map(|method| method.trim().to_owned()).collect();
            said.sort();
            assert_eq!(said, methods, "{method} {path}");
        }
        if method == "HEAD" {
            assert_eq!(answer.text(), "", "{path}");
        }
        answers.push(answer);
    }
    let taken = if methods.iter().any(|method| method == "GET") { "GET" } else { "POST" };
    let answer = &answers[if taken == "GET" { 5 } else { 6 }];
    vec![
        methods.join(" "),
        answers[0].status().to_string(),
        answers[1].status().to_string(),
        preflight(&browser, &path, "http://localhost:8090").await.status().to_string(),
        readers(&browser, taken, &path).await.to_owned(),
        answer.header("cache-control").replace("max-age=31536000, immutable", "for good"),
        framing(&answers).to_owned(),
    ]
}

both! {
    async fn every_route_has_the_manners_of_the_table(world) {
        let mut table = Table::new(&[44, 18, 6, 9, 11, 17, 24, 8], &HEADERS);
        for place in Place::ALL.into_iter().filter(|place| !place.is_demo()) {
            table.line(place.path(), line(&world, place).await);
        }
        assert_reviewed(&table.text, "doors/manners.golden.txt");
    }
}

both! {
    /// RFC 9110 section 9.2.1. Whoever looks at a link, as mail scanners and chats do, asks by HEAD.
    async fn a_head_has_no_effect(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let tokens = portal.enter(&mut browser).await;
        for path in [
            portal.ask().path(),
            format!("/oauth2/logout?id_token_hint={}", tokens.id),
            "/account".to_owned(),
            "/login".to_owned(),
        ] {
            let answer = ask(&mut browser.clone(), "HEAD", &path).await;
            assert!(
                answer.location().is_none_or(|to| to.path() == "/account") && answer.cookies().next().is_none(),
                "{path:.40}: {:?}",
                answer.location()
            );
        }
        assert_eq!(portal.userinfo(&tokens.access).await.status(), 200, "the session goes on");
    }
}
