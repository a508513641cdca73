//! The provider over HTTP, through the `openidconnect` crate and our own outbound calls: metadata, the way there, the
//! code, the tokens.

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AsyncHttpClient, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IdToken, IdTokenClaims, IdTokenFields,
    IssuerUrl, LanguageTag, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    StandardErrorResponse, StandardTokenResponse, SubjectIdentifier, TokenResponse as _, UserInfoClaims,
};
use tokio::sync::RwLock;

use crate::base::ids::InteractionId;
use crate::base::public_key;
use crate::base::{Email, Language, Life, Secret, Timestamp};
use crate::outbound::Outbound;

use super::attempt::LIFE;
use super::claims::{Others, Vouched, roles};
use super::{Settings, UpstreamAttempt};

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Others,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type UpstreamIdToken = IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Claims = IdTokenClaims<Others, CoreGenderClaim>;
type About = UserInfoClaims<Others, CoreGenderClaim>;
/// A client as discovery configures it.
type Configured = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
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

/// Signatures that anybody can verify by the published keys: no shared secret, and never none.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Why the provider vouches for nobody. The words are for the log; they hold no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// It can't be reached, or answers with a fault of its own.
    #[error("the provider doesn't answer: {0}")]
    Unreached(String),
    /// It was asked and said no.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// Its answer must not be believed.
    #[error("the provider's answer can't be believed: {0}")]
    Distrusted(String),
}

/// What somebody goes to the provider for.
#[derive(Clone, Debug)]
pub struct UpstreamPurpose {
    /// The language they read.
    pub language: Language,
    /// The authorization request that waits.
    pub interaction: Option<InteractionId>,
    /// The page of ours that wants proof that they are still there: what they proved before is no answer.
    pub back: Option<String>,
}

/// Where the browser is sent, and what is remembered until it comes back.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The provider's authorization endpoint, with the request.
    pub url: String,
    /// What comes back with the browser.
    pub state: Secret,
    /// What the answer is held against.
    pub attempt: UpstreamAttempt,
}

/// The provider. Its metadata and keys are read when they are needed, and again when a signature is by a key that isn't
/// known.
pub struct Provider {
    settings: Settings,
    secret: Secret,
    callback: RedirectUrl,
    /// How long ago somebody may have signed in there: as long as a session lives here.
    longest: Life,
    way: Way,
    known: RwLock<Option<Arc<Configured>>>,
}

impl Provider {
    /// The provider of the settings, which sends browsers back to `callback`; a sentence where a setting can't be used.
    pub fn new(settings: &Settings, callback: String, longest: Life, outbound: Outbound) -> Result<Self, String> {
        let callback = RedirectUrl::new(callback).map_err(|error| error.to_string())?;
        let (secret, settings) = (settings.secret()?, settings.clone());
        Ok(Self { settings, secret, callback, longest, way: Way(outbound), known: RwLock::new(None) })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Its issuer, as tokens and answers name it.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Prepares a request with PKCE, state and nonce.
    pub async fn depart(
        &self,
        UpstreamPurpose { language, interaction, back }: UpstreamPurpose,
    ) -> Result<Departure, UpstreamError> {
        let known = self.known().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes: Vec<Scope> =
            std::iter::once("email".to_owned()).chain(self.settings.scope.iter().cloned()).map(Scope::new).collect();
        let request = known
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new_random_len(32),
                || Nonce::new_random_len(32),
            )
            .set_pkce_challenge(challenge)
            // Whoever is asked so says when it was (OpenID Connect Core section 2, `auth_time`).
            .set_max_age(self.longest.as_duration())
            .add_ui_locale(LanguageTag::new(language.code().into()))
            .add_scopes(scopes);
        let request = if back.is_some() { request.add_prompt(CoreAuthPrompt::Login) } else { request };
        let (url, state, nonce) = request.url();
        let attempt =
            UpstreamAttempt { nonce: nonce.secret().clone(), verifier: verifier.into_secret(), interaction, back };
        Ok(Departure { url: url.into(), state: Secret::presented(state.secret()), attempt })
    }

    /// Redeems the code and verifies the ID token: signature, issuer, audience, expiry and nonce; then the mailbox.
    pub async fn arrive(
        &self,
        code: String,
        attempt: UpstreamAttempt,
        now: Timestamp,
    ) -> Result<Vouched, UpstreamError> {
        let known = self.known().await?;
        let tokens = known
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| UpstreamError::Distrusted(chain(&error)))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier))
            .request_async(&self.way)
            .await
            .map_err(|error| UpstreamError::Refused(chain(&error)))?;
        let id_token =
            tokens.id_token().ok_or_else(|| UpstreamError::Distrusted("the answer has no ID token".to_owned()))?;
        let claims = self.verify(&known, id_token, &Nonce::new(attempt.nonce), now).await?;
        let about = match claims.email() {
            Some(_) => None,
            // Providers may keep the mailbox to UserInfo (OpenID Connect Core section 5.4).
            None => self.ask(&known, tokens.access_token(), claims.subject()).await?,
        };
        let proven_at = self.proven_at(&claims, now)?;
        self.vouch(&claims, about.as_ref(), proven_at)
    }

    async fn verify(
        &self,
        known: &Configured,
        token: &UpstreamIdToken,
        nonce: &Nonce,
        now: Timestamp,
    ) -> Result<Claims, UpstreamError> {
        use openidconnect::ClaimsVerificationError::SignatureVerification;
        let claims = match verified(known, token, nonce, now) {
            // The keys may have been rotated: they are read once more.
            Err(SignatureVerification(_)) => verified(&*self.discover().await?, token, nonce, now),
            answer => answer,
        };
        let claims = claims.map_err(|error| UpstreamError::Distrusted(chain(&error)))?;
        // OpenID Connect Core section 3.1.3.7, step 5; the crate leaves it to us.
        if claims.authorized_party().is_some_and(|party| **party != self.settings.client_id) {
            return Err(UpstreamError::Distrusted("the ID token was given to another client".to_owned()));
        }
        let expires_at = Timestamp::from_millis(claims.expiration().timestamp_millis());
        if now < expires_at {
            Ok(claims)
        } else {
            Err(UpstreamError::Distrusted("the ID token has expired".to_owned()))
        }
    }

    /// UserInfo, whose `sub` must be the ID token's.
    async fn ask(
        &self,
        known: &Configured,
        token: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<Option<About>, UpstreamError> {
        let Ok(request) = known.user_info(token.clone(), Some(subject.clone())) else { return Ok(None) };
        let answer = request.request_async(&self.way).await;
        answer.map(Some).map_err(|error| UpstreamError::Distrusted(chain(&error)))
    }

    /// A provider that doesn't say when it was may mean a session as old as we let it be: that is no fresh proof.
    fn proven_at(&self, claims: &Claims, now: Timestamp) -> Result<Timestamp, UpstreamError> {
        let Some(said) = claims.auth_time() else { return Ok(now - self.longest) };
        let proven_at = Timestamp::from_millis(said.timestamp_millis()).min(now);
        if now - self.longest > proven_at + LIFE {
            return Err(UpstreamError::Distrusted("the sign-in there is older than was asked".to_owned()));
        }
        Ok(proven_at)
    }

    fn vouch(&self, claims: &Claims, about: Option<&About>, proven_at: Timestamp) -> Result<Vouched, UpstreamError> {
        let (email, is_verified) = match about {
            None => (claims.email(), claims.email_verified()),
            Some(about) => (about.email(), about.email_verified()),
        };
        let email = email.ok_or_else(|| UpstreamError::Distrusted("it names no email".to_owned()))?;
        if is_verified != Some(true) {
            return Err(UpstreamError::Distrusted("it didn't verify the email".to_owned()));
        }
        let email = Email::parse(email).map_err(|error| UpstreamError::Distrusted(error.to_string()))?;
        let name = claims.name().or_else(|| about.and_then(UserInfoClaims::name)).and_then(|names| names.get(None));
        let others: Vec<_> = std::iter::once(&claims.additional_claims().all)
            .chain(about.map(|about| &about.additional_claims().all))
            .collect();
        let stands_high =
            claims.auth_context_ref().is_some_and(|acr| self.settings.second_factor_acr.contains(acr.as_str()));
        let used_two =
            claims.auth_method_refs().is_some_and(|methods| methods.iter().any(|method| method.as_str() == "mfa"));
        Ok(Vouched {
            subject: format!("{} {}", self.issuer(), claims.subject().as_str()),
            email,
            name: name.map(|name| name.to_string()),
            roles: roles(&self.settings, &others),
            proven_at,
            by_two_factors: stands_high || used_two,
        })
    }

    async fn known(&self) -> Result<Arc<Configured>, UpstreamError> {
        if let Some(known) = self.known.read().await.as_ref() {
            return Ok(Arc::clone(known));
        }
        self.discover().await
    }

    async fn discover(&self) -> Result<Arc<Configured>, UpstreamError> {
        // The crate compares the issuer of the answer, text by text, with the one asked.
        let issuer =
            IssuerUrl::new(self.issuer().to_owned()).map_err(|error| UpstreamError::Distrusted(chain(&error)))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.way).await;
        let metadata = with_sound_keys(metadata.map_err(|error| UpstreamError::Unreached(chain(&error)))?);
        let secret = ClientSecret::new(self.secret.expose().to_owned());
        let client =
            Client::from_provider_metadata(metadata, ClientId::new(self.settings.client_id.clone()), Some(secret));
        let found = Arc::new(client.set_redirect_uri(self.callback.clone()));
        *self.known.write().await = Some(Arc::clone(&found));
        Ok(found)
    }
}

/// A key with which anybody could sign vouches for nobody.
fn with_sound_keys(metadata: CoreProviderMetadata) -> CoreProviderMetadata {
    let is_sound = |key: &CoreJsonWebKey| {
        let written = serde_json::to_value(key).ok();
        written.as_ref().and_then(serde_json::Value::as_object).is_some_and(public_key::is_sound)
    };
    let (sound, others): (Vec<_>, Vec<_>) = metadata.jwks().keys().iter().cloned().partition(is_sound);
    if !others.is_empty() {
        tracing::warn!(keys = others.len(), "the vendor's provider publishes keys with which anybody could sign");
    }
    metadata.set_jwks(CoreJsonWebKeySet::new(sound))
}

/// Our own way out: public addresses only, no redirects, little patience.
struct Way(Outbound);

impl<'c> AsyncHttpClient<'c> for Way {
    type Error = Unanswered;
    type Future = BoxFuture<'c, Result<HttpResponse, Unanswered>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request =
                request.try_into().map_err(|error| Unanswered(format!("a request that can't be sent: {error}")))?;
            let whole = self.0.send(request).await.map_err(|unreached| Unanswered(unreached.to_string()))?;
            let mut response = openidconnect::http::Response::builder().status(whole.status);
            if let Some(content_type) = whole.content_type {
                response = response.header("content-type", content_type);
            }
            response.body(whole.body).map_err(|error| Unanswered(error.to_string()))
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unanswered(String);

fn verified(
    known: &Configured,
    token: &UpstreamIdToken,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<Claims, openidconnect::ClaimsVerificationError> {
    // An instant that can't be written lies after every expiry.
    let clock = move || now.to_string().parse().unwrap_or_else(|_| "9999-12-31T00:00:00Z".parse().unwrap_or_default());
    let verifier = known.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(clock);
    token.claims(&verifier, nonce).cloned()
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
