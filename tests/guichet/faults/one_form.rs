//! Fault 5: canonicalising per route. Names, addresses and redirect URIs have one form each, made at the door: every
//! spelling does the same at every door that takes one.

use crate::security::ANOTHER;
use crate::world::{PASSWORD, RelyingParty, Tokens, World, both};

/// Alice's name, as people and programs write it.
const SAME_NAME: [&str; 5] = [
    "alice@durand.example",
    "ALICE@Durand.Example",
    "  alice@durand.example ",
    "\u{ff41}lice@durand.example",
    "alice\u{ff20}durand.example",
];

/// What looks like it and isn't.
const OTHER_NAMES: [&str; 6] = [
    "\u{0430}lice@durand.example",
    "alice@durand.example.",
    "alice@durand",
    "alice+x@durand.example",
    "al ice@durand.example",
    "alice@durand.example\u{200b}",
];

both! {
    async fn every_spelling_of_a_name_signs_in(world) {
        for name in SAME_NAME {
            assert_eq!(world.browser().sign_in_as(name, PASSWORD).await.status(), 303, "{name}");
        }
        for name in OTHER_NAMES {
            assert_eq!(world.browser().sign_in_as(name, PASSWORD).await.status(), 401, "{name}");
        }
        let answer = world.browser().sign_in("alice@durand.example", &PASSWORD.to_uppercase()).await;
        assert_eq!(answer.status(), 401, "a password is not folded");
    }
}

both! {
    async fn every_spelling_of_a_name_counts_as_one(world) {
        for _ in 0..2 {
            for name in SAME_NAME {
                assert_eq!(world.browser().sign_in_as(name, "wrong").await.status(), 401, "{name}");
            }
        }
        for name in SAME_NAME {
            assert_eq!(world.browser().sign_in_as(name, PASSWORD).await.status(), 429, "{name}");
        }
    }
}

/// The address of somebody who is to join the staff, as operators write it.
const SAME_INVITED: [&str; 5] = [
    "\u{ff2e}ADIA\u{ff20}Guichet.example",
    "nadia@guichet.example",
    "NADIA@Guichet.Example",
    "  nadia@guichet.example ",
    "n\u{ff41}dia@guichet.example",
];

both! {
    /// R-DEL-6, R-ADM-9: all the spellings of an address are one account, and none of them takes a contact's or a
    /// colleague's.
    async fn every_spelling_of_an_address_is_invited_once_and_signs_in(world) {
        let mut oscar = world.signed_in("oscar").await;
        oscar.get("/staff/people").await;
        let csrf = oscar.csrf();
        let invite = async |email: &str| {
            let fields = [("csrf", csrf.as_str()), ("name", "Nadia Roux"), ("email", email), ("support_agent", "on")];
            oscar.clone().post("/staff/people", &fields).await.status()
        };
        for taken in SAME_NAME.iter().chain(&[
            "OSCAR@Guichet.Example",
            "\u{ff4f}scar@guichet.example",
            "oscar\u{ff20}guichet.example",
        ]) {
            assert_eq!(invite(taken).await, 422, "{taken}");
        }
        assert_eq!(invite(SAME_INVITED[0]).await, 303);
        for again in SAME_INVITED {
            assert_eq!(invite(again).await, 422, "{again}");
        }
        let (_, link) = world.last_mail("nadia@guichet.example").await;
        let mut nadia = world.browser();
        nadia.get(&link).await;
        let confirmed = nadia.submit("link-confirm", &[]).await;
        nadia.follow(confirmed).await;
        assert_eq!(nadia.submit("password-submit", &[("password", ANOTHER)]).await.status(), 303);
        for name in SAME_INVITED {
            assert_eq!(world.browser().sign_in_as(name, ANOTHER).await.header("location"), "/staff", "{name}");
        }
    }
}

both! {
    async fn every_spelling_of_a_name_finds_the_same_lines_of_the_trail(world) {
        world.signed_in("alice").await;
        let mut carole = world.signed_in("carole").await;
        for (names, found) in [(&SAME_NAME[..], true), (&OTHER_NAMES[..], false)] {
            for name in names {
                let account: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
                let page = carole.get(&format!("/staff/audit?account={account}")).await;
                assert_eq!((page.status(), page.text().contains("data-deed=")), (200, found), "{name}");
            }
        }
    }
}

/// Spellings of an address in nina's network, and of one that isn't.
const ADDRESSES: [(&str, bool); 6] = [
    ("192.0.2.7", true),
    ("::ffff:192.0.2.7", true),
    ("::ffff:c000:207", true),
    ("198.51.100.1", false),
    ("::ffff:198.51.100.1", false),
    ("::192.0.2.7", false),
];

async fn entered(world: &World) -> (crate::world::Browser, RelyingParty, Tokens) {
    let (mut nina, spa) = (world.browser().from("192.0.2.7"), world.client("demo-spa").from("192.0.2.7"));
    assert_eq!(nina.sign_in("nina", PASSWORD).await.status(), 303);
    let tokens = spa.enter(&mut nina).await;
    (nina, spa, tokens)
}

both! {
    /// R-RGT-6.
    async fn every_spelling_of_an_address_is_in_the_same_network_at_every_door(world) {
        let (nina, _, mut tokens) = entered(&world).await;
        let rs = world.client("demo-rs");
        for (address, inside) in ADDRESSES {
            let spa = world.client("demo-spa").from(address);
            assert_eq!(
                world.browser().from(address).sign_in("nina", PASSWORD).await.status() == 303,
                inside,
                "sign-in {address}"
            );
            assert_eq!(nina.clone().from(address).get("/account").await.status() == 200, inside, "page {address}");
            let authorized = nina.clone().from(address).open(&spa.ask().path()).await;
            assert_eq!(authorized.parameter("code").is_some(), inside, "authorize {address}");
            assert_eq!(spa.userinfo(&tokens.access).await.status() == 200, inside, "userinfo {address}");
            let told = rs.introspect(&tokens.access, &[("user_address", address)]).await;
            assert_eq!(told.json()["active"], inside, "introspection {address}");
            let refreshed = spa.refresh(&tokens.refresh).await;
            assert_eq!(refreshed.status() == 200, inside, "refresh {address}");
            if inside {
                tokens = Tokens::of(&refreshed);
            }
        }
    }
}

/// Spellings of the portal's address that a URL parser, a browser or a careless comparison takes for it.
const ALMOST: [&str; 12] =
    ["/", "?", "#", "%2F", "/.", "/../callback", ";x", "%00", "\u{200b}", "\\", "@evil.example", "\u{ff0f}"];

both! {
    /// RFC 9700 section 2.1: a redirect URI is compared as a text, and has no other spelling.
    async fn no_other_spelling_of_a_redirect_uri_is_taken_at_any_door(world) {
        let portal = world.client("portal");
        let mut browser = world.signed_in("alice").await;
        let code = portal.authorize(&mut browser).await;
        let spellings = ALMOST.iter().map(|end| format!("http://localhost:8090/callback{end}"));
        let whole = [
            "HTTP://localhost:8090/callback",
            "http://localhost.:8090/callback",
            "http://LocalHost:8090/callback",
            "http://localhost:08090/callback",
        ];
        for uri in spellings.chain(whole.map(str::to_owned)) {
            let asked = browser.get(&portal.ask().with("redirect_uri", &uri).path()).await;
            assert!(asked.status() == 400 && asked.location().is_none(), "{uri}");
            let mut fields = code.redemption();
            fields.retain(|(name, _)| *name != "redirect_uri");
            fields.push(("redirect_uri", &uri));
            let answer = portal.token(&fields).await;
            assert_eq!((answer.status(), answer.error().starts_with("invalid_")), (400, true), "{uri}");
        }
        portal.tokens(&code).await;
    }
}

/// Spellings of the address that the portal registered for after a sign-out.
const ALMOST_HOME: [&str; 14] = [
    "http://localhost:8090",
    "http://localhost:8090//",
    "http://localhost:8090/?",
    "http://localhost:8090/#",
    "http://localhost:8090/.",
    "http://localhost:8090/%2F",
    "http://localhost:8090/;x",
    "http://localhost:8090\\",
    "http://localhost:8090@evil.example/",
    "http://localhost:8090/\u{200b}",
    "HTTP://localhost:8090/",
    "http://LocalHost:8090/",
    "http://localhost.:8090/",
    "http://localhost:08090/",
];

both! {
    /// The hint proves the portal, and nobody has to be asked: only the address decides whether the browser is sent on.
    async fn no_other_spelling_of_a_post_logout_redirect_uri_is_taken(world) {
        let hint = world.client("portal").enter(&mut world.signed_in("alice").await).await.id;
        let leave = async |uri: &str| {
            let parameters = [
                ("id_token_hint", hint.as_str()),
                ("client_id", "portal"),
                ("post_logout_redirect_uri", uri),
                ("state", "s"),
            ];
            let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
            world.browser().get(&format!("/oauth2/logout?{query}")).await
        };
        for uri in ALMOST_HOME {
            let farewell = leave(uri).await;
            assert!(
                farewell.location().is_none() && farewell.shows("logged-out-title"),
                "{uri}: {:?}",
                farewell.location()
            );
        }
        assert_eq!(
            leave("http://localhost:8090/").await.header("location"),
            "http://localhost:8090/?state=s",
            "as it is registered"
        );
    }
}
