//! Staff who sign in at the vendor's own OpenID provider: a second Guichet vouches for them, and whatever a forged
//! answer says is refused. It leads to accounts of staff only (R-DEL-6).

mod whose;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::base::{Email, StaffRole};
use guichet::staff;
use guichet::staff::{Invitation, Invited, InvitedBy};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::world::upstream::{Begun, CLIENT, Forger, SECRET, offer};
use crate::world::{Answer, Browser, PASSWORD, Server, World, both, forge, public_key, sign, signing_input};

const NADIA: &str = "nadia@vendor.example";

impl World {
    /// Somebody is invited who has never been here.
    async fn invites(&self, email: &str) {
        let invited = Invited {
            name: "Nadia Roux".to_owned(),
            email: Email::parse(email).unwrap(),
            roles: [StaffRole::CustomerService].into(),
        };
        let invitation = self.as_operator(async |tx| staff::invite(tx, &invited, InvitedBy::Nothing).await).await;
        assert!(matches!(invitation, Invitation::Made(_)), "{invitation:?}");
    }

    /// Whether somebody is one of the staff.
    async fn employs(&self, email: &str) -> bool {
        let email = Email::parse(email).unwrap();
        self.app.look(async |view| staff::by_email(&mut view.db, &email).await).await.unwrap().is_some()
    }
}

/// Signs in at the forger, who answers these claims, bent.
async fn arrive(server: &Server, forger: &Forger, (email, bend): (&str, impl FnOnce(&mut Value))) -> (Browser, Answer) {
    let mut browser = server.browser();
    let begun = Begun::by(&mut browser).await;
    let mut claims = forger.claims(&begun.parameter("nonce"), email);
    bend(&mut claims);
    forger.claim(&claims);
    let answer = begun.arrive(&mut browser).await;
    (browser, answer)
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, about: &str) {
    assert_eq!(answer.status(), status, "{about}: {}", answer.text());
    assert!(answer.cookie("guichet_session").is_none(), "{about}");
    assert!(answer.shows("error-title"), "{about}");
}

/// A change to claims that were right.
type Bend = fn(&mut Value);

both! {
    /// A second Guichet is the provider: it keeps the mailbox to UserInfo, as ours do.
    async fn staff_sign_in_through_a_second_guichet(world) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let elsewhere = World::on(world.database().kind()).await.unwrap();
        let provider = elsewhere
            .server_with(|config| {
                config.issuer.clone_from(&issuer);
                config.clients.push(counter());
            })
            .await;
        provider.listen(listener);
        elsewhere.employ_at_durand().await;
        world.invites(NADIA).await;
        let server = world.server_with(|config| offer(config, &issuer)).await;

        let mut browser = server.browser();
        let begun = Begun::by(&mut browser).await;
        let mut there = provider.browser();
        let asked = there.get(&begun.sent_to[url::Position::BeforePath..]).await;
        walk(&mut there, asked).await;
        let signed_in = there.give_password(NADIA, PASSWORD).await;
        let consent = walk(&mut there, signed_in).await;
        assert!(consent.shows("consent-allow"), "{}", consent.text());
        let allowed = there.submit("consent-allow", &[]).await;
        let back = walk(&mut there, allowed).await.location().unwrap();
        let answer = browser.get(&back[url::Position::BeforePath..]).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/staff"), "{}", answer.text());
        assert_eq!(browser.get("/staff/contacts").await.status(), 200);
        assert_eq!(browser.get("/staff/people").await.status(), 403);

        let replayed = server.browser().get(&back[url::Position::BeforePath..]).await;
        is_refused(&replayed, 400, "another browser");
        is_refused(&browser.get(&back[url::Position::BeforePath..]).await, 400, "the same answer again");
    }
}

/// Goes on where answers send it, at a server that isn't where the others are.
async fn walk(browser: &mut Browser, mut answer: Answer) -> Answer {
    while answer.header("location").starts_with('/') {
        answer = browser.get(answer.header("location")).await;
    }
    answer
}

fn counter() -> guichet::relying_party::Settings {
    let text = format!(
        "id = \"{CLIENT}\"\nname = \"Counter\"\nsecret = \"{SECRET}\"\nscope = [\"openid\", \"profile\", \"email\"]\n\
         redirect_uris = [\"{}/login/upstream/callback\"]",
        crate::world::ISSUER
    );
    toml::from_str(&text).unwrap()
}

impl World {
    /// Nadia has an account here, as a contact of Durand Télécom.
    async fn employ_at_durand(&self) {
        let header =
            "company_ref,ref,last_name,first_name,email,phone,mobile,type,title,language,newsletter,branch,active";
        self.import(&format!("{header}\nC-1001,D-NADIA,Roux,Nadia,{NADIA},+33 1 00 00 00 00,,,,fr,no,,yes\n")).await;
        self.gives_account("D-NADIA", NADIA).await;
    }
}

both! {
    async fn a_token_that_is_right_lets_the_invited_in(world) {
        let forger = Forger::start().await;
        world.invites(NADIA).await;
        let server = world.server_with(|config| forger.configure(config)).await;
        let (mut browser, answer) = arrive(&server, &forger, (NADIA, |_| {})).await;
        assert_eq!((answer.status(), answer.header("location")), (303, "/staff"), "{}", answer.text());
        assert_eq!(browser.get("/staff/contacts").await.status(), 200);
        // UserInfo says it where the ID token doesn't.
        forger.tell(json!({ "sub": format!("sub-of-{NADIA}"), "email": NADIA, "email_verified": true }));
        let (_, answer) = arrive(&server, &forger, (NADIA, |claims| without(claims, "email"))).await;
        assert_eq!(answer.status(), 303, "{}", answer.text());
        assert!(world.browser().get("/login/upstream").await.status() == 404, "offered nowhere else");
    }
}

both! {
    /// RFC 7519 sections 2 and 4.1.3; Apple's and Amazon's providers write `email_verified` as a text.
    async fn a_token_is_read_as_widely_as_its_specifications(world) {
        let forger = Forger::start().await;
        world.invites(NADIA).await;
        let server = world.server_with(|config| forger.configure(config)).await;
        let halves = |claims: &mut Value| {
            for time in ["exp", "iat", "auth_time"] {
                claims[time] = json!(f64::from(u32::try_from(claims[time].as_i64().unwrap()).unwrap()) - 0.5);
            }
        };
        let spellings: [(&str, Bend); 5] = [
            ("a list of audiences", |claims| claims["aud"] = json!([CLIENT])),
            ("given to us", |claims| claims["azp"] = json!(CLIENT)),
            ("times with a fraction", halves),
            ("a boolean as text", |claims| claims["email_verified"] = json!("true")),
            ("what is unknown", |claims| claims["nothing-we-know"] = json!([{ "x": null }])),
        ];
        for (about, bend) in spellings {
            let (_, answer) = arrive(&server, &forger, (NADIA, bend)).await;
            assert_eq!(answer.status(), 303, "{about}: {}", answer.text());
        }
        for typ in ["jwt", "application/JWT"] {
            let mut browser = server.browser();
            let begun = Begun::by(&mut browser).await;
            let claims = forger.claims(&begun.parameter("nonce"), NADIA);
            forger.say(&sign("ES256", &json!({ "alg": "ES256", "kid": "ES256", "typ": typ }), &claims));
            assert_eq!(begun.arrive(&mut browser).await.status(), 303, "{typ}");
        }
    }
}

both! {
    /// With `e` = 1 everybody can sign for the provider, and under a point of small order too.
    async fn a_key_that_anybody_could_sign_with_vouches_for_nobody(world) {
        let forger = Forger::start().await;
        world.invites(NADIA).await;
        let mut trivial = public_key("RS256");
        (trivial["e"], trivial["kid"]) = (json!("AQ"), json!("trivial"));
        let mut identity = public_key("EdDSA");
        (identity["x"], identity["kid"]) = (json!(format!("AQ{}", "A".repeat(41))), json!("identity"));
        let modulus = URL_SAFE_NO_PAD.decode(trivial["n"].as_str().unwrap()).unwrap().len();
        forger.publish(&[trivial, identity, public_key("ES256")]);
        let server = world.server_with(|config| forger.configure(config)).await;
        for alg in ["RS256", "EdDSA"] {
            let mut browser = server.browser();
            let begun = Begun::by(&mut browser).await;
            let claims = forger.claims(&begun.parameter("nonce"), NADIA);
            let header = json!({ "alg": alg, "kid": if alg == "EdDSA" { "identity" } else { "trivial" } });
            let padded = padded_digest(&signing_input(&header, &claims), modulus);
            // Under the neutral point R is neutral, s is 0, and that fits every message.
            let neutral = [&[1][..], &[0; 63]].concat();
            forger.say(&forge(&header, &claims, if alg == "EdDSA" { &neutral } else { &padded }));
            is_refused(&begun.arrive(&mut browser).await, 403, alg);
        }
        let (_, answer) = arrive(&server, &forger, (NADIA, |_| {})).await;
        assert_eq!(answer.status(), 303, "the sound key beside them counts: {}", answer.text());
    }
}

/// What a signature by an RSA key is before it is raised to a power (RFC 8017 section 9.2).
fn padded_digest(message: &str, length: usize) -> Vec<u8> {
    let info = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let digest = openssl::sha::sha256(message.as_bytes());
    let padding = vec![0xff; length - 3 - info.len() - digest.len()];
    [&[0, 1][..], &padding, &[0], info, &digest].concat()
}

fn without(claims: &mut Value, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

both! {
    /// OpenID Connect Core section 3.1.3.7, each rule alone broken.
    async fn every_tampered_token_is_refused(world) {
        let forger = Forger::start().await;
        world.invites(NADIA).await;
        let server = world.server_with(|config| forger.configure(config)).await;
        let bends: [(&str, Bend); 16] = [
            ("another audience", |claims| claims["aud"] = json!("somebody-else")),
            ("one more audience", |claims| claims["aud"] = json!([CLIENT, "somebody-else"])),
            ("no audience", |claims| without(claims, "aud")),
            ("given to another client", |claims| claims["azp"] = json!("somebody-else")),
            ("another nonce", |claims| claims["nonce"] = json!("another")),
            ("no nonce", |claims| without(claims, "nonce")),
            ("another issuer", |claims| claims["iss"] = json!("https://evil.example")),
            ("an expired token", |claims| claims["exp"] = json!(1_000_000_000)),
            ("no expiry", |claims| without(claims, "exp")),
            ("an unverified email", |claims| claims["email_verified"] = json!(false)),
            ("an email nobody verified", |claims| without(claims, "email_verified")),
            ("an email that a word says isn't verified", |claims| claims["email_verified"] = json!("false")),
            ("an email verified by another word", |claims| claims["email_verified"] = json!("yes")),
            ("an email that is two", |claims| claims["email"] = json!("nadia@vendor.example,eve@evil.example")),
            ("no subject", |claims| without(claims, "sub")),
            ("another's UserInfo", |claims| without(claims, "email")),
        ];
        forger.tell(json!({ "sub": "somebody-else", "email": NADIA, "email_verified": true }));
        for (about, bend) in bends {
            let (mut browser, answer) = arrive(&server, &forger, (NADIA, bend)).await;
            is_refused(&answer, 403, about);
            assert!(answer.shows("error-reference"), "{about}");
            assert_eq!(browser.get("/staff").await.header("location"), "/login", "{about}");
        }
        assert!(!world.employs("eve@evil.example").await);
    }
}

both! {
    async fn a_signature_that_does_not_fit_is_refused_whatever_the_header_says(world) {
        let forger = Forger::start().await;
        world.invites(NADIA).await;
        let server = world.server_with(|config| forger.configure(config)).await;
        let tokens: [fn(&Value) -> String; 6] = [
            |claims| forge(&json!({ "alg": "ES256", "kid": "ES256" }), claims, &[7; 64]),
            |claims| forge(&json!({ "alg": "none" }), claims, b""),
            |claims| sign("ES256", &json!({ "alg": "RS256", "kid": "ES256" }), claims),
            |claims| sign("RS256", &json!({ "alg": "RS256", "kid": "ES256" }), claims),
            |claims| sign("RS256", &json!({ "alg": "RS256", "kid": "RS256" }), claims),
            |claims| {
                let mut mac = openssl_mac(&signing_input(&json!({ "alg": "HS256" }), claims));
                let token = forge(&json!({ "alg": "HS256" }), claims, &mac);
                mac.clear();
                token
            },
        ];
        for (number, token) in tokens.into_iter().enumerate() {
            let mut browser = server.browser();
            let begun = Begun::by(&mut browser).await;
            forger.say(&token(&forger.claims(&begun.parameter("nonce"), NADIA)));
            is_refused(&begun.arrive(&mut browser).await, 403, &format!("token {number}"));
        }
    }
}

/// What a provider that shares our secret would sign with.
fn openssl_mac(text: &str) -> Vec<u8> {
    let key = openssl::pkey::PKey::hmac(SECRET.as_bytes()).unwrap();
    let mut signer = openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &key).unwrap();
    signer.update(text.as_bytes()).unwrap();
    signer.sign_to_vec().unwrap()
}

both! {
    /// Once, in the browser that began it, in time, from the provider that was asked.
    async fn an_answer_counts_once_in_its_own_browser(world) {
        let forger = Forger::start().await;
        world.invites(NADIA).await;
        let server = world.server_with(|config| forger.configure(config)).await;
        let mut browser = server.browser();
        let begun = Begun::by(&mut browser).await;
        forger.claim(&forger.claims(&begun.parameter("nonce"), NADIA));
        let mut stranger = server.browser();
        stranger.get("/login").await;
        is_refused(&begun.arrive(&mut stranger).await, 400, "another browser");
        let twice = format!("{}&code=another", begun.callback());
        is_refused(&browser.clone().get(&twice).await, 400, "two codes");
        assert_eq!(begun.arrive(&mut browser).await.status(), 303);
        is_refused(&begun.arrive(&mut browser).await, 400, "the same answer again");
        for path in [
            "/login/upstream/callback",
            "/login/upstream/callback?code=x",
            "/login/upstream/callback?code=x&state=unknown",
        ] {
            is_refused(&browser.get(path).await, 400, path);
        }

        let mut browser = server.browser();
        let begun = Begun::by(&mut browser).await;
        forger.claim(&forger.claims(&begun.parameter("nonce"), NADIA));
        let mixed_up = format!("{}&iss=https%3A%2F%2Fevil.example", begun.callback());
        is_refused(&browser.get(&mixed_up).await, 403, "another issuer answered (RFC 9207)");

        let mut browser = server.browser();
        let begun = Begun::by(&mut browser).await;
        let denied = begun.callback().replace("code=a-code", "error=access_denied");
        is_refused(&browser.get(&denied).await, 403, "the provider refused");

        let mut browser = server.browser();
        let begun = Begun::by(&mut browser).await;
        forger.claim(&forger.claims(&begun.parameter("nonce"), NADIA));
        world.advance("16min");
        is_refused(&begun.arrive(&mut browser).await, 400, "too late");
    }
}
