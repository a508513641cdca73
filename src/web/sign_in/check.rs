//! Checking a password, wherever one is typed: counted first, then compared, in the same time whether there is such an
//! account or not.

use crate::account;
use crate::account::password::PasswordVerdict;
use crate::app::App;
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{Fault, SignInName};
use crate::http::Caller;
use crate::http::cookies::Cookie;
use crate::keys::KeyPurpose;
use crate::limits::{Counted, Counting, TooMany};
use crate::session::{Guess, LoginAttempt};

/// What somebody typed.
#[derive(Clone, Copy)]
pub struct TypedPassword<'a> {
    pub username: &'a str,
    pub password: &'a str,
}

/// What came of a password, or a code, that somebody typed.
#[derive(Debug)]
pub enum Checked<T> {
    /// It was right, and this is what it gave.
    Right(T),
    /// It wasn't, whatever was wrong with it.
    Wrong,
    /// It wasn't looked at.
    TooMany(TooMany),
}

/// A password that was right.
#[derive(Debug)]
pub struct Right {
    /// Whose.
    pub account: AccountId,
    /// The hash it was right for.
    pub password_hash: String,
    /// Where the guess is counted until it is given back.
    pub counted: Counted,
}

/// Compares a password.
pub(crate) async fn check(app: &App, caller: &Caller, typed: TypedPassword<'_>) -> Result<Checked<Right>, Fault> {
    let device = caller.cookies.secret(Cookie::Device);
    let name = SignInName::parse(typed.username).ok();
    let spelled = name.as_ref().map_or_else(|| typed.username.trim().to_lowercase(), ToString::to_string);
    let spelled = app.keys.master().mac(KeyPurpose::TypedNames, spelled.as_bytes())?;
    let (device, address) = (device.as_ref(), caller.address);
    let claim = LoginAttempt { name: name.as_ref(), typed: &spelled, device, address };
    let guess = app.look(async |view| Guess::weigh(view, &app.config.limits, claim).await).await?;
    if let Some(closed) = guess.closed {
        return Ok(Checked::TooMany(closed));
    }
    let turn = app.hasher.turn().await?;
    let counted = match app.act(caller.acts_as(Who::Visitor), async |tx| guess.count(tx).await).await? {
        Counting::Counted(counted) => counted,
        Counting::TooMany(closed) => return Ok(Checked::TooMany(closed)),
    };
    let stored = guess.found.as_ref().and_then(|found| found.password_hash.clone());
    // Without an account a dummy is compared with, so that the answer takes as long (R-ADM-7).
    let verdict = turn.check(&counted, typed.password.to_owned(), stored.clone()).await?;
    let proven = match (&guess.found, stored, verdict) {
        (Some(found), Some(hash), PasswordVerdict::Right) => Some((found.account, hash)),
        (Some(found), Some(hash), PasswordVerdict::RightButWeak) => {
            Some((found.account, strengthen(app, caller, found.account, hash, typed.password).await?))
        }
        (_, _, PasswordVerdict::Wrong) | (None, _, _) | (_, None, _) => None,
    };
    let Some((account, password_hash)) = proven else {
        app.act(caller.acts_as(Who::Visitor), async |tx| guess.missed(tx, &counted).await).await?;
        return Ok(Checked::Wrong);
    };
    Ok(Checked::Right(Right { account, password_hash, counted }))
}

/// The settings ask for a costlier hash than the one stored.
async fn strengthen(
    app: &App,
    caller: &Caller,
    account: AccountId,
    old: String,
    password: &str,
) -> Result<String, Fault> {
    let new = app.hasher.hash(password.to_owned()).await?;
    app.act(caller.acts_as(Who::Account(account)), async |tx| account::rehash(tx, account, &old, &new).await).await?;
    Ok(new)
}
