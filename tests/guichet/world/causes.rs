//! What ends a person's access from one moment to the next.

use guichet::access::{self, Snapshot};
use guichet::account::Created;
use guichet::base::actor::Who;
use guichet::base::{Actor, Fault, Networks, Profile, SignInName};
use guichet::directory::import;
use guichet::membership::{Giver, Grant};
use guichet::store::Tx;
use guichet::{account, directory, membership};

use super::{PASSWORD, World, login};

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

    /// Happens to a person: as the ERP or the operator does it, by hand where no door of this release does it yet.
    pub async fn strike(self, world: &World, who: &str) {
        let by_hand = |table: &str, column: &str| {
            format!(
                "update {table} set {column} = 1 where id in (select m.{} from memberships m \
                 join sign_in_names n on n.account = m.account \
                 where n.name = '{}')",
                if table == "contacts" { "contact" } else { "id" },
                login(who)
            )
        };
        match self {
            Self::ContactInactiveAtErp => {
                world.import(&row(CONTACTS, &login(who), |fields| *fields.last_mut().unwrap() = "no")).await;
            }
            Self::CompanyBlocked => world.import(&row(COMPANIES, "C-1001", |fields| fields[4] = "yes")).await,
            Self::CompanyNotValidated => world.import(&row(COMPANIES, "C-1001", |fields| fields[2] = "")).await,
            Self::ContactDisabled => assert_eq!(world.database().execute(&by_hand("contacts", "disabled_at")).await, 1),
            Self::MembershipDetached => {
                assert_eq!(world.database().execute(&by_hand("memberships", "detached_at")).await, 1);
            }
            Self::MembershipDisabled => {
                let person = world.people(who).await.remove(0);
                assert!(world.as_operator(async |tx| membership::disable(tx, person.membership.id).await).await);
            }
            Self::AccountDisabled => {
                let person = world.people(who).await.remove(0);
                assert!(
                    world.as_operator(async |tx| guichet::authorization::switch_off(tx, person.account.id).await).await
                );
            }
        }
    }
}

impl World {
    /// Somebody as each contact they are.
    pub async fn people(&self, who: &str) -> Vec<Snapshot> {
        let name = SignInName::parse(&login(who)).unwrap();
        let found = self.app.look(async |view| {
            let account = account::by_name(&mut view.db, &name).await?.unwrap();
            access::of_account(&mut view.db, account.id).await
        });
        found.await.unwrap()
    }

    /// What the operator does.
    pub async fn as_operator<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> T {
        self.app.act(Actor::of(Who::Operator), work).await.unwrap()
    }

    /// Imports the whole file, but for one person.
    pub async fn import_all_without(&self, who: &str) {
        let lines: Vec<_> = CONTACTS.lines().filter(|line| !line.contains(&login(who))).collect();
        let file =
            import::read("from-the-erp.csv", lines.join("\n").as_bytes()).unwrap_or_else(|refused| panic!("{refused}"));
        let options = import::ImportOptions { full: true, force: true, ..import::ImportOptions::default() };
        let report = self.as_operator(async |tx| import::apply(tx, &file, options).await).await;
        assert_eq!((report.refusal, report.counts.deactivated), (None, 1));
    }

    /// An account for the contact of that reference.
    pub async fn gives_account(&self, reference: &str, name: &str) {
        let hash = self.app.hasher.hash(PASSWORD.to_owned()).await.unwrap();
        let name = SignInName::parse(name).unwrap();
        self.as_operator(async |tx| {
            let Created::Account(account) = account::create(tx, std::slice::from_ref(&name)).await? else {
                panic!("{name} is taken")
            };
            account::set_password(tx, account, &hash, tx.now).await?;
            let contact = directory::contact_by_ref(&mut tx.db, reference).await?.unwrap();
            let networks = Networks::default();
            let grant =
                Grant { profile: Profile::Complete, roles: [].into(), e_services: [].into(), branch: None, networks };
            membership::admit(tx, account, (contact.id, contact.company), Giver::Vendor, &grant).await
        })
        .await;
    }

    /// Imports a file as the ERP sends it.
    pub async fn import(&self, csv: &str) {
        let file = import::read("from-the-erp.csv", csv.as_bytes()).unwrap_or_else(|refused| panic!("{refused}"));
        let report =
            self.as_operator(async |tx| import::apply(tx, &file, import::ImportOptions::default()).await).await;
        assert!(report.rejections.is_empty(), "{:?}", report.rejections);
    }
}

/// The demonstration's own file, cut down to the line that holds `key`, changed.
fn row(file: &str, key: &str, change: impl FnOnce(&mut Vec<&str>)) -> String {
    let (header, rows) = file.split_once('\n').unwrap();
    let line = rows
        .lines()
        .find(|line| line.split(',').any(|field| field == key))
        .unwrap_or_else(|| panic!("no line with {key}"));
    let mut fields = line.split(',').collect();
    change(&mut fields);
    format!("{header}\n{}\n", fields.join(","))
}
