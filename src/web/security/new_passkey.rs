//! A new passkey: made by whoever proved a moment ago who they are, with what they had before.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::passkey::{self, Binding, CeremonyPurpose, Enrolment, Key, Name, Newcomer};
use crate::account::{self, factor};
use crate::app::App;
use crate::base::{Fault, Place, Secret};
use crate::http::answer::{self, Rejection};
use crate::http::{CredentialOwner, EmptyForm, Form};
use crate::session::{self, Acr, Proof, Strengthening};
use crate::store::Tx;
use crate::web::passkey::{binding, send, site};
use crate::web::security::new_secret::under_new_secret;
use crate::web::security::passkeys::{self, PasskeysPage};
use crate::web::security::totp::RecoveryCodesPage;

/// What the form sends.
#[derive(Deserialize)]
pub struct Made {
    #[serde(default)]
    name: String,
    #[serde(default)]
    ceremony: String,
    #[serde(default)]
    credential: String,
}

/// Sends a challenge for a new passkey, other than those there are.
pub(crate) async fn challenge(
    State(app): State<App>,
    posted: Form<CredentialOwner, EmptyForm>,
) -> Result<Response, Rejection> {
    let holder = posted.guard;
    let site = site(&app, &holder.caller)?;
    let account = holder.session.account;
    let (handle, known, login) = app
        .act(holder.actor(), async |tx| {
            let known = passkey::list(&mut tx.db, account).await?;
            Ok((passkey::handle(tx, account).await?, known, account::login_of(&mut tx.db, account).await?))
        })
        .await?;
    let newcomer = Newcomer { handle, login: login.unwrap_or_default(), name: holder.name.clone() };
    let (options, state) = site.ask_for_key(&newcomer, &known)?;
    Ok(send(&app, holder.actor(), &bound(&holder)?, options, &state).await?)
}

fn bound(holder: &CredentialOwner) -> Result<Binding, Fault> {
    let session = &holder.session;
    binding(&holder.caller, CeremonyPurpose::Enrolment, Some((session.account, session.id.0)))
}

/// Judges the key that was made and keeps it. With the first factor come recovery codes, shown this once.
pub(crate) async fn submit(State(app): State<App>, posted: Form<CredentialOwner, Made>) -> Result<Response, Rejection> {
    let Form { guard: holder, form, .. } = posted;
    let Some(name) = Name::parse(&form.name) else {
        return refuse(&app, &holder, |page| page.unnamed(&form.name)).await;
    };
    let Some(made) = judge(&app, &holder, &form).await? else {
        return refuse(&app, &holder, PasskeysPage::refused).await;
    };
    match keep(&app, &holder, &name, &made).await? {
        (Enrolment::Enrolled(codes), strengthened) => {
            let (holder, secret) = match strengthened {
                Some((secret, with)) => (holder.strengthened(&with), Some(secret)),
                None => (holder, None),
            };
            let response = match codes {
                Some(codes) => RecoveryCodesPage::answer(&app, &holder, Place::Passkeys, &codes)?,
                None => answer::go(Place::Passkeys),
            };
            Ok(under_new_secret(&app, response, secret)?)
        }
        (Enrolment::Enough, _) => refuse(&app, &holder, |page| page).await,
        (Enrolment::Known, _) => refuse(&app, &holder, PasskeysPage::refused).await,
    }
}

/// The page of passkeys again, with why nothing was added.
async fn refuse(
    app: &App,
    holder: &CredentialOwner,
    why: impl FnOnce(PasskeysPage) -> PasskeysPage,
) -> Result<Response, Rejection> {
    let page = why(passkeys::read(app, holder).await?);
    Ok(passkeys::answer(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

async fn judge(app: &App, holder: &CredentialOwner, form: &Made) -> Result<Option<Key>, Rejection> {
    let (site, bound) = (site(app, &holder.caller)?, bound(holder)?);
    let Ok(ceremony) = form.ceremony.parse() else { return Ok(None) };
    let state = app.act(holder.actor(), async |tx| passkey::redeem(tx, &bound, ceremony).await).await?;
    let Some(state) = state else { return Ok(None) };
    match site.judge_key(&state, &form.credential) {
        Ok(made) => Ok(Some(made)),
        Err(flaw) => {
            tracing::info!(why = flaw.why(), "a new passkey wasn't taken");
            Ok(None)
        }
    }
}

/// In one unit of work the passkey is kept, its owner told, and the session as strong as what was just shown.
async fn keep(
    app: &App,
    holder: &CredentialOwner,
    name: &Name,
    key: &Key,
) -> Result<(Enrolment, Option<(Secret, Strengthening)>), Fault> {
    let account = holder.session.account;
    app.act(holder.actor(), async |tx| {
        // Since the guard looked, the session may have been ended, or a first factor enrolled that wasn't proven here.
        let stands = session::holds(tx, holder.session.id, account).await?;
        if !stands || factor::enrolled(&mut tx.db, account).await?.is_some() != holder.enrolled_at.is_some() {
            return Ok((Enrolment::Known, None));
        }
        let enrolment = passkey::enrol(tx, account, name, key).await?;
        let Enrolment::Enrolled(_) = enrolment else { return Ok((enrolment, None)) };
        Ok((enrolment, strengthen(tx, holder).await?))
    })
    .await
}

/// A session of one factor would be shut out at once by the second that its owner just enrolled. One of two is left as
/// it is.
async fn strengthen(tx: &mut Tx, holder: &CredentialOwner) -> Result<Option<(Secret, Strengthening)>, Fault> {
    let session = &holder.session;
    if session.acr >= Acr::TwoFactors {
        return Ok(None);
    }
    // The password was proven a while ago, and the passkey now.
    let (proof, auth_time) = (Proof::new_passkey(tx.now), session.auth_time);
    let with = Strengthening { session: session.id, account: session.account, proof, auth_time };
    Ok(session::strengthen(tx, with).await?.map(|secret| (secret, with)))
}
