//! The guard of what everybody may change of their own, contacts and the vendor's people alike: what they sign in with.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::SecondFactor;
use crate::account::factor;
use crate::app::App;
use crate::base::{AccountKind, Actor, Place, Timestamp};
use crate::http::answer::{self, Rejection};
use crate::http::{Caller, Fresh, Person, Staff, Visitor, home, reauthentication};
use crate::session::{Acr, Session};

/// Whoever is signed in, whose access holds, and who proved not long ago who they are: with the second factor where
/// they have one.
#[derive(Clone, Debug)]
pub struct CredentialOwner {
    /// Since when they have a second factor.
    pub enrolled_at: Option<Timestamp>,
    /// Whether one is demanded of all of their kind: what is demanded of some, their rows say.
    pub is_demanded: bool,
    /// What they are.
    pub whose: OwnerKind,
}

/// What they are.
#[derive(Clone, Debug)]
pub enum OwnerKind {
    /// A customer's contact.
    Contact(Box<Person>),
    /// One of the vendor's people.
    Staff(Box<Staff>),
}

impl CredentialOwner {
    /// The holder behind a form. Whoever must prove more first comes back to that page, not to the form's answer.
    pub async fn behind(app: &App, caller: Caller, page: Place) -> Result<Self, Rejection> {
        Self::before(app, caller, page.path()).await
    }

    async fn before(app: &App, caller: Caller, back: &str) -> Result<Self, Rejection> {
        let Visitor { caller, session } = Visitor::behind(app, caller).await?;
        match session.map(|session| session.kind) {
            Some(AccountKind::Staff) => Self::of_staff(app, caller, back).await,
            Some(AccountKind::Contact) | None => {
                let Fresh(person) = Fresh::before(app, caller, back).await?;
                let enrolled_at = person.snapshot.second_factor_enrolled_at;
                Ok(Self { enrolled_at, is_demanded: false, whose: OwnerKind::Contact(Box::new(person)) })
            }
        }
    }

    async fn of_staff(app: &App, caller: Caller, back: &str) -> Result<Self, Rejection> {
        let staff = Staff::behind(app, caller).await?;
        let enrolled_at = app.look(async |view| factor::enrolled(&mut view.db, staff.session.account).await).await?;
        let is_recent = app.clock.now().since(staff.session.auth_time) < app.config.lives.fresh;
        let is_strong = enrolled_at.is_none() || staff.session.acr >= Acr::TwoFactors;
        if !is_recent || !is_strong {
            return Err(answer::see_other(&reauthentication(back)).into());
        }
        let is_demanded = app.config.staff.second_factor == SecondFactor::Required;
        Ok(Self { enrolled_at, is_demanded, whose: OwnerKind::Staff(Box::new(staff)) })
    }

    /// The request's own facts.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        match &self.whose {
            OwnerKind::Contact(person) => &person.caller,
            OwnerKind::Staff(staff) => &staff.caller,
        }
    }

    #[must_use]
    pub fn session(&self) -> &Session {
        match &self.whose {
            OwnerKind::Contact(person) => &person.session,
            OwnerKind::Staff(staff) => &staff.session,
        }
    }

    /// What they are called.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.whose {
            OwnerKind::Contact(person) => person.snapshot.full_name(),
            OwnerKind::Staff(staff) => staff.person.name.clone(),
        }
    }

    #[must_use]
    pub fn home(&self) -> Place {
        home(self.session())
    }

    /// Them as an actor of the audit trail.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match &self.whose {
            OwnerKind::Contact(person) => person.actor(),
            OwnerKind::Staff(staff) => staff.actor(),
        }
    }
}

impl FromRequestParts<App> for CredentialOwner {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Rejection> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let here = caller.here.clone();
        Self::before(app, caller, &here).await
    }
}
