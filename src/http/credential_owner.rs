//! The guard of what everybody may change of their own, contacts and the vendor's people alike: what they sign in with.

use crate::access::SecondFactor;
use crate::account::factor;
use crate::app::App;
use crate::base::{AccountKind, Actor, Place, Timestamp};
use crate::http::answer::Rejection;
use crate::http::guard::{is_fresh, prove_again};
use crate::http::stamp::Stamp;
use crate::http::{Caller, Fresh, Guard, Person, Staff, Visitor, home};
use crate::session::{Session, Strengthening};

/// Whoever is signed in, whose access holds, and who proved not long ago who they are: with the second factor where
/// they have one.
#[derive(Clone, Debug)]
pub struct CredentialOwner {
    /// The request's own facts.
    pub caller: Caller,
    pub session: Session,
    /// What they are called.
    pub name: String,
    /// The company they act for; the vendor's people have none.
    pub company: Option<String>,
    /// Since when they have a second factor.
    pub enrolled_at: Option<Timestamp>,
    /// Whether one is demanded of all of their kind: what is demanded of some, their rows say.
    pub is_demanded: bool,
}

impl Guard for CredentialOwner {
    async fn behind(app: &App, visitor: Visitor, page: &str) -> Result<Self, Rejection> {
        if visitor.session.as_ref().is_some_and(|session| session.kind == AccountKind::Staff) {
            return Self::of_staff(app, visitor, page).await;
        }
        let Fresh(Person { caller, session, snapshot }) = Fresh::behind(app, visitor, page).await?;
        let (name, enrolled_at) = (snapshot.contact.full_name(), snapshot.account.second_factor_since());
        Ok(Self { caller, session, name, company: Some(snapshot.company.name), enrolled_at, is_demanded: false })
    }
}

impl CredentialOwner {
    async fn of_staff(app: &App, visitor: Visitor, page: &str) -> Result<Self, Rejection> {
        let Staff { caller, session, person } = Staff::behind(app, visitor, page).await?;
        let enrolled_at = app.look(async |view| factor::enrolled(&mut view.db, session.account).await).await?;
        if !is_fresh(app, &session, enrolled_at) {
            return Err(prove_again(page));
        }
        let is_demanded = app.config.staff.second_factor == SecondFactor::Required;
        Ok(Self { caller, session, name: person.name, company: None, enrolled_at, is_demanded })
    }

    pub fn home(&self) -> Place {
        home(&self.session)
    }

    /// The same, once they proved more in this very request: the forms of its answer are those of the session as it is
    /// now.
    #[must_use]
    pub fn strengthened(mut self, with: &Strengthening) -> Self {
        self.session = self.session.strengthened(with);
        self.caller.stamp = Stamp::of(Some(&self.session));
        self
    }

    /// Them as an actor of the audit trail.
    pub fn actor(&self) -> Actor {
        self.caller.acts_in(&self.session)
    }
}
