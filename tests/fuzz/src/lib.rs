//! What parses texts from outside, each as a function that any bytes may be thrown at: it panics where a promise is
//! broken. Fuzz targets call them with coverage, the gate with a few thousand inputs.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guichet::base::redirect_uri::origin;
use guichet::base::{Address, Clock, Email, Language, Life, Lifetimes, Networks, RedirectUri, SignInName, Timestamp};
use guichet::directory::import;
use guichet::keys::{Algorithm, Keyring, Keys, MasterKey, TokenType};
use guichet::oidc::parameters::Parameters;
use guichet::relying_party::assertion::{Assertion, Here};
use guichet::relying_party::{PublicKeys, RelyingParties};
use guichet::store::{Settings, Store};
use serde_json::{Map, Value, json};
use url::{Host, Url};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Tokens: nothing passes but what the ring itself signed, as the type it was signed for. Three lines are a header,
/// claims and a signature, not encoded yet; `@ES256@` and `@RS256@` stand for the names of the keys.
pub fn jose(input: &[u8]) {
    let (ring, kids) = ring();
    let (header, rest) = input.split_at(input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len()));
    let mut named = String::from_utf8_lossy(header).into_owned();
    for (alg, kid) in kids {
        named = named.replace(&format!("@{alg}@"), kid);
    }
    let made = compact(&[named.as_bytes(), rest].concat());
    for token in [String::from_utf8_lossy(input).as_ref(), &made] {
        for typ in [TokenType::Access, TokenType::Id] {
            assert!(ring.verify_hint(token, typ).is_err(), "a forgery passes: {token}");
        }
    }
    let claims = input.split(|byte| *byte == b'\n').nth(1).unwrap_or_default();
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(claims) else { return };
    let token = ring.sign(Algorithm::Es256, TokenType::Access, &claims).unwrap();
    assert!(ring.verify_hint(&token, TokenType::Id).is_err(), "an access token passes as an ID token: {token}");
    if let Ok(read) = ring.verify(&token, TokenType::Access, NOW) {
        assert!(read.keys().eq(claims.keys()), "{read:?} was {claims:?}");
        assert!(read["exp"].as_i64().unwrap() > NOW.seconds());
    }
}

/// A compact JWS of three lines: a header, claims and a signature.
fn compact(lines: &[u8]) -> String {
    let mut lines = lines.splitn(3, |byte| *byte == b'\n');
    [(); 3].map(|()| URL_SAFE_NO_PAD.encode(lines.next().unwrap_or_default())).join(".")
}

/// Client assertions: none that the client didn't sign proves anything. The lines are as in `jose`; what is JSON may be
/// a key set, too.
pub fn assertion(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let here = Here {
        issuer: "http://localhost:8080",
        token_endpoint: "http://localhost:8080/oauth2/token",
        now: NOW,
        longest: Life::seconds(600),
    };
    let party = parties().find("app").unwrap();
    for token in [text.as_ref(), &compact(input)] {
        if let Ok(assertion) = Assertion::read(token) {
            assert!(assertion.prove(&party, here).is_err(), "a forgery passes: {token}");
        }
    }
    if let Ok(set) = serde_json::from_slice::<Value>(input) {
        let _ = PublicKeys::parse(&set);
    }
}

/// A client whose private key is nowhere near.
fn parties() -> &'static RelyingParties {
    static PARTIES: OnceLock<RelyingParties> = OnceLock::new();
    PARTIES.get_or_init(|| {
        let set: Value = serde_json::from_str(include_str!("../seeds/assertion/keys")).unwrap();
        let client =
            json!({ "id": "app", "name": "App", "redirect_uris": [], "jwks": set, "legacy_assertion_audience": true });
        RelyingParties::new(&[serde_json::from_value(client).unwrap()]).unwrap()
    })
}

/// Keys, and the members of each public one.
type Ring = (std::sync::Arc<Keyring>, Vec<(String, String)>);

/// Keys of a fresh database, and what they are called by algorithm.
fn ring() -> &'static Ring {
    static RING: OnceLock<Ring> = OnceLock::new();
    RING.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ring = runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite:{}", folder.path().join("keys.db").display());
            let store = Store::open(&Settings { url, ..Settings::default() }).await.unwrap();
            store.prepare().await.unwrap();
            let master = MasterKey::create(&folder.path().join("master.key")).unwrap();
            Keys::open(&store, master, &Clock::System, &Lifetimes::default()).await.unwrap().ring()
        });
        let published: Value = serde_json::from_str(ring.jwks()).unwrap();
        let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
        let kids =
            published["keys"].as_array().unwrap().iter().map(|key| (text(key, "alg"), text(key, "kid"))).collect();
        (ring, kids)
    })
}

/// Redirect URIs, a registered one and a presented one on two lines: whatever is admitted is the same but for a
/// loopback port, and no origin could end a directive of a content security policy.
pub fn redirect_uri(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (registered, presented) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(known) = RedirectUri::parse(registered) else { return };
    assert!(known.admits(registered));
    if let Some(origin) = origin(registered) {
        assert!(!origin.contains([';', ',', '\'', '"', ' ', '\r', '\n']), "{origin:?} of {registered:?}");
    }
    if known.admits(presented) && presented != registered {
        let [registered, presented] = [registered, presented].map(|uri| {
            let mut url = Url::parse(uri).unwrap();
            let loopback = match url.host() {
                Some(Host::Ipv4(address)) => address.is_loopback(),
                Some(Host::Ipv6(address)) => address.is_loopback(),
                Some(Host::Domain(_)) | None => false,
            };
            assert!(loopback && url.scheme() == "http", "{uri}");
            url.set_port(None).unwrap();
            url
        });
        assert_eq!(registered, presented);
    }
}

/// Queries and forms: what is read is what the URL standard reads, without NUL, empty values and repeated names.
pub fn parameters(input: &[u8]) {
    let Ok(read) = Parameters::parse(input) else { return };
    let expected: Vec<_> = url::form_urlencoded::parse(input).filter(|(_, value)| !value.is_empty()).collect();
    for (at, (name, value)) in expected.iter().enumerate() {
        assert!(!name.contains('\0') && !value.contains('\0'));
        let first = expected[..at].iter().all(|(other, _)| other != name);
        match read.get(name) {
            Some(got) => assert!(!first || got == value, "{name}: {got:?} instead of {value:?}"),
            None => assert!(read.has_repeated(), "{name} is lost"),
        }
    }
}

/// `Accept-Language` and `ui_locales`: a language is found only where it is named.
pub fn language(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let lower = text.to_lowercase();
    for found in [Language::from_accept_language(&text), Language::from_ui_locales(&text), Language::from_tag(&text)] {
        assert!(found.is_none_or(|language| lower.contains(language.code())), "{found:?} in {text:?}");
    }
}

/// Emails, sign-in names, addresses and networks: the canonical form is its own canonical form (fault 5).
pub fn names(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    if let Ok(email) = Email::parse(&text) {
        assert_eq!(Email::parse(email.as_str()).as_ref(), Ok(&email), "{text:?}");
        assert_eq!(SignInName::parse(&text).unwrap().as_str(), email.as_str());
        assert!(!email.as_str().contains([' ', ',', ';', '<', '>', '\r', '\n', '\0']), "{email:?}");
    }
    if let Ok(name) = SignInName::parse(&text) {
        assert_eq!(SignInName::parse(name.as_str()).as_ref(), Ok(&name), "{text:?}");
    }
    if let Some(address) = Address::parse(&text) {
        assert_eq!(Address::parse(&address.to_string()), Some(address));
    }
    if let Ok(networks) = Networks::parse(&text) {
        let written: Vec<String> = networks.iter().map(ToString::to_string).collect();
        assert_eq!(Networks::parse(&written.join(",")).as_ref(), Ok(&networks), "{text:?}");
    }
}

/// Files of the ERP: every line is read or reported, on one line that no control character turns into two (R-DIR-3).
pub fn import(input: &[u8]) {
    match import::read("file.csv", input) {
        Ok(file) => {
            for rejection in &file.rejections {
                assert!(!rejection.to_string().contains(['\r', '\n', '\u{1b}']), "{rejection}");
            }
        }
        Err(refused) => assert!(!refused.to_string().contains(['\r', '\n', '\u{1b}']), "{refused}"),
    }
}
