//! The OpenID provider as the portal sees it: over public HTTP, through the `openidconnect` crate. It knows nothing of
//! browsers and sessions.

pub mod claims;
pub mod logout_token;

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndSessionUrl,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenFields, IssuerUrl, JsonWebKey, LanguageTag,
    LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse,
    SubjectIdentifier, TokenResponse, UserInfoClaims, UserInfoError,
};
use tokio::sync::RwLock;
use url::Url;

use crate::clock::Moment;
use crate::layout::language::Language;
use crate::provider::claims::CustomerClaims;
use crate::settings::Settings;

type CustomerIdToken =
    IdToken<CustomerClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type CustomerTokens = StandardTokenResponse<
    IdTokenFields<
        CustomerClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
/// What `CoreClient` is, with our claims instead of none, as discovery configures it.
type CustomerClient = Client<
    CustomerClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    CustomerTokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

const SCOPES: [&str; 4] = ["profile", "email", "company", "rights"];
/// Waits between the attempts at discovery: the provider may be starting at the same moment.
const PATIENCE: [Duration; 4] =
    [Duration::from_millis(200), Duration::from_millis(400), Duration::from_millis(800), Duration::from_millis(1600)];
/// An access token is taken for expired this long before it is, so that it doesn't expire on the way.
const MARGIN: Duration = Duration::from_secs(10);
/// How long the provider's keys are taken for all there are.
const KEYS_STAY: Duration = Duration::from_mins(1);

/// Why the provider gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It can't be reached, or answers with a fault of its own.
    #[error("the provider does not answer: {0}")]
    Unreachable(String),
    /// It was asked and said no: the code or the access token is not, or no longer, good.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// Its answer must not be believed.
    #[error("the provider's answer is not trustworthy: {0}")]
    Distrusted(String),
}

/// Where to send the browser, and what to remember until it comes back.
pub struct AuthorizationRequest {
    pub url: Url,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// What came back with the browser, and what was remembered.
pub struct CodeExchange {
    pub code: String,
    pub nonce: String,
    pub verifier: String,
}

/// A verified sign-in.
pub struct Tokens {
    pub sub: String,
    pub claims: CustomerClaims,
    pub id_token: String,
    pub access_token: String,
    /// How long the access token can be used.
    pub usable_for: Duration,
}

/// What UserInfo says about a person right now.
pub struct UserInfo {
    pub name: Option<String>,
    pub claims: CustomerClaims,
}

struct Metadata {
    client: CustomerClient,
    keys: CoreJsonWebKeySet,
    end_session: Option<EndSessionUrl>,
    since: Moment,
}

/// A JWT's text and signature, and the key it names.
pub struct Signed<'a> {
    pub kid: &'a str,
    pub algorithm: CoreJwsSigningAlgorithm,
    pub message: &'a [u8],
    pub signature: &'a [u8],
}

/// Knows the provider's metadata and keys once they were needed.
pub struct Provider {
    settings: Settings,
    http: reqwest::Client,
    metadata: RwLock<Option<Arc<Metadata>>>,
}

impl Provider {
    /// The HTTP client follows no redirects: a provider that redirects token requests could send secrets anywhere.
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            .build()?;
        Ok(Self { settings, http, metadata: RwLock::new(None) })
    }

    /// Prepares an authorization request with PKCE (S256), state and nonce. A `silent` one shows no page
    /// (`prompt=none`).
    pub async fn authorization_request(
        &self,
        language: Language,
        silent: bool,
    ) -> Result<AuthorizationRequest, ProviderError> {
        let metadata = self.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = metadata
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new_random_len(32),
                || Nonce::new_random_len(32),
            )
            .set_pkce_challenge(challenge)
            .add_ui_locale(LanguageTag::new(language.code().into()))
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.into())));
        if silent {
            request = request.add_prompt(CoreAuthPrompt::None);
        }
        let (url, state, nonce) = request.url();
        Ok(AuthorizationRequest {
            url,
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Redeems the code and verifies the ID token: signature, issuer, audience, expiry, nonce.
    pub async fn redeem(&self, exchange: CodeExchange) -> Result<Tokens, ProviderError> {
        let metadata = self.metadata().await?;
        let tokens = metadata
            .client
            .exchange_code(AuthorizationCode::new(exchange.code))
            .map_err(|error| ProviderError::Distrusted(chain(&error)))?
            .set_pkce_verifier(PkceCodeVerifier::new(exchange.verifier))
            .request_async(&self.http)
            .await
            .map_err(exchange_error)?;
        let id_token =
            tokens.id_token().ok_or_else(|| ProviderError::Distrusted("the answer has no ID token".into()))?;
        let (sub, claims) = self.verify(&metadata, id_token, &Nonce::new(exchange.nonce)).await?;
        Ok(Tokens {
            sub,
            claims,
            id_token: id_token.to_string(),
            access_token: tokens.access_token().secret().clone(),
            usable_for: tokens.expires_in().unwrap_or_default().saturating_sub(MARGIN),
        })
    }

    /// A signature by an unknown key may mean that the keys were rotated: they are then fetched once more.
    async fn verify(
        &self,
        metadata: &Metadata,
        id_token: &CustomerIdToken,
        nonce: &Nonce,
    ) -> Result<(String, CustomerClaims), ProviderError> {
        use openidconnect::ClaimsVerificationError::SignatureVerification;
        match verified(metadata, id_token, nonce) {
            Err(SignatureVerification(_)) => {
                let fresh = self.discover().await?;
                verified(&fresh, id_token, nonce)
            }
            answer => answer,
        }
        .map_err(|error| ProviderError::Distrusted(chain(&error)))
    }

    /// Whether one of the provider's keys signed this. A key that isn't known may be new, but anybody can name one: the
    /// keys are fetched again once a minute at most.
    pub async fn has_signed(&self, signed: &Signed<'_>) -> Result<bool, ProviderError> {
        let mut metadata = self.metadata().await?;
        if metadata.key(signed.kid).is_none() && metadata.since.after(KEYS_STAY) <= Moment::now() {
            metadata = self.discover().await?;
        }
        Ok(metadata
            .key(signed.kid)
            .is_some_and(|key| key.verify_signature(&signed.algorithm, signed.message, signed.signature).is_ok()))
    }

    /// Asks UserInfo. `Refused` means that this access token opens nothing any more.
    pub async fn user_info(&self, access_token: &str, sub: &str) -> Result<UserInfo, ProviderError> {
        let metadata = self.metadata().await?;
        let subject = SubjectIdentifier::new(sub.to_owned());
        let answer: UserInfoClaims<CustomerClaims, CoreGenderClaim> = metadata
            .client
            .user_info(AccessToken::new(access_token.to_owned()), Some(subject))
            .map_err(|error| ProviderError::Distrusted(chain(&error)))?
            .request_async(&self.http)
            .await
            .map_err(user_info_error)?;
        let name = answer.name().and_then(|names| names.get(None)).map(|name| name.to_string());
        Ok(UserInfo { name, claims: answer.additional_claims().clone() })
    }

    /// Where the session at the provider is ended (RP-Initiated Logout 1.0).
    pub async fn end_session_url(&self, id_token: &str, state: &str, language: Language) -> Result<Url, ProviderError> {
        let metadata = self.metadata().await?;
        let endpoint = metadata
            .end_session
            .clone()
            .ok_or_else(|| ProviderError::Distrusted("the provider names no end_session_endpoint".into()))?;
        let hint: CustomerIdToken =
            id_token.parse().map_err(|error: serde_json::Error| ProviderError::Distrusted(chain(&error)))?;
        Ok(LogoutRequest::from(endpoint)
            .set_id_token_hint(&hint)
            .set_client_id(ClientId::new(self.settings.client_id.clone()))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(self.settings.base.clone()))
            .set_state(CsrfToken::new(state.to_owned()))
            .add_ui_locale(LanguageTag::new(language.code().into()))
            .http_get_url())
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        if let Some(metadata) = self.metadata.read().await.as_ref() {
            return Ok(Arc::clone(metadata));
        }
        self.discover().await
    }

    async fn discover(&self) -> Result<Arc<Metadata>, ProviderError> {
        let mut waits = PATIENCE.into_iter();
        loop {
            match self.try_to_discover().await {
                Ok(found) => {
                    let found = Arc::new(found);
                    *self.metadata.write().await = Some(Arc::clone(&found));
                    return Ok(found);
                }
                Err(error) => match waits.next() {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(error),
                },
            }
        }
    }

    async fn try_to_discover(&self) -> Result<Metadata, ProviderError> {
        // The crate compares the issuer of the answer, text by text, with the one asked.
        let issuer =
            IssuerUrl::new(self.settings.issuer.clone()).map_err(|error| ProviderError::Distrusted(chain(&error)))?;
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &self.http)
            .await
            .map_err(|error| ProviderError::Unreachable(chain(&error)))?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone();
        let keys = metadata.jwks().clone();
        let client = Client::from_provider_metadata(
            metadata,
            ClientId::new(self.settings.client_id.clone()),
            Some(ClientSecret::new(self.settings.client_secret.clone())),
        )
        .set_redirect_uri(RedirectUrl::from_url(self.settings.callback()));
        Ok(Metadata { client, keys, end_session, since: Moment::now() })
    }
}

impl Metadata {
    fn key(&self, kid: &str) -> Option<&CoreJsonWebKey> {
        self.keys.keys().iter().find(|key| key.key_id().is_some_and(|id| id.as_str() == kid))
    }
}

fn verified(
    metadata: &Metadata,
    id_token: &CustomerIdToken,
    nonce: &Nonce,
) -> Result<(String, CustomerClaims), openidconnect::ClaimsVerificationError> {
    let verifier = metadata
        .client
        .id_token_verifier()
        .set_allowed_algs([CoreJwsSigningAlgorithm::EcdsaP256Sha256, CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256]);
    let claims = id_token.claims(&verifier, nonce)?;
    Ok((claims.subject().to_string(), claims.additional_claims().clone()))
}

type ExchangeError<E> = RequestTokenError<E, StandardErrorResponse<CoreErrorResponseType>>;

fn exchange_error<E: StdError + 'static>(error: ExchangeError<E>) -> ProviderError {
    let text = chain(&error);
    match error {
        RequestTokenError::ServerResponse(_) => ProviderError::Refused(text),
        RequestTokenError::Request(_) => ProviderError::Unreachable(text),
        RequestTokenError::Parse(_, _) | RequestTokenError::Other(_) => ProviderError::Distrusted(text),
    }
}

fn user_info_error<E: StdError + 'static>(error: UserInfoError<E>) -> ProviderError {
    let text = chain(&error);
    match error {
        UserInfoError::Response(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _, _) => ProviderError::Refused(text),
        UserInfoError::Response(_, _, _) | UserInfoError::Request(_) => ProviderError::Unreachable(text),
        UserInfoError::ClaimsVerification(_) | UserInfoError::Parse(_) | UserInfoError::Other(_) | _ => {
            ProviderError::Distrusted(text)
        }
    }
}

/// An error with its causes, for the log.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}
