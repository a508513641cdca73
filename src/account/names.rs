//! Names and credentials: the one namespace of logins and emails (R-ADM-9), and what is checked against it.

use crate::access;
use crate::audit::{Deed, DeedKind};
use crate::base::ids::AccountId;
use crate::base::{AccountKind, Fault, Language, SignInName, Timestamp};
use crate::store::{self, Db, Tx};

use super::device;

/// What signing in is checked against.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Credentials {
    pub account: AccountId,
    /// The Argon2id hash, once a password is set.
    pub password_hash: Option<String>,
}

/// The credentials behind a name.
pub async fn credentials(db: &mut Db, name: &SignInName) -> Result<Option<Credentials>, Fault> {
    let sql = "select a.id as account, a.password_hash from sign_in_names n join accounts a on a.id = n.account \
         where n.name = $1";
    store::optional!(*db, Credentials, sql, name)
}

/// The login of an account.
pub async fn login_of(db: &mut Db, account: AccountId) -> Result<Option<String>, Fault> {
    let sql = "select name from sign_in_names where account = $1 and kind = 'login'";
    Ok(store::optional!(*db, (String,), sql, account)?.map(|(name,)| name))
}

/// What came of creating a contact's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    Account(AccountId),
    /// The name is somebody else's already.
    NameTaken(SignInName),
}

#[cfg(test)]
impl Created {
    /// The account, where nobody had its names.
    pub(crate) fn account(self) -> AccountId {
        match self {
            Self::Account(account) => account,
            Self::NameTaken(name) => panic!("{name} is taken"),
        }
    }
}

/// Creates a contact's account that goes by these names, its login first. It has no password and isn't activated.
pub async fn create(tx: &mut Tx, names: &[SignInName]) -> Result<Created, Fault> {
    for name in names {
        if credentials(&mut tx.db, name).await?.is_some() {
            return Ok(Created::NameTaken(name.clone()));
        }
    }
    let account = insert(tx, AccountKind::Contact, names).await?;
    tx.record(Deed::new(DeedKind::AccountCreated).account(account)).await?;
    Ok(Created::Account(account))
}

/// The first name is the login. One that was taken meanwhile breaks the primary key, and with it the whole unit.
async fn insert(tx: &mut Tx, kind: AccountKind, names: &[SignInName]) -> Result<AccountId, Fault> {
    let account = AccountId(tx.dice.id(tx.now)?);
    store::execute!(tx.db, "insert into accounts (id, kind, created_at) values ($1, $2, $3)", account, kind, tx.now)?;
    for (kind, name) in std::iter::once("login").chain(std::iter::repeat("email")).zip(names) {
        let sql = "insert into sign_in_names (name, account, kind, created_at) values ($1, $2, $3, $4)";
        store::execute!(tx.db, sql, name, account, kind, tx.now)?;
    }
    Ok(account)
}

/// Whether the password is still the account's. The row is written, so that disabling the account or ending its
/// sessions either comes first and is seen here, or comes later and sees the session that begins.
pub async fn has_password(tx: &mut Tx, account: AccountId, password_hash: &str) -> Result<bool, Fault> {
    let sql = "update accounts set password_hash = password_hash where id = $1 and password_hash = $2";
    Ok(store::execute!(tx.db, sql, account, password_hash)? == 1)
}

/// Creates an account of staff that goes by this name.
pub async fn create_staff(tx: &mut Tx, name: &SignInName) -> Result<AccountId, Fault> {
    insert(tx, AccountKind::Staff, std::slice::from_ref(name)).await
}

/// Sets a password, hashed already, on an account whose owner proved to own the mailbox at `proven`; it is activated
/// with that.
pub async fn set_password(tx: &mut Tx, account: AccountId, hash: &str, proven: Timestamp) -> Result<(), Fault> {
    let before = super::by_id(&mut tx.db, account).await?;
    let sql = "update accounts set password_hash = $2, password_set_at = $3, activated_at = coalesce(activated_at, $3) \
         where id = $1";
    store::execute!(tx.db, sql, account, hash, tx.now)?;
    if before.as_ref().is_none_or(|before| before.mailbox_proven_at.is_none()) {
        prove_mailbox(tx, account, proven).await?;
    }
    // Whoever signs in with the new password proves the second factor first, in every browser.
    device::forget_second_factors(tx, account).await?;
    let is_first = before.is_none_or(|before| before.activated_at.is_none());
    let what = if is_first { DeedKind::PasswordSet } else { DeedKind::PasswordChanged };
    tx.record(Deed::new(what).account(account)).await
}

/// Puts a new password, hashed already, in the place of the one whose hash is `old`. Of two changes at once one counts;
/// answers whether this one did.
pub async fn change_password(tx: &mut Tx, account: AccountId, old: &str, new: &str) -> Result<bool, Fault> {
    let sql = "update accounts set password_hash = $3, password_set_at = $4 where id = $1 and password_hash = $2";
    let changed = store::execute!(tx.db, sql, account, old, new, tx.now)?;
    if changed > 0 {
        device::forget_second_factors(tx, account).await?;
        tx.record(Deed::new(DeedKind::PasswordChanged).account(account)).await?;
    }
    Ok(changed > 0)
}

/// Makes the password void: nobody signs in with one until the owner chose another.
pub async fn void_password(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    store::execute!(tx.db, "update accounts set password_hash = null, password_set_at = null where id = $1", account)
        .map(drop)
}

/// The owner proved to own the mailbox, or that the operator handed them the link: whichever of its names is that
/// mailbox's, for a login may be an email.
pub async fn prove_mailbox(tx: &mut Tx, account: AccountId, at: Timestamp) -> Result<(), Fault> {
    store::execute!(tx.db, "update accounts set mailbox_proven_at = $2 where id = $1", account, at)?;
    store::execute!(tx.db, "update sign_in_names set proven_at = $2 where account = $1", account, at).map(drop)
}

/// Somebody whom the vendor's own provider vouches for takes up their account of staff, unless it is off. The row is
/// written, so that switching the account off comes before this, and is seen, or after it, and ends the session.
pub async fn take_up(tx: &mut Tx, account: AccountId) -> Result<(), Fault> {
    let sql = "update accounts set activated_at = coalesce(activated_at, $2) \
        where id = $1 and kind = 'staff' and disabled_at is null";
    if store::execute!(tx.db, sql, account, tx.now)? > 0 {
        prove_mailbox(tx, account, tx.now).await?;
    }
    Ok(())
}

/// What others know of an account's owner, so that no password may contain it (R-ADM-10): names, and the companies'
/// names.
pub async fn known_of(db: &mut Db, account: AccountId) -> Result<Vec<String>, Fault> {
    let mut known = super::record::names(db, account).await?;
    if let Some((name,)) = store::optional!(*db, (String,), "select name from staff where account = $1", account)? {
        // The vendor's own domain stands on every page and tells nothing of one person.
        for login in &mut known {
            login.truncate(login.find('@').unwrap_or(login.len()));
        }
        known.push(name);
    }
    for person in access::of_account(db, account).await? {
        known.extend([person.contact.first_name, person.contact.last_name, person.company.name]);
    }
    Ok(known)
}

/// The language its owner wants to be spoken to in, at every company.
pub async fn set_language(tx: &mut Tx, account: AccountId, language: Language) -> Result<(), Fault> {
    store::execute!(tx.db, "update accounts set language = $2 where id = $1", account, language).map(drop)
}

/// Replaces a hash by a costlier one of the same password, unless the password changed meanwhile.
pub async fn rehash(tx: &mut Tx, account: AccountId, old: &str, new: &str) -> Result<(), Fault> {
    let sql = "update accounts set password_hash = $3 where id = $1 and password_hash = $2";
    store::execute!(tx.db, sql, account, old, new).map(drop)
}
