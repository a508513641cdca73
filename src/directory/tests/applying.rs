//! What files do to the directory, on every database there is.

use crate::base::actor::Who;
use crate::base::ids::{CompanyId, ContactId};
use crate::base::{Actor, Clock, Email, Fault, Life, Lifetimes};
use crate::directory::import::{Counts, ImportOptions, ImportRefusal, ImportReport, apply, read};
use crate::directory::{
    Company, Contact, branches, company, company_by_ref, contact, contact_by_ref, contacts_by_email,
};
use crate::store::trial::{Trial, databases};
use crate::store::{self, Start, Tx};

const COMPANIES: &str = "ref,name,accounting_validated_at,first_order_at,blocked,branches\n\
    C-1,Durand Télécom,2024-01-31,2024-02-01,0,PAR:Paris|LYO:Lyon\n\
    C-2,Petit Réseau,2024-01-31,2024-02-01,0,\n";

const HEADER: &str = "company_ref,ref,last_name,first_name,email,phone,mobile,branch,active";

const CONTACTS: &str = "C-1,K-1,Durand,Alice,alice@d.example,0199001001,,PAR,1\n\
    C-1,K-2,Perrin,Bruno,bruno@d.example,0199001002,,LYO,1\n\
    C-2,K-3,Petit,Fanny,fanny@p.example,,0639981003,,1\n";

const FULL: ImportOptions<'static> = ImportOptions { full: true, force: false, strict: false, progress: &|_, _| () };
const FORCED: ImportOptions<'static> = ImportOptions { force: true, ..FULL };

/// A directory and a clock that each import finds a day later.
struct Desk {
    trial: Trial,
    clock: Clock,
}

impl Desk {
    /// One per database, with two companies and three contacts.
    async fn all() -> Vec<Self> {
        let mut desks = Vec::new();
        for trial in databases().await {
            let desk = Self { trial, clock: Clock::movable() };
            assert_eq!(desk.companies(COMPANIES).await, counts([2, 0, 0, 0, 0]));
            assert_eq!(desk.contacts(CONTACTS).await, counts([3, 0, 0, 0, 0]));
            desks.push(desk);
        }
        desks
    }

    async fn act<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>) -> T {
        self.clock.advance(Life::days(1));
        let start = Start { by: Actor::of(Who::Operator), clock: &self.clock, lives: &Lifetimes::default() };
        self.trial.store.act(start, work).await.unwrap()
    }

    async fn report(&self, text: &str, options: ImportOptions<'_>) -> ImportReport {
        let file = read("f.csv", text.as_bytes()).unwrap();
        self.act(async |tx| apply(tx, &file, options).await).await
    }

    async fn companies(&self, text: &str) -> Counts {
        clean(self.report(text, ImportOptions::default()).await)
    }

    async fn contacts(&self, rows: &str) -> Counts {
        clean(self.rows(rows, ImportOptions::default()).await)
    }

    async fn rows(&self, rows: &str, options: ImportOptions<'_>) -> ImportReport {
        self.report(&format!("{HEADER}\n{rows}"), options).await
    }

    async fn contact(&self, reference: &str) -> Contact {
        self.act(async |tx| contact_by_ref(&mut tx.db, reference).await).await.unwrap()
    }

    async fn company(&self, reference: &str) -> Company {
        self.act(async |tx| company_by_ref(&mut tx.db, reference).await).await.unwrap()
    }

    /// What an administrator does at the company.
    async fn company_disables(&self, id: ContactId) {
        self.act(async |tx| store::execute!(tx.db, "update contacts set disabled_at = $2 where id = $1", id, tx.now))
            .await;
    }

    /// R-DIR-7: a contact the ERP doesn't know.
    async fn company_adds(&self, company: CompanyId, email: &str) -> ContactId {
        let sql = "insert into contacts (id, company, last_name, first_name, email, mobile, newsletter, \
             created_at, updated_at) \
             values ($1, $2, 'Dupont', 'Zoé', $3, '0639981009', $4, $5, $5)";
        self.act(async |tx| {
            let id = ContactId(tx.dice.id(tx.now)?);
            store::execute!(tx.db, sql, id, company, email, false, tx.now)?;
            Ok(id)
        })
        .await
    }

    /// Everything the directory holds, with the instants rows were last written.
    async fn everything(&self) -> String {
        type Row = (String, String, i64, Option<i64>);
        let companies = "select ref, name, updated_at, revision from companies order by ref";
        let contacts = "select ref, email, updated_at, erp_inactive_at from contacts order by id";
        self.act(async |tx| {
            Ok(format!("{:?} {:?}", store::all!(tx.db, Row, companies)?, store::all!(tx.db, Row, contacts)?))
        })
        .await
    }
}

fn counts([created, updated, unchanged, deactivated, reactivated]: [u64; 5]) -> Counts {
    Counts { created, updated, unchanged, deactivated, reactivated }
}

fn clean(report: ImportReport) -> Counts {
    assert!(report.is_clean(), "{report} {:?}", report.rejections);
    report.counts
}

fn told(report: &ImportReport) -> Vec<String> {
    report.rejections.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_file_applied_twice_changes_nothing_the_second_time() {
    for desk in Desk::all().await {
        let before = desk.everything().await;
        assert_eq!(desk.companies(COMPANIES).await, counts([0, 0, 2, 0, 0]));
        assert_eq!(desk.contacts(CONTACTS).await, counts([0, 0, 3, 0, 0]));
        assert_eq!(clean(desk.rows(CONTACTS, FULL).await), counts([0, 0, 3, 0, 0]));
        assert_eq!(desk.everything().await, before);
        let lines: (i64,) = desk
            .act(async |tx| {
                store::one!(tx.db, (i64,), "select count(*) from audit_log where deed = 'directory.imported'")
            })
            .await;
        assert_eq!(lines.0, 5, "each import leaves one line");
    }
}

#[tokio::test]
async fn what_a_file_does_to_somebody_stands_in_their_companys_trail() {
    for desk in Desk::all().await {
        let away = CONTACTS.lines().take(2).collect::<Vec<_>>().join("\n");
        clean(desk.rows(&away, FORCED).await);
        clean(desk.rows(CONTACTS, FULL).await);
        let told = desk.act(async |tx| {
            store::all!(
                tx.db,
                (String, i64),
                "select deed, count(company) from audit_log where deed like 'contact.%' group by deed order by deed"
            )
        });
        assert_eq!(told.await, [("contact.deactivated".to_owned(), 1), ("contact.reactivated".to_owned(), 1)]);
    }
}

#[tokio::test]
async fn a_company_is_an_active_customer_once_validated_and_ordered_and_not_blocked() {
    for desk in Desk::all().await {
        let blocked = COMPANIES.replace("2024-02-01,0,PAR", "2024-02-01,x,PAR");
        assert_eq!(desk.companies(&blocked).await, counts([0, 0, 1, 1, 0]));
        let since = desk.company("C-1").await.erp_blocked_at;
        assert!(since.is_some());
        assert_eq!(desk.companies(&blocked).await, counts([0, 0, 2, 0, 0]));
        assert_eq!(desk.company("C-1").await.erp_blocked_at, since, "the block keeps its instant");
        assert_eq!(desk.companies(COMPANIES).await, counts([0, 0, 1, 0, 1]));
        let never_ordered = COMPANIES.replace("2024-02-01", "");
        assert_eq!(desk.companies(&never_ordered).await, counts([0, 0, 0, 2, 0]));
    }
}

#[tokio::test]
async fn what_a_file_lacks_a_column_for_stays_and_so_do_branches_it_no_longer_lists() {
    for desk in Desk::all().await {
        let some =
            "ref,name,accounting_validated_at,first_order_at,e_services\nC-1,Durand,2024-01-31,2024-02-01,fci|tao\n";
        assert_eq!(desk.companies(some).await, counts([0, 1, 0, 0, 0]));
        let other = "ref,name,accounting_validated_at,first_order_at,branches\n\
            C-1,Durand,2024-01-31,2024-02-01,PAR:Paris 2e|NCE:Nice\n";
        assert_eq!(desk.companies(other).await, counts([0, 1, 0, 0, 0]));
        assert_eq!(desk.companies(other).await, counts([0, 0, 1, 0, 0]));
        let durand = desk.company("C-1").await;
        assert_eq!(durand.subscriptions.len(), 2);
        let (listed, itself) = desk
            .act(async |tx| Ok((branches(&mut tx.db, durand.id).await?, company(&mut tx.db, durand.id).await?)))
            .await;
        let names: Vec<&str> = listed.iter().map(|branch| branch.name.as_str()).collect();
        assert_eq!((names, itself), (vec!["Lyon", "Nice", "Paris 2e"], Some(durand)));
    }
}

#[tokio::test]
async fn an_import_never_reactivates_what_the_company_deactivated() {
    for desk in Desk::all().await {
        let alice = desk.contact("K-1").await;
        desk.company_disables(alice.id).await;
        let gone = CONTACTS.replace("PAR,1", "PAR,0");
        assert_eq!(desk.contacts(&gone).await, counts([0, 0, 2, 1, 0]));
        let both = desk.contact("K-1").await;
        assert!(both.erp_inactive_at.is_some() && both.disabled_at.is_some());
        assert_eq!(desk.contacts(CONTACTS).await, counts([0, 0, 2, 0, 1]));
        let back = desk.contact("K-1").await;
        assert_eq!((back.erp_inactive_at, back.disabled_at), (None, both.disabled_at));
    }
}

#[tokio::test]
async fn a_contact_the_company_added_is_matched_by_email_and_never_dropped() {
    for desk in Desk::all().await {
        let durand = desk.company("C-1").await.id;
        let zoe = desk.company_adds(durand, "zoe@d.example").await;
        desk.company_adds(durand, "max@d.example").await;
        assert_eq!(clean(desk.rows(CONTACTS, FORCED).await), counts([0, 0, 3, 0, 0]));
        let matched = format!("{CONTACTS}C-1,K-9,Dupont,Zoé,ZOE@d.example,,0639981009,PAR,1\n");
        assert_eq!(desk.contacts(&matched).await, counts([0, 1, 3, 0, 0]));
        assert_eq!(desk.contact("K-9").await.id, zoe);
        assert_eq!(desk.contacts(&matched).await, counts([0, 0, 4, 0, 0]));
        let stolen = CONTACTS.replace("bruno@d", "max@d");
        let report = desk.rows(&stolen, ImportOptions::default()).await;
        assert_eq!(
            told(&report),
            ["line 3, email: is that of a contact the company itself added: use that email for that person only"]
        );
    }
}

#[tokio::test]
async fn what_a_full_file_lacks_becomes_inactive_unless_that_is_too_much() {
    for desk in Desk::all().await {
        let two: String = CONTACTS.split_inclusive('\n').take(2).collect();
        assert_eq!(desk.contacts(&two).await, counts([0, 0, 2, 0, 0]), "without --full the absent stay untouched");
        let before = desk.everything().await;
        let refused = desk.rows(&two, FULL).await;
        assert_eq!(refused.refusal, Some(ImportRefusal::TooMany { deactivated: 1, active: 3 }));
        assert_eq!(desk.everything().await, before);
        let torn = desk.rows(&format!("{two}C-2,K-3\n"), FORCED).await;
        assert_eq!(torn.refusal, Some(ImportRefusal::Blurred), "who the torn row is about can't be told");
        let bad = desk.rows(&format!("{two}C-2,K-3,Petit,,fanny@p.example,,0639981003,,1\n"), FORCED).await;
        assert_eq!(
            (bad.counts, bad.rejections.len()),
            (counts([0, 0, 2, 0, 0]), 1),
            "a bad row's contact isn't absent"
        );
        assert_eq!(clean(desk.rows(&two, FORCED).await), counts([0, 0, 2, 1, 0]));
        assert!(desk.contact("K-3").await.erp_inactive_at.is_some());
        let one: String = COMPANIES.split_inclusive('\n').take(2).collect();
        assert_eq!(clean(desk.report(&one, FORCED).await), counts([0, 0, 1, 1, 0]));
        assert_eq!(desk.company("C-2").await.accounting_validated_at, None);
        assert_eq!(clean(desk.report(&one, FORCED).await), counts([0, 0, 1, 0, 0]));
        assert_eq!(desk.companies(COMPANIES).await, counts([0, 0, 1, 0, 1]));
    }
}

#[tokio::test]
async fn one_bad_row_refuses_the_file_where_the_import_is_strict() {
    for desk in Desk::all().await {
        let before = desk.everything().await;
        let rows = format!(
            "{CONTACTS}C-9,K-7,Nul,Part,n@d.example,0199001001,,,1\nC-1,K-8,Nice,Luc,l@d.example,0199001001,,,1\n"
        );
        let report = desk.rows(&rows, ImportOptions { strict: true, ..ImportOptions::default() }).await;
        assert_eq!((report.refusal, report.counts), (Some(ImportRefusal::Strict), Counts::default()));
        assert_eq!(desk.everything().await, before);
        assert_eq!(desk.rows(&rows, ImportOptions::default()).await.counts, counts([1, 0, 3, 0, 0]));
    }
}

#[tokio::test]
async fn contacts_swap_their_emails_and_clashes_are_named() {
    for desk in Desk::all().await {
        let swapped = CONTACTS.replace("alice@", "x@").replace("bruno@", "alice@").replace("x@", "bruno@");
        assert_eq!(desk.contacts(&swapped).await, counts([0, 2, 1, 0, 0]));
        assert_eq!(desk.contact("K-1").await.email.as_str(), "bruno@d.example");
        assert_eq!(desk.contacts(CONTACTS).await, counts([0, 2, 1, 0, 0]));
        // Bruno can't leave for Lille, so he keeps his email, so Carl can't have it.
        let rows = "C-1,K-2,Perrin,Bruno,b2@d.example,0199001002,,LIL,1\n\
            C-1,K-5,Carl,Carl,bruno@d.example,0199001002,,,1\n\
            C-9,K-6,Nul,Part,n@d.example,0199001002,,,1\n\
            C-1,K-3,Petit,Fanny,fanny@p.example,,0639981003,,1\n";
        let report = desk.rows(rows, ImportOptions::default()).await;
        assert_eq!(
            told(&report),
            [
                "line 2, branch: `LIL` is no branch of C-1: add it to the companies file, or correct it",
                "line 3, email: is that of contact `K-2` of the same company: keep one ref per person, \
                 or give one of them another email",
                "line 4, company_ref: `C-9` is not in the directory: import the company first, \
                 or correct the reference",
                "line 5, ref: is a contact of another company, and contacts don't move: give the person a new ref \
                 here, and set the old one inactive",
            ]
        );
        assert_eq!(report.counts, Counts::default());
    }
}

#[tokio::test]
async fn one_person_may_be_a_contact_of_several_companies() {
    for desk in Desk::all().await {
        let rows = "C-1,K-10,Benali,Inès,ines@compta.example,0199001013,,,1\n\
            C-2,K-11,Benali,Inès,Ines@Compta.Example,0199001013,,,1\n";
        assert_eq!(desk.contacts(rows).await, counts([2, 0, 0, 0, 0]));
        let email = Email::parse("ines@compta.example").unwrap();
        let found = desk.act(async |tx| contacts_by_email(&mut tx.db, &email).await).await;
        assert_eq!(found.len(), 2);
        let same = desk.act(async |tx| contact(&mut tx.db, found[0].id).await).await;
        assert_eq!(same.as_ref(), Some(&found[0]));
    }
}

#[tokio::test]
async fn formulas_and_quotes_are_stored_as_they_are_typed() {
    for desk in Desk::all().await {
        let rows = "C-1,K-20,\"=cmd|'/c calc'!A1\",\"@Ro'\"\"b\"\"; drop table contacts; --\",r@d.example,\
            +33 1 99 00 10 20,,,1\n";
        assert_eq!(desk.contacts(rows).await, counts([1, 0, 0, 0, 0]));
        let stored = desk.contact("K-20").await;
        assert_eq!(
            (stored.last_name.as_str(), stored.first_name.as_str()),
            ("=cmd|'/c calc'!A1", "@Ro'\"b\"; drop table contacts; --")
        );
        assert_eq!(stored.phone.as_deref(), Some("+33 1 99 00 10 20"));
        assert_eq!(desk.contacts(rows).await, counts([0, 0, 1, 0, 0]));
    }
}
