//! What an operator may declare, and what a declared relying party is.

use std::io::Write as _;

use super::{Algorithm, Language, RelyingParties, Scope, Secret, Settings};

fn read(text: &str) -> Result<RelyingParties, String> {
    #[derive(serde::Deserialize)]
    struct File {
        clients: Vec<Settings>,
    }
    let file: File = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    RelyingParties::new(&file.clients)
}

#[test]
fn a_short_section_is_a_careful_client() {
    let parties = read(
        "[[clients]]\nid = \"app\"\nname = \"App\"\nname_fr = \"Appli\"\nredirect_uris = [\"http://127.0.0.1/cb\"]",
    )
    .unwrap();
    let app = parties.find("app").unwrap();
    assert!(app.is_public() && app.require_pkce && !app.require_auth_time);
    assert_eq!(app.id_token_alg, Algorithm::Rs256);
    assert!(app.refresh_tokens && !app.introspect);
    for scope in Scope::ALL {
        assert_eq!(app.scope.has(*scope), !scope.is_for_services() && *scope != Scope::OfflineAccess, "{scope}");
    }
    assert_eq!((app.name(Language::Fr), app.name(Language::En)), ("Appli", "App"));
    assert!(app.redirects_to("http://127.0.0.1:4711/cb") && !app.redirects_to("http://127.0.0.1:4711/cb2"));
    assert!(parties.find("App").is_none());
}

#[test]
fn what_is_unsafe_or_unknown_is_refused_in_one_line() {
    let head = "[[clients]]\nid = \"app\"\nname = \"App\"\n";
    for (more, words) in [
        ("secret = \"short\"", "shorter than 16"),
        ("secret = \"0123456789abcdef\"\nsecret_file = \"x\"", "keep one"),
        ("secret_file = \"/nowhere/at/all\"", "can't be read"),
        ("jwks = { keys = [] }", "no key for signatures"),
        ("jwks = { keys = [{ kty = \"oct\", k = \"c2VjcmV0\" }] }", "public half only"),
        ("jwks = { keys = [{ kty = \"EC\", crv = \"P-384\" }] }", "number 1 can't be used"),
        ("jwks = { keys = [] }\nsecret = \"0123456789abcdef\"", "keep one"),
        ("jwks_file = \"/nowhere/at/all\"", "jwks_file `/nowhere/at/all` can't be read"),
        ("legacy_assertion_audience = true", "without `jwks`"),
        ("require_pkce = false", "public client"),
        ("redirect_uri = \"https://app.example\"", "unknown field"),
        ("redirect_uris = [\"http://app.example/cb\"]", "loopback only"),
        ("backchannel_logout_uri = \"http://app.example/bye\"", "isn't https"),
        ("backchannel_logout_uri = \"https://app.example/bye#f\"", "fragment"),
        ("backchannel_logout_session_required = true", "without a backchannel_logout_uri"),
        ("scope = [\"everything\"]", "unknown variant"),
        ("id_token_alg = \"none\"", "unknown variant"),
        ("access_token = \"saml\"", "unknown variant"),
        ("scope = [\"openid\", \"directory.read\"]", "public client"),
        ("introspect = true", "public client"),
        ("[[clients]]\nid = \"app\"\nname = \"Other\"", "two clients"),
        ("[[clients]]\nid = \"a:b\"\nname = \"Other\"", "letters, digits"),
    ] {
        let error = read(&format!("{head}{more}")).unwrap_err();
        assert!(error.contains(words) && !error.contains('\n'), "{more}: {error}");
    }
}

#[test]
fn a_secret_is_compared_whole_wherever_it_comes_from() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "correct horse battery").unwrap();
    let section = format!("[[clients]]\nid = \"app\"\nname = \"App\"\nsecret_file = {:?}", file.path());
    let parties = read(&section).unwrap();
    let app = parties.find("app").unwrap();
    assert!(app.knows(&Secret::presented("correct horse battery")));
    for wrong in ["", "correct horse", "correct horse battery\n", "CORRECT HORSE BATTERY"] {
        assert!(!app.knows(&Secret::presented(wrong)), "{wrong:?}");
    }
}

#[test]
fn scripts_are_served_from_the_origins_of_redirect_uris_only() {
    let parties = read(
        "[[clients]]\nid = \"app\"\nname = \"App\"\nredirect_uris = [\"https://app.example/cb\", \
            \"com.example.app:/cb\"]",
    )
    .unwrap();
    assert!(parties.serve_from("https://app.example"));
    for origin in
        ["https://evil.example", "http://app.example", "https://app.example:8443", "null", "https://app.example/"]
    {
        assert!(!parties.serve_from(origin), "{origin}");
    }
}

#[test]
fn keys_are_declared_in_the_section_or_in_a_file() {
    let jwk =
        josekit::jwk::Jwk::generate_ec_key(josekit::jwk::alg::ec::EcCurve::P256).unwrap().to_public_key().unwrap();
    let jwks = serde_json::json!({ "keys": [jwk.as_ref()] });
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{jwks}").unwrap();
    let inline = toml::to_string(&serde_json::json!({ "jwks": jwks })).unwrap();
    let in_a_file = format!("jwks_file = {:?}", file.path());
    for declared in [in_a_file.as_str(), inline.as_str()] {
        let parties = read(&format!(
            "[[clients]]\nid = \"app\"\nname = \"App\"\n{}",
            declared.replace("[jwks]", "[clients.jwks]").replace("[[jwks.", "[[clients.jwks.")
        ))
        .unwrap();
        let app = parties.find("app").unwrap();
        assert!(!app.is_public() && !app.knows(&Secret::presented("")), "{declared}");
    }
    file.as_file().set_len(3).unwrap();
    assert!(
        read(&format!("[[clients]]\nid = \"app\"\nname = \"App\"\n{in_a_file}")).unwrap_err().contains("is no JSON")
    );
}
