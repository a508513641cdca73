//! Facts: every row that access depends on, read by one query that begins at the contact. Each kind of facts names its
//! columns beside it, and answers for the conditions that are about it.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::base::ids::{AccountId, CompanyId, ContactId, MembershipId};
use crate::base::{EServiceCode, Email, Fault, Language, Networks, Profile, Role, Timestamp};
use crate::rights::Holdings;
use crate::store::{self, Db, Joined, Left};

/// A company, and what decides about the access of all its people.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CompanyFacts {
    #[sqlx(rename = "company")]
    pub id: CompanyId,
    #[sqlx(rename = "company_ref")]
    pub reference: String,
    #[sqlx(rename = "company_name")]
    pub name: String,
    pub accounting_validated_at: Option<Timestamp>,
    pub first_order_at: Option<Timestamp>,
    pub erp_blocked_at: Option<Timestamp>,
    pub blocked_at: Option<Timestamp>,
    #[sqlx(json)]
    pub subscriptions: BTreeSet<EServiceCode>,
    /// Set by the vendor: from files, the API and staff (R-RGT-6).
    #[sqlx(json)]
    pub vendor_networks: Networks,
    /// Set by the company's own administrators.
    #[sqlx(json)]
    pub own_networks: Networks,
    #[sqlx(rename = "company_second_factor_required_at")]
    pub second_factor_required_at: Option<Timestamp>,
}

macro_rules! company_columns {
    () => {
        "co.id as company, co.ref as company_ref, co.name as company_name, co.accounting_validated_at, \
         co.first_order_at, co.erp_blocked_at, co.blocked_at, co.subscriptions, co.vendor_networks, co.own_networks, \
         co.second_factor_required_at as company_second_factor_required_at"
    };
}

impl CompanyFacts {
    /// Whether nobody blocked it (R-DIR-1).
    pub const fn is_open(&self) -> bool {
        self.erp_blocked_at.is_none() && self.blocked_at.is_none()
    }
}

/// A contact, as the directory knows them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ContactFacts {
    #[sqlx(rename = "contact")]
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// When the owner of the account proved to read that mailbox. The ERP may have written another address into the
    /// contact since: that one is proven by nobody (R-OWN-5).
    pub email_proven_at: Option<Timestamp>,
    pub phone: Option<String>,
    pub mobile: Option<String>,
    #[sqlx(rename = "contact_language")]
    pub language: Option<String>,
    pub erp_inactive_at: Option<Timestamp>,
    #[sqlx(rename = "contact_disabled_at")]
    pub disabled_at: Option<Timestamp>,
}

macro_rules! contact_columns {
    () => {
        "ct.id as contact, ct.first_name, ct.last_name, ct.email, n.proven_at as email_proven_at, ct.phone, \
         ct.mobile, ct.language as contact_language, ct.erp_inactive_at, ct.disabled_at as contact_disabled_at"
    };
}

impl ContactFacts {
    /// First and last name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// A membership: what its company gave, and whether it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MembershipFacts {
    #[sqlx(rename = "membership")]
    pub id: MembershipId,
    pub approved_at: Option<Timestamp>,
    pub refused_at: Option<Timestamp>,
    pub detached_at: Option<Timestamp>,
    #[sqlx(rename = "membership_disabled_at")]
    pub disabled_at: Option<Timestamp>,
    pub profile: Profile,
    #[sqlx(json)]
    pub roles: BTreeSet<Role>,
    #[sqlx(json)]
    pub e_services: BTreeSet<EServiceCode>,
    pub branch: Option<String>,
    #[sqlx(json)]
    pub networks: Networks,
    #[sqlx(rename = "membership_second_factor_required_at")]
    pub second_factor_required_at: Option<Timestamp>,
}

macro_rules! membership_columns {
    () => {
        "m.id as membership, m.approved_at, m.refused_at, m.detached_at, m.disabled_at as membership_disabled_at, \
         m.profile, m.roles, m.e_services, m.branch, m.networks, \
         m.second_factor_required_at as membership_second_factor_required_at"
    };
}

impl Joined for MembershipFacts {
    const KEY: &'static str = "membership";
}

impl MembershipFacts {
    /// Whether somebody approved it, and nobody took that back (R-ADM-5).
    pub const fn is_approved(&self) -> bool {
        self.approved_at.is_some() && self.refused_at.is_none() && self.detached_at.is_none()
    }
}

/// An account: the means to sign in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AccountFacts {
    #[sqlx(rename = "account")]
    pub id: AccountId,
    #[sqlx(rename = "account_language")]
    pub language: Option<Language>,
    #[sqlx(rename = "account_disabled_at")]
    pub disabled_at: Option<Timestamp>,
    pub activated_at: Option<Timestamp>,
    pub mailbox_proven_at: Option<Timestamp>,
    pub password_set_at: Option<Timestamp>,
    #[sqlx(rename = "account_second_factor_required_at")]
    pub second_factor_required_at: Option<Timestamp>,
    pub totp_since: Option<Timestamp>,
    pub passkey_since: Option<Timestamp>,
}

macro_rules! account_columns {
    () => {
        "a.id as account, a.language as account_language, a.disabled_at as account_disabled_at, a.activated_at, \
         a.mailbox_proven_at, a.password_set_at, a.second_factor_required_at as account_second_factor_required_at, \
         a.totp_since, a.passkey_since"
    };
}

pub(super) use account_columns;

impl Joined for AccountFacts {
    const KEY: &'static str = "account";
}

impl AccountFacts {
    /// Since when there is a second factor.
    pub fn second_factor_since(&self) -> Option<Timestamp> {
        self.totp_since.or(self.passkey_since)
    }
}

#[cfg(test)]
impl AccountFacts {
    /// One that lacks nothing.
    pub(super) const fn activated() -> Self {
        let at = Some(Timestamp::from_millis(1));
        Self {
            id: AccountId(uuid::Uuid::nil()),
            language: None,
            disabled_at: None,
            activated_at: at,
            mailbox_proven_at: at,
            password_set_at: at,
            second_factor_required_at: None,
            totp_since: None,
            passkey_since: None,
        }
    }
}

/// A person as one contact of one company, with the account they sign in with.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Snapshot {
    #[sqlx(flatten)]
    pub company: CompanyFacts,
    #[sqlx(flatten)]
    pub contact: ContactFacts,
    #[sqlx(flatten)]
    pub membership: MembershipFacts,
    #[sqlx(flatten)]
    pub account: AccountFacts,
}

impl Snapshot {
    /// The e-services held: ticked for the person and subscribed to by the company (R-RGT-3).
    pub fn entitlements(&self) -> BTreeSet<EServiceCode> {
        self.membership.e_services.intersection(&self.company.subscriptions).cloned().collect()
    }

    /// What rights are derived from.
    pub fn holdings(&self) -> Holdings {
        let MembershipFacts { profile, roles, branch, .. } = &self.membership;
        Holdings {
            company: self.company.reference.clone(),
            branch: branch.clone(),
            profile: *profile,
            roles: roles.clone(),
            e_services: self.entitlements(),
        }
    }

    /// Every network that some list limits the person to (R-RGT-6).
    pub fn networks(&self) -> impl Iterator<Item = &IpNet> {
        let Self { company, membership, .. } = self;
        [&membership.networks, &company.own_networks, &company.vendor_networks].into_iter().flat_map(Networks::iter)
    }

    /// Whether the owner proved the mailbox of the contact's email.
    pub const fn email_is_proven(&self) -> bool {
        self.account.mailbox_proven_at.is_some() && self.contact.email_proven_at.is_some()
    }

    /// The language the account chose, else the one the ERP knows.
    pub fn language(&self) -> Option<Language> {
        self.account.language.or_else(|| self.contact.language.as_deref().and_then(Language::from_tag))
    }

    /// The contact's email, where it is one.
    pub fn email(&self) -> Option<Email> {
        Email::parse(&self.contact.email).ok()
    }
}

/// A contact whom access may be given to, or was.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Candidate {
    #[sqlx(flatten)]
    pub company: CompanyFacts,
    #[sqlx(flatten)]
    pub contact: ContactFacts,
    #[sqlx(flatten)]
    pub membership: Left<MembershipFacts>,
    #[sqlx(flatten)]
    pub account: Left<AccountFacts>,
}

impl Candidate {
    /// The person, if the contact has an account.
    pub fn person(self) -> Option<Snapshot> {
        let (membership, account) = (self.membership.0?, self.account.0?);
        Some(Snapshot { company: self.company, contact: self.contact, membership, account })
    }
}

/// What is known when a question is asked; of what isn't there yet no condition arises.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    pub company: &'a CompanyFacts,
    pub contact: Option<&'a ContactFacts>,
    pub membership: Option<&'a MembershipFacts>,
    pub account: Option<&'a AccountFacts>,
}

impl Known<'_> {
    pub(super) fn needs_second_factor(&self) -> bool {
        let of_membership = self.membership.and_then(|membership| membership.second_factor_required_at);
        let of_account = |account: &AccountFacts| account.second_factor_required_at.or(account.second_factor_since());
        let demanded = self.company.second_factor_required_at.or(of_membership);
        demanded.or(self.account.and_then(of_account)).is_some()
    }
}

impl<'a> From<&'a Snapshot> for Known<'a> {
    fn from(person: &'a Snapshot) -> Self {
        let Snapshot { company, contact, membership, account } = person;
        Self { company, contact: Some(contact), membership: Some(membership), account: Some(account) }
    }
}

impl<'a> From<&'a Candidate> for Known<'a> {
    fn from(candidate: &'a Candidate) -> Self {
        let Candidate { company, contact, membership, account } = candidate;
        Self { company, contact: Some(contact), membership: membership.0.as_ref(), account: account.0.as_ref() }
    }
}

impl<'a> From<&'a CompanyFacts> for Known<'a> {
    fn from(company: &'a CompanyFacts) -> Self {
        Self { company, contact: None, membership: None, account: None }
    }
}

/// The columns of every kind of facts and the joins they come from: `$columns` and `$joins` add what hangs on them,
/// `$which` says which memberships are looked at.
macro_rules! facts {
    ($columns:expr, $which:literal, $joins:expr, $where:literal) => {
        concat!(
            "select ",
            $crate::access::facts::company_columns!(),
            ", ",
            $crate::access::facts::contact_columns!(),
            ", ",
            $crate::access::facts::membership_columns!(),
            ", ",
            $crate::access::facts::account_columns!(),
            $columns,
            " from contacts ct join companies co on co.id = ct.company left join memberships m on m.contact = ct.id ",
            $which,
            " left join accounts a on a.id = m.account ",
            "left join sign_in_names n on n.name = ct.email and n.account = m.account ",
            $joins,
            " where ",
            $where
        )
    };
    ($where:literal) => {
        $crate::access::facts::facts!("", "", "", $where)
    };
}

pub(super) use {company_columns, contact_columns, facts, membership_columns};

/// A company as access sees it.
pub async fn of_company(db: &mut Db, company: CompanyId) -> Result<Option<CompanyFacts>, Fault> {
    let sql = concat!("select ", company_columns!(), " from companies co where co.id = $1");
    store::optional!(*db, CompanyFacts, sql, company)
}

/// A contact as access sees them, whether or not they have an account.
pub async fn of_contact(db: &mut Db, contact: ContactId) -> Result<Option<Candidate>, Fault> {
    let sql = facts!("", "and m.refused_at is null and m.detached_at is null", "", "ct.id = $1");
    store::optional!(*db, Candidate, sql, contact)
}

/// The person behind a membership.
pub async fn of_membership(db: &mut Db, membership: MembershipId) -> Result<Option<Snapshot>, Fault> {
    store::optional!(*db, Snapshot, facts!("m.id = $1"), membership)
}

/// Every live membership of an account, in the order of the companies' names (R-DIR-6).
pub async fn of_account(db: &mut Db, account: AccountId) -> Result<Vec<Snapshot>, Fault> {
    let sql = facts!("m.account = $1 and m.refused_at is null and m.detached_at is null order by co.name, m.id");
    store::all!(*db, Snapshot, sql, account)
}

/// Those who hold a role at a company, whether or not their own access holds.
pub(super) async fn holders(db: &mut Db, company: CompanyId, role: Role) -> Result<Vec<Snapshot>, Fault> {
    let sql = facts!(
        "m.id in (select r.membership from membership_roles r where r.company = $1 and r.role = $2) \
         order by ct.last_name, ct.first_name, ct.id"
    );
    store::all!(*db, Snapshot, sql, company, role)
}
