//! A relying party that others wrote, the `openidconnect` crate, against the program over TCP. `tests/foreign/` holds
//! relying parties in other languages, for `.ci/extended`.

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreTokenResponse, CoreUserInfoClaims};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, LogoutRequest, Nonce, NonceVerifier, OAuth2TokenResponse as _,
    PkceCodeChallenge, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, RefreshToken, Scope,
    TokenResponse as _,
};
use url::{Position, Url};

use crate::world::login;
use crate::world::wire::{Demonstration, Wire};

const CALLBACK: &str = "http://127.0.0.1:9001/callback";
/// What it asks for beside `openid`.
const SCOPES: [&str; 4] = ["profile", "email", "phone", "offline_access"];
const HOME: &str = "http://localhost:9001/";

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The crate's client, as the demonstration's `demo-web`.
struct RelyingParty {
    client: Client,
    metadata: ProviderMetadataWithLogout,
    http: reqwest::Client,
}

impl RelyingParty {
    /// Configures itself by discovery.
    async fn discover(issuer: &str) -> Self {
        let http = reqwest::Client::builder()
            .tls_built_in_root_certs(false)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let issuer = IssuerUrl::new(issuer.to_owned()).unwrap();
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &http).await.unwrap();
        let secret = ClientSecret::new("demo-web-secret".to_owned());
        let client =
            CoreClient::from_provider_metadata(metadata.clone(), ClientId::new("demo-web".to_owned()), Some(secret));
        Self { client: client.set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap()), metadata, http }
    }

    /// Signs that person in: the tokens, and the nonce that the ID token must carry.
    async fn sign_in(&self, browser: &mut Wire, who: &str) -> (CoreTokenResponse, Nonce) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let ask = self.client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        let (url, state, nonce) =
            ask.add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned()))).set_pkce_challenge(challenge).url();
        let answer = browser.walk(&url[Position::BeforePath..], &login(who)).await;
        assert!(answer.as_str().starts_with(CALLBACK), "{answer}");
        assert_eq!(parameter(&answer, "state"), *state.secret());
        let code = AuthorizationCode::new(parameter(&answer, "code"));
        let exchange = self.client.exchange_code(code).unwrap().set_pkce_verifier(verifier);
        (exchange.request_async(&self.http).await.unwrap(), nonce)
    }

    /// Verifies the ID token by the published keys, and the access token by the hash in it; the subject.
    fn subject(&self, tokens: &CoreTokenResponse, nonce: impl NonceVerifier) -> String {
        let verifier = self.client.id_token_verifier();
        let id = id_token(tokens);
        let claims = id.claims(&verifier, nonce).unwrap();
        let hash = AccessTokenHash::from_token(
            tokens.access_token(),
            id.signing_alg().unwrap(),
            id.signing_key(&verifier).unwrap(),
        );
        assert_eq!(claims.access_token_hash(), Some(&hash.unwrap()));
        claims.subject().to_string()
    }

    async fn userinfo(&self, access: &AccessToken) -> Option<CoreUserInfoClaims> {
        self.client.user_info(access.clone(), None).unwrap().request_async(&self.http).await.ok()
    }

    async fn refresh(&self, token: &RefreshToken) -> CoreTokenResponse {
        self.client.exchange_refresh_token(token).unwrap().request_async(&self.http).await.unwrap()
    }

    /// Where a browser goes to sign out everywhere.
    fn farewell(&self, id: &CoreIdToken, state: &CsrfToken) -> Url {
        let endpoint = self.metadata.additional_metadata().end_session_endpoint.clone().unwrap();
        let request = LogoutRequest::from(endpoint).set_id_token_hint(id).set_state(state.clone());
        request.set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(HOME.to_owned()).unwrap()).http_get_url()
    }
}

fn id_token(tokens: &CoreTokenResponse) -> &CoreIdToken {
    tokens.id_token().expect("the answer has no ID token")
}

fn parameter(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

#[tokio::test]
async fn the_openidconnect_crate_signs_in_asks_userinfo_refreshes_and_signs_out() {
    let demonstration = Demonstration::start(&[]);
    let party = RelyingParty::discover(&demonstration.issuer).await;
    let mut browser = Wire::to(&demonstration.issuer);
    let (mut tokens, nonce) = party.sign_in(&mut browser, "alice").await;
    let subject = party.subject(&tokens, &nonce);

    let person = party.userinfo(tokens.access_token()).await.unwrap();
    assert_eq!(person.subject().as_str(), subject);
    assert_eq!(person.email().map(|email| email.as_str()), Some(login("alice").as_str()));
    assert_eq!(person.email_verified(), Some(true));
    assert!(person.given_name().is_some() && person.phone_number().is_some());

    let fresh = party.refresh(tokens.refresh_token().expect("offline_access was consented to")).await;
    assert_eq!(party.userinfo(fresh.access_token()).await.unwrap().subject().as_str(), subject);
    assert_eq!(party.userinfo(tokens.access_token()).await.unwrap().subject().as_str(), subject);
    let no_nonce = |nonce: Option<&Nonce>| nonce.map_or(Ok(()), |_| Err("a nonce belongs to a sign-in".to_owned()));
    assert_eq!(party.subject(&fresh, no_nonce), subject);
    tokens = fresh;

    let state = CsrfToken::new_random();
    let answer = browser.walk(&party.farewell(id_token(&tokens), &state)[Position::BeforePath..], "").await;
    assert!(answer.as_str().starts_with(HOME), "{answer}");
    assert_eq!(parameter(&answer, "state"), *state.secret());
    assert!(party.userinfo(tokens.access_token()).await.is_none(), "a token outlived its session");
}
