//! Fault 6: trusting forwarded headers. They count from configured proxies only, a chain that can't be read denies, and
//! a host that a request claims reaches no link, no redirect and no mail.

use guichet::base::{Networks, Place};

use crate::doors;
use crate::doors::probes::Probe;
use crate::world::{Answer, Browser, ISSUER, PASSWORD, World, both};

/// Everything that proxies write, and that attackers do.
const FORGED: [(&str, &str); 9] = [
    ("x-forwarded-for", "192.0.2.7"),
    ("forwarded", "for=192.0.2.7;host=evil.example;proto=https"),
    ("x-real-ip", "192.0.2.7"),
    ("x-client-ip", "192.0.2.7"),
    ("host", "evil.example"),
    ("x-forwarded-host", "evil.example"),
    ("x-original-host", "evil.example"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-port", "4443"),
];

fn forging(browser: Browser) -> Browser {
    FORGED.into_iter().fold(browser, |browser, (name, value)| browser.with(name, value))
}

/// Whether a text names the attacker's host, whole: random characters may spell a short word.
fn names_evil(text: &str) -> bool {
    text.contains("evil.example")
}

/// What is the same in two answers to the same request.
fn told(answer: &Answer) -> (u16, Option<String>, Vec<String>) {
    let flags = |cookie: &str| {
        [cookie.split('=').next().unwrap_or_default(), cookie.split_once(';').unwrap_or_default().1].concat()
    };
    (
        answer.status(),
        answer.location().map(|to| format!("{}{}", to.origin().ascii_serialization(), to.path())),
        answer.cookies().map(flags).collect(),
    )
}

/// How every door answers a right request, with these headers or without.
async fn answers(world: &World, changed: impl Fn(Browser) -> Browser) -> Vec<(&'static Probe, Answer)> {
    let mut answers = Vec::new();
    for (probe, browser, request) in doors::right_requests(world).await {
        answers.push((probe, changed(browser).send(request).await));
    }
    answers
}

both! {
    async fn without_a_trusted_proxy_no_door_looks_at_a_forwarded_header(world) {
        let (plain, forged) = (answers(&world, |browser| browser).await, answers(&world, forging).await);
        for ((probe, plain), (_, forged)) in plain.iter().zip(&forged) {
            assert_eq!(told(plain), told(forged), "{}", probe.line());
            assert!(!names_evil(&forged.text()) && !names_evil(forged.header("location")), "{}", probe.line());
        }
        let mut browser = forging(world.signed_in("alice").await);
        browser.get("/account").await;
        assert!(
            browser.get("/account/security").await.text().contains("127.0.0.1"),
            "the session was last used from there"
        );
    }
}

/// What anybody may read, whoever forwards it.
const DOCUMENTS: [Place; 6] =
    [Place::Language, Place::Jwks, Place::OpenidConfiguration, Place::ServerMetadata, Place::Healthz, Place::Readyz];

both! {
    async fn from_a_trusted_proxy_a_chain_that_can_not_be_read_denies_at_every_door(world) {
        let proxied = world
            .server_with(|config| config.http.trusted_proxies = Networks::parse("192.0.2.0/24, 127.0.0.0/8").unwrap())
            .await;
        for (probe, browser, request) in doors::right_requests(&world).await {
            let answer =
                proxied.taking_over(&browser).with("x-forwarded-for", "198.51.100.1, nonsense").send(request).await;
            let expected = if DOCUMENTS.contains(&probe.place) {
                [200, 303].contains(&answer.status())
            } else {
                answer.status() == 400
            };
            assert!(expected && answer.cookie("guichet_session").is_none(), "{}: {}", probe.line(), answer.status());
        }
        for chain in ["unknown", "192.0.2.7, nonsense", "192.0.2.7;", ",", "192.0.2.7:port", "[::1", "1.2.3", "0x7f.1"]
        {
            let answer = proxied.browser().with("x-forwarded-for", chain).get("/login").await;
            assert_eq!(answer.status(), 400, "{chain}");
        }
        let program = proxied.browser().with("accept", "application/json").with("x-forwarded-for", "nonsense");
        for place in ["/oauth2/token", "/oauth2/introspect", "/oauth2/userinfo"] {
            assert_eq!(
                program.clone().post(place, &[]).await.error(),
                "invalid_request",
                "{place}: in the form that programs read"
            );
        }
    }
}

both! {
    /// R-RGT-6 at each door that looks at the caller's address.
    async fn from_a_trusted_proxy_the_forwarded_address_is_the_callers_at_every_door(world) {
        let proxied =
            world.server_with(|config| config.http.trusted_proxies = Networks::parse("10.0.0.0/8").unwrap()).await;
        let behind = |browser: Browser, chain: &str| browser.from("10.1.2.3").with("x-forwarded-for", chain);
        let (hers, others) = ("203.0.113.9, 192.0.2.7, 10.9.9.9", "192.0.2.7, 203.0.113.9");
        let spa = proxied.client("demo-spa");
        let mut nina = behind(proxied.browser(), hers);
        assert_eq!(nina.sign_in("nina", PASSWORD).await.status(), 303);
        let code = spa.authorize(&mut nina).await;
        let redemption = [code.redemption(), vec![("client_id", "demo-spa")]].concat();
        let tokens =
            crate::world::Tokens::of(&behind(proxied.browser(), hers).post("/oauth2/token", &redemption).await);
        let refresh =
            [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str()), ("client_id", "demo-spa")];
        for (chain, open) in [(others, false), ("203.0.113.9", false), (hers, true)] {
            let userinfo =
                behind(proxied.browser(), chain).post("/oauth2/userinfo", &[("access_token", &tokens.access)]).await;
            assert_eq!(userinfo.status(), if open { 200 } else { 401 }, "{chain}");
            let refreshed = behind(proxied.browser(), chain).post("/oauth2/token", &refresh).await;
            assert_eq!(refreshed.status(), if open { 200 } else { 400 }, "{chain}");
            let page = behind(nina.clone(), chain).get("/account").await;
            assert_eq!(page.status(), if open { 200 } else { 403 }, "{chain}");
            let authorized = behind(nina.clone(), chain).open(&spa.ask().path()).await;
            assert_eq!(authorized.parameter("code").is_some(), open, "{chain}");
        }
    }
}

both! {
    /// Links and redirects come from the configured issuer, never from a request.
    async fn a_host_that_the_request_claims_reaches_no_link_and_no_redirect(world) {
        let portal = world.client("portal");
        for header in ["host", "x-forwarded-host", "forwarded", "x-original-host", "x-forwarded-proto"] {
            let value = if header == "forwarded" { "host=evil.example;proto=https" } else { "evil.example" };
            let mut browser = world.browser().with(header, value);
            let discovery = browser.get("/.well-known/openid-configuration").await;
            assert_eq!(discovery.json()["issuer"], ISSUER, "{header}");
            let page = browser.open(&portal.ask().path()).await;
            assert!(page.shows("login-submit"), "{header}: {:?}", page.location());
            assert!(!names_evil(&discovery.text()) && !names_evil(&page.text()), "{header}");
            assert_eq!(browser.give_password("alice", PASSWORD).await.status(), 303, "{header}");
        }
        assert!(world.mails().await.iter().all(|mail| !names_evil(&mail.text) && mail.text.contains(ISSUER)));
    }
}

both! {
    /// A forwarded address counts from a configured proxy only, and a chain that can't be read denies.
    async fn a_forwarded_address_counts_from_a_trusted_proxy_only(world) {
        let hers = |browser: Browser| browser.with("x-forwarded-for", "192.0.2.7");
        assert_eq!(hers(world.browser()).sign_in("nina", PASSWORD).await.status(), 403, "no proxy is trusted");

        let proxied =
            world.server_with(|config| config.http.trusted_proxies = Networks::parse("10.0.0.0/8").unwrap()).await;
        assert_eq!(hers(proxied.browser().from("10.1.2.3")).sign_in("nina", PASSWORD).await.status(), 303);
        assert_eq!(
            hers(proxied.browser().from("198.51.100.1")).sign_in("nina", PASSWORD).await.status(),
            403,
            "not a proxy"
        );
        let spoofed = proxied.browser().from("10.1.2.3").with("x-forwarded-for", "192.0.2.7, 198.51.100.1, 10.9.9.9");
        assert_eq!(spoofed.clone().sign_in("nina", PASSWORD).await.status(), 403, "the caller's own words");
        for chain in ["unknown", "192.0.2.7, nonsense", "192.0.2.7;", ","] {
            let answer = proxied.browser().from("10.1.2.3").with("x-forwarded-for", chain).get("/login").await;
            assert_eq!(answer.status(), 400, "{chain}");
        }
    }
}
