//! Guards: a handler runs only for whoever it is for. `access` is asked on every request, not only at sign-in.

use crate::access::{self, Circumstances, Door, Snapshot, Verdict};
use crate::app::App;
use crate::base::actor::Who;
use crate::base::{AccountKind, Actor, Fault, Place, Timestamp};
use crate::http::answer::{self, Rejection};
use crate::http::cookies::Cookie;
use crate::http::refusal::{Attempted, ContactRefusal, Refusal};
use crate::http::stamp::Stamp;
use crate::http::{Caller, request};
use crate::session::{self, Acr, Session};

/// Whom a handler runs for. A form is read only together with one ([`crate::http::Form`]).
pub trait Guard: Sized + Send {
    /// Whoever it lets through, of those behind these cookies; anybody else is led to the step they lack, or refused.
    /// Whoever must prove more first comes back to that page of ours.
    fn behind(app: &App, visitor: Visitor, page: &str) -> impl Future<Output = Result<Self, Rejection>> + Send;

    /// What their pages speak of besides themselves: forms of a page that spoke of something else don't count.
    fn subject(&self) -> Option<String> {
        None
    }
}

/// Whoever calls, signed in or not.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The request's own facts.
    pub caller: Caller,
    /// The live session of its cookie.
    pub session: Option<Session>,
}

impl Visitor {
    /// The visitor behind these cookies.
    pub async fn of(app: &App, mut caller: Caller) -> Result<Self, Rejection> {
        let Some(secret) = caller.cookies.secret(Cookie::Session) else {
            return Ok(Self { caller, session: None });
        };
        let idle = app.config.lives.session_idle;
        let session = app.look(async |view| session::find(&mut view.db, &secret, view.now, idle).await).await?;
        if let Some(session) = &session {
            request::note_account(session.account);
        }
        caller.stamp = Stamp::of(session.as_ref());
        if let Some(session) = &session
            && session::is_stale(session, app.clock.now(), caller.address)
        {
            app.act(caller.acts_as(Who::Account(session.account)), async |tx| session::touch(tx, session.id).await)
                .await?;
        }
        Ok(Self { caller, session })
    }
}

impl Guard for Visitor {
    async fn behind(_: &App, visitor: Visitor, _: &str) -> Result<Self, Rejection> {
        Ok(visitor)
    }
}

/// A signed-in person acting as a contact whose access holds, here and now.
#[derive(Clone, Debug)]
pub struct Person {
    /// The request's own facts.
    pub caller: Caller,
    pub session: Session,
    /// The contact they act as.
    pub snapshot: Snapshot,
}

impl Guard for Person {
    async fn behind(app: &App, visitor: Visitor, page: &str) -> Result<Self, Rejection> {
        let Visitor { caller, session } = visitor;
        let Some(session) = session else { return Err(answer::go(Place::Login).into()) };
        if session.kind == AccountKind::Staff {
            return Err(answer::go(home(&session)).into());
        }
        let Some(membership) = session.membership else { return Err(answer::go(Place::CompanyChoice).into()) };
        let snapshot = app.look(async |view| access::of_membership(&mut view.db, membership).await).await?;
        let Some(snapshot) = snapshot else { return Err(answer::go(Place::CompanyChoice).into()) };
        let standing = access::judge(&snapshot, at_a_page(&caller, &session));
        let person = Self { caller, session, snapshot };
        if standing.lacks_second_factor_only() {
            return Err(prove_again(page));
        }
        if standing.holds() { Ok(person) } else { Err(person.refused(app, standing).await?) }
    }
}

impl Person {
    /// The person as an actor of the audit trail.
    pub fn actor(&self) -> Actor {
        self.caller.acts_in(&self.session)
    }

    async fn refused(self, app: &App, standing: Verdict) -> Result<Rejection, Fault> {
        let others = stands_elsewhere(app, &self.caller, &self.session, &self.snapshot).await?;
        if standing.is_final() {
            app.act(self.actor(), async |tx| session::lose(tx, &self.session, others).await).await?;
        }
        let people = vec![(self.snapshot, standing)];
        let refusal = ContactRefusal { wish: Attempted::Page, people, e_service: None, others };
        Ok(answer::refuse(&self.caller, Refusal::Contact(refusal)).into())
    }
}

/// What is asked of somebody who opens a page of ours.
pub fn at_a_page(caller: &Caller, session: &Session) -> Circumstances<'static> {
    Circumstances {
        door: Door::Page,
        address: caller.address,
        e_service: None,
        second_factor_at: session.second_factor_at,
    }
}

/// Where whoever is signed in begins.
pub const fn home(session: &Session) -> Place {
    match session.kind {
        AccountKind::Contact => Place::Account,
        AccountKind::Staff => Place::Staff,
    }
}

/// Whether the account may act, from here, for another company than that of `person` (R-DIR-6).
pub async fn stands_elsewhere(app: &App, caller: &Caller, session: &Session, person: &Snapshot) -> Result<bool, Fault> {
    let asked = at_a_page(caller, session);
    let people = app.look(async |view| access::of_account(&mut view.db, session.account).await).await?;
    let stands = |other: &Snapshot| access::judge(other, asked).holds_or_lacks_second_factor_only();
    Ok(people.iter().any(|other| other.membership.id != person.membership.id && stands(other)))
}

/// A person who proved not long ago who they are, with the second factor where they have one. Only they change what
/// they sign in with.
#[derive(Clone, Debug)]
pub struct Fresh(pub Person);

impl Guard for Fresh {
    async fn behind(app: &App, visitor: Visitor, page: &str) -> Result<Self, Rejection> {
        let person = Person::behind(app, visitor, page).await?;
        let is_fresh = is_fresh(app, &person.session, person.snapshot.account.second_factor_since());
        if is_fresh { Ok(Self(person)) } else { Err(prove_again(page)) }
    }
}

/// Whether the person proved not long ago who they are, with the second factor if they have one.
pub(super) fn is_fresh(app: &App, session: &Session, enrolled_at: Option<Timestamp>) -> bool {
    let is_recent = app.clock.now().since(session.auth_time) < app.config.lives.fresh;
    // A remembered browser proved the second factor some time, not now.
    is_recent && (enrolled_at.is_none() || session.acr >= Acr::TwoFactors)
}

/// Leads to where whoever is signed in proves it again, to come back to that page of ours.
pub(super) fn prove_again(page: &str) -> Rejection {
    answer::see_other(&reauthentication(page)).into()
}

/// Where whoever is signed in proves it again, to come back to that page of ours.
pub fn reauthentication(back: &str) -> String {
    wanted_by(Place::Reauthenticate, back)
}

/// A step on behalf of that page of ours.
pub fn wanted_by(place: Place, back: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("for", back).finish();
    format!("{}?{query}", place.path())
}
