//! The guard of the staff's doors. Contacts, and whoever isn't signed in, learn nothing of what is behind them
//! (R-DEL-6).

use std::marker::PhantomData;

use crate::access::{self, StaffCircumstances, StaffSnapshot};
use crate::app::App;
use crate::base::{AccountKind, Actor, Place};
use crate::http::answer::{self, Rejection};
use crate::http::error::ErrorKind;
use crate::http::refusal::{Attempted, Refusal, StaffRefusal};
use crate::http::{Caller, Guard, Visitor};
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

impl Guard for Staff {
    /// A contact is answered as if there were no such door.
    async fn behind(app: &App, visitor: Visitor, _: &str) -> Result<Self, Rejection> {
        let Visitor { caller, session } = visitor;
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
}

impl Staff {
    /// Whether one of their roles has that duty.
    pub fn may(&self, app: &App, duty: StaffPermission) -> bool {
        app.policy.load().permits_staff(&self.person.roles, duty)
    }

    /// Them as an actor of the audit trail.
    pub fn actor(&self) -> Actor {
        self.caller.acts_in(&self.session)
    }

    /// What doesn't exist, or isn't theirs to see.
    pub fn nothing(&self) -> Rejection {
        answer::trouble(&self.caller, ErrorKind::NotFound).into()
    }
}

/// One of them, with one duty: the guard of that duty's pages and deeds.
#[derive(Clone, Debug)]
pub struct OnDuty<D> {
    pub staff: Staff,
    duty: PhantomData<D>,
}

impl<D: Duty> Guard for OnDuty<D> {
    async fn behind(app: &App, visitor: Visitor, page: &str) -> Result<Self, Rejection> {
        let staff = Staff::behind(app, visitor, page).await?;
        if staff.may(app, D::PERMISSION) {
            Ok(Self { staff, duty: PhantomData })
        } else {
            Err(answer::trouble(&staff.caller, ErrorKind::NotPermitted).into())
        }
    }
}

/// A permission, as a handler's signature names it.
pub trait Duty: Send {
    const PERMISSION: StaffPermission;
}

/// Permissions of one variant each of [`StaffPermission`].
pub mod duty {
    use super::{Duty, StaffPermission};

    macro_rules! duties {
        ($($duty:ident),+ $(,)?) => {$(
            #[derive(Clone, Copy, Debug)]
            pub struct $duty;

            impl Duty for $duty {
                const PERMISSION: StaffPermission = StaffPermission::$duty;
            }
        )+};
    }

    duties! {
        BlockCompanies, DemandOfCompanies, DemandOfContacts, EndSessions, ManageStaff, ResetFactors, SwitchAccounts,
        Unlock, ViewCompanies, ViewContacts, ViewStaff,
    }
}
