//! What a contacts file changes (R-DIR-2, R-DIR-3, R-DIR-7).

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::audit::{Deed, DeedKind};
use crate::base::ids::{CompanyId, ContactId};
use crate::base::{Email, Fault};
use crate::directory::company::{branches_by_refs, companies_by_refs};
use crate::directory::contact::{
    Contact, contacts_by_emails, contacts_by_refs, delist_contact, listed_contacts, park_email, put_contact,
};
use crate::directory::correction::{Field, Held, keep, settle};
use crate::store::Tx;

use super::refused::{Quoted, RejectedRow};
use super::report::{Counts, Forecast, ImportChange};
use super::rows::{File, ImportLine, ImportedContact};

/// The statements that bring the directory to what the file says.
#[derive(Default)]
pub(super) struct ContactPlan {
    insert: Vec<Contact>,
    update: Vec<Contact>,
    /// Corrections that no longer hold, because the ERP took them or knows better.
    settle: Vec<(ContactId, Field)>,
    /// Contacts among those to update whose email changes.
    park: Vec<ContactId>,
    delist: Vec<ContactId>,
    /// What becomes of contacts that exist, for the trail. Those that are new are told of by the file's own line.
    turns: Vec<Turn>,
}

/// What becomes of a contact.
struct Turn {
    contact: ContactId,
    company: CompanyId,
    what: DeedKind,
}

/// Compares the file with the directory. With `absence`, the contacts that file doesn't mention are absent from the
/// ERP.
pub(super) async fn plan(
    tx: &mut Tx,
    lines: &[ImportLine<ImportedContact>],
    absence: Option<&File>,
) -> Result<(ContactPlan, Forecast), Fault> {
    let mut plan = ContactPlan::default();
    let mut forecast = Forecast { counts: Counts::default(), rejections: Vec::new(), active: 0 };
    let stored = Stored::read(tx, lines).await?;
    let mut candidates = Vec::with_capacity(lines.len());
    for line in lines {
        match stored.place(line) {
            Ok(candidate) => candidates.push(candidate),
            Err(rejection) => forecast.rejections.push(rejection),
        }
    }
    forecast.rejections.extend(take_out_clashes(&mut candidates, &stored));
    let held = Held::read(tx).await?;
    for candidate in &candidates {
        forecast.counts.add(plan.compare(candidate, candidate.wanted(tx)?, &held));
    }
    if let Some(file) = absence {
        let mentioned = file.mentioned();
        let listed = listed_contacts(&mut tx.db).await?;
        forecast.active = listed.len() as u64;
        for (contact, company, _) in
            listed.into_iter().filter(|(_, _, reference)| !mentioned.contains(reference.as_str()))
        {
            plan.delist.push(contact);
            plan.turns.push(Turn { contact, company, what: DeedKind::ContactDeactivated });
        }
        forecast.counts.deactivated += plan.delist.len() as u64;
    }
    Ok((plan, forecast))
}

/// What the directory has of the file's companies and contacts.
struct Stored {
    companies: HashMap<String, CompanyId>,
    branches: HashSet<(CompanyId, String)>,
    contacts: HashMap<ContactId, Contact>,
    by_reference: HashMap<String, ContactId>,
    by_email: HashMap<(CompanyId, Email), ContactId>,
}

/// A row whose company is known, and the contact it is about, unless that is new.
struct Candidate<'a> {
    line: &'a ImportLine<ImportedContact>,
    company: CompanyId,
    stored: Option<&'a Contact>,
}

impl Stored {
    async fn read(tx: &mut Tx, lines: &[ImportLine<ImportedContact>]) -> Result<Self, Fault> {
        let references: BTreeSet<&str> = lines.iter().map(|line| line.row.company_ref.as_str()).collect();
        let companies = companies_by_refs(&mut tx.db, &references).await?;
        let branches = branches_by_refs(&mut tx.db, &references).await?;
        let mut stored = Self {
            companies: companies.into_iter().map(|company| (company.reference, company.id)).collect(),
            branches: branches.into_iter().map(|branch| (branch.company, branch.code)).collect(),
            contacts: HashMap::new(),
            by_reference: HashMap::new(),
            by_email: HashMap::new(),
        };
        let references = lines.iter().map(|line| line.row.reference.as_str());
        stored.know(contacts_by_refs(&mut tx.db, references).await?);
        // Whoever keeps their email is known by now, which is nearly everybody.
        let emails = lines.iter().filter(|line| !stored.keeps_email(&line.row)).map(|line| line.row.email.as_str());
        let holders = contacts_by_emails(&mut tx.db, emails).await?;
        stored.know(holders);
        Ok(stored)
    }

    fn know(&mut self, contacts: Vec<Contact>) {
        for contact in contacts {
            self.by_email.insert((contact.company, contact.email.clone()), contact.id);
            self.by_reference.extend(contact.reference.clone().map(|reference| (reference, contact.id)));
            self.contacts.insert(contact.id, contact);
        }
    }

    fn keeps_email(&self, row: &ImportedContact) -> bool {
        self.named(row).is_some_and(|contact| contact.email == row.email)
    }

    /// The contact with the row's ERP reference, at whichever company.
    fn named(&self, row: &ImportedContact) -> Option<&Contact> {
        self.by_reference.get(&row.reference).and_then(|id| self.contacts.get(id))
    }

    /// Finds the company and the contact a row is about: by ERP reference, else by email where the company added the
    /// contact (R-DIR-7).
    fn place<'a>(&'a self, line: &'a ImportLine<ImportedContact>) -> Result<Candidate<'a>, RejectedRow> {
        let row = &line.row;
        let Some(&company) = self.companies.get(&row.company_ref) else {
            let reference = Quoted::new(&row.company_ref);
            let reason =
                format!("{reference} is not in the directory: import the company first, or correct the reference");
            return Err(rejection(line, "company_ref", reason));
        };
        if let Some(code) = row.branch.over(None).filter(|code| !self.branches.contains(&(company, code.clone()))) {
            let reason = format!(
                "{} is no branch of {}: add it to the companies file, or correct it",
                Quoted::new(&code),
                row.company_ref
            );
            return Err(rejection(line, "branch", reason));
        }
        let added_by_company = || self.holder(company, &row.email).filter(|contact| contact.reference.is_none());
        let known = self.named(row);
        if known.is_some_and(|contact| contact.company != company) {
            let reason = "is a contact of another company, and contacts don't move: give the person a new ref here, \
                and set the old one inactive";
            return Err(rejection(line, "ref", reason.to_owned()));
        }
        Ok(Candidate { line, company, stored: known.or_else(added_by_company) })
    }

    /// The contact of a company that has this email.
    fn holder(&self, company: CompanyId, email: &Email) -> Option<&Contact> {
        self.by_email.get(&(company, email.clone())).and_then(|id| self.contacts.get(id))
    }
}

/// Takes out the rows whose email another contact of the company has and keeps. A row taken out leaves its contact as
/// it was, which may take an email from yet another row: hence the loop.
fn take_out_clashes(candidates: &mut Vec<Candidate<'_>>, stored: &Stored) -> Vec<RejectedRow> {
    let mut rejections = Vec::new();
    loop {
        let leaving: HashSet<ContactId> = candidates.iter().filter_map(Candidate::changes_email).collect();
        let before = candidates.len();
        candidates.retain(|candidate| {
            let holder = stored.holder(candidate.company, &candidate.line.row.email);
            let other = holder.filter(|holder| {
                candidate.stored.is_none_or(|own| own.id != holder.id) && !leaving.contains(&holder.id)
            });
            rejections.extend(other.map(|other| rejection(candidate.line, "email", taken_by(other))));
            other.is_none()
        });
        if candidates.len() == before {
            return rejections;
        }
    }
}

fn taken_by(contact: &Contact) -> String {
    match &contact.reference {
        Some(reference) => format!(
            "is that of contact {} of the same company: keep one ref per person, or give one of them another email",
            Quoted::new(reference)
        ),
        None => "is that of a contact the company itself added: use that email for that person only".to_owned(),
    }
}

fn rejection(line: &ImportLine<ImportedContact>, column: &'static str, reason: String) -> RejectedRow {
    RejectedRow { line: line.number, reference: Some(line.row.reference.clone()), column: Some(column), reason }
}

impl Candidate<'_> {
    /// The contact that gives up the email it has.
    fn changes_email(&self) -> Option<ContactId> {
        self.stored.filter(|contact| contact.email != self.line.row.email).map(|contact| contact.id)
    }

    /// The contact as it shall be. The company's own flag isn't the ERP's to change (R-DIR-3).
    fn wanted(&self, tx: &Tx) -> Result<Contact, Fault> {
        let (row, before) = (&self.line.row, self.stored);
        let inactive_before = before.and_then(|contact| contact.erp_inactive_at);
        let active = row.active.over(inactive_before.is_none());
        Ok(Contact {
            id: before.map_or_else(|| tx.dice.id(tx.now).map(ContactId), |contact| Ok(contact.id))?,
            company: self.company,
            reference: Some(row.reference.clone()),
            last_name: row.last_name.clone(),
            first_name: row.first_name.clone(),
            email: row.email.clone(),
            phone: row.phone.clone(),
            mobile: row.mobile.clone(),
            kind: row.kind.over(before.and_then(|contact| contact.kind.clone())),
            title: row.title.over(before.and_then(|contact| contact.title.clone())),
            language: row.language.over(before.and_then(|contact| contact.language)),
            newsletter: row.newsletter.over(before.is_some_and(|contact| contact.newsletter)),
            branch: row.branch.over(before.and_then(|contact| contact.branch.clone())),
            erp_inactive_at: if active { None } else { Some(inactive_before.unwrap_or(tx.now)) },
            disabled_at: before.and_then(|contact| contact.disabled_at),
        })
    }
}

impl ContactPlan {
    fn compare(&mut self, candidate: &Candidate<'_>, mut after: Contact, held: &Held) -> ImportChange {
        let Some(before) = candidate.stored else {
            self.insert.push(after);
            return ImportChange::Created;
        };
        // R-DIR-8: what the contact corrected isn't undone by an ERP that hasn't heard of it.
        let (undone, settled) = held.compare(&after);
        for field in undone {
            keep(&mut after, before, field);
        }
        self.settle.extend(settled.into_iter().map(|field| (before.id, field)));
        let change = ImportChange::between(before, &after, |contact| contact.erp_inactive_at.is_none());
        let turn = match change {
            ImportChange::Deactivated => Some(DeedKind::ContactDeactivated),
            ImportChange::Reactivated => Some(DeedKind::ContactReactivated),
            ImportChange::Updated => Some(DeedKind::ContactChanged),
            ImportChange::Created | ImportChange::Unchanged => None,
        };
        self.turns.extend(turn.map(|what| Turn { contact: after.id, company: after.company, what }));
        if *before != after {
            self.park.extend(candidate.changes_email());
            self.update.push(after);
        }
        change
    }

    /// Writes what the plan says.
    pub(super) async fn write(&self, tx: &mut Tx, progress: &(dyn Fn(u64, u64) + Send + Sync)) -> Result<(), Fault> {
        let total = (self.insert.len() + self.update.len() + self.delist.len()) as u64;
        let mut done = 0..;
        let mut step = || progress(done.next().unwrap_or(total) + 1, total);
        for contact in &self.park {
            park_email(tx, *contact).await?;
        }
        for contact in &self.update {
            put_contact(tx, contact).await?;
            step();
        }
        for (contact, field) in &self.settle {
            settle(tx, *contact, *field).await?;
        }
        for contact in &self.insert {
            put_contact(tx, contact).await?;
            step();
        }
        for contact in &self.delist {
            delist_contact(tx, *contact).await?;
            step();
        }
        for turn in &self.turns {
            tx.record(Deed::new(turn.what).company(turn.company).of_row(turn.contact)).await?;
        }
        Ok(())
    }
}
