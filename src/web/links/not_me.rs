//! "It wasn't me": whoever reads an account's mailbox makes void all that others may have won of it. Only they get a
//! new password, by another letter to the mailbox that was proven: the link alone opens nothing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::account::{self, AccountRecord, LinkPurpose, link};
use crate::app::App;
use crate::audit::{self, Deed, DeedKind};
use crate::base::actor::Who;
use crate::base::ids::AccountId;
use crate::base::{AccountKind, Email, Fault, Language, Place, Secret};
use crate::http::Caller;
use crate::http::answer::{self, Rejection};
use crate::mail::{self, Outgoing};
use crate::notice::letters::{Alarm, Stationery};
use crate::notice::{self, Owner};
use crate::page::{Frame, Framed as _, HelpContact};
use crate::words::Words;
use crate::{access, authorization};

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
pub(crate) async fn raise(app: &App, caller: &Caller, secret: &Secret, account: AccountId) -> Result<bool, Fault> {
    let reference = answer::reference();
    let (login, record) = app
        .look(async |view| {
            Ok((account::login_of(&mut view.db, account).await?, account::by_id(&mut view.db, account).await?))
        })
        .await?;
    let login = login.unwrap_or_default();
    let way_back = Owner::of(&app.notice, caller.browser(), account)
        .await?
        .map(|owner| owner.of_new_password(&login))
        .transpose()?;
    // Staff who only sign in at the vendor's own provider get no password by this.
    let has_password =
        |record: AccountRecord| record.kind == AccountKind::Contact.as_str() || record.password_set_at.is_some();
    let way_back = way_back.filter(|_| record.is_some_and(has_password));
    let to_the_service = for_customer_service(app, account, &login, &reference).await?;
    let raised = app.act(caller.acts_as(Who::Visitor), async |tx| {
        let Some(owner) = link::redeem(tx, secret, LinkPurpose::NotMe).await? else { return Ok(false) };
        tx.by.who = Who::Account(owner);
        authorization::secure(tx, owner).await?;
        notice::post(tx, &app.notice, way_back).await?;
        audit::record(tx, Deed::new(DeedKind::AlarmRaised).account(owner).reference(&reference)).await?;
        if let Some(outgoing) = to_the_service {
            mail::post(tx, app.envelope.as_ref(), outgoing).await?;
        }
        Ok(true)
    });
    let raised = raised.await?;
    app.postman.wake();
    Ok(raised)
}

/// Customer Service is written to in the language the service speaks where nobody asked for another.
async fn for_customer_service(
    app: &App,
    account: AccountId,
    login: &str,
    reference: &str,
) -> Result<Option<Outgoing>, Fault> {
    let Ok(to) = Email::parse(&app.brand.support) else { return Ok(None) };
    let people = app.look(async |view| access::of_account(&mut view.db, account).await).await?;
    let person = people.first().map_or_else(|| login.to_owned(), access::Snapshot::full_name);
    let companies: Vec<&str> = people.iter().map(|person| person.company_name.as_str()).collect();
    let now = app.clock.now();
    let letter = Alarm {
        person: if companies.is_empty() { person } else { format!("{person} ({})", companies.join(", ")) },
        login: login.to_owned(),
        reference: reference.to_owned(),
        at: now,
        home: app.config.url(Place::Root.path()),
    };
    let on = Stationery { words: Words::of(Language::Fr), brand: app.brand.clone(), now };
    Ok(Some(Outgoing { name: "alarm", to, letter: letter.write(&on)? }))
}
