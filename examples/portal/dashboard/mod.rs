//! The home page: the way in for strangers, for customers what is going on (R-POR-1).

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::HeaderMap;

use crate::app::Shared;
use crate::layout::{Answer, Shell};
use crate::orders::{self, Kind, State};
use crate::rights::{Person, View};
use crate::sign_in::guard::Reader;
use crate::sign_in::session::{Fault, Session};
use crate::sign_in::sign_out::PostLogout;
use crate::{certificates, invoices, tickets};

#[derive(Template)]
#[template(path = "portal/dashboard/home.html")]
struct Home<'a> {
    shell: &'a Shell,
    sign_in: String,
    just_signed_out: bool,
}

#[derive(Template)]
#[template(path = "portal/dashboard/dashboard.html")]
struct Dashboard<'a> {
    shell: &'a Shell,
    board: Vec<Column>,
    facts: Vec<Fact>,
}

/// One kind of order, with how many are in each state.
struct Column {
    kind: Kind,
    counts: Vec<(State, i64)>,
}

/// A number that asks for attention, and where to see more.
struct Fact {
    number: i64,
    label: &'static str,
    address: &'static str,
}

pub async fn home(reader: Reader, headers: HeaderMap, query: Result<Query<PostLogout>, QueryRejection>) -> Answer {
    let Reader { portal, shell, session, .. } = reader;
    if let Some(Session { person, .. }) = session {
        let facts = facts(&portal, &person, &shell).await.map_err(|fault| shell.broken(&fault))?;
        let board = board(&portal, &person).await.map_err(|fault| shell.broken(&fault))?;
        return shell.page(&Dashboard { shell: &shell, board, facts });
    }
    let just_signed_out = query.is_ok_and(|query| PostLogout::is_ours(query, &headers));
    let sign_in = portal.settings.at("sign-in").to_string();
    shell.page(&Home { shell: &shell, sign_in, just_signed_out })
}

async fn board(portal: &Shared, person: &Person) -> Result<Vec<Column>, Fault> {
    if !person.may(View::Orders) {
        return Ok(Vec::new());
    }
    let counted = orders::count(&portal.database, &person.company).await?;
    let number = |kind, state| {
        counted.iter().find(|count| count.kind == kind && count.state == state).map_or(0, |count| count.number)
    };
    let column = |kind: Kind| {
        let counts = kind.states().iter().map(|state| (*state, number(kind, *state))).collect();
        Column { kind, counts }
    };
    Ok(Kind::ALL.map(column).into())
}

async fn facts(portal: &Shared, person: &Person, shell: &Shell) -> Result<Vec<Fact>, Fault> {
    let (database, company, w) = (&portal.database, &person.company, shell.w);
    let mut facts = Vec::new();
    if person.may(View::Invoices) {
        let number = invoices::unpaid(database, company).await?;
        facts.push(Fact { number, label: w.invoices_to_pay, address: "/invoices" });
    }
    if person.may(View::Tickets) {
        let number = tickets::open(database, company).await?;
        facts.push(Fact { number, label: w.tickets_open, address: "/tickets" });
    }
    if person.may(View::Certificates) {
        let number = certificates::expiring(database, company).await?;
        facts.push(Fact { number, label: w.certificates_expiring, address: "/certificates" });
    }
    Ok(facts)
}
