//! The console as staff of the demonstration see it.

use uuid::Uuid;

use crate::access::{Condition, Met};
use crate::account::factor::reset::FactorReset;
use crate::base::ids::{AccountId, ContactId, FactorResetId};
use crate::base::{Language, Life, Place, StaffRole};
use crate::page::ConditionRow;
use crate::page::{Errors, Frame, SignedIn};
use crate::rights::StaffPermission;
use crate::staff::StaffState;
use crate::web::list::{List, StateChoice};
use crate::web::staff::audit::{AuditPage, AuditQuery, LineView};
use crate::web::staff::companies::{CompaniesPage, CompanyPage};
use crate::web::staff::contact::{AccountView, ContactPage, ContactView};
use crate::web::staff::contacts::{ContactRow, ContactsPage};
use crate::web::staff::home::HomePage;
use crate::web::staff::people::{InvitationForm, MemberView, PeoplePage, RoleView};
use crate::web::staff::{Entry, Menu, condition};

use super::scene::{Named, frame, named, now};

fn signed_in(language: Language) -> Frame {
    let person = SignedIn { name: "Carole Vidal".to_owned(), company: None };
    Frame { person: Some(person), ..frame(language) }
}

fn waiting_reset() -> FactorReset {
    let (id, account) = (FactorResetId(Uuid::nil()), AccountId(Uuid::nil()));
    FactorReset { id, account, due_at: now() + Life::hours(23), told_at: Some(now() - Life::hours(1)), letter: None }
}

fn menu(frame: &Frame, here: Place) -> Menu {
    let pages = [
        (Place::Staff, frame.say("staff-home")),
        (Place::StaffCompanies, frame.say("staff-companies")),
        (Place::StaffContacts, frame.say("staff-contacts")),
        (Place::StaffAudit, frame.say("staff-audit")),
    ];
    Menu(pages.map(|(place, label)| Entry { place, label, here: place == here }).to_vec())
}

/// Their pages, by name.
pub fn pages(language: Language) -> Named {
    let frame = || signed_in(language);
    let mut pages = directory(language);
    let home = HomePage {
        menu: menu(&frame(), Place::Staff),
        login: "carole@guichet.example".to_owned(),
        roles: vec![("Customer Service".to_owned(), "Finds companies and contacts.".to_owned())],
        frame: frame(),
    };
    pages.extend([
        named("staff-home", &home),
        named("staff-contact", &contact(frame(), true)),
        named("staff-contact-bare", &contact(frame(), false)),
        named("staff-people", &people(frame())),
        named("staff-audit", &audit(frame())),
    ]);
    pages
}

fn directory(language: Language) -> Named {
    let frame = || signed_in(language);
    let contact = ContactRow {
        id: ContactId(Uuid::nil()),
        name: "Inès <Aubert>".to_owned(),
        email: "ines@compta.example".to_owned(),
        company: "Durand Télécom".to_owned(),
        company_ref: "C-1001".to_owned(),
    };
    let contacts = || listed(vec![contact.clone()]);
    let companies = |companies: Vec<(String, String)>| CompaniesPage {
        menu: menu(&frame(), Place::StaffCompanies),
        list: listed(companies),
        frame: frame(),
    };
    let company = CompanyPage {
        menu: menu(&frame(), Place::StaffCompanies),
        name: "Durand Télécom".to_owned(),
        reference: "C 1001/é".to_owned(),
        standing: standing(&frame()),
        blocked_at: Some(now() - Life::days(3)),
        may_block: true,
        demanded_at: None,
        may_demand: true,
        list: contacts(),
        frame: frame(),
    };
    vec![
        named("staff-companies", &companies(vec![("Durand Télécom".to_owned(), "C-1001".to_owned())])),
        named("staff-companies-none", &companies(Vec::new())),
        named("staff-company", &company),
        named(
            "staff-contacts",
            &ContactsPage { menu: menu(&frame(), Place::StaffContacts), list: contacts(), frame: frame() },
        ),
    ]
}

fn listed<T>(rows: Vec<T>) -> List<T> {
    let state = StateChoice { code: "blocked", label: "<Bloquées>".to_owned(), is_chosen: true };
    List {
        path: Place::StaffCompanies.path().to_owned(),
        q: "\"dur".to_owned(),
        states: vec![state],
        rows,
        last: Some("0193".to_owned()),
    }
}

fn standing(frame: &Frame) -> Vec<ConditionRow> {
    let values = [("company", "Durand Télécom"), ("person", "Inès"), ("address", "192.0.2.7"), ("service", "")];
    let met = |one| if one == Condition::SecondFactor { Met::Unknown } else { (one != Condition::Network).into() };
    Condition::ALL.iter().map(|one| condition(frame, *one, met(*one), &values)).collect()
}

fn contact(frame: Frame, with_account: bool) -> ContactPage {
    let account = AccountView {
        names: vec!["ines@compta.example".to_owned()],
        disabled_at: None,
        activated_at: Some(now() - Life::days(90)),
        locked: Some(frame.words.count("staff-locked", 14)),
        sessions: vec![(
            "Firefox, Linux".to_owned(),
            "2001:db8:85a3::8a2e:370:7334".to_owned(),
            now() - Life::minutes(3),
        )],
        second_factor_since: Some(now() - Life::days(40)),
        demanded_at: Some(now() - Life::days(2)),
        reset: (frame.words.language() == Language::Fr).then(waiting_reset),
        is_shared: true,
    };
    ContactPage {
        menu: menu(&frame, Place::StaffContacts),
        contact: ContactView {
            id: ContactId(Uuid::nil()),
            name: "Inès Aubert-Lefèvre".to_owned(),
            email: "ines@compta.example".to_owned(),
            phone: None,
            reference: Some("D-INES".to_owned()),
            company: "Durand Télécom".to_owned(),
            company_ref: "C-1001".to_owned(),
            profile: Some("Invoicing".to_owned()),
            roles: vec!["Billing".to_owned()],
        },
        standing: standing(&frame),
        account: with_account.then_some(account),
        may: StaffPermission::ALL.to_vec(),
        frame,
    }
}

fn people(frame: Frame) -> PeoplePage {
    let member = |name: &str, state| MemberView {
        id: AccountId(Uuid::from_u128(state as u128)),
        name: "Oscar Lenoir".to_owned(),
        email: format!("{name}@guichet.example"),
        roles: RoleView::all(&frame, |role| role == StaffRole::Operator),
        state,
    };
    let mut errors = Errors::default();
    errors.add("staff-email", frame.say("staff-email-wrong"));
    PeoplePage {
        menu: menu(&frame, Place::StaffPeople),
        list: listed(vec![
            member("oscar", StaffState::Active),
            member("olga", StaffState::Invited),
            member("otto", StaffState::Off),
        ]),
        typed: InvitationForm { name: "<Nadia>".to_owned(), email: "nadia".to_owned(), ..InvitationForm::default() },
        errors,
        frame,
    }
}

fn audit(frame: Frame) -> AuditPage {
    let line = LineView {
        sentence: frame.say("deed-session-began"),
        at: now() - Life::minutes(12),
        deed: "access.refused".to_owned(),
        actor: "nina@durand.example".to_owned(),
        about: None,
        address: Some("198.51.100.1".to_owned()),
        detail: "{\"unmet\":[\"network\"]}".to_owned(),
        reference: Some("7K2MPQ4X".to_owned()),
    };
    AuditPage {
        menu: menu(&frame, Place::StaffAudit),
        filter: AuditQuery { deed: "access.refused".to_owned(), ..AuditQuery::default() },
        lines: vec![line],
        next: Some("/staff/audit?before=1&deed=x".to_owned()),
        frame,
    }
}
