//! The vendor's own people: who they are and what they may do. Their accounts are of another kind than contacts', in
//! the schema too (R-DEL-6). Deactivated is whoever's account is switched off, as everybody's.

use std::collections::BTreeSet;

use sqlx::types::Json;

use crate::account::{self, LinkPurpose, credentials, link};
use crate::audit::{Deed, DeedKind, LetterKind};
use crate::base::fold::{folded, patterns};
use crate::base::ids::AccountId;
use crate::base::vocabulary::words;
use crate::base::{Email, Fault, Secret, SignInName, StaffRole};
use crate::store::{self, Db, Found, Tx};
use crate::{authorization, directory};

/// One of the vendor's people.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StaffMember {
    pub account: AccountId,
    pub name: String,
    pub email: Email,
    #[sqlx(json)]
    pub roles: BTreeSet<StaffRole>,
    pub state: StaffState,
}

words! {
    /// Where a member of staff stands.
    #[derive(sqlx::Type)]
    #[sqlx(type_name = "TEXT", rename_all = "snake_case")]
    StaffState, "state" {
        Active = "active",
        /// Nothing to sign in with was chosen yet.
        Invited = "invited",
        /// The account is switched off.
        Off = "off",
    }
}

/// Somebody to invite.
#[derive(Clone, Debug)]
pub struct Invited {
    /// First and last name.
    pub name: String,
    /// What they sign in with and are written to at.
    pub email: Email,
    /// What they may do.
    pub roles: BTreeSet<StaffRole>,
}

/// What came of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invitation {
    /// Somebody has this account of staff now.
    Made(AccountId),
    /// The email is the name of another account.
    Taken,
    /// R-DEL-6: the email is that of a customer's contact.
    Contact,
}

/// What came of changing a member of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffChange {
    Done,
    /// It was so before.
    Already,
    /// Nobody who can let others in would be left.
    LastOperator,
    /// There is no such member of staff.
    Nobody,
}

/// Where a member of staff stands, in SQL.
macro_rules! state {
    () => {
        "(case when a.disabled_at is not null then 'off' when a.activated_at is null then 'invited' else 'active' end)"
    };
}

macro_rules! members {
    ($($rest:expr),+) => {
        concat!(
            "select s.account, s.name, s.email, s.roles, ",
            state!(),
            " as state from staff s join accounts a on a.id = s.account ",
            $($rest),+
        )
    };
}

/// How somebody hears of their invitation.
#[derive(Clone, Copy, Debug)]
pub enum InvitedBy<'a> {
    /// By a letter with a link to choose a password.
    Letter,
    /// By the operator, who hands over this link.
    Hand(&'a Secret),
    /// Not at all: the vendor's provider vouches for them, or they have a password.
    Nothing,
}

/// Gives somebody an account of staff. It has no password: a link lets its owner choose one.
pub async fn invite(tx: &mut Tx, invited: &Invited, by: InvitedBy<'_>) -> Result<Invitation, Fault> {
    let name = SignInName::from(&invited.email);
    if !directory::contacts_by_email(&mut tx.db, &invited.email).await?.is_empty() {
        return Ok(Invitation::Contact);
    }
    if credentials(&mut tx.db, &name).await?.is_some() {
        return Ok(Invitation::Taken);
    }
    let account = account::create_staff(tx, &name).await?;
    let sql = "insert into staff (account, name, email, roles, invited_at, search, version) \
         values ($1, $2, $3, $4, $5, $6, 1)";
    let search = folded(&format!("{} {}", invited.name, invited.email));
    store::execute!(tx.db, sql, account, &invited.name, &invited.email, Json(&invited.roles), tx.now, search)?;
    tell(tx, account, &invited.roles, by).await?;
    Ok(Invitation::Made(account))
}

/// Invites somebody once more, who hasn't taken the invitation up: what they were sent or handed before stops working.
/// Answers whether they wait for one.
pub async fn invite_again(tx: &mut Tx, account: AccountId, by: InvitedBy<'_>) -> Result<bool, Fault> {
    account::lock(tx, account).await?;
    let member = find(&mut tx.db, account).await?;
    let waiting = member.filter(|member| member.state == StaffState::Invited);
    let Some(member) = waiting else { return Ok(false) };
    link::void(tx, account, LinkPurpose::StaffInvitation).await?;
    link::void(tx, account, LinkPurpose::PasswordChoice).await?;
    tell(tx, account, &member.roles, by).await.map(|()| true)
}

async fn tell(tx: &mut Tx, account: AccountId, roles: &BTreeSet<StaffRole>, by: InvitedBy<'_>) -> Result<(), Fault> {
    let deed = Deed::new(DeedKind::StaffInvited).account(account).detail("roles", roles);
    let InvitedBy::Letter = by else {
        tx.record(deed.without(LetterKind::StaffInvitation)).await?;
        return match by {
            InvitedBy::Hand(link) => link::issue(tx, account, LinkPurpose::StaffInvitation, link).await,
            InvitedBy::Letter | InvitedBy::Nothing => Ok(()),
        };
    };
    tx.record(deed).await
}

/// The member of staff with this account.
pub async fn find(db: &mut Db, account: AccountId) -> Result<Option<StaffMember>, Fault> {
    store::optional!(*db, StaffMember, members!("where s.account = $1"), account)
}

/// The member of staff with this email.
pub async fn by_email(db: &mut Db, email: &Email) -> Result<Option<StaffMember>, Fault> {
    store::optional!(*db, StaffMember, members!("where s.email = $1"), email)
}

/// The member of staff whom the vendor's provider knows as this subject.
pub async fn by_subject(db: &mut Db, subject: &str) -> Result<Option<StaffMember>, Fault> {
    store::optional!(*db, StaffMember, members!("where s.upstream_subject = $1"), subject)
}

/// Binds a member of staff to a subject of the vendor's provider, at the first sign-in there. Answers whether it is
/// theirs: somebody else who gets the mailbox later is another subject.
pub async fn bind_subject(tx: &mut Tx, account: AccountId, subject: &str) -> Result<bool, Fault> {
    let sql = "update staff set upstream_subject = $2 where account = $1 and (upstream_subject is null \
        or upstream_subject = $2)";
    Ok(store::execute!(tx.db, sql, account, subject)? == 1)
}

/// All of them, by name.
pub async fn list(db: &mut Db) -> Result<Vec<StaffMember>, Fault> {
    store::all!(*db, StaffMember, members!("order by s.search, s.account"))
}

/// How many one page has.
const PAGE: u32 = 25;

/// Those whose name and email have what was typed and who are in that state, by name. `after` is the last one of the
/// page before.
pub async fn search(
    db: &mut Db,
    text: &str,
    state: Option<StaffState>,
    after: Option<AccountId>,
) -> Result<Found<StaffMember>, Fault> {
    let [first, second, rest] = patterns(text);
    let sql = members!(
        "where s.search like $1 escape '\\' and s.search like $2 escape '\\' and s.search like $3 escape '\\' ",
        "and ($4 = '' or $4 = ",
        state!(),
        ") and ($5 is null or (s.search, s.account) > (select t.search, t.account from staff t where t.account = $5)) ",
        "order by s.search, s.account limit $6"
    );
    let (state, asked) = (state.map_or("", StaffState::as_str), Found::<StaffMember>::asked(PAGE));
    Ok(Found::of(store::all!(*db, StaffMember, sql, first, second, rest, state, after, asked)?, PAGE))
}

/// Gives a member of staff other roles.
pub async fn set_roles(tx: &mut Tx, account: AccountId, roles: &BTreeSet<StaffRole>) -> Result<StaffChange, Fault> {
    one_at_a_time(tx).await?;
    let Some(before) = find(&mut tx.db, account).await? else { return Ok(StaffChange::Nobody) };
    if before.roles == *roles {
        return Ok(StaffChange::Already);
    }
    if !roles.contains(&StaffRole::Operator) && !somebody_else_operates(tx, account).await? {
        return Ok(StaffChange::LastOperator);
    }
    let sql = "update staff set roles = $2, version = version + 1 where account = $1";
    store::execute!(tx.db, sql, account, Json(roles))?;
    let deed = Deed::new(DeedKind::StaffRolesChanged).account(account);
    tx.record(deed.detail("before", before.roles).detail("after", roles)).await?;
    Ok(StaffChange::Done)
}

/// Switches the account of a member of staff off.
pub async fn dismiss(tx: &mut Tx, account: AccountId) -> Result<StaffChange, Fault> {
    one_at_a_time(tx).await?;
    if find(&mut tx.db, account).await?.is_none() {
        return Ok(StaffChange::Nobody);
    }
    if !somebody_else_operates(tx, account).await? {
        return Ok(StaffChange::LastOperator);
    }
    Ok(if authorization::switch_off(tx, account).await? { StaffChange::Done } else { StaffChange::Already })
}

/// The eldest row is bumped first, so that two operators who dismiss each other follow one another.
pub(super) async fn one_at_a_time(tx: &mut Tx) -> Result<(), Fault> {
    let sql = "update staff set version = version + 1 where account = (select account from staff \
        order by invited_at, account limit 1)";
    store::execute!(tx.db, sql).map(drop)
}

/// Whether an operator who can sign in is left without this one, or there is none to lose.
async fn somebody_else_operates(tx: &mut Tx, account: AccountId) -> Result<bool, Fault> {
    let everybody = list(&mut tx.db).await?;
    let operates = |one: &&StaffMember| one.roles.contains(&StaffRole::Operator) && one.state == StaffState::Active;
    let mut operators = everybody.iter().filter(operates).peekable();
    Ok(operators.peek().is_none() || operators.any(|one| one.account != account))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Invitation, Invited, InvitedBy, StaffChange, dismiss, invite, set_roles};
    use crate::account::set_password;
    use crate::base::actor::Who;
    use crate::base::ids::AccountId;
    use crate::base::{Actor, Clock, Email, Lifetimes, StaffRole};
    use crate::store::{Start, Store, trial};

    struct Office {
        store: Store,
        clock: Clock,
        lives: Lifetimes,
    }

    impl Office {
        fn start(&self) -> Start<'_> {
            Start { by: Actor::of(Who::Operator), clock: &self.clock, lives: &self.lives }
        }

        async fn operator(&self, name: &str) -> AccountId {
            let email = Email::parse(&format!("{name}@guichet.example")).unwrap();
            let invited = Invited { name: name.to_owned(), email, roles: [StaffRole::Operator].into() };
            let made = self.store.act(self.start(), async |tx| {
                let Invitation::Made(account) = invite(tx, &invited, InvitedBy::Nothing).await? else {
                    panic!("{name} isn't invited")
                };
                set_password(tx, account, "hash", tx.now).await.map(|()| account)
            });
            made.await.unwrap()
        }

        async fn dismissed(&self, who: AccountId) -> StaffChange {
            self.store.act(self.start(), async |tx| dismiss(tx, who).await).await.unwrap()
        }

        async fn demoted(&self, who: AccountId) -> StaffChange {
            let roles = BTreeSet::from([StaffRole::CustomerService]);
            self.store.act(self.start(), async |tx| set_roles(tx, who, &roles).await).await.unwrap()
        }
    }

    #[tokio::test]
    async fn of_two_operators_who_dismiss_each_other_one_stays() {
        for trial in trial::databases().await {
            let office = Office { store: trial.store.clone(), clock: Clock::movable(), lives: Lifetimes::default() };
            let (oscar, olga) = (office.operator("oscar").await, office.operator("olga").await);
            let (one, other) = tokio::join!(office.dismissed(oscar), office.demoted(olga));
            let (kept, lost) = (StaffChange::LastOperator, StaffChange::Done);
            assert!([(kept, lost), (lost, kept)].contains(&(one, other)), "{one:?} {other:?}");
        }
    }
}
