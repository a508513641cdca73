//! What ends a person's access from one moment to the next.

use guichet::base::Actor;
use guichet::base::actor::Who;
use guichet::directory::import;

use super::{World, login};

const CONTACTS: &str = include_str!("../../../src/demo/contacts.csv");
const COMPANIES: &str = include_str!("../../../src/demo/companies.csv");

/// A cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The ERP says that the contact is inactive.
    ContactInactiveAtErp,
    /// The company deactivated the contact.
    ContactDisabled,
    /// Staff blocked the company.
    CompanyBlocked,
    /// Accounting took its validation back.
    CompanyNotValidated,
    /// The person's access as this contact is deactivated.
    MembershipDisabled,
    /// The person's access as this contact is taken away.
    MembershipDetached,
    /// The account is deactivated.
    AccountDisabled,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 7] = [
        Self::ContactInactiveAtErp,
        Self::ContactDisabled,
        Self::CompanyBlocked,
        Self::CompanyNotValidated,
        Self::MembershipDisabled,
        Self::MembershipDetached,
        Self::AccountDisabled,
    ];

    /// Happens to a person: by import where the ERP decides, by hand where no door of this release does it yet.
    pub async fn strike(self, world: &World, who: &str) {
        let of = |table: &str| format!("from {table} where account = (select account from sign_in_names where name = '{}')", login(who));
        match self {
            Self::ContactInactiveAtErp => {
                return world.import(&row(CONTACTS, &login(who), |fields| *fields.last_mut().unwrap() = "no")).await;
            }
            Self::CompanyBlocked => return world.import(&row(COMPANIES, "C-1001", |fields| fields[4] = "yes")).await,
            Self::CompanyNotValidated => return world.import(&row(COMPANIES, "C-1001", |fields| fields[2] = "")).await,
            Self::ContactDisabled | Self::MembershipDisabled | Self::MembershipDetached | Self::AccountDisabled => {}
        }
        let sql = match self {
            Self::ContactDisabled => format!("update contacts set disabled_at = 1 where id in (select contact {})", of("memberships")),
            Self::MembershipDisabled => format!("update memberships set disabled_at = 1 where id in (select id {})", of("memberships")),
            Self::MembershipDetached => format!("update memberships set detached_at = 1 where id in (select id {})", of("memberships")),
            Self::AccountDisabled => format!("update accounts set disabled_at = 1 where id in (select account {})", of("memberships")),
            Self::ContactInactiveAtErp | Self::CompanyBlocked | Self::CompanyNotValidated => unreachable!("imported above"),
        };
        assert_eq!(world.database().execute(&sql).await, 1, "{sql}");
    }
}

impl World {
    /// Imports a file as the ERP sends it.
    pub async fn import(&self, csv: &str) {
        let file = import::read("from-the-erp.csv", csv.as_bytes()).unwrap_or_else(|refused| panic!("{refused}"));
        let applied = self.app.act(Actor::of(Who::Operator), async |tx| import::apply(tx, &file, import::Options::default()).await);
        assert!(applied.await.unwrap().rejections.is_empty());
    }
}

/// The demonstration's own file, cut down to the line that holds `key`, changed.
fn row(file: &str, key: &str, change: impl FnOnce(&mut Vec<&str>)) -> String {
    let (header, rows) = file.split_once('\n').unwrap();
    let line = rows.lines().find(|line| line.split(',').any(|field| field == key)).unwrap_or_else(|| panic!("no line with {key}"));
    let mut fields = line.split(',').collect();
    change(&mut fields);
    format!("{header}\n{}\n", fields.join(","))
}
