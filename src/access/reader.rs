//! Who reads which mailbox: whom letters about an account or a company go to.

use crate::base::ids::{AccountId, CompanyId, ContactId};
use crate::base::{Email, Fault, Language, Role};
use crate::store::Db;

use super::facts::holders;
use super::{Condition, Lasting, Snapshot, judge_without_caller, of_account, of_staff};

/// Somebody to write to.
#[derive(Clone, Debug)]
pub struct Reader {
    pub account: AccountId,
    /// As which contact; none is one of the vendor's people.
    pub contact: Option<ContactId>,
    pub mailbox: Email,
    /// The language they chose.
    pub language: Option<Language>,
}

/// Whoever reads the account's mailbox, where one is surely the owner's: the address of a contact that was removed may
/// be somebody else's by now, and one that the ERP wrote was proven by nobody. Whoever is only suspended, or whose
/// account was just switched off, is told all the more.
pub async fn reader(db: &mut Db, account: AccountId) -> Result<Option<Reader>, Fault> {
    if let Some(staff) = of_staff(db, account).await? {
        let language = staff.account.language;
        return Ok(Some(Reader { account, contact: None, mailbox: staff.email, language }));
    }
    let people = of_account(db, account).await?;
    Ok(people.iter().find_map(|person| person.reads(&[Condition::AccountEnabled, Condition::MembershipEnabled])))
}

/// The administrators of a company, to be told of what is done to it: whatever closes it, they are who they were.
pub async fn readers_at(db: &mut Db, company: CompanyId) -> Result<Vec<Reader>, Fault> {
    let people = holders(db, company, Role::AccountAdmin).await?;
    Ok(people.iter().filter_map(|person| person.reads(&[Condition::CompanyOpen])).collect())
}

impl Snapshot {
    /// The reader of the contact's mailbox, where nothing final stands against the person but what is passed over.
    fn reads(&self, passed_over: &[Condition]) -> Option<Reader> {
        let is_barred =
            |condition: &Condition| condition.lasting() == Lasting::Final && !passed_over.contains(condition);
        if !self.email_is_proven() || judge_without_caller(self).unmet().iter().any(is_barred) {
            return None;
        }
        let mailbox = self.email()?;
        Some(Reader { account: self.account.id, contact: Some(self.contact.id), mailbox, language: self.language() })
    }
}
