//! Those whom access could be given to: companies, and contacts without an account. Of their conditions only the
//! directory's can be judged.

use crate::base::ids::{CompanyId, ContactId};
use crate::base::{Fault, Timestamp};
use crate::store::{self, Db};

use super::Condition;

/// A company, or one of its contacts, with the rows of the directory that decide about access.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Prospect {
    pub company: CompanyId,
    pub accounting_validated_at: Option<Timestamp>,
    pub first_order_at: Option<Timestamp>,
    pub erp_blocked_at: Option<Timestamp>,
    pub blocked_at: Option<Timestamp>,
    pub erp_inactive_at: Option<Timestamp>,
    pub contact_disabled_at: Option<Timestamp>,
}

/// A company as access sees it.
pub async fn of_company(db: &mut Db, company: CompanyId) -> Result<Option<Prospect>, Fault> {
    store::optional!(
        *db,
        Prospect,
        "select id as company, accounting_validated_at, first_order_at, erp_blocked_at, blocked_at, \
         cast(null as bigint) as erp_inactive_at, cast(null as bigint) as contact_disabled_at from companies \
         where id = $1",
        company
    )
}

/// A contact as access sees them, whether or not they have an account.
pub async fn of_prospect(db: &mut Db, contact: ContactId) -> Result<Option<Prospect>, Fault> {
    store::optional!(
        *db,
        Prospect,
        "select co.id as company, co.accounting_validated_at, co.first_order_at, \
         co.erp_blocked_at, co.blocked_at, ct.erp_inactive_at, ct.disabled_at as contact_disabled_at \
         from contacts ct join companies co on co.id = ct.company where ct.id = $1",
        contact
    )
}

impl Prospect {
    /// The conditions of the company (R-DIR-1), and whether each is met.
    #[must_use]
    pub fn of_the_company(&self) -> Vec<(Condition, bool)> {
        vec![
            (Condition::CompanyValidated, self.accounting_validated_at.is_some()),
            (Condition::CompanyOrdered, self.first_order_at.is_some()),
            (Condition::CompanyOpen, self.erp_blocked_at.is_none() && self.blocked_at.is_none()),
        ]
    }

    /// Those of the contact too (R-DIR-3). Nothing was approved yet: there is no account.
    #[must_use]
    pub fn of_the_contact(&self) -> Vec<(Condition, bool)> {
        let mut conditions = self.of_the_company();
        conditions.push((Condition::ContactListed, self.erp_inactive_at.is_none()));
        conditions.push((Condition::ContactEnabled, self.contact_disabled_at.is_none()));
        conditions.push((Condition::MembershipApproved, false));
        conditions
    }
}
