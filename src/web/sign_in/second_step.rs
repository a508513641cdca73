//! Where somebody is between the right password and their session, whatever they prove or enrol there.

use crate::account::{factor, passkey};
use crate::app::App;
use crate::base::{Fault, Place};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::interaction::{self, Waiting};
use crate::http::{Caller, Guard, Visitor, guards, request};
use crate::page::{Frame, Framed as _};
use crate::session::Acr;
use crate::session::pending::{self, PendingSignIn};
use crate::web::sign_in::step::SignInStep;

/// Somebody at the second step.
pub struct Step {
    pub caller: Caller,
    pub pending: PendingSignIn,
    pub waiting: Option<Waiting>,
}

guards! { Step }

impl Guard for Step {
    /// Reads the cookie of the first step. Whoever has none, or took too long, begins anew.
    async fn behind(app: &App, visitor: Visitor, _: &str) -> Result<Self, Rejection> {
        let mut caller = visitor.caller;
        let Some(secret) = caller.cookies.secret(Cookie::SignIn) else {
            return Err(answer::go(Place::Login).into());
        };
        let found = app.look(async |view| pending::find(&mut view.db, &secret, view.now).await).await?;
        let Some(pending) = found else { return Err(answer::go(Place::Login).into()) };
        request::note_account(pending.account);
        let waiting = interaction::waiting(app, &mut caller, pending.interaction).await?;
        caller.stamp = caller.stamp.about(&subject(&pending));
        Ok(Self { caller, pending, waiting })
    }

    fn subject(&self) -> Option<String> {
        Some(subject(&self.pending))
    }
}

/// Another sign-in may begin in this browser while the form is open.
fn subject(pending: &PendingSignIn) -> String {
    format!("second step {}", pending.id)
}

impl Step {
    pub(crate) fn arrival<'a>(&'a self, app: &'a App) -> Result<SignInStep<'a>, Fault> {
        Ok(SignInStep::new(app, &self.caller)?.towards(self.waiting.as_ref(), self.pending.back.as_deref()))
    }

    /// The frame of a page that stands at the address of this step, whatever form it answers.
    pub(crate) fn frame(&self, app: &App) -> Result<Frame, Fault> {
        Ok(Frame { here: Place::SecondFactor.path().to_owned(), ..self.caller.frame(app)? })
    }

    /// A session that is strengthened shows who is there now, and the vendor's people prove it every time.
    pub(crate) const fn offers_memory(&self) -> bool {
        self.pending.session.is_none() && !self.pending.is_staff
    }

    /// Where the relying party must have it phishing-resistant, codes are of no use to who has a passkey.
    pub(crate) async fn takes(&self, app: &App) -> Result<Takes, Fault> {
        let account = self.pending.account;
        let (has_app, has_passkey) = app
            .look(async |view| {
                let has_passkey = !passkey::list(&mut view.db, account).await?.is_empty();
                Ok((factor::since(&mut view.db, account).await?.is_some(), has_passkey))
            })
            .await?;
        let passkey = has_passkey && app.site.is_some();
        let must = self.waiting.as_ref().map_or(Acr::OneFactor, |waiting| waiting.request.weakest());
        let takes_codes = !passkey || must < Acr::PhishingResistant;
        Ok(Takes { app: has_app && takes_codes, passkey, recovery: takes_codes })
    }

    pub(crate) async fn is_enrolled(&self, app: &App) -> Result<bool, Fault> {
        Ok(app.look(async |view| factor::enrolled(&mut view.db, self.pending.account).await).await?.is_some())
    }
}

/// What somebody can prove at the second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Takes {
    /// A code of their app.
    pub app: bool,
    pub passkey: bool,
    /// A recovery code: not where only a passkey is strong enough.
    pub recovery: bool,
}
