//! The request, parameter by parameter (OpenID Connect Core section 3.1.2, RFC 6749 section 4.1, RFC 7636, RFC 9700).

use proptest::prelude::*;
use uuid::Uuid;

use crate::authorization::{Prompt, Request, ResponseMode};
use crate::base::ids::{AccountId, AuthorizationId};
use crate::oidc::errors::{Error, ErrorCode};
use crate::oidc::hint::Hint;
use crate::oidc::parameters::Parameters;
use crate::relying_party::{Claim, Claims, RelyingParties, Settings};

use super::request::{Unsendable, Unverified};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn parties() -> RelyingParties {
    #[derive(serde::Deserialize)]
    struct File {
        clients: Vec<Settings>,
    }
    let text = "[[clients]]\nid = \"web\"\nname = \"Web\"\nsecret = \"0123456789abcdef\"\nrequire_pkce = false\nscope \
        = [\"openid\", \"email\"]\n\
                redirect_uris = [\"https://web.example/cb\"]\n\
                [[clients]]\nid = \"native\"\nname = \"Native\"\nredirect_uris = [\"http://127.0.0.1/cb\", \
                    \"com.example.app:/cb\"]";
    RelyingParties::new(&toml::from_str::<File>(text).unwrap().clients).unwrap()
}

fn verify(query: &str) -> Result<Result<Request, Error>, Unsendable> {
    let parties = parties();
    let verified = Unverified::new(Parameters::parse(query.as_bytes()).unwrap()).verify(&parties)?;
    let hint = |token: &str| {
        (token == "ours").then(|| Hint {
            account: AccountId(Uuid::from_u128(7)),
            client: "web".to_owned(),
            sid: AuthorizationId(Uuid::nil()),
        })
    };
    Ok(verified.request(hint))
}

/// A request of the client without PKCE, with these parameters replaced or added.
fn web(more: &str) -> Result<Request, ErrorCode> {
    let base = "client_id=web&redirect_uri=https://web.example/cb&response_type=code&scope=openid";
    let replaced: Vec<&str> = more.split('&').filter_map(|pair| pair.split_once('=').map(|(name, _)| name)).collect();
    let kept = base.split('&').filter(|pair| !replaced.iter().any(|name| pair.starts_with(&format!("{name}="))));
    let query: Vec<&str> = kept.chain(more.split('&')).collect();
    verify(&query.join("&")).unwrap().map_err(|error| error.code)
}

#[test]
fn without_a_proven_client_and_redirect_uri_there_is_nowhere_to_answer() {
    for (query, why) in [
        ("", Unsendable::NoClient),
        ("client_id=", Unsendable::NoClient),
        ("client_id=web&client_id=web&redirect_uri=https://web.example/cb", Unsendable::NoClient),
        ("client_id=nobody&redirect_uri=https://web.example/cb", Unsendable::UnknownClient),
        ("client_id=WEB&redirect_uri=https://web.example/cb", Unsendable::UnknownClient),
        ("client_id=web", Unsendable::NoRedirectUri),
        (
            "client_id=web&redirect_uri=https://web.example/cb&redirect_uri=https://web.example/cb",
            Unsendable::NoRedirectUri,
        ),
        ("client_id=web&redirect_uri=https://web.example/cb/", Unsendable::ForeignRedirectUri),
        ("client_id=web&redirect_uri=https://web.example/cb%3Fx", Unsendable::ForeignRedirectUri),
        ("client_id=web&redirect_uri=javascript:alert(1)", Unsendable::ForeignRedirectUri),
        ("client_id=web&redirect_uri=http://127.0.0.1/cb", Unsendable::ForeignRedirectUri),
    ] {
        assert_eq!(verify(query).unwrap_err(), why, "{query}");
    }
    let ported = format!(
        "client_id=native&redirect_uri=http://127.0.0.1:4711/cb&response_type=code&scope=openid\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    assert_eq!(verify(&ported).unwrap().unwrap().redirect_uri, "http://127.0.0.1:4711/cb");
}

#[test]
fn every_other_error_has_its_code() {
    let long = "x".repeat(2001);
    for (more, code) in [
        ("response_type=", ErrorCode::InvalidRequest),
        ("response_type=token", ErrorCode::UnsupportedResponseType),
        ("response_type=code id_token", ErrorCode::UnsupportedResponseType),
        ("response_mode=fragment", ErrorCode::InvalidRequest),
        ("response_mode=form_post.jwt", ErrorCode::InvalidRequest),
        ("response_mode=form_post&state=a%0Ab", ErrorCode::InvalidRequest),
        ("claims=x", ErrorCode::InvalidRequest),
        ("claims={\"id_token\":{\"sub\":{\"value\":\"nobody\"}}}", ErrorCode::LoginRequired),
        (
            "id_token_hint=ours&claims={\"id_token\":{\"sub\":{\"value\":\"00000000-0000-0000-0000-000000000008\"}}}",
            ErrorCode::InvalidRequest,
        ),
        ("scope=", ErrorCode::InvalidScope),
        ("scope=quantum phone", ErrorCode::InvalidScope),
        ("request=e30.e30.", ErrorCode::RequestNotSupported),
        ("request_uri=https://web.example/r", ErrorCode::RequestUriNotSupported),
        ("prompt=none login", ErrorCode::InvalidRequest),
        ("prompt=none create", ErrorCode::InvalidRequest),
        ("max_age=-1", ErrorCode::InvalidRequest),
        ("max_age=soon", ErrorCode::InvalidRequest),
        ("id_token_hint=somebody-elses", ErrorCode::InvalidRequest),
        ("nonce=a&nonce=b", ErrorCode::InvalidRequest),
        ("unknown=a&unknown=b", ErrorCode::InvalidRequest),
        (&format!("state={long}"), ErrorCode::InvalidRequest),
        (&format!("nonce={long}"), ErrorCode::InvalidRequest),
        (&format!("code_challenge={CHALLENGE}"), ErrorCode::InvalidRequest),
        (&format!("code_challenge={CHALLENGE}&code_challenge_method=plain"), ErrorCode::InvalidRequest),
        ("code_challenge=short&code_challenge_method=S256", ErrorCode::InvalidRequest),
        ("code_challenge_method=S256", ErrorCode::InvalidRequest),
    ] {
        assert_eq!(web(&more.replace(' ', "+")).unwrap_err(), code, "{more:.80}");
    }
}

#[test]
fn pkce_is_required_of_public_clients() {
    let native = "client_id=native&redirect_uri=http://127.0.0.1/cb&response_type=code&scope=openid";
    assert_eq!(verify(native).unwrap().unwrap_err().code, ErrorCode::InvalidRequest);
    assert!(web("unknown=x").unwrap().challenge.is_none());
}

#[test]
fn claims_are_read_where_openid_is_asked_and_no_further_than_the_client_may_ask() {
    let asked = "claims={\"userinfo\":{\"email\":null,\"name\":null},\
        \"id_token\":{\"sub\":{\"value\":\"00000000-0000-0000-0000-000000000007\"},\"auth_time\":null}}";
    let request = web(&format!("response_mode=form_post&{asked}")).unwrap();
    assert_eq!(
        request.claims,
        Claims { userinfo: [Claim::Email].into(), id_token: [].into() },
        "name isn't this client's to ask for"
    );
    assert_eq!((request.sights().to_string().as_str(), request.wants_auth_time), ("openid email", true));
    assert_eq!(
        (request.expected, request.response_mode),
        (Some(AccountId(Uuid::from_u128(7))), ResponseMode::FormPost)
    );
    assert_eq!(web(&format!("scope=email&{asked}")).unwrap().claims, Claims::default());
}

#[test]
fn a_form_goes_to_the_web_only() {
    let app =
        "client_id=native&redirect_uri=com.example.app:/cb&response_type=code&scope=openid&response_mode=form_post";
    assert_eq!(verify(app).unwrap().unwrap_err().code, ErrorCode::InvalidRequest);
}

#[test]
fn what_is_asked_is_read_whole_and_what_is_unknown_is_ignored() {
    let request = web(&format!(
        "state=s&nonce=n&prompt=login+consent+create&max_age=0&scope=openid+email+phone+x&id_token_hint=ours\
         &ui_locales=fr-CA&login_hint=alice&display=popup&acr_values=9fa&claims=%7B%7D\
         &code_challenge={CHALLENGE}&code_challenge_method=S256&x=y"
    ))
    .unwrap();
    assert_eq!(
        (request.state.as_deref(), request.nonce.as_deref(), request.challenge.as_deref()),
        (Some("s"), Some("n"), Some(CHALLENGE))
    );
    assert_eq!(request.prompt, [Prompt::Login, Prompt::Consent].into());
    assert_eq!((request.max_age, request.scope.to_string().as_str()), (Some(0), "openid email"));
    assert_eq!(request.expected, Some(AccountId(Uuid::from_u128(7))));
    assert_eq!((request.language(), request.login_hint.as_deref()), (Some(crate::base::Language::Fr), Some("alice")));
    let stored: Request = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
    assert_eq!(stored, request, "an interaction keeps all of it");
}

#[test]
fn two_thousand_bytes_are_echoed_and_one_more_is_not() {
    let whole = "é".repeat(1000);
    assert_eq!(web(&format!("state={whole}")).unwrap().state, Some(whole.clone()));
    let parties = parties();
    let query = format!("client_id=web&redirect_uri=https://web.example/cb&state={whole}x");
    let verified = Unverified::new(Parameters::parse(query.as_bytes()).unwrap()).verify(&parties).unwrap();
    assert_eq!(verified.return_address().state, None);
}

proptest! {
    #[test]
    fn no_request_panics_and_none_leaves_for_an_unregistered_address(
        client in prop::sample::select(vec!["web", "native", "x"]),
        uri in prop_oneof![Just("https://web.example/cb".to_owned()), "\\PC{0,40}"],
        more in proptest::collection::vec(("[a-z_]{1,14}", "\\PC{0,20}"), 0..8),
    ) {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", client).append_pair("redirect_uri", &uri).extend_pairs(&more).finish();
        if let Ok(Ok(request)) = verify(&query) {
            prop_assert_eq!(request.redirect_uri, "https://web.example/cb");
        }
    }
}
