//! Authorization codes: given once, proven before they are spent, spent once (RFC 6749 section 4.1, RFC 7636).

use crate::audit::EndReason;
use crate::base::ids::AuthorizationId;
use crate::base::{Digest, Fault, Secret, Timestamp};
use crate::store::{self, Db, Tx};

use super::{Authorization, Request, end};

/// Gives a code for an authorization.
pub async fn issue(
    tx: &mut Tx,
    sid: AuthorizationId,
    request: &Request,
    wants_auth_time: bool,
) -> Result<Secret, Fault> {
    let code = tx.dice.secret()?;
    store::execute!(
        tx.db,
        "insert into codes (hash, sid, redirect_uri, challenge, nonce, wants_auth_time, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        code.digest(),
        sid,
        &request.redirect_uri,
        request.challenge.as_deref(),
        request.nonce.as_deref(),
        wants_auth_time,
        tx.now + tx.lives.code,
    )?;
    Ok(code)
}

/// A code that somebody presented, with what it was given for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AuthorizationCode {
    hash: Digest,
    redirect_uri: String,
    challenge: Option<String>,
    /// To be echoed in the ID token.
    pub nonce: Option<String>,
    /// Whether the ID token says when the person signed in.
    pub wants_auth_time: bool,
    /// What it was given for.
    #[sqlx(flatten)]
    pub authorization: Authorization,
}

/// The code presented, spent or expired ones included.
pub async fn find(db: &mut Db, presented: &Secret) -> Result<Option<AuthorizationCode>, Fault> {
    let sql = "select c.hash, c.redirect_uri, c.challenge, c.nonce, c.wants_auth_time, c.sid, \
         a.session, a.account, a.client, a.scope, a.claims, a.acr, a.amr, a.auth_time \
         from codes c join authorizations a on a.id = c.sid where c.hash = $1";
    store::optional!(*db, AuthorizationCode, sql, presented.digest())
}

/// What must fit the code.
#[derive(Clone, Copy, Debug)]
pub struct CodeProof<'a> {
    /// The client that authenticated.
    pub client: &'a str,
    /// The redirect URI repeated (RFC 6749 section 4.1.3).
    pub redirect_uri: Option<&'a str>,
    /// The PKCE verifier.
    pub verifier: Option<&'a str>,
}

/// Why a proof doesn't fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// The code was given to another client.
    Client,
    /// The redirect URI isn't the one of the request.
    RedirectUri,
    /// The verifier is missing, wrong, or belongs to a request without challenge (RFC 9700 section 4.8.2).
    Verifier,
}

/// A code whose presenter is the one it was given to. Only such a code can be spent.
#[derive(Clone, Debug)]
pub struct ProvenCode(AuthorizationCode);

impl AuthorizationCode {
    /// Checks that the presenter is the one the code was given to.
    pub fn prove(self, proof: CodeProof<'_>) -> Result<ProvenCode, Unproven> {
        if self.authorization.client != proof.client {
            return Err(Unproven::Client);
        }
        if proof.redirect_uri != Some(&self.redirect_uri) {
            return Err(Unproven::RedirectUri);
        }
        let verified = match (&self.challenge, proof.verifier) {
            (None, None) => true,
            (Some(challenge), Some(verifier)) => fits(challenge, verifier),
            (None, Some(_)) | (Some(_), None) => false,
        };
        if verified { Ok(ProvenCode(self)) } else { Err(Unproven::Verifier) }
    }
}

/// S256 (RFC 7636 section 4.6). Both sides are digested, so that the comparison's duration tells nothing.
fn fits(challenge: &str, verifier: &str) -> bool {
    let digest = Digest::of(verifier.as_bytes()).base64url();
    is_verifier(verifier) && Digest::of(digest.as_bytes()).matches(&Digest::of(challenge.as_bytes()))
}

/// 43 to 128 unreserved characters (RFC 7636 section 4.1).
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// What became of a proven code.
#[derive(Clone, Debug)]
pub enum SpentCode {
    /// It was spent now, by this call.
    Now(Box<AuthorizationCode>),
    TooLate,
    /// It had been spent before: all that it gave has ended (RFC 6749 section 4.1.2).
    Before,
}

/// Spends a code: of fifty at once one gets it, and the others end what it gave.
pub async fn spend(tx: &mut Tx, proven: ProvenCode) -> Result<SpentCode, Fault> {
    let ProvenCode(code) = proven;
    let sql = "update codes set spent_at = $2 where hash = $1 and spent_at is null and expires_at > $2";
    let rows = store::execute!(tx.db, sql, &code.hash, tx.now)?;
    if rows == 1 {
        return Ok(SpentCode::Now(Box::new(code)));
    }
    // The row is read again: what was proven may be older than another redemption.
    let spent =
        store::optional!(tx.db, (Option<Timestamp>,), "select spent_at from codes where hash = $1", &code.hash)?;
    match spent {
        Some((Some(_),)) => {
            end(tx, code.authorization.sid, EndReason::CodeReplayed).await?;
            Ok(SpentCode::Before)
        }
        Some((None,)) | None => Ok(SpentCode::TooLate),
    }
}

/// Removes codes whose session is over at the latest and that left no refresh token; answers how many. Until then a
/// replay must be recognised, for what the code gave may live.
pub async fn sweep(tx: &mut Tx) -> Result<u64, Fault> {
    store::sweep!(
        tx,
        "from codes",
        "hash",
        "expires_at < $1 \
         and not exists (select 1 from refresh_tokens r where r.sid = codes.sid) order by expires_at",
        tx.now - tx.lives.session
    )
}
