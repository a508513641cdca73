//! "It wasn't me": whoever reads an account's mailbox makes void all that others may have won of it. Only they get a
//! new password, by another letter to the mailbox that was proven: the link alone opens nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::account::{self, LinkPurpose, link};
use crate::app::App;
use crate::audit::{Deed, DeedKind, LetterKind};
use crate::authorization;
use crate::base::actor::Who;
use crate::base::{AccountKind, Fault, Secret};
use crate::http::Caller;
use crate::http::answer::{self, Rejection};
use crate::page::{Frame, Framed as _, HelpContact};

/// Says what was done.
#[derive(Debug, Template)]
#[template(path = "links/secured.html")]
pub struct SecuredPage {
    /// What every page shares.
    pub frame: Frame,
    pub whom: Vec<HelpContact>,
}

impl SecuredPage {
    fn subject(&self) -> String {
        self.frame.say("secured-title")
    }
}

/// Says what was done; it knows nothing of whom.
pub(crate) async fn done(State(app): State<App>, caller: Caller) -> Result<Response, Rejection> {
    let frame = caller.frame(&app)?;
    Ok(answer::page(StatusCode::OK, &SecuredPage { whom: vec![HelpContact::customer_service(&frame)], frame }))
}

/// Raises the alarm, once per link. Answers whether the link still worked.
pub(crate) async fn raise(app: &App, caller: &Caller, secret: &Secret) -> Result<bool, Fault> {
    let reference = answer::reference();
    app.act(caller.acts_as(Who::Visitor), async |tx| {
        let Some(owner) = link::redeem(tx, secret, LinkPurpose::NotMe).await? else { return Ok(false) };
        tx.by.who = Who::Account(owner);
        let before = account::by_id(&mut tx.db, owner).await?;
        authorization::secure(tx, owner).await?;
        let raised = Deed::new(DeedKind::AlarmRaised).account(owner).reference(&reference);
        // Staff who only sign in at the vendor's own provider get no password by this.
        let has_password = before
            .is_some_and(|before| before.kind == AccountKind::Contact.as_str() || before.password_set_at.is_some());
        tx.record(if has_password { raised } else { raised.without(LetterKind::NewPassword) }).await?;
        Ok(true)
    })
    .await
}
