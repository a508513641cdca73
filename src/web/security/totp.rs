//! "Two-step sign-in": one's authenticator app and recovery codes. Everything here asks for a fresh proof, with the
//! second factor where there is one: nobody enrols a new app, or removes one, without the old.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::account::factor::{self, Offer, RecoveryCode, Replacing};
use crate::app::App;
use crate::base::{Fault, Place, Timestamp};
use crate::http::answer::{self, Rejection};
use crate::http::{CredentialOwner, EmptyForm, Form};
use crate::page::{Errors, Frame, Framed as _, Link};
use crate::session::{self, Proof, Strengthening};
use crate::web::security::new_secret::under_new_secret;
use crate::web::security::seeds::{self, SeedView};

/// The page.
#[derive(Debug, Template)]
#[template(path = "security/totp.html")]
pub struct TotpPage {
    /// What every page shares.
    pub frame: Frame,
    pub enrolled: Option<EnrolledView>,
    /// A seed to enrol, for the first app or in place of the old one.
    pub seed: Option<SeedView>,
    errors: Errors,
}

/// The app enrolled, as its owner sees it.
#[derive(Clone, Debug)]
pub struct EnrolledView {
    pub since: Timestamp,
    /// How many recovery codes are left.
    pub codes_left: usize,
    /// Whether it may be removed: not where a second factor is demanded.
    pub may_be_removed: bool,
}

impl TotpPage {
    /// The page as it first appears.
    pub(crate) fn new(frame: Frame, enrolled: Option<EnrolledView>, seed: Option<SeedView>) -> Self {
        Self { frame, enrolled, seed, errors: Errors::default() }
    }

    /// After a code that isn't the app's; answered with 422.
    pub(crate) fn refused(mut self) -> Self {
        self.errors.add("totp-code", self.frame.say("totp-wrong-first-code"));
        self
    }
}

/// Recovery codes, shown once.
#[derive(Debug, Template)]
#[template(path = "security/recovery_codes.html")]
pub struct RecoveryCodesPage {
    /// What every page shares.
    pub frame: Frame,
    /// The codes, in groups.
    pub codes: Vec<String>,
    /// Where to go on.
    pub next: Link,
}

impl RecoveryCodesPage {
    pub(crate) fn new(frame: Frame, codes: &[RecoveryCode], next: Link) -> Self {
        Self { frame, codes: codes.iter().map(ToString::to_string).collect(), next }
    }

    /// The codes of somebody who is signed in, on the way to a page of theirs.
    pub(super) fn answer(
        app: &App,
        holder: &CredentialOwner,
        page: Place,
        codes: &[RecoveryCode],
    ) -> Result<Response, Fault> {
        let frame = Frame { here: page.path().to_owned(), ..holder.frame(app)? };
        let next = Link::to_place(page, frame.say("recovery-codes-go-on"));
        Ok(answer::page(StatusCode::OK, &Self::new(frame, codes, next)))
    }
}

/// What the page's address says.
#[derive(Deserialize)]
pub struct Wished {
    /// A new app is to take the old one's place.
    replace: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct TotpForm {
    #[serde(default)]
    code: String,
}

/// Shows what is enrolled, or a seed to enrol.
pub(crate) async fn show(
    State(app): State<App>,
    holder: CredentialOwner,
    Query(wished): Query<Wished>,
) -> Result<Response, Rejection> {
    Ok(answer::page(StatusCode::OK, &page(&app, &holder, wished.replace.is_some()).await?))
}

async fn page(app: &App, holder: &CredentialOwner, replaces: bool) -> Result<TotpPage, Fault> {
    let account = holder.session.account;
    let (enrolled, left, required) = app
        .look(async |view| {
            let enrolled = factor::since(&mut view.db, account).await?;
            Ok((
                enrolled,
                factor::left(&mut view.db, account).await?,
                factor::must_keep_totp(&mut view.db, account, holder.is_demanded).await?,
            ))
        })
        .await?;
    let enrolled = enrolled.map(|since| EnrolledView { since, codes_left: left, may_be_removed: !required });
    let seed = if enrolled.is_none() || replaces {
        Some(seeds::view(app, holder.actor(), offer(holder)).await?)
    } else {
        None
    };
    let frame = Frame { here: Place::Totp.path().to_owned(), ..holder.frame(app)? };
    Ok(TotpPage::new(frame, enrolled, seed))
}

/// Another session of the account is offered another seed.
fn offer(holder: &CredentialOwner) -> Offer {
    Offer { account: holder.session.account, to: holder.session.id.0 }
}

/// Enrols the app whose first code this is, in place of the old one where there is one.
pub(crate) async fn enrol(
    State(app): State<App>,
    posted: Form<CredentialOwner, TotpForm>,
) -> Result<Response, Rejection> {
    let Form { guard: holder, form, .. } = posted;
    let Some((standing, step)) = seeds::first_code(&app, offer(&holder), &form.code).await? else {
        return Ok(answer::page(StatusCode::UNPROCESSABLE_ENTITY, &page(&app, &holder, true).await?.refused()));
    };
    let account = holder.session.account;
    // Whether there is an old one to replace is what the guard judged by; one enrolled since then was not proven here.
    let replacing = holder.enrolled_at.map_or(Replacing::Nothing, |_| Replacing::TheOldOne);
    let done = app.act(holder.actor(), async |tx| {
        if !session::holds(tx, holder.session.id, account).await? {
            return Ok(None);
        }
        let Some(codes) = factor::prove(tx, offer(&holder), standing.id, step, replacing).await? else {
            return Ok(None);
        };
        // The password was proven a while ago, and the app now.
        let (proof, auth_time) = (Proof::totp(tx.now), holder.session.auth_time);
        let with = Strengthening { session: holder.session.id, account, proof, auth_time };
        Ok(Some((codes, session::strengthen(tx, with).await?, with)))
    });
    let Some((codes, secret, with)) = done.await? else { return Ok(answer::go(Place::Totp)) };
    let response = RecoveryCodesPage::answer(&app, &holder.strengthened(&with), Place::Totp, &codes)?;
    Ok(under_new_secret(&app, response, secret)?)
}

/// The button that stands beside whatever second factor its owner has.
#[derive(Deserialize)]
pub struct Renewal {
    /// It stood on the page of passkeys.
    passkeys: Option<String>,
}

/// Makes new recovery codes; those before are void.
pub(crate) async fn renew(
    State(app): State<App>,
    posted: Form<CredentialOwner, Renewal>,
) -> Result<Response, Rejection> {
    let Form { guard: holder, form, .. } = posted;
    let page = if form.passkeys.is_some() { Place::Passkeys } else { Place::Totp };
    let account = holder.session.account;
    if holder.enrolled_at.is_none() {
        return Ok(answer::go(page));
    }
    let codes = app.act(holder.actor(), async |tx| factor::renew(tx, account).await).await?;
    Ok(RecoveryCodesPage::answer(&app, &holder, page, &codes)?)
}

/// Removes the app, unless a second factor is demanded.
pub(crate) async fn remove(
    State(app): State<App>,
    posted: Form<CredentialOwner, EmptyForm>,
) -> Result<Response, Rejection> {
    let holder = posted.guard;
    let account = holder.session.account;
    app.act(holder.actor(), async |tx| factor::remove_totp(tx, account, holder.is_demanded).await).await?;
    Ok(answer::go(Place::Totp))
}
