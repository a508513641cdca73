//! The guard of the staff's doors. Contacts, and whoever isn't signed in, learn nothing of what is behind them
//! (R-DEL-6).

use crate::access::{self, StaffCircumstances, StaffSnapshot};
use crate::app::App;
use crate::base::{AccountKind, Actor, Place};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::refusal::{Attempted, Refusal, StaffRefusal};
use crate::http::{Caller, Visitor};
use crate::rights::StaffPermission;
use crate::session::Session;

/// One of the vendor's people, whose access holds here and now.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The request's own facts.
    pub caller: Caller,
    pub session: Session,
    pub person: StaffSnapshot,
}

impl Staff {
    /// The member of staff behind these cookies. A contact is answered as if there were no such door.
    pub async fn behind(app: &App, caller: Caller) -> Result<Self, Rejection> {
        let Visitor { caller, session } = Visitor::behind(app, caller).await?;
        let Some(session) = session else { return Err(answer::go(Place::Login).into()) };
        let person = match session.kind {
            AccountKind::Staff => app.look(async |view| access::of_staff(&mut view.db, session.account).await).await?,
            AccountKind::Contact => None,
        };
        let Some(person) = person else { return Err(answer::trouble(&caller, ErrorKind::NotFound).into()) };
        let rules = app.config.staff.rules();
        let asked = StaffCircumstances { rules, address: caller.address, second_factor_at: session.second_factor_at };
        let standing = access::judge_staff(&person, asked);
        if !standing.holds() {
            let refusal = StaffRefusal { wish: Attempted::Page, person, standing };
            return Err(answer::refuse(&caller, Refusal::Staff(Box::new(refusal))).into());
        }
        Ok(Self { caller, session, person })
    }

    /// The same, for pages and deeds of one duty only.
    pub async fn with_permission(app: &App, caller: Caller, duty: StaffPermission) -> Result<Self, Rejection> {
        let staff = Self::behind(app, caller).await?;
        staff.must(app, duty).map(|()| staff)
    }

    /// Lets on only whoever has that duty.
    pub fn must(&self, app: &App, duty: StaffPermission) -> Result<(), Rejection> {
        if self.may(app, duty) { Ok(()) } else { Err(answer::trouble(&self.caller, ErrorKind::NotPermitted).into()) }
    }

    /// Whether one of their roles has that duty.
    #[must_use]
    pub fn may(&self, app: &App, duty: StaffPermission) -> bool {
        app.policy.load().permits_staff(&self.person.roles, duty)
    }

    /// Them as an actor of the audit trail.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.caller.acts_in(&self.session)
    }

    /// What doesn't exist, or isn't theirs to see.
    #[must_use]
    pub fn nothing(&self) -> Rejection {
        answer::trouble(&self.caller, ErrorKind::NotFound).into()
    }
}
